"""`make bench ONLY=resuming`: what it takes to fetch 1,500 missed messages: one join and pages, beside joins alone.

Joins alone are what clients did before there were pages, and may still do. The real handlers run on the local chat, and
its meter counts, so the figures are the same on every machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from anonchat import limits
from anonchat.dynamodb import DynamoDB
from anonchat.dynamodb_client import Client
from anonchat.model import Message, Person
from anonchat.settings import Settings
from anonchat.sigv4 import Credentials
from anonchat.table import Table
from anonchat_client import Frame, RawClient
from local.billing.meter import dollars
from local.chat import TABLE
from scripts.bench.floods import ALIAS, ANSWER_SECONDS, World, served
from scripts.bench.results import Comparison, Result
from scripts.bench.units import ROOM, TEXT, Counts
from scripts.command_line import ProgressLine

ROUNDS = 1  # counts are the same in each
MISSED = 1500
ROOM_SIZE = 50  # who misses so much in the ten minutes that are kept is in a full room
BEGINNING = "0" * limits.SINCE_DIGITS
PERSON = Person("memberid123", ALIAS)
KEPT_SECONDS = 3600
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
        reader = await world.connect()
        progress(f"{MISSED:,} messages are said")
        await asyncio.to_thread(say, world.chat.table_endpoint)
        progress("they are fetched")
        await world.fill(ROOM, ROOM_SIZE - 1)
        await world.join(reader, ROOM)
        found = {PAGES: await fetched(world, reader, page=True), JOINS: await fetched(world, reader)}
    progress.clear()
    return found


def say(endpoint: str) -> None:
    """Write the rows that a `send` of each message writes."""
    client = Client(endpoint, "us-east-1", Credentials("bench", "local", None))
    table, now = Table(DynamoDB(client, TABLE)), time.time_ns() // 1_000_000
    for number in range(MISSED):
        message = Message(ROOM, f"{now + number:013d}-{number:010d}", f"client-{number:05d}", PERSON, TEXT)
        table.put_message(message, now // 1000 + KEPT_SECONDS)


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
    what = f"{MISSED:,} missed in a room of {ROOM_SIZE}"
    table = [each["writeUnits"] + each["readUnits"] for each in (pages, joins)]
    cost = [1e6 * dollars(each)["total"] for each in (pages, joins)]
    return [
        *(Comparison(what, name, pages[name], BESIDE, joins[name]) for name in pages if name != "invocations"),
        Comparison(what, "units of the table", table[0], BESIDE, table[1], most=MOST),
        Comparison(what, "$ a million times", cost[0], BESIDE, cost[1]),
    ]
