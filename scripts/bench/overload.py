"""A room talks on while something is wrong, and must be right again after it, with the load of before.

`python -m scripts.bench.overload`, which `make load` runs too, tries each trouble of troubles.py for a minute, under
the numbers that are deployed. Everybody writes a message every few seconds. Nobody may lose one, no healthy connection
may be closed, and once the trouble is over a message must cost the same number of posts and joins as before it: a
trouble that keeps itself alive is the worst of all.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from anonchat_client import PlainClient
from local.gateway import GatewayOptions
from scripts.bench.troubles import ROOM, TROUBLES, Served, Trouble
from scripts.command_line import ProgressLine

SAME_LOAD = 1.3  # so many times the posts of before are the load of before: messages lie across the borders
# Who repeats a message is not to be stopped by the limit of a minute; and each failed post would be a line.
ENVIRON = {"PER_MINUTE": "600", "AWS_LAMBDA_LOG_LEVEL": "FATAL"}

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How many people write how often, and for how many seconds: before, during and after the trouble."""

    people: int = 50
    every_seconds: float = 5.0
    before: float = 20.0
    during: float = 60.0
    after: float = 20.0
    settle_seconds: float = 60.0  # the most that it may take until everybody is right again
    seed: int = 1


@dataclass
class Phase:
    """What happened in one part of the time."""

    echo_seconds: list[float] = field(default_factory=list)  # of messages that lie wholly in it
    acknowledged: int = 0
    posts: float = 0.0
    joins: float = 0.0

    @property
    def posts_each(self) -> float:
        """How many frames went out for each acknowledged message."""
        return self.posts / max(1, self.acknowledged)

    @property
    def slowest(self) -> float:
        """The time that one echo in a hundred takes longer than, in seconds."""
        ordered = sorted(self.echo_seconds)
        return ordered[len(ordered) * 99 // 100] if ordered else 0.0


@dataclass
class Outcome:
    """What happened. `complaints` are sentences; none means that the room has come through."""

    phases: dict[str, Phase] = field(default_factory=lambda: {name: Phase() for name in ("before", "during", "after")})
    reconnects: int = 0
    missed: int = 0  # frames that said so
    recovery_seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)


class Crowd:
    """People in one room, each of whom writes a message every `every_seconds`."""

    def __init__(self, served: Served, plan: Plan, progress: Progress) -> None:
        self._served, self._plan, self._progress = served, plan, progress
        self._dice = random.Random(plan.seed)
        self._sent: set[str] = set()  # what was acknowledged
        self._unsent: set[str] = set()  # what waits for that
        self._clients: list[PlainClient] = []
        self.outcome = Outcome()
        self._phase = self.outcome.phases["before"]

    async def run(self, trouble: Trouble) -> Outcome:
        """Talk through all phases, then look at what everybody has."""
        plan = self._plan
        async with AsyncExitStack() as stack:
            session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
            await stack.enter_async_context(session)
            self._clients = [PlainClient(self._served.url, session=session) for _ in range(plan.people)]
            stack.push_async_callback(self._close)
            await asyncio.gather(*(self._arrive(number) for number in range(plan.people)))
            talk = await stack.enter_async_context(_running(self._talk(number) for number in range(plan.people)))
            await self._measure("before", plan.before)
            async with trouble.begin(self._served):
                await self._measure("during", plan.during)
            await self._recover()
            await self._measure("after", plan.after)
            await talk()
            await self._settle()
            self._judge()
        return self.outcome

    async def _arrive(self, number: int) -> None:
        await self._clients[number].connect()
        await self._clients[number].join(ROOM, f"Talker {number}")
        self._progress(f"{sum(client.in_room for client in self._clients)} of {self._plan.people} joined")

    async def _talk(self, number: int) -> None:
        await asyncio.sleep(self._dice.uniform(0, self._plan.every_seconds))
        for count in range(sys.maxsize):
            text, started, phase = f"{number}/{count}", time.monotonic(), self._phase
            self._unsent.add(text)
            await self._clients[number].send(text)
            self._unsent.remove(text)
            self._sent.add(text)
            took = time.monotonic() - started
            self._phase.acknowledged += 1
            (phase if phase is self._phase else self.outcome.phases["during"]).echo_seconds.append(took)
            await asyncio.sleep(max(0.0, self._plan.every_seconds - took))

    async def _measure(self, name: str, seconds: float) -> None:
        phase = self._phase = self.outcome.phases[name]
        before = await self._served.total()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._progress(f"{name}: {phase.acknowledged} messages, {left:.0f} seconds to go")
            await asyncio.sleep(min(left, 0.5))
        after = await self._served.total()
        self._phase = Phase()  # until the next one: beginning a trouble takes its time
        phase.posts = after["messagesOut"] - before["messagesOut"]
        # A join reads one row that nothing else reads by itself.
        phase.joins = after["operations"].get("GetItem", 0) - before["operations"].get("GetItem", 0)

    async def _recover(self) -> None:
        """Wait until everybody has all that was written up to now, and its author the echo; the talk goes on."""
        read, written, started = set(self._sent), self._sent | self._unsent, time.monotonic()
        self._progress("waiting until everybody is right again")
        await self._wait(lambda: all(read <= set(client.texts) for client in self._clients))
        self.outcome.recovery_seconds = time.monotonic() - started
        await self._wait(lambda: written <= self._sent and all(written <= set(each.texts) for each in self._clients))

    async def _settle(self) -> None:
        """Nobody talks any more: one last message tells all what they may have missed."""
        await self._clients[0].send("the last one")
        self._sent.add("the last one")
        await self._wait(lambda: not any(self._missing(client) for client in self._clients))

    async def _wait(self, true: Callable[[], bool]) -> None:
        until = time.monotonic() + self._plan.settle_seconds
        while not true() and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # what it waits for compares clients: no one event tells of it

    def _missing(self, client: PlainClient) -> set[str]:
        return self._sent - set(client.texts)

    def _judge(self) -> None:
        outcome = self.outcome
        for client in self._clients:
            if missing := self._missing(client):
                outcome.complaints.append(f"{client.alias} misses {len(missing)} of {len(self._sent)} messages.")
            if client.gaps:
                outcome.complaints.append(f"{client.alias} was told of a gap.")
            outcome.reconnects += client.counters.resumes
            outcome.missed += client.counters.missed
        if outcome.reconnects:
            outcome.complaints.append(f"Healthy connections were closed {outcome.reconnects} times.")
        before, after = outcome.phases["before"], outcome.phases["after"]
        if not after.acknowledged:
            outcome.complaints.append("Nobody is heard after the trouble.")
        elif after.posts_each > before.posts_each * SAME_LOAD:
            outcome.complaints.append(
                f"A message costs {after.posts_each:.0f} posts after the trouble, {before.posts_each:.0f} before it."
            )
        if after.joins > self._plan.people:  # each may have been told once more that it had missed something
            outcome.complaints.append(f"After the trouble there were {after.joins:.0f} joins more.")

    async def _close(self) -> None:
        await asyncio.gather(*(client.close() for client in self._clients))


@asynccontextmanager
async def _running(work: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Run all of it beside the block, which gets what stops it."""
    tasks = [asyncio.create_task(each) for each in work]

    async def stop() -> None:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for failure in results:
            if isinstance(failure, Exception):
                raise failure

    try:
        yield stop
    finally:
        await stop()


async def run(
    name: str, plan: Plan, options: GatewayOptions | None = None, progress: Progress = lambda text: None
) -> Outcome:
    """Put one trouble on a chat of its own."""
    trouble = TROUBLES[name]
    dice = random.Random(plan.seed)
    environ = ENVIRON | {"ROOM_CAP": str(plan.people + 1)}
    async with trouble.serve(environ, options or GatewayOptions(), dice) as served:
        return await Crowd(served, plan, lambda text: progress(f"{name}: {text}")).run(trouble)


def report(outcomes: Mapping[str, Outcome]) -> str:
    """Return a table with one row for each trouble."""
    rows: list[tuple[str, ...]] = [
        ("", "echo p99, seconds", "", "", "posts a message", "", "missed", "right again", "closed")
    ]
    rows += [("", "before", "during", "after", "before", "after", "told", "after seconds", "")]
    rows += [(name, *_cells(outcome)) for name, outcome in outcomes.items()]
    return "\n".join(f"{row[0]:<28}" + "".join(f"{cell:>18}" for cell in row[1:]) for row in rows)


def _cells(outcome: Outcome) -> list[str]:
    phases: dict[str, Any] = outcome.phases
    return [
        *(f"{phases[name].slowest:.2f}" for name in ("before", "during", "after")),
        *(f"{phases[name].posts_each:.1f}" for name in ("before", "after")),
        f"{outcome.missed}",
        f"{outcome.recovery_seconds:.1f}",
        f"{outcome.reconnects}",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="overload", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=Plan.seed, metavar="N")
    parser.add_argument("--seconds", type=float, default=Plan.during, metavar="N", help="that a trouble lasts")
    parser.add_argument("--people", type=int, default=Plan.people, metavar="N")
    parser.add_argument("--only", choices=list(TROUBLES), help="one trouble; default: all")
    options = parser.parse_args()
    plan = replace(Plan(), seed=options.seed, during=options.seconds, people=options.people)
    line = ProgressLine(every_seconds=0.2, plain_seconds=10)
    names = [options.only] if options.only else list(TROUBLES)
    outcomes = {name: asyncio.run(run(name, plan, progress=line)) for name in names}
    line.clear()
    print(f"{plan.people} people, a message every {plan.every_seconds:g} seconds each, seed {plan.seed}\n")
    print(report(outcomes))
    complaints = [f"{name}: {each}" for name, outcome in outcomes.items() for each in outcome.complaints]
    print("\n".join(complaints), file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
