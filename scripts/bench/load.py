"""`make load`: many clients talk at once, some are cut off while they do, and nobody may miss a word.

Everybody is in a room before the first message. Each client sends its messages one after the other; sockets are cut
at random, without a close frame, mostly those that are waiting for an echo. At the end every member's log of its room,
without duplicates and sorted by id, must be equal to the others' and hold every acknowledged text.

`--steady` is an ordinary full room instead: 50 people, each with a message every five seconds for a minute. Nobody is
cut, and nobody's socket may be closed.

The chat runs under the numbers that Terraform deploys (local/deployed.py), by both readings of what AWS does not say:
whether what functions post counts for the stage's throttle.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp

from anonchat_client import PlainClient
from local.chat import LocalChat, LocalOptions
from local.deployed import deployed
from local.functions.function_set import Mode
from local.gateway import GatewayOptions
from scripts.bench.load_plan import STEADY, Outcome, Plan
from scripts.bench.load_report import report
from scripts.command_line import ProgressLine, whole_number

MODES: tuple[Mode, ...] = ("threads", "processes")
READINGS = {"posts count": True, "posts are free": False}
BUSY_SHARE = 0.75  # of the cuts hit a client that waits for its echo
LOST_DISCONNECTS = (
    0.5  # of all `$disconnect`s never run, as API Gateway allows itself: the dead stay until a post fails
)

RANGES = {
    "clients": range(1, 1001),
    "room": range(1, 1001),  # the most that room_cap can be; it follows
    "speakers": range(1, 1001),
    "messages": range(1, 31),  # what a connection may send in a minute; more would measure the limiter
    "cuts": range(1001),
    "seed": range(2**32),
    "at-once": range(1, 1001),
}

Progress = Callable[[str], None]


def complaint_about(texts: list[str], expected: set[str], first: list[str], repeated: set[str]) -> str:
    """Say what is wrong with a member's log, or nothing. `first` is the log of the room's first member.

    What was sent more than once (`repeated`) has a place for each copy: who has been sent one of two holds that one's.
    """
    if missing := sorted(expected - set(texts)):
        return f"misses {len(missing)} of {len(expected)} messages, such as {missing[0]}."
    if len(texts) > len(expected):
        return f"has {len(texts)} messages of {len(expected)}: some are twice."
    if [text for text in texts if text not in repeated] != [text for text in first if text not in repeated]:
        return "has the messages in another order than the room's first member."
    return ""


def tries(client: PlainClient) -> int:
    """Return how often this client has met a reason to send a message again."""
    met = client.counters
    return met.unacknowledged + met.timeouts + met.server_errors + met.resumes


class Load:
    """One run against the chat at `url`, wherever that is."""

    def __init__(self, url: str, plan: Plan, progress: Progress) -> None:
        self._url = url
        self._plan = plan
        self._progress = progress
        self._random = random.Random(plan.seed)
        self._gate = asyncio.Semaphore(plan.at_once)
        self._door = asyncio.Semaphore(min(plan.at_once, Plan.at_once))  # a crowd at the door only measures retries
        self._clients: list[PlainClient] = []
        self._repeated: set[str] = set()  # texts whose first try was not the last
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
            await asyncio.gather(
                *(self._talk(number) for number in range(self._plan.clients) if self._plan.speaks(number))
            )
            outcome.seconds = time.perf_counter() - started
            self._progress("waiting for the last resumes")
            await self._settle()
            outcome.complaints += self._complaints()
            for client in self._clients:
                for name, value in vars(client.counters).items():
                    setattr(outcome.counters, name, getattr(outcome.counters, name) + value)
            if outcome.counters.resumes and not self._plan.cuts:
                outcome.complaints.append(f"Sockets were closed {outcome.counters.resumes} times, and none was cut.")
        return outcome

    async def _arrive(self, number: int) -> None:
        client = self._clients[number]
        async with self._door:
            await client.connect()
            await client.join(f"load-{number // self._plan.room}", f"Talker {number}")
            self._progress(f"{sum(one.in_room for one in self._clients)} of {self._plan.clients} joined")

    async def _talk(self, number: int) -> None:
        began = time.perf_counter() + self._random.random() * self._plan.every_seconds
        for count in range(self._plan.messages):
            await asyncio.sleep(max(0, began + count * self._plan.every_seconds - time.perf_counter()))
            async with self._gate:
                await self._send(self._clients[number], f"{number}/{count}")
            self._cut_if_due()
            sent = len(self._outcome.echo_seconds)
            self._progress(f"{sent} of {self._plan.total} sent, {self._outcome.cuts} cuts")

    async def _send(self, client: PlainClient, text: str) -> None:
        started, before = time.perf_counter(), tries(client)
        await client.send(text)
        self._outcome.echo_seconds.append(time.perf_counter() - started)
        if tries(client) > before:
            self._repeated.add(text)

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
        speakers = [number for number in room if self._plan.speaks(number)]
        expected = {f"{number}/{count}" for number in speakers for count in range(self._plan.messages)}
        clients = [self._clients[number] for number in room]
        logs = [[message["text"] for message in client.log] for client in clients]
        for client, texts in zip(clients, logs, strict=True):
            name = f"{client.alias} in {client.room}"
            if complaint := complaint_about(texts, expected, logs[0], self._repeated):
                yield f"{name} {complaint}"
            if client.gaps:
                yield f"{name} was told of a gap after {client.gaps[0]}."

    async def _close(self) -> None:
        await asyncio.gather(*(client.close() for client in self._clients))


async def run_locally(
    mode: Mode,
    plan: Plan,
    progress: Progress = lambda text: None,
    *,
    posts_count: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Outcome:
    """Put the load on a local chat of its own, with the handlers run in one of MODES, by one of READINGS."""
    numbers = deployed()
    cap = max(plan.room, int(numbers.environ["ROOM_CAP"]))
    options = LocalOptions(
        mode=mode,
        deployed=replace(numbers, environ={**numbers.environ, "ROOM_CAP": str(cap)}),
        environ=environ or {},
        gateway=GatewayOptions(posts_count=posts_count),
    )
    async with LocalChat(options) as chat:
        chat.gateway.faults.drop_disconnect = LOST_DISCONNECTS
        outcome = await Load(chat.url, plan, progress).run()
        outcome.bill = chat.meter.snapshot()["total"]
        return outcome


def run_in_sight(mode: Mode, reading: str, plan: Plan) -> Outcome:
    """Run the load, and tell on stderr how far it is: all the time on a terminal, now and then in a log."""
    line = ProgressLine(every_seconds=0.1, plain_seconds=10)

    def progress(text: str) -> None:
        line(f"{mode}, {reading}: {text}")

    outcome = asyncio.run(run_locally(mode, plan, progress, posts_count=READINGS[reading]))
    line.clear()
    return outcome


def one_of(numbers: range) -> Callable[[str], int]:
    """Return, for argparse, a parser of whole numbers in a range; its refusal says which."""
    return whole_number(numbers, f"{{text}} is no whole number from {numbers[0]} to {numbers[-1]}")


def read_options() -> argparse.Namespace:
    """Return the options of the command line; `plan` is the Plan that they make."""
    parser = argparse.ArgumentParser(prog="load", description=__doc__.partition("\n")[0])
    parser.add_argument("--steady", action="store_true", help="an ordinary full room: the plan that the rest changes")
    for name, numbers in RANGES.items():
        parser.add_argument(f"--{name}", type=one_of(numbers), metavar="N")
    parser.add_argument("--mode", choices=[*MODES, "both"], default="both", help="how the handlers run")
    parser.add_argument("--reading", choices=[*READINGS, "both"], default="both", help="what AWS does not say")
    options = parser.parse_args()
    names = [name.replace("-", "_") for name in RANGES]
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    options.plan = replace(STEADY if options.steady else Plan(), **given)
    return options


def main() -> int:
    options = read_options()
    modes = MODES if options.mode == "both" else [options.mode]
    readings = READINGS if options.reading == "both" else [options.reading]
    outcomes: dict[tuple[str, ...], Outcome] = {
        (mode, reading): run_in_sight(mode, reading, options.plan) for mode in modes for reading in readings
    }
    print(report(outcomes))
    for conditions, outcome in outcomes.items():
        for complaint in outcome.complaints:
            print(f"{', '.join(conditions)}: {complaint}", file=sys.stderr)
    if any(outcome.complaints for outcome in outcomes.values()):
        print("The promise was broken: a member's log is not what the others have.", file=sys.stderr)
        return 1
    print("\nEvery member's log is equal and complete.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
