"""`make bench ONLY=local_stack`: the chat on this machine, loaded: what a delivery takes in a room of 20 among 1,000
connections.

Beside it, in turns of a few seconds in the same run: the least that a chat can be; serverless-offline where there are
Node and npm, with a chat that needs no table; and with `python -m scripts.bench.local_stack --before FOLDER` the chat
of another checkout. All are idle while one is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from local.gateway.open_files import open_more_files
from scripts import ROOT
from scripts.bench.crowd import Crowd
from scripts.bench.offline_chat import offline_chat
from scripts.bench.results import Comparison, Result, table
from scripts.command_line import ProgressLine, whole_number
from scripts.fidelity.targets.stack import CannotAsk

ROUNDS = 5
CONNECTIONS, ROOM = 1000, 20
SENDERS = (1, 8)
SECONDS = 3.0
CPU_MS = 0.3  # of the gateway for a delivery, at most
BARE, OFFLINE, BEFORE = "a bare chat", "serverless-offline", "before"
TARGETS = {OFFLINE: 1.0, BEFORE: 1 / 3}  # of its wall time for a delivery, at most

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
async def chat(name: str, checkout: Path, *arguments: str) -> AsyncIterator[Side]:
    """Run a chat of a checkout, which says its host and then what it has used."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
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


@asynccontextmanager
async def all_sides(before: Path | None, tell: Callable[[str], None]) -> AsyncIterator[tuple[list[Side], list[str]]]:
    """Run all of them, ours first. Yield them, and why one of them is left out."""
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(chat("anonchat", ROOT, "-c", SERVER))]
        sides.append(await stack.enter_async_context(chat(BARE, ROOT, "-m", "scripts.bench.bare_chat")))
        if before:
            sides.append(await stack.enter_async_context(chat(BEFORE, before, "-c", SERVER)))
        notes, folder = [], Path(stack.enter_context(TemporaryDirectory(prefix="anonchat-bench-")))
        try:
            host, seconds_used = await stack.enter_async_context(offline_chat(folder, tell))
        except CannotAsk as reason:
            notes = [f"{OFFLINE} is left out: {reason}"]
        else:

            async def used() -> Used:
                return Used(seconds_used(), None)

            sides.append(Side(OFFLINE, host, used))
        yield sides, notes


async def taking_turns(rounds: int, connections: int = CONNECTIONS, before: Path | None = None) -> Result:
    """Let all sides talk, in turns, and compare them."""
    progress = ProgressLine()
    async with all_sides(before, progress) as (sides, notes), AsyncExitStack() as stack:
        for side in sides:
            progress(f"{connections} people come to {side.name}")
            await side.arrive(connections)
            stack.callback(side.crowd.leave)
            await side.turn(1, 1)
        for number in range(rounds):
            for senders in SENDERS:
                for side in sides if number % 2 else reversed(sides):
                    progress(f"round {number + 1} of {rounds}, {senders} talking: {side.name}")
                    side.figures.setdefault(senders, []).append(await side.turn(senders, SECONDS))
    progress.clear()
    return Result([*comparisons(sides)], notes=notes)


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


def comparisons(sides: Sequence[Side]) -> Iterator[Comparison]:
    """Compare what a delivery takes: milliseconds until the next one, of CPU, and of the gateway's CPU."""
    found = {side.name: medians(side) for side in sides}
    own = found.pop("anonchat")
    for senders in SENDERS:
        what, ours = f"a delivery, {senders} talking", own[senders]
        for name, figures in found.items():
            theirs = figures[senders]
            wall, their_wall = 1000 / ours.rate, 1000 / theirs.rate
            yield Comparison(what, "wall ms", wall, name, their_wall, most=TARGETS.get(name))
            yield Comparison(what, "CPU ms", ours.cpu, name, theirs.cpu)
        yield Comparison(what, "CPU ms", ours.gateway or 0, "of it the gateway", ours.cpu, limit=CPU_MS)


def measure(rounds: int) -> Result:
    """Compare the chat on this machine with others."""
    open_more_files()
    return asyncio.run(taking_turns(rounds))


def main() -> int:
    parser = argparse.ArgumentParser(prog="local_stack", description=__doc__.partition("\n\n")[0])
    positive = whole_number(range(1, 10_001), "{text} is no whole number from 1 on")
    parser.add_argument("--rounds", type=positive, default=ROUNDS, metavar="N")
    parser.add_argument(
        "--connections", type=positive, default=CONNECTIONS, metavar="N", help=f"default: {CONNECTIONS}"
    )
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="another checkout of this repository")
    options = parser.parse_args()
    open_more_files()
    result = asyncio.run(taking_turns(options.rounds, options.connections, options.before))
    print(table({"local_stack": result}), *result.notes, sep="\n")
    return 0 if all(each.met for each in result.comparisons) else 1


if __name__ == "__main__":
    sys.exit(main())
