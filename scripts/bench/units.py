"""`make bench ONLY=units`: what each request uses of what is billed, by the size of the room.

The real handlers run on the local chat, and its meter counts, so the figures are the same on every machine. `make cost`
and docs/costs.md reckon with them.
"""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from anonchat import limits
from anonchat_client.encryption.envelope import BUCKETS, NONCE_BYTES, TAG_BYTES
from local.billing.meter import dollars
from scripts.bench.floods import ANSWER_SECONDS, World, served
from scripts.bench.results import Comparison, Result
from scripts.command_line import ProgressLine

ROUNDS = 1  # counts are the same in each
SIZES = (1, 2, 5, 10, 20, 21, 50, 100, 200)
WITH, WITHOUT = "history", "no history"
HISTORY = {WITH: "600", WITHOUT: "0"}  # seconds
PROVED = (2, 10, 50)  # whose dollars have a target
MOST = 1.02  # of the floor
TEXT = "x" * math.ceil((NONCE_BYTES + BUCKETS[0] + TAG_BYTES) * 4 / 3)  # an ordinary line of talk, sealed
SAID = 45  # before anybody comes: more than a snapshot holds
AT_ONCE = 5  # fewer than functions may run
ROOM = "measured"
A_MILLION = "$ a million"

Counts = dict[str, float]
BySize = dict[str, dict[str, Counts]]


def measure(rounds: int) -> Result:
    """Count everything in rooms of all sizes, with history and without."""
    figures = {name: asyncio.run(counted(name, SIZES)) for name in HISTORY}
    return Result(comparisons(figures), figures)


async def counted(name: str, sizes: Sequence[int]) -> BySize:
    """Return what each kind of request uses, by size and kind."""
    progress, found, present = ProgressLine(), BySize(), 0
    settings = {"HISTORY_SECONDS": HISTORY[name], "ROOM_CAP": "1000", "PER_MINUTE": "100000"}
    async with served(runs=None, **settings) as world:
        if name == WITH:
            await talk(world)
        for size in sizes:
            progress(f"{name}: a room of {size}")
            await world.fill(ROOM, size - 1 - present)
            present = size - 1
            found[str(size)] = await kinds(world, told_by_name=size <= limits.NAMED_PRESENCE_MEMBERS)
    progress.clear()
    return found


async def talk(world: World) -> None:
    """Let somebody say so much that a snapshot is full, and leave."""
    async with AsyncExitStack() as stack:
        speaker = await world.connect(stack)
        await world.join(speaker, ROOM)
        for _ in range(SAID // AT_ONCE):
            world.expect(AT_ONCE)
            for _ in range(AT_ONCE):
                await world.send(speaker, ROOM, TEXT)
            await world.settled()
    world.expect(1)


async def kinds(world: World, told_by_name: bool) -> dict[str, Counts]:
    """Count what somebody does who comes into the room last, and leaves it first."""
    stack, found = AsyncExitStack(), dict[str, Counts]()
    await world.settled()
    await asyncio.sleep(0 if told_by_name else limits.PRESENCE_INTERVAL_MS / 1000 + 0.2)
    found["connect"] = await world.measure(partial(world.connect, stack))
    person = world.people[-1]
    found["join"] = await world.measure(lambda: world.join(person, ROOM))
    if not told_by_name:
        found |= await untold(world)
    found["message"] = await world.measure(partial(world.send, person, ROOM, TEXT), 1)
    last = await person.receive("message", ANSWER_SECONDS)
    found["silence"] = await world.measure(lambda: world.join(person, ROOM, since=last["id"][: limits.SINCE_DIGITS]))
    await asyncio.sleep(0 if told_by_name else limits.PRESENCE_INTERVAL_MS / 1000 + 0.2)
    found["leave"] = await world.measure(stack.aclose, 1)
    return found


async def untold(world: World) -> dict[str, Counts]:
    """Count who comes and goes where the others have been told just now, and are not told again."""
    async with AsyncExitStack() as stack:
        person = await world.connect(stack)
        joined = await world.measure(lambda: world.join(person, ROOM))
        left = await world.measure(stack.aclose, 1)
    if (joined["messagesOut"], left["messagesOut"]) != (1, 0):
        sys.exit("This machine is too slow now: others were told of who came, or went, in between.")
    return {"join, untold": joined, "leave, untold": left}


def comparisons(figures: Mapping[str, BySize]) -> Sequence[Comparison]:
    """Compare a million messages with the least that the prices allow, and history with none."""
    found = []
    for size in PROVED:
        cost = {name: priced(figures[name][str(size)]["message"]) for name in HISTORY}
        what, floor = f"a message to {size}", floor_of(figures[WITHOUT][str(size)]["message"])
        found += [
            Comparison(f"{what}, {WITHOUT}", A_MILLION, cost[WITHOUT], "the least there is", floor, most=MOST),
            Comparison(f"{what}, {WITH}", A_MILLION, cost[WITH], "a write more", cost[WITHOUT] + A_WRITE, most=1.0001),
        ]
    return found


def priced(counts: Mapping[str, float]) -> float:
    """Return the dollars of a million of them, by the meter's prices."""
    return 1e6 * dollars(dict(counts))["total"]


def floor_of(message: Counts) -> float:
    """Return the least dollars of a million such messages: in, out to all, one call, one write, an eventual read."""
    least = {name: message[name] for name in ("messagesIn", "messagesOut")} | {"invocations": 1, "writeUnits": 1}
    return priced({**least, "readUnits": message["readUnits"] / 2})


A_WRITE = 1e6 * dollars({"messagesIn": 0, "messagesOut": 0, "writeUnits": 1})["total"]
