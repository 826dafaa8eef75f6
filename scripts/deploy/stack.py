"""`make stack`: the chat as it is deployed, on this machine: the real Terraform, applied to MiniStack, until Ctrl-C.

What is applied is a copy of the working tree, in a folder that goes with it: an owner's own state, backend and
variables are neither used nor touched. The root module is the same to the letter; the one thing added is a variables
file that says where the emulator serves sockets and pages.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from types import TracebackType
from typing import Any, Self

from scripts import ROOT
from scripts.command_line import ProgressLine, whole_number
from scripts.deploy.ministack import CannotStart, PortRefused, ministack
from scripts.deploy.package import CannotPackage, package

COPIED = ("terraform", "lambdas", "shared", "frontend", "local", "scripts")  # all that packaging and Terraform read
OWNERS = (".terraform", "*.tfstate*", "*.tfvars", "*.tfvars.json", "backend.tf", "*override.tf*")
UNUSED = ("bootstrap", "tests", "node_modules", "__pycache__")
MIRROR = "terraform/terraform.d"  # 600 MB, if there is one: a copy gets a link to it

SECONDS = 600  # for one run of Terraform; the whole apply takes about one minute
LAST_LINES = 25  # of what Terraform said, when it fails
PORTS = range(65536)
REGION = "us-east-1"  # MiniStack's own
# Where Terraform gets them from; the last is one that runs already.
PROVIDERS = {"TF_PLUGIN_MIRROR", "TF_PLUGIN_CACHE_DIR", "TF_CLI_CONFIG_FILE", "TF_REATTACH_PROVIDERS"}
NEUTRAL = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,  # in place of ~/.aws/config
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "2",
    "AWS_EC2_METADATA_DISABLED": "true",
    "CHECKPOINT_DISABLE": "1",
    "TF_IN_AUTOMATION": "1",
}
UNAVAILABLE = 3  # scripts/terraform's exit code where Terraform or its provider cannot be had

Tell = Callable[[str], None]


class StackFailed(Exception):
    """Something on the way did not work; the text says what, for people."""


class TerraformUnavailable(StackFailed):
    """Terraform or its provider cannot be had here; the text says what to install."""


class Stack:
    """MiniStack runs inside the block, with Terraform initialised beside it; nothing is left after it.

        with Stack() as stack:
            stack.package()
            stack.apply()
            stack.outputs["websocket_url"]
            stack.destroy()  # for who wants to see it done: MiniStack's memory ends with the block anyway

    `folder` is the copy: what is edited there is what the next package and apply take. `environment` lets boto3,
    Terraform and the scripts talk to MiniStack.
    """

    def __init__(
        self,
        *,
        root: Path = ROOT,
        port: int = 0,
        variables: Mapping[str, Any] | None = None,
        tell: Tell = lambda sentence: None,
        watch: Tell = lambda line: None,
    ) -> None:
        """Start nothing yet. `variables` are the root module's.

        `tell` gets a sentence for each step, `watch` each line of Terraform.
        """
        self._root = root
        self._cache = root / "build" / "providers"  # the one provider is 600 MB: it is fetched once
        self._port = port
        self._variables = dict(variables or {})
        self._tell = tell
        self._watch = watch

    def __enter__(self) -> Self:
        """Start MiniStack and initialise Terraform. Raise StackFailed or CannotStart."""
        with ExitStack() as ends:
            self.folder = Path(ends.enter_context(TemporaryDirectory(prefix="anonchat-stack-")))
            copy_tree(self._root, self.folder)
            self._cache.mkdir(parents=True, exist_ok=True)
            self._tell("Starting MiniStack …")
            emulator = ends.enter_context(ministack(self._port))
            self.endpoint, self.emulator = emulator.endpoint, emulator.process
            self._write_variables()
            self._tell("Getting Terraform's provider …")
            self.terraform("init", "-input=false", "-lockfile=readonly")
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    @property
    def environment(self) -> dict[str, str]:
        """A neutral one, with what leads to MiniStack."""
        kept = neutral_environment()
        here = ",".join(filter(None, [kept.get("no_proxy") or kept.get("NO_PROXY"), "127.0.0.1"]))
        cache = {} if kept.keys() & PROVIDERS else {"TF_PLUGIN_CACHE_DIR": str(self._cache)}
        return kept | cache | NEUTRAL | {"AWS_ENDPOINT_URL": self.endpoint, "no_proxy": here, "NO_PROXY": here}

    def package(self) -> None:
        """Build the zips in the copy. Raise CannotPackage."""
        self._tell("Packaging …")
        package(self.folder)

    def apply(self) -> None:
        self._tell("Applying, which takes about a minute …")
        self.terraform("apply", "-input=false", "-auto-approve")

    def plan(self) -> dict[str, Any]:
        """Return what an apply would do now, as `terraform show -json` says it."""
        self.terraform("plan", "-input=false", "-out=planned")
        return dict(json.loads(self.terraform("show", "-json", "planned")))

    def destroy(self) -> None:
        self._tell("Destroying …")
        self.terraform("destroy", "-input=false", "-auto-approve")

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in json.loads(self.terraform("output", "-json")).items()}

    def terraform(self, command: str, *arguments: str) -> str:
        """Run scripts/terraform in the copy, where Ctrl-C does not reach it; return what it wrote to its output.

        Raise StackFailed with the last of what it said, or TerraformUnavailable.
        """
        colour = [] if command in ("show", "output") else ["-no-color"]
        code, output, complaints = self._run(str(self.folder / "scripts" / "terraform"), command, *colour, *arguments)
        last = (complaints or output).strip().splitlines()[-LAST_LINES:]
        if code == UNAVAILABLE:
            raise TerraformUnavailable(last[-1])
        if code:
            raise StackFailed("\n".join([f"terraform {command} failed. The last it said:", *last]))
        return output

    def _run(self, *command: str) -> tuple[int, str, str]:
        """Run this to its end, of which `watch` sees every line. Return exit code, output and error output."""
        said: list[str] = []
        with (
            TemporaryFile("w+") as complaints,
            subprocess.Popen(
                command,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                start_new_session=True,
            ) as process,
        ):
            overdue = threading.Timer(SECONDS, end, [process])
            overdue.daemon = True  # Ctrl-C can come between any two lines: nobody waits for it
            try:
                overdue.start()
                assert process.stdout is not None, "it is a pipe"
                for line in process.stdout:
                    said.append(line)
                    self._watch(line.strip())
                process.wait()
            finally:
                overdue.cancel()
                end(process)
                self._watch("")
            complaints.seek(0)
            return process.returncode, "".join(said), complaints.read()

    def _write_variables(self) -> None:
        addresses = {
            "api": f"{self.endpoint}/_aws/execute-api/{{api}}/{{stage}}",
            "site": f"{self.endpoint}/{{bucket}}",
        }
        file = self.folder / "terraform" / "stack.auto.tfvars.json"
        file.write_text(json.dumps({"addresses": addresses} | self._variables))


def copy_tree(root: Path, to: Path, unused: Sequence[str] = UNUSED) -> None:
    ignored = shutil.ignore_patterns(*OWNERS, *unused, Path(MIRROR).name)
    for folder in COPIED:
        shutil.copytree(root / folder, to / folder, ignore=ignored)
    if (root / MIRROR).exists():
        (to / MIRROR).symlink_to(root / MIRROR)


def neutral_environment() -> dict[str, str]:
    """Return this shell's, with nothing of its own AWS and Terraform settings but where providers come from."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in PROVIDERS or not name.startswith(("AWS", "BOTO", "TF_"))
    }


def end(process: subprocess.Popen[str]) -> None:
    """Kill Terraform and its provider, if they still run: all they know is in MiniStack's memory and our folder."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def serve(port: int) -> None:
    """Deploy and wait for Ctrl-C, then destroy. Raise StackFailed, CannotStart or CannotPackage.

    Raise KeyboardInterrupt if there was one before the chat was up.
    """
    with Stack(port=port, tell=tell, watch=ProgressLine()) as stack:
        stack.package()
        stack.apply()
        outputs = stack.outputs
        with suppress(KeyboardInterrupt):
            tell(f"The chat:   {outputs['site_url']}")
            tell(f"Its socket: {outputs['websocket_url']}")
            tell(f"Its AWS:    AWS_ENDPOINT_URL={stack.endpoint}, any credentials, region {REGION}")
            tell("Ctrl-C destroys it all.")
            stack.emulator.wait()
            raise StackFailed("MiniStack has ended by itself, and the chat with it.")
        stack.destroy()
    tell("Nothing is left of it.")


def tell(sentence: str) -> None:
    print(sentence, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.deploy.stack", description="Deploys the chat to this machine until Ctrl-C."
    )
    parser.add_argument(
        "--port",
        type=whole_number(PORTS, "a port is a number from 1 to 65535, or 0 for a free one, not {text!r}"),
        default=os.environ.get("STACK_PORT") or "0",
        help="of MiniStack; default: STACK_PORT, or a free one",
    )
    options = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C, so that nothing is left running
        if signal.getsignal(number) != signal.SIG_IGN:  # which nohup asks for
            signal.signal(number, signal.default_int_handler)
    try:
        serve(options.port)
    except KeyboardInterrupt:
        print("\nStopped half-way: MiniStack had it all in memory, so nothing is left.", file=sys.stderr)
        return 130
    except PortRefused as failure:
        other = options.port + 1 if 1024 <= options.port < 65535 else 4566  # MiniStack's usual one
        print(f"{failure} STACK_PORT={other} make stack", file=sys.stderr)
        return 1
    except (CannotStart, CannotPackage, StackFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
