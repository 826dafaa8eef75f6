"""`make bench ONLY=resuming`: what it takes to fetch 1,500 missed messages: one join and pages, beside joins alone.

Joins alone are what clients did before there were pages, and may still do. The real handlers run on the local chat, and
its meter counts, so the figures are the same on every machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from anonchat import limits
from anonchat.settings import Settings
from anonchat_client import Frame, RawClient
from local.billing.meter import dollars
from scripts.bench.floods import ALIAS, ANSWER_SECONDS, World, served
from scripts.bench.results import Comparison, Result
from scripts.bench.units import ROOM, TEXT, Counts
from scripts.command_line import ProgressLine

ROUNDS = 1  # counts are the same in each
MISSED = 1500
OTHERS = 9  # in the room
AT_ONCE = 5  # messages that are said before the next are: fewer than functions may run
BEGINNING = "0" * limits.SINCE_DIGITS
BESIDE = "joins alone"
MOST = 0.4  # of the table's units, and of dollars
PAGES, JOINS = "pages", "joins"


def measure(rounds: int) -> Result:
    """Compare both ways, and say which pauses the limits of a minute make in each."""
    found = asyncio.run(both())
    pages, joins, settings = found[PAGES], found[JOINS], Settings()
    waits = {PAGES: pages["requests"] > limits.PAGES_PER_MINUTE, JOINS: joins["requests"] > settings.per_minute}
    said = {True: "stopped by the limit of a minute", False: "without a pause"}
    notes = [f"{MISSED:,} messages by {found[way]['requests']:.0f} {way}: {said[waits[way]]}." for way in waits]
    return Result(comparisons(pages, joins), found, notes)


async def both() -> dict[str, Counts]:
    """Return what each way uses, after the same messages."""
    progress = ProgressLine()
    async with served(PER_MINUTE="100000") as world:
        speaker, reader, _ = await world.connect(), await world.connect(), await world.fill(ROOM, OTHERS - 1)
        await world.join(speaker, ROOM)
        await world.join(reader, ROOM)
        for said in range(0, MISSED, AT_ONCE):
            progress(f"{said:,} of {MISSED:,} messages are said")
            world.expect(AT_ONCE)
            for _ in range(AT_ONCE):
                await world.send(speaker, ROOM, TEXT)
            await world.settled()
        progress("they are fetched")
        found = {PAGES: await fetched(world, reader, page=True), JOINS: await fetched(world, reader)}
    progress.clear()
    return found


async def fetched(world: World, reader: RawClient, **fields: Any) -> Counts:
    """Fetch all, by a join and whatever `fields` make of the next ones; count it."""
    seen: list[str] = []
    requests = 0

    async def fetch() -> None:
        nonlocal requests
        answer = await asked(world, reader, BEGINNING)
        while True:
            requests += 1
            seen.extend(each["id"] for each in answer["history"])
            if not answer["more"]:
                return
            answer = await asked(world, reader, seen[-1], **fields)

    counts = await world.measure(fetch)
    if len(set(seen)) != MISSED:
        raise AssertionError(f"{len(set(seen))} of {MISSED} messages came")
    return {"requests": requests, **counts}


async def asked(world: World, reader: RawClient, since: str, **fields: Any) -> Frame:
    world.expect(1)
    await reader.send_json(
        {"action": "join", "room": ROOM, "alias": ALIAS, "accepts": ["missed"], "since": since, **fields}
    )
    return await reader.receive("page" if fields else "joined", ANSWER_SECONDS)


def comparisons(pages: Counts, joins: Counts) -> Sequence[Comparison]:
    what = f"{MISSED:,} missed messages"
    table = [each["writeUnits"] + each["readUnits"] for each in (pages, joins)]
    cost = [1e6 * dollars(each)["total"] for each in (pages, joins)]
    return [
        *(Comparison(what, name, pages[name], BESIDE, joins[name]) for name in pages if name != "invocations"),
        Comparison(what, "units of the table", table[0], BESIDE, table[1], most=MOST),
        Comparison(what, "$ a million times", cost[0], BESIDE, cost[1]),
    ]
