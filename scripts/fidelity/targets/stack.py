"""The probes by Terraform: applied before the block, destroyed after it whatever happens, on AWS and on MiniStack."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import boto3

from scripts import ROOT
from scripts.deploy.package import write_zip
from scripts.fidelity.raw_socket import Closed, RawSocket
from scripts.fidelity.target import CLOSED, INTEGRATION_SECONDS, LOW, LOW_ECHO, Seen, Stage, Target

HERE = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "terraform"
STATE = "terraform.tfstate"
THROTTLES = {
    "low": {"stage": LOW, "routes": {"echo": LOW_ECHO, "fail": CLOSED, "manage": LOW}},
    "closed": {"stage": CLOSED, "routes": {}},
}
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED_SECONDS = 300  # that Terraform gets to write down what it has done, after Ctrl-C
READY_SECONDS = 90  # until a new stage takes sockets: a deployment is not at once
LAST_LINES = 15

Tell = Callable[[str], None]


class CannotAsk(Exception):
    """A target that cannot be had here; the text says why, for people."""


class ProbeStack:
    """A copy of scripts/fidelity/terraform in `folder`, with its state: a later run finds what an earlier one left."""

    def __init__(self, folder: Path, environment: Mapping[str, str], variables: Mapping[str, Any], watch: Tell) -> None:
        self._folder, self._environment, self._watch = folder, dict(environment), watch
        self._variables = dict(variables)

    def init(self) -> None:
        """Put sources and zip in place and get the provider. Raise CannotAsk."""
        place = self._folder / "terraform"
        shutil.copytree(HERE / "terraform", place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform"))
        shutil.copy(HERE / "routes.json", self._folder)
        write_zip(self._folder / "probes.zip", {"probes.py": (HERE / "probes" / "probes.py").read_bytes()})
        values = {"integration_milliseconds": INTEGRATION_SECONDS * 1000, "throttles": THROTTLES, **self._variables}
        (place / "probes.auto.tfvars.json").write_text(json.dumps(values))
        self._terraform("init", "-input=false", "-lockfile=readonly")

    @property
    def stands(self) -> bool:
        """Whether the state names anything."""
        state = self._folder / "terraform" / STATE
        return state.exists() and bool(json.loads(state.read_text() or "{}").get("resources"))

    def apply(self) -> dict[str, Any]:
        """Apply; return the outputs."""
        self._terraform("apply", "-input=false", "-auto-approve")
        outputs = json.loads(self._terraform("output", "-json"))
        return {name: output["value"] for name, output in outputs.items()}

    def destroy(self) -> None:
        """Take everything away. Neither Ctrl-C nor its like stop it."""
        before = {number: signal.signal(number, signal.SIG_IGN) for number in INTERRUPTS}
        try:
            self._terraform("destroy", "-input=false", "-auto-approve")
        except CannotAsk as failure:
            raise CannotAsk(
                f"{failure}\nWhat is left is known in {self._folder}: ask again, and it goes first."
            ) from None
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _terraform(self, command: str, *arguments: str) -> str:
        """Run it, where Ctrl-C reaches only us; return its output. Raise CannotAsk with the last it said."""
        colour = [] if command == "output" else ["-no-color"]
        line = [str(SCRIPT), f"-chdir={self._folder / 'terraform'}", command, *colour, *arguments]
        said: list[str] = []
        with TemporaryFile("w+") as complaints, self._start(line, complaints) as process:
            assert process.stdout is not None, "it is a pipe"
            try:
                for each in process.stdout:
                    said.append(each)
                    if each.strip() and command != "output":
                        self._watch(each.strip())
                process.wait()
            except BaseException:
                self._interrupt(process)
                raise
            complaints.seek(0)
            if process.returncode:
                last = (complaints.read() or "".join(said)).strip().splitlines()[-LAST_LINES:]
                raise CannotAsk("\n".join([f"terraform {command} failed. The last it said:", *last]))
        return "".join(said)

    def _start(self, line: list[str], complaints: IO[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            line, env=self._environment, stdout=subprocess.PIPE, stderr=complaints, text=True, start_new_session=True
        )

    def _interrupt(self, process: subprocess.Popen[str]) -> None:
        """Have Terraform stop by itself, so that its state says what is there."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=INTERRUPTED_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def applied(stack: ProbeStack, tell: Tell) -> Iterator[dict[str, Any]]:
    """Apply before the block and destroy after it. What an earlier run has left is destroyed first."""
    stack.init()
    if stack.stands:
        tell("An earlier run has left its probes: destroying them first …")
        stack.destroy()
    try:
        tell("Applying the probes …")
        yield stack.apply()
    finally:
        tell("Destroying the probes …")
        stack.destroy()
        tell("Nothing is left of them.")


def target_of(
    name: str, version: str, outputs: Mapping[str, Any], session: boto3.Session, *, endpoint: str | None, **how: Any
) -> Target:
    """Return the target that these outputs describe. `endpoint` is an emulator's."""
    gateway = session.client("apigatewayv2", endpoint_url=endpoint)

    async def set_throttle(stage: str, rate: float, burst: int) -> None:
        settings = {"ThrottlingRateLimit": float(rate), "ThrottlingBurstLimit": burst}
        api = outputs["stages"][stage]["api"]
        await asyncio.to_thread(gateway.update_stage, ApiId=api, StageName=stage, DefaultRouteSettings=settings)

    return Target(
        name,
        version,
        {stage: Stage(each["socket"], each["endpoint"]) for stage, each in outputs["stages"].items()},
        session.get_credentials(),
        session.region_name,
        Seen(session.client("dynamodb", endpoint_url=endpoint), outputs["table"], 0.1),
        set_throttle=set_throttle,
        **how,
    )


async def ready(target: Target) -> None:
    """Wait until every stage that should takes sockets. Raise CannotAsk."""
    for name, stage in target.stages.items():
        if name == "closed":
            continue
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while (status := await _status(stage.socket)) != 101:
            if asyncio.get_running_loop().time() > deadline:
                raise CannotAsk(f"The stage {name} takes no sockets: the last handshake was answered with {status}.")
            await asyncio.sleep(2)


async def _status(url: str) -> int:
    socket = await RawSocket.dial(url)
    try:
        return await asyncio.wait_for(socket.read_answer(), READY_SECONDS)
    except (Closed, OSError, EOFError, TimeoutError):
        return 0
    finally:
        socket.leave()
