"""What one piece of each flood uses, by the meter of a local chat.

`PYTHONPATH=shared/python .venv/bin/python -m scripts.bench.floods` measures it anew.
The counts are the same on every machine, so they are committed, and a test measures them again. What they come to in
an hour is reckoned by scripts/docs/floods_table.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

import aiohttp

from anonchat import limits
from anonchat.settings import Settings
from anonchat_client import RawClient
from local.chat import LocalChat, LocalOptions
from local.gateway import GatewayOptions
from local.gateway.frames import CONTINUATION, FIN, FRAME_LIMIT
from local.gateway.frames import TEXT as TEXT_FRAME
from local.gateway.throttle import Throttle
from scripts.fidelity.raw_socket import RawSocket

TARGET = Path(__file__).with_name("floods.json")
FULL, NAMED = Settings().room_cap, limits.NAMED_PRESENCE_MEMBERS
COUNTED = ("messagesIn", "messagesOut", "invocations", "writeUnits", "readUnits")
ORIGIN = "https://chat.example"
TEXT = "x" * limits.TEXT_BYTES
ALIAS = "a" * limits.ALIAS_BYTES  # as long as what the page seals
LONGEST = 128 * 1024 - 512  # bytes that pad a message up to what API Gateway takes; 32 KB are billed as one
UNTHROTTLED = dict.fromkeys(("$connect", "join", "send", "leave", "ping", "$default"), Throttle(10_000, 10_000))
ANSWER_SECONDS = 60.0

Counts = dict[str, int]
Act = Callable[[], Awaitable[Any]]


class World:
    """One chat, the people in its rooms, and somebody who floods it."""

    def __init__(self, chat: LocalChat, stack: AsyncExitStack) -> None:
        self.chat, self._stack, self._clients = chat, stack, count(10_000_000)
        self._people: list[RawClient] = []
        self._told: list[Any] = []  # what answered somebody who is not among them
        self._calls = 0  # of functions, that have been asked for

    async def connect(self) -> RawClient:
        person = await self._stack.enter_async_context(RawClient(self.chat.url, headers={"Origin": ORIGIN}))
        self._people.append(person)
        self._calls += 1
        return person

    async def fill(self, room: str, members: int) -> list[RawClient]:
        """Bring so many people into a room, as many at once as functions may run."""
        places = asyncio.Semaphore(self.chat.options.deployed.function.concurrency // 2)

        async def enter() -> RawClient:
            async with places:
                person = await self.connect()
                await self.join(person, room)
                return person

        return list(await asyncio.gather(*(enter() for _ in range(members))))

    async def join(self, person: RawClient, room: str, **fields: Any) -> None:
        self._calls += 1
        await person.send_json({"action": "join", "room": room, "alias": ALIAS, "accepts": ["missed"], **fields})
        await person.receive("joined", ANSWER_SECONDS)

    async def send(self, person: RawClient, room: str, text: str = TEXT, **fields: Any) -> None:
        frame = {"action": "send", "room": room, "text": text, "client": f"{next(self._clients)}", **fields}
        await person.send_json(frame)

    async def say(self, stranger: RawSocket, action: str, padding: int = 0) -> None:
        """Say it in as many frames as it takes, and wait until it is counted, or answered."""
        fields = {"room": "nowhere", "text": "x", "client": "stranger", "padding": "x" * padding}
        payload, counted = json.dumps({"action": action, **fields}).encode(), self._counted("messagesIn")
        starts = range(0, len(payload), FRAME_LIMIT)
        for start in starts:
            kind = CONTINUATION if start else TEXT_FRAME
            stranger.send(payload[start : start + FRAME_LIMIT], kind | (FIN if start == starts[-1] else 0))
        await until(lambda: self._counted("messagesIn") > counted)
        if action != "ping":
            self._told.append(await stranger.json())

    async def count(self, act: Act, calls: int) -> Counts:
        """Return what `act` uses: `calls` of functions beside its joins, and until all that they post has come."""
        await self.settled()
        size, self._calls = self._bytes(), self._calls + calls
        with self.chat.meter.measure() as cost:
            await act()
            await self.settled()
        counts = {name: ceil(cost["total"][name]) for name in COUNTED}
        return counts | {"kilobytesOut": ceil((self._bytes() - size) / 1000)}

    def expect(self, calls: int) -> None:
        self._calls += calls

    async def settled(self) -> None:
        """Wait until all that was asked for is over, and all that was posted has come."""
        await until(lambda: self._counted("invocations") >= self._calls)
        await until(lambda: len(self._frames()) >= self._counted("messagesOut"))

    def _counted(self, what: str) -> int:
        number: int = self.chat.meter.snapshot()["total"][what]
        return number

    def _frames(self) -> list[Any]:
        return [*self._told, *(frame for person in self._people for frame in person.frames)]

    def _bytes(self) -> int:
        return sum(len(json.dumps(frame, separators=(",", ":"))) for frame in self._frames())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(ANSWER_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def served() -> AsyncIterator[World]:
    options = LocalOptions(environ={"ALLOWED_ORIGINS": ORIGIN}, gateway=GatewayOptions(route_throttles=UNTHROTTLED))
    async with LocalChat(options, log=lambda *_: None) as chat, AsyncExitStack() as stack:
        yield World(chat, stack)


async def pieces() -> dict[str, Counts]:
    """Measure one piece of each flood, by name."""
    async with served() as world:
        sender = await world.connect()
        await until(lambda: len(world.chat.gateway.connections) == 1)
        [sender_id] = world.chat.gateway.connections
        await world.join(sender, "full")
        for text in (*["x"] * limits.HISTORY_FIRST, *[TEXT] * limits.HISTORY_PAGE):  # of which a resume reads most
            await world.count(partial(world.send, sender, "full", text), 1)
        found = await connections(world)
        others = await world.fill("full", FULL - 1)
        found["message"] = await world.count(lambda: world.send(sender, "full"), 1)
        unread = next(id for id in world.chat.gateway.connections if id != sender_id)
        world.chat.gateway.faults.refuse_post = lambda connection_id: connection_id == unread
        found["message that one does not read"] = await world.count(lambda: world.send(sender, "full"), 1)
        world.chat.gateway.faults.refuse_post = 0.0
        found |= await joins(world, others[0])
    return found


async def connections(world: World) -> dict[str, Counts]:
    async def refused() -> None:
        async with aiohttp.ClientSession() as session:
            with contextlib.suppress(aiohttp.WSServerHandshakeError):
                # In capitals the local gateway takes it for the one it knows, and `$connect` refuses it.
                await session.ws_connect(world.chat.url, headers={"Origin": ORIGIN.upper()})

    async def come_and_go() -> None:
        async with RawClient(world.chat.url, headers={"Origin": ORIGIN}):
            pass

    stranger = await RawSocket.dial(world.chat.url, [f"Origin: {ORIGIN}"])
    await stranger.read_answer()
    world.expect(1)
    found = {
        "socket": await world.count(come_and_go, 2),
        "refused handshake": await world.count(refused, 1),
        "ping": await world.count(lambda: world.say(stranger, "ping"), 0),
        "long ping": await world.count(lambda: world.say(stranger, "ping", LONGEST), 0),
        "long message to no room": await world.count(lambda: world.say(stranger, "send", LONGEST), 1),
    }
    stranger.leave()
    world.expect(1)
    return found


async def joins(world: World, member: RawClient) -> dict[str, Counts]:
    """Somebody whom 19 others see come and go, where they come from and where they go to; and a full snapshot."""
    for room in ("here", "there"):
        await world.fill(room, NAMED - 1)
    mover = await world.connect()
    await world.join(mover, "here")

    async def visit() -> None:
        await mover.send_json({"action": "leave"})
        await mover.receive("left", ANSWER_SECONDS)
        await world.join(mover, "there")

    async def page() -> None:
        await member.send_json({"action": "join", "room": "full", "alias": ALIAS, "since": "0" * 13, "page": True})
        await member.receive("page", ANSWER_SECONDS)

    return {
        "move": await world.count(lambda: world.join(mover, "there"), 0),
        "leave and join": await world.count(visit, 1),
        "resume": await world.count(lambda: world.join(member, "full", since="0" * 13), 0),
        "page": await world.count(page, 1),
    }


def main() -> None:
    found: Mapping[str, Counts] = asyncio.run(pieces())
    TARGET.write_text(json.dumps(found, indent=1) + "\n")
    for name, counts in found.items():
        print(f"{name}: {counts}")


if __name__ == "__main__":
    main()
