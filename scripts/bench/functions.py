"""`make bench`: a function's cold start and its warm invocations beside plain boto3, in one run, over TLS.

Cold is a new process that imports a function and answers its first message; warm is a process that has answered some.
Both sides take turns, round by round, so that whatever else the machine does meets both; the table shows medians. A
cold function of ours is compiled from its sources each time, as on Lambda, whose layer has nothing else; boto3 is not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from scripts import ROOT
from scripts.bench.fanout import Figures, Worker, environment
from scripts.bench.stand_in import ANN, MEMBERS, SEEN
from scripts.command_line import ProgressLine, whole_number

ROUTES = ("connect", "join", "send", "leave", "disconnect", "default")
COLD = ("connect", "join", "send")  # what the first visitor after a quiet hour waits for
CALLS = 30  # warm invocations in one sample
TARGETS = {"cold": 0.30, "warm": 0.45}  # of plain boto3's CPU
MEMORY_MB = 25
EVENTS = {"connect": "CONNECT", "disconnect": "DISCONNECT"}
FRAMES = {
    "join": {"action": "join", "room": "red", "alias": "Ann", "accepts": ["missed"]},
    "send": {"action": "send", "room": "red", "text": "x" * 300, "client": "client-1"},
    "leave": {"action": "leave"},
    "default": {"action": "dance"},
}

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


def measure(bench: Bench, rounds: int, warm_rounds: int) -> dict[tuple[str, str, str], Figures]:
    """Return the medians by kind (cold or warm), route and side."""
    progress, samples = ProgressLine(), dict[tuple[str, str, str], list[Figures]]()
    for route in ROUTES:
        bench.compare(route)
    for number in range(rounds):
        progress(f"cold starts, round {number + 1} of {rounds}")
        for route in COLD:
            for who in in_turn(number):
                samples.setdefault(("cold", route, who), []).append(bench.cold(who, route))
    for route in ROUTES:
        progress(f"warm invocations of {route}")
        with ExitStack() as stack:
            workers = {who: stack.enter_context(bench.warm(who, route)) for who in bench.environs}
            for worker in workers.values():
                worker.ask(CALLS)
            for number in range(warm_rounds):
                for who in in_turn(number):
                    figures = checked(workers[who].ask(CALLS))
                    samples.setdefault(("warm", route, who), []).append(
                        figures | {each: figures[each] / CALLS for each in ("wall", "cpu")}
                    )
    progress.clear()
    return {key: medians_of(taken) for key, taken in samples.items()}


def in_turn(number: int) -> Iterator[str]:
    return iter(("boto3", "ours") if number % 2 else ("ours", "boto3"))


def medians_of(samples: Sequence[Figures]) -> Figures:
    return {each: statistics.median(sample[each] for sample in samples) for each in ("wall", "cpu", "memory")}


def report(medians: dict[tuple[str, str, str], Figures], rounds: int) -> bool:
    """Print the table; return False if a target is missed."""
    print(f"A function beside plain boto3, in a room of {MEMBERS}, medians of {rounds} rounds; x: as a share of boto3")
    print(f"\n{'':<5} {'function':<11}{'side':<13}{'wall ms':>9}{'x':>7}{'CPU ms':>9}{'x':>7}{'memory MB':>11}{'x':>7}")
    met = True
    for kind, route in dict.fromkeys((kind, route) for kind, route, _ in medians):
        other, own = medians[kind, route, "boto3"], medians[kind, route, "ours"]
        for name, figures in (("plain boto3", other), ("anonchat", own)):
            shares = "".join(f"{figures[each]:>9.1f}{figures[each] / other[each]:>7.2f}" for each in ("wall", "cpu"))
            memory = f"{figures['memory']:>11.1f}{figures['memory'] / other['memory']:>7.2f}"
            print(f"{kind:<5} {route:<11}{name:<13}{shares}{memory}")
        met = met and own["cpu"] <= TARGETS[kind] * other["cpu"] and own["memory"] <= MEMORY_MB
    targets = f"CPU x <= {TARGETS['cold']} cold, <= {TARGETS['warm']} warm, memory <= {MEMORY_MB} MB"
    print(f"\nTargets: {targets}: {'met' if met else 'MISSED'}\n")
    return met


@contextmanager
def benching() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        certificate, bundle = make_certificates(Path(folder))
        command = ("-m", "scripts.bench.stand_in", certificate)
        with Worker("server", *command, environ=dict(os.environ)) as server:
            yield Bench(Path(folder), server.hear(), bundle)


def make_certificates(folder: Path) -> tuple[str, str]:
    """Write a certificate for 127.0.0.1 with its key, and a store as large as Lambda's with its authority in it."""
    import trustme

    authority = trustme.CA(organization_name="Amazon", organization_unit_name="Amazon Root CA of a bench")
    certificate, bundle = folder / "server.pem", folder / "authorities.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    paths = ssl.get_default_verify_paths()
    bundle.write_bytes(Path(paths.cafile or paths.openssl_cafile).read_bytes() + authority.cert_pem.bytes())
    return str(certificate), str(bundle)


def main() -> int:
    parser = argparse.ArgumentParser(prog="functions", description=__doc__.partition("\n")[0])
    positive = whole_number(range(1, sys.maxsize), "{text} is no whole number from 1 on")
    parser.add_argument("--rounds", type=positive, default=11, metavar="N")
    rounds: Any = parser.parse_args().rounds
    with benching() as bench:
        return 0 if report(measure(bench, rounds, rounds), rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
