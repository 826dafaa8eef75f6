"""The chat on this machine, loaded: deliveries a second in a room of 20 among 1,000 connections, and their CPU.

Beside it, in turns of a few seconds in the same run: serverless-offline where there are Node and npm, with a chat that
needs no table; and with `--before FOLDER` the chat of another checkout. All are idle while one is measured.
`python -m scripts.bench.local_stack`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from local.gateway.open_files import open_more_files
from scripts import ROOT
from scripts.bench.crowd import Crowd
from scripts.bench.offline_chat import offline_chat
from scripts.command_line import ProgressLine, whole_number
from scripts.fidelity.targets.stack import CannotAsk

CONNECTIONS, ROOM = 1000, 20
SENDERS = (1, 8)
SECONDS = 3.0
CPU_MS = 0.3  # of the gateway for a delivery, at most

# A chat without limits, of whichever checkout it is run in. It answers each line with what it has used so far.
SERVER = """
import asyncio, json, os, sys, time
from dataclasses import replace
began = time.perf_counter()
from local.chat import LocalChat, LocalOptions
from local.deployed import deployed
from local.gateway import GatewayOptions, Throttle

async def main():
    free, numbers = Throttle(10**6, 10**6), deployed()
    routes = dict.fromkeys(["$connect", "$disconnect", "$default", "join", "leave", "send"], free)
    options = LocalOptions(
        deployed=replace(numbers, function=replace(numbers.function, concurrency=64)),
        environ={"PER_MINUTE": "1000000"},
        gateway=GatewayOptions(throttle=free, route_throttles=routes),
    )
    async with LocalChat(options) as chat:
        print(json.dumps({"host": chat.url.removeprefix("ws://"), "start": time.perf_counter() - began}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            # This thread is the gateway and its table; functions have others.
            print(json.dumps({"cpu": time.process_time(), "gateway": time.thread_time()}), flush=True)

asyncio.run(main())
"""


class Used(NamedTuple):
    """CPU seconds so far: of the process, and, where it can be told apart, of the gateway in it."""

    cpu: float
    gateway: float | None


class Figures(NamedTuple):
    """What one turn has shown: deliveries in a second, and CPU milliseconds for each."""

    rate: float
    cpu: float
    gateway: float | None


class Side:
    """One chat with its crowd. `used` asks its process."""

    def __init__(self, name: str, host: str, ask: Callable[[], Awaitable[Used]]) -> None:
        self.name, self.host, self.used = name, host, ask
        self.figures: dict[int, list[Figures]] = {}

    async def arrive(self, connections: int) -> None:
        """Let everybody come."""
        self.crowd = Crowd(self.host, connections, ROOM)
        await self.crowd.arrive()

    async def turn(self, senders: int, seconds: float) -> Figures:
        """Let it talk for a while."""
        before, delivered = await self.used(), self.crowd.delivered
        lasted = await self.crowd.talk(senders, seconds)
        after, delivered = await self.used(), self.crowd.delivered - delivered
        of_gateway = None
        if after.gateway is not None and before.gateway is not None:
            of_gateway = (after.gateway - before.gateway) / delivered * 1000
        return Figures(delivered / lasted, (after.cpu - before.cpu) / delivered * 1000, of_gateway)


@asynccontextmanager
async def our_chat(name: str, checkout: Path) -> AsyncIterator[Side]:
    """Run the chat of a checkout."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVER,
        cwd=checkout,
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None, "it is a pipe"
    assert child.stdout is not None, "it is a pipe"
    to_child, from_child = child.stdin, child.stdout

    async def used() -> Used:
        to_child.write(b"\n")
        return Used(**json.loads(await from_child.readline()))

    try:
        said = await from_child.readline()
        if not said:
            sys.exit("The chat did not start; what it said is above.")
        yield Side(name, json.loads(said)["host"], used)
    finally:
        child.kill()
        await child.wait()


async def measure(options: argparse.Namespace, *, offline: bool) -> list[Side]:
    """Run all sides, in turns. Return them with their figures. Raise CannotAsk."""
    progress = ProgressLine()
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(our_chat("anonchat", ROOT))]
        if options.before:
            sides.append(await stack.enter_async_context(our_chat("before", options.before)))
        if offline:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="anonchat-bench-")))
            host, seconds_used = await stack.enter_async_context(offline_chat(folder, progress))

            async def used() -> Used:
                return Used(seconds_used(), None)

            sides.append(Side("serverless-offline", host, used))
        for side in sides:
            progress(f"{options.connections} people come to {side.name}")
            await side.arrive(options.connections)
            stack.callback(side.crowd.leave)
            await side.turn(1, 1)
        for number in range(options.rounds):
            for senders in SENDERS:
                for side in sides if number % 2 else reversed(sides):
                    progress(f"round {number + 1} of {options.rounds}, {senders} talking: {side.name}")
                    side.figures.setdefault(senders, []).append(await side.turn(senders, SECONDS))
    progress.clear()
    return sides


def medians(side: Side) -> dict[int, Figures]:
    """Return the median of each figure, by how many talked."""
    return {
        senders: Figures(
            median(each.rate for each in taken),
            median(each.cpu for each in taken),
            None if taken[0].gateway is None else median(each.gateway or 0 for each in taken),
        )
        for senders, taken in side.figures.items()
    }


def report(sides: Sequence[Side], connections: int, rounds: int) -> bool:
    """Print the table; return False if a target is missed."""
    print(f"The local stack: a room of {ROOM} among {connections:,} connections, medians of {rounds} rounds")
    print(f"\n{'talking':>7}  {'side':<20}{'deliveries/s':>13}{'x':>7}{'CPU ms each':>13}{'of the gateway':>16}")
    found, met = {side.name: medians(side) for side in sides}, True
    for senders in SENDERS:
        own = found["anonchat"][senders]
        for name, figures in found.items():
            of_gateway = "" if figures[senders].gateway is None else f"{figures[senders].gateway:.3f}"
            rate, cpu = figures[senders].rate, figures[senders].cpu
            print(f"{senders:>7}  {name:<20}{rate:>13.0f}{own.rate / rate:>7.2f}{cpu:>13.3f}{of_gateway:>16}")
            met = met and own.rate >= rate * (3 if name == "before" else 1)
        met = met and (own.gateway or 0) <= CPU_MS
    print("\nx: what anonchat delivers, as a share of it")
    print(f"Targets: ahead of all, 3 x before, gateway <= {CPU_MS} ms: {'met' if met else 'MISSED'}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="local_stack", description=__doc__.partition("\n")[0])
    positive = whole_number(range(1, 10_001), "{text} is no whole number from 1 on")
    parser.add_argument("--rounds", type=positive, default=5, metavar="N")
    parser.add_argument(
        "--connections", type=positive, default=CONNECTIONS, metavar="N", help=f"default: {CONNECTIONS}"
    )
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="another checkout of this repository")
    parser.add_argument("--alone", action="store_true", help="without serverless-offline")
    options = parser.parse_args()
    open_more_files()
    try:
        sides = asyncio.run(measure(options, offline=not options.alone))
    except CannotAsk as reason:
        print(reason, file=sys.stderr)
        sides = asyncio.run(measure(options, offline=False))
    return 0 if report(sides, options.connections, options.rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
