"""`make bench ONLY=functions`: cold starts and warm invocations beside plain boto3, in one run, over TLS.

Cold is a new process that imports a function and answers its first message; warm is a process that has answered some.
Both sides take turns, round by round, so that whatever else the machine does meets both; the table shows medians. A
cold function of ours is compiled from its sources each time, as on Lambda, whose layer has nothing else; boto3 is not.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts import ROOT
from scripts.bench.processes import Figures, Worker, environment, in_turn, make_certificates, medians_of
from scripts.bench.results import Comparison, Result
from scripts.bench.stand_in import ANN, SEEN
from scripts.command_line import ProgressLine

ROUTES = ("connect", "join", "send", "leave", "disconnect", "default")
COLD = ("connect", "join", "send")  # what the first visitor after a quiet hour waits for
ROUNDS = 7
SIDES = ("boto3", "ours")
BESIDE = "plain boto3"
MEASURES = {"wall": "wall ms", "cpu": "CPU ms", "memory": "memory MB"}
CALLS = 10  # warm invocations in one sample
TARGETS = {"cold": 0.30, "warm": 0.45}  # of plain boto3's CPU
MEMORY_MB = 25
EVENTS = {"connect": "CONNECT", "disconnect": "DISCONNECT"}
FRAMES = {
    "join": {"action": "join", "room": "red", "alias": "Ann", "accepts": ["missed"]},
    "send": {"action": "send", "room": "red", "text": "x" * 300, "client": "client-1"},
    "leave": {"action": "leave"},
    "default": {"action": "dance"},
}

Medians = dict[tuple[str, str, str], Figures]

# What Lambda's runtime has imported before any function is there for both. A line of stdin is a number of calls.
CHILD = """
import json, logging, os, sys, time, traceback
name, event = sys.argv[1], json.loads(sys.argv[2])
started = time.perf_counter(), time.process_time()
handler = __import__(name, fromlist=["handler"]).handler
for calls in sys.stdin if len(sys.argv) > 3 else [1]:
    started = (time.perf_counter(), time.process_time()) if len(sys.argv) > 3 else started
    for _ in range(int(calls)):
        status = handler(event, None)["statusCode"]
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    with open("/proc/self/status") as lines:  # getrusage would count what the parent had before it became this
        memory = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0)
    print(json.dumps({"wall": wall * 1000, "cpu": cpu * 1000, "memory": memory, "status": status}), flush=True)
"""


def event(route: str) -> str:
    context = {"eventType": EVENTS.get(route, "MESSAGE"), "connectionId": ANN}
    return json.dumps({"requestContext": context, "headers": {}, "body": json.dumps(FRAMES.get(route, {}))})


class Bench:
    """The two sides, each with the environment that its processes get."""

    def __init__(self, folder: Path, port: int, bundle: str) -> None:
        endpoint = f"https://127.0.0.1:{port}"
        common = environment(port, bundle) | {"TABLE_NAME": "chat", "AWS_ENDPOINT_URL_DYNAMODB": endpoint}
        del common["AWS_CA_BUNDLE"]
        for name in ("lambdas", "shared/python/anonchat"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        ours = {
            "PYTHONPATH": f"{folder / 'shared/python'}{os.pathsep}{folder / 'lambdas'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        # Either is told of the certificates in the way that leaves its own way of loading them as it is on Lambda.
        self.environs = {
            "boto3": common | {"AWS_CA_BUNDLE": bundle, "PYTHONPATH": str(ROOT / "scripts/bench")},
            "ours": common | {"SSL_CERT_FILE": bundle, **ours},
        }
        self._seen, self._context = endpoint + SEEN.decode(), ssl.create_default_context(cafile=bundle)

    def command(self, who: str, route: str) -> list[str]:
        return ["-c", CHILD, "plain_boto3" if who == "boto3" else route, event(route)]

    def cold(self, who: str, route: str) -> Figures:
        command = [sys.executable, *self.command(who, route)]
        environ = self.environs[who] | {"FUNCTION_NAME": route}
        ran = subprocess.run(command, cwd="/", env=environ, stdout=subprocess.PIPE, text=True, check=True)
        return checked(json.loads(ran.stdout))

    def warm(self, who: str, route: str) -> Worker:
        return Worker(who, *self.command(who, route), "warm", environ=self.environs[who] | {"FUNCTION_NAME": route})

    def seen(self) -> list[str]:
        """Return what has been asked of AWS since the last time."""
        with urllib.request.urlopen(self._seen, context=self._context) as answer:  # noqa: S310
            found: list[str] = json.load(answer)
        return found

    def compare(self, route: str) -> None:
        """Make sure that both sides ask the same of AWS."""
        asked = []
        for who in self.environs:
            self.cold(who, route)
            asked.append(self.seen())
        if asked[0] != asked[1]:
            sys.exit(f"{route}: plain boto3 asks {asked[0]}, the chat {asked[1]}: nothing to compare.")


def checked(figures: Figures) -> Figures:
    if figures["status"] != 200:
        sys.exit(f"a function has answered {figures['status']:.0f}: nothing to compare.")
    return figures


def measure(rounds: int) -> Result:
    """Compare cold starts and warm invocations of all routes."""
    with benching() as bench:
        return Result(comparisons(taking_turns(bench, rounds)))


def taking_turns(bench: Bench, rounds: int) -> Medians:
    """Return the medians by kind (cold or warm), route and side."""
    progress, samples = ProgressLine(), dict[tuple[str, str, str], list[Figures]]()
    for route in ROUTES:
        bench.compare(route)
    for number in range(rounds):
        progress(f"cold starts, round {number + 1} of {rounds}")
        for route in COLD:
            for who in in_turn(SIDES, number):
                samples.setdefault(("cold", route, who), []).append(bench.cold(who, route))
    for route in ROUTES:
        progress(f"warm invocations of {route}")
        with ExitStack() as stack:
            workers = {who: stack.enter_context(bench.warm(who, route)) for who in bench.environs}
            for worker in workers.values():
                worker.ask(CALLS)
            for number in range(rounds):
                for who in in_turn(SIDES, number):
                    figures = checked(workers[who].ask(CALLS))
                    samples.setdefault(("warm", route, who), []).append(
                        figures | {each: figures[each] / CALLS for each in ("wall", "cpu")}
                    )
    progress.clear()
    return {key: medians_of(taken) for key, taken in samples.items()}


def comparisons(medians: Medians) -> Sequence[Comparison]:
    """Compare each function's figures, in a room of MEMBERS, with plain boto3's."""
    return [
        Comparison(
            f"{kind} {route}", measure, medians[kind, route, "ours"][each], BESIDE, medians[kind, route, "boto3"][each],
            most=TARGETS[kind] if each == "cpu" else None, limit=MEMORY_MB if each == "memory" else None,
        )
        for kind, route in dict.fromkeys((kind, route) for kind, route, _ in medians)
        for each, measure in MEASURES.items()
    ]  # fmt: skip


@contextmanager
def benching() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        paths = ssl.get_default_verify_paths()
        store = Path(paths.cafile or paths.openssl_cafile)  # as large as Lambda's, which both sides have to read
        certificate, bundle = make_certificates(Path(folder), among=store)
        command = ("-m", "scripts.bench.stand_in", certificate)
        with Worker("server", *command, environ=dict(os.environ)) as server:
            yield Bench(Path(folder), server.hear(), bundle)
