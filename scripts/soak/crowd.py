"""Clients that talk while the weather is bad, and what must be true of them when it is over."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from anonchat import limits
from anonchat_client import PlainClient, RequestRefused
from scripts.soak.chat import SoakChat
from scripts.soak.clocks import Clocks
from scripts.soak.line import Line
from scripts.soak.weather import LOST_SECONDS, Weather, schedule

Progress = Callable[[str], None]
LAST_WORDS = "The last one"
LOOK_SECONDS = 0.5  # from one look to the next
SKEW_SECONDS = 5  # of what a row says about when it goes, for clocks that were wrong


@dataclass(frozen=True)
class Plan:
    """How many talk how much, and how much goes wrong."""

    clients: int = 300
    room: int = 10
    messages: int = 10_000
    events: int = 400
    forgotten: int = 3  # silent members whose rows are deleted at the end, while their sockets stay
    seed: int = 1
    at_once: int = 8  # clients that ask at once; what a function's ten environments can take
    echo_seconds: float = 10.0
    lost_seconds: tuple[float, float] = LOST_SECONDS
    settle_seconds: float = 300.0  # for a slow machine; nobody waits longer than it takes


@dataclass
class Outcome:
    """What happened. `complaints` are sentences; none means that all has held."""

    acknowledged: int = 0
    refused: int = 0  # messages that their senders know to be lost
    found: int = 0  # of the acknowledged: those of which only a copy came, in the history
    seconds: float = 0.0
    happened: Mapping[str, int] = field(default_factory=dict)
    in_trouble: int = 0  # requests
    resumes: int = 0
    missed: int = 0
    gaps: int = 0
    forgotten: int = 0  # member rows that were deleted at the end
    asked: int = 0  # clients that heard nothing of the last message, and so asked
    complaints: list[str] = field(default_factory=list)


class Crowd:
    """One run on a chat that is served."""

    def __init__(self, chat: SoakChat, clocks: Clocks, plan: Plan, progress: Progress) -> None:
        self._chat, self._clocks, self._plan, self._progress = chat, clocks, plan, progress
        self._clients: list[PlainClient] = []
        self._gate = asyncio.Semaphore(plan.at_once)
        self._echoed: dict[int, set[str]] = {}  # by room: the texts whose authors have the echo
        self._ended: list[float] = []
        self.outcome = Outcome()

    async def run(self) -> Outcome:
        plan, started = self._plan, time.monotonic()
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
            port = self._chat.gateway.port
            lines = [await stack.enter_async_context(Line(port)) for _ in range(plan.clients)]
            for line in lines:
                client = PlainClient(f"ws://127.0.0.1:{line.port}", session=session, echo_seconds=plan.echo_seconds)
                self._clients.append(client)
            stack.push_async_callback(self._close)
            await asyncio.gather(*(self._arrive(number) for number in range(plan.clients)))
            events = schedule(plan.seed, plan.messages, plan.events)
            self._weather = Weather(self._chat, lines, self._clocks, events, plan.lost_seconds)
            await asyncio.gather(*(self._talk(number) for number in range(plan.clients)))
            self._progress("waiting until the weather is good again")
            await self._weather.clear()
            await self._settle()
            self._count(time.monotonic() - started)
        return self.outcome

    def _room(self, number: int) -> int:
        return number // self._plan.room

    def _here(self, room: int) -> list[PlainClient]:
        return self._clients[room * self._plan.room : (room + 1) * self._plan.room]

    @property
    def _rooms(self) -> range:
        return range(-(-self._plan.clients // self._plan.room))

    async def _arrive(self, number: int) -> None:
        async with self._gate:
            await self._clients[number].connect()
            await self._clients[number].join(f"soak-{self._room(number)}", f"Talker {number}")
            self._progress(f"{sum(client.in_room for client in self._clients)} of {self._plan.clients} joined")

    async def _talk(self, number: int) -> None:
        """Say this client's part of all messages."""
        for count in range(number, self._plan.messages, self._plan.clients):
            async with self._gate:
                await self._say(number, f"{number}/{count}")
            self._weather.reached(self.outcome.acknowledged)
            happened = sum(self._weather.happened.values())
            self._progress(
                f"{self.outcome.acknowledged} of {self._plan.messages} acknowledged, "
                f"{happened} of {self._plan.events} troubles"
            )

    async def _say(self, number: int, text: str) -> None:
        client = self._clients[number]
        found = client.counters.found
        try:
            await client.send(text)
        except RequestRefused:
            self.outcome.refused += 1  # its sender knows
            return
        self.outcome.acknowledged += 1
        if client.counters.found > found:
            self.outcome.found += 1  # the function may have died before its posts: docs/worlds.md, "A copy is no proof"
        else:
            self._echoed.setdefault(self._room(number), set()).add(text)

    async def _settle(self) -> None:
        """Let one more message go through each room; then wait until all is right, or say what is not."""
        self._until = time.monotonic() + self._plan.settle_seconds
        self._progress("waiting until everybody is back and no function runs")
        await self._wait_while(lambda: self._chat.is_busy or not all(client.in_room for client in self._clients))
        await self._forget()
        self._progress("one more message in each room")
        await asyncio.gather(*(self._one_more(room) for room in self._rooms))
        await asyncio.gather(*(self._ask_in_silence(client) for client in self._clients))
        while (complaints := [*self._complaints(), *await self._wrong_rows()]) and time.monotonic() < self._until:
            self._progress(f"{len(complaints)} things are not right yet, such as: {complaints[0]}")
            await asyncio.sleep(LOOK_SECONDS)
        self.outcome.complaints = complaints

    async def _forget(self) -> None:
        """Delete rows of members who only listen: nobody closes their sockets, and nothing tells them."""
        silent = [client for number, client in enumerate(self._clients) if number % self._plan.room]
        for client in random.Random(self._plan.seed).sample(silent, min(self._plan.forgotten, len(silent))):
            self.outcome.forgotten += await self._chat.forget(str(client.room), client.alias)

    async def _wait_while(self, true: Callable[[], bool]) -> None:
        while true() and time.monotonic() < self._until:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    async def _ask_in_silence(self, client: PlainClient) -> None:
        """Let a client that heard nothing of the last message ask now what it would ask after minutes of silence.

        Its socket may be there and its row not: then it hears nothing, and nobody tells it.
        """
        if client.in_room and LAST_WORDS not in client.texts:
            self.outcome.asked += 1
            async with self._gate:
                await client.ask_anything()

    async def _one_more(self, room: int) -> None:
        async with self._gate:
            await self._say(room * self._plan.room, LAST_WORDS)

    # --- what must be true ---------------------------------------------------------------------------------

    def _complaints(self) -> Iterator[str]:
        for room in self._rooms:
            for client in self._here(room):
                yield from self._wrong_with(client, room)

    def _wrong_with(self, client: PlainClient, room: int) -> Iterator[str]:
        texts, name = client.texts, f"{client.alias} in {client.room}"
        if not client.in_room:
            yield f"{name} is not back in its room."
        if not client.gaps and (lost := sorted(self._echoed.get(room, set()) - set(texts))):
            yield f"{name} misses {len(lost)} acknowledged messages and was told of no gap: {lost[0]}."
        if len(texts) != len(set(texts)):
            yield f"{name} has messages twice."
        here = self._here(room)
        if client.online != len(here) or set(client.members) != {each.id for each in here}:
            yield f"{name} believes in {client.online} people, {len(client.members)} by name, of {len(here)}."

    async def _wrong_rows(self) -> list[str]:
        """Say which rows are there that must not be, and which would stay for too long."""
        rows, now = await self._chat.rows(), time.time()
        members = [row for row in rows if row["sk"]["S"].startswith("MEMBER#")]
        wrong = (
            [f"{len(members)} member rows for {len(self._clients)} members."]
            if len(members) != len(self._clients)
            else []
        )
        for row in rows:
            kind = row["sk"]["S"].partition("#")[0]
            history = int(self._chat.options.deployed.environ["HISTORY_SECONDS"]) + limits.OVERLAP_SECONDS
            most = history if kind == "MESSAGE" else limits.ROOM_ROW_SECONDS
            if "expiresAt" not in row or not 0 < int(row["expiresAt"]["N"]) <= now + most + SKEW_SECONDS:
                wrong.append(f"A {kind} row does not say that it goes in time.")
            if kind == "MEMBER" and "missed" in row:
                wrong.append("A member row has a mark.")
        return wrong

    def _count(self, seconds: float) -> None:
        outcome = self.outcome
        outcome.seconds = seconds
        heard = self._chat.disconnects.heard if self._chat.disconnects else {}
        outcome.happened = {
            **{f"troubles: {kind}": times for kind, times in self._weather.happened.items()},
            **{f"$disconnect came {how}": times for how, times in heard.items()},
            "processes killed": self._chat.killed,
        }
        outcome.in_trouble = self._chat.table_trouble.met + self._chat.post_trouble.met
        outcome.resumes = sum(client.counters.resumes for client in self._clients)
        outcome.missed = sum(client.counters.missed for client in self._clients)
        outcome.gaps = sum(bool(client.gaps) for client in self._clients)

    async def _close(self) -> None:
        await asyncio.gather(*(client.close() for client in self._clients))


def report(plan: Plan, outcome: Outcome) -> str:
    """Say in some lines what happened."""
    counts: dict[str, Any] = {
        "acknowledged": outcome.acknowledged,
        "acknowledged by a copy in the history": outcome.found,
        "refused, and their senders know": outcome.refused,
        "requests in trouble": outcome.in_trouble,
        "came back on a new socket": outcome.resumes,
        "told that something was missed": outcome.missed,
        "told of a gap": outcome.gaps,
        "member rows deleted at the end": outcome.forgotten,
        "asked, having heard nothing at the end": outcome.asked,
        **outcome.happened,
    }
    lines = [f"{name:<39}{count:>8}" for name, count in counts.items()]
    title = f"{plan.clients} clients, {plan.messages} messages, {plan.events} troubles, seed {plan.seed}"
    return "\n".join([f"{title}: {outcome.seconds:.0f} seconds", *lines])
