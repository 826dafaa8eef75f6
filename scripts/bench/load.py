"""`make load`: many clients talk at once, some are cut off while they do, and nobody may miss a word.

Everybody is in a room before the first message. Each client sends its messages one after the other; sockets are cut
at random, without a close frame, mostly those that are waiting for an echo. At the end every member's log of its room,
without duplicates and sorted by id, must be equal to the others' and hold every acknowledged text.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from anonchat_client import Counters, PlainClient
from local.chat import LocalChat, LocalOptions
from local.functions.function_set import Mode
from scripts.command_line import ProgressLine, whole_number

MODES: tuple[Mode, ...] = ("threads", "processes")
# How many clients ask at once. A function in processes has 10 environments, as many as are reserved on AWS, and each
# is busy a moment longer than its echo is on the way: more would only measure retries. (Clients that come back after a
# cut do not count, so some frames are throttled all the same.)
AT_ONCE = {"threads": 32, "processes": 8}
BUSY_SHARE = 0.75  # of the cuts hit a client that waits for its echo
LOST_DISCONNECTS = (
    0.5  # of all `$disconnect`s never run, as API Gateway allows itself: the dead stay until a post fails
)

RANGES = {
    "clients": range(1, 1001),
    "room": range(1, 51),  # the cap of a room
    "messages": range(1, 31),  # what a connection may send in a minute; more would measure the limiter
    "cuts": range(1001),
    "seed": range(2**32),
}

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Who talks how much. A client may send 30 messages a minute, so up to 30 need no pauses."""

    clients: int = 200
    room: int = 20
    messages: int = 10
    cuts: int = 60
    at_once: int = 10
    seed: int = 1
    settle_seconds: float = 60  # the most it waits for the last resumes and the last fan-outs

    @property
    def total(self) -> int:
        return self.clients * self.messages


@dataclass
class Outcome:
    """What happened. `complaints` are sentences; none means that the promise held."""

    plan: Plan
    echo_seconds: list[float] = field(default_factory=list)  # one per acknowledged message
    cuts: int = 0
    seconds: float = 0.0
    counters: Counters = field(default_factory=Counters)
    complaints: list[str] = field(default_factory=list)
    bill: dict[str, Any] = field(default_factory=dict)  # the meter's total


def complaint_about(texts: list[str], expected: set[str], first: list[str]) -> str:
    """Say what is wrong with a member's log, or nothing. `first` is the log of the room's first member."""
    if missing := sorted(expected - set(texts)):
        return f"misses {len(missing)} of {len(expected)} messages, such as {missing[0]}."
    if len(texts) > len(expected):
        return f"has {len(texts)} messages of {len(expected)}: some are twice."
    if texts != first:
        return "has the messages in another order than the room's first member."
    return ""


class Load:
    """One run against the chat at `url`, wherever that is."""

    def __init__(self, url: str, plan: Plan, progress: Progress) -> None:
        self._url = url
        self._plan = plan
        self._progress = progress
        self._random = random.Random(plan.seed)
        self._gate = asyncio.Semaphore(plan.at_once)
        self._clients: list[PlainClient] = []
        self._outcome = Outcome(plan)

    async def run(self) -> Outcome:
        outcome = self._outcome
        async with AsyncExitStack() as stack:
            session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
            await stack.enter_async_context(session)
            self._clients = [PlainClient(self._url, session=session) for _ in range(self._plan.clients)]
            stack.push_async_callback(self._close)
            await asyncio.gather(*(self._arrive(number) for number in range(self._plan.clients)))
            started = time.perf_counter()
            await asyncio.gather(*(self._talk(number) for number in range(self._plan.clients)))
            outcome.seconds = time.perf_counter() - started
            self._progress("waiting for the last resumes")
            await self._settle()
            outcome.complaints += self._complaints()
            for client in self._clients:
                for name, value in vars(client.counters).items():
                    setattr(outcome.counters, name, getattr(outcome.counters, name) + value)
        return outcome

    async def _arrive(self, number: int) -> None:
        client = self._clients[number]
        async with self._gate:
            await client.connect()
            await client.join(f"load-{number // self._plan.room}", f"Talker {number}")
            self._progress(f"{sum(one.in_room for one in self._clients)} of {self._plan.clients} joined")

    async def _talk(self, number: int) -> None:
        for count in range(self._plan.messages):
            async with self._gate:
                started = time.perf_counter()
                await self._clients[number].send(f"{number}/{count}")
                self._outcome.echo_seconds.append(time.perf_counter() - started)
            self._cut_if_due()
            sent = len(self._outcome.echo_seconds)
            self._progress(f"{sent} of {self._plan.total} sent, {self._outcome.cuts} cuts")

    def _cut_if_due(self) -> None:
        """Cut as many sockets as are due by now, so that the cuts spread evenly over the run."""
        due = self._plan.cuts * len(self._outcome.echo_seconds) // self._plan.total
        while self._outcome.cuts < due:
            here = [client for client in self._clients if client.in_room]
            busy = [client for client in here if client.busy]
            choice = busy if busy and self._random.random() < BUSY_SHARE else here
            if not choice:
                return  # all are on their way back; the next message will find somebody
            self._random.choice(choice).cut()
            self._outcome.cuts += 1

    async def _settle(self) -> None:
        """Wait until nothing is missing; if it does not come to that, the complaints will say what is."""
        deadline = time.monotonic() + self._plan.settle_seconds
        while not self._settled() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # what it waits for compares clients: no one event tells of it

    def _settled(self) -> bool:
        return all(client.in_room for client in self._clients) and not self._complaints()

    def _complaints(self) -> list[str]:
        numbers = range(self._plan.clients)
        rooms = [numbers[start : start + self._plan.room] for start in numbers[:: self._plan.room]]
        return [complaint for room in rooms for complaint in self._complaints_of(room)]

    def _complaints_of(self, room: Iterable[int]) -> Iterable[str]:
        expected = {f"{number}/{count}" for number in room for count in range(self._plan.messages)}
        clients = [self._clients[number] for number in room]
        logs = [[message["text"] for message in client.log] for client in clients]
        for client, texts in zip(clients, logs, strict=True):
            name = f"{client.alias} in {client.room}"
            if complaint := complaint_about(texts, expected, logs[0]):
                yield f"{name} {complaint}"
            if client.gaps:
                yield f"{name} was told of a gap after {client.gaps[0]}."

    async def _close(self) -> None:
        await asyncio.gather(*(client.close() for client in self._clients))


async def run_locally(
    mode: Mode, plan: Plan, progress: Progress = lambda text: None, environ: Mapping[str, str] | None = None
) -> Outcome:
    """Put the load on a local chat of its own, with the handlers run in one of MODES."""
    async with LocalChat(LocalOptions(mode=mode, environ=environ or {})) as chat:
        chat.gateway.faults.drop_disconnect = LOST_DISCONNECTS
        outcome = await Load(chat.url, plan, progress).run()
        outcome.bill = chat.meter.snapshot()["total"]
        return outcome


def report(outcomes: dict[str, Outcome]) -> str:
    """Return a table with one column per mode."""
    columns = [rows_of(outcome) for outcome in outcomes.values()]
    table = [("", list(outcomes))] + [(label, [column[label] for column in columns]) for label in columns[0]]
    return "\n".join(f"{label:<28}" + "".join(f"{cell:>12}" for cell in cells) for label, cells in table)


def rows_of(outcome: Outcome) -> dict[str, str]:
    plan, counters, bill = outcome.plan, outcome.counters, outcome.bill
    milliseconds = sorted(seconds * 1000 for seconds in outcome.echo_seconds)
    posts = bill["messagesIn"] + bill["messagesOut"]
    return {
        "clients": f"{plan.clients}",
        "rooms of": f"{plan.room}",
        "asking at once": f"{plan.at_once}",
        "messages acknowledged": f"{len(milliseconds)}",
        "sockets cut": f"{outcome.cuts}",
        "resumed": f"{counters.resumes}",
        "duplicates dropped": f"{counters.duplicates}",
        "throttled or failed frames": f"{counters.unacknowledged}",
        "time-outs": f"{counters.timeouts}",
        "told to slow down": f"{counters.rate_limited}",
        "seconds": f"{outcome.seconds:.1f}",
        "messages per second": f"{len(milliseconds) / outcome.seconds:.1f}",
        "echo, median ms": f"{statistics.median(milliseconds):.0f}",
        "echo, 95th percentile ms": f"{milliseconds[len(milliseconds) * 95 // 100]:.0f}",
        "API Gateway messages": f"{posts}",
        "invocations": f"{bill['invocations']}",
        "write units": f"{bill['writeUnits']:.0f}",
        "read units": f"{bill['readUnits']:.0f}",
        "dollars on AWS": f"{bill['dollars']['total']:.4f}",
        "missing or out of order": f"{len(outcome.complaints)}",
    }


def run_in_sight(mode: Mode, plan: Plan) -> Outcome:
    """Run the load, and tell on stderr how far it is: all the time on a terminal, now and then in a log."""
    line = ProgressLine(every_seconds=0.1, plain_seconds=10)
    outcome = asyncio.run(run_locally(mode, plan, lambda text: line(f"{mode}: {text}")))
    line.clear()
    return outcome


def one_of(numbers: range) -> Callable[[str], int]:
    """Return, for argparse, a parser of whole numbers in a range; its refusal says which."""
    return whole_number(numbers, f"{{text}} is no whole number from {numbers[0]} to {numbers[-1]}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="load", description=__doc__.partition("\n")[0])
    for name, numbers in RANGES.items():
        parser.add_argument(f"--{name}", type=one_of(numbers), default=getattr(Plan, name), metavar="N")
    parser.add_argument(
        "--at-once", type=one_of(range(1, 1001)), metavar="N", help=f"requests under way; default: {AT_ONCE}"
    )
    parser.add_argument("--mode", choices=[*MODES, "both"], default="both", help="how the handlers run")
    options = parser.parse_args()
    outcomes: dict[str, Outcome] = {}
    for mode in MODES if options.mode == "both" else [options.mode]:
        at_once = options.at_once or AT_ONCE[mode]
        plan = Plan(options.clients, options.room, options.messages, options.cuts, at_once, options.seed)
        outcomes[mode] = run_in_sight(mode, plan)
    print(report(outcomes))
    for mode, outcome in outcomes.items():
        for complaint in outcome.complaints:
            print(f"{mode}: {complaint}", file=sys.stderr)
    if any(outcome.complaints for outcome in outcomes.values()):
        print("The promise was broken: a member's log is not what the others have.", file=sys.stderr)
        return 1
    print("\nEvery member's log is equal and complete.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
