"""`make bench ONLY=busy_rooms`: a message in a busy room, by batches, beside the same room whose clients take none.

Everybody speaks at random; the real handlers run on the local chat, and its meter counts. Dollars are without the time
that functions run: one that waits a quarter of a second is $3.33 a million batches more, beyond what is always free.
Seconds are this machine's: from a message's own time until another member has it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple

from anonchat_client import RawClient
from local.billing.meter import dollars
from scripts.bench.floods import ANSWER_SECONDS, World, served
from scripts.bench.results import Comparison, Result
from scripts.bench.units import A_MILLION, ROOM, TEXT
from scripts.command_line import ProgressLine

ROUNDS = 1  # each plays several hundred messages
RUNS = 100  # of `send` at once: this machine is slower than AWS, and nothing is to be refused
SECONDS = 15.0  # that each room talks
MEASURED = {10: (5, 10, 20), 50: (5, 10, 20), 200: (4,)}  # messages a second, by size: what one machine can deliver
MOST = {(50, 10): 0.5}  # of the price one by one
ACCEPTS = {"batches": ["missed", "batch"], "one by one": ["missed"]}
SEED = 20_261_128


class Talk(NamedTuple):
    """What so many messages have come to."""

    messages: int
    dollars: float  # of a million messages
    frames: float  # that went out, a message
    seconds: float  # until another member has it, at the median
    late: float  # and at the 95th percentile


def measure(rounds: int) -> Result:
    """Let rooms of all sizes talk at all rates, in both ways by turns."""
    found = asyncio.run(talks(rounds))
    comparisons, figures = [], {}
    for (size, rate), talk in found.items():
        ours, theirs = talk["batches"], talk["one by one"]
        what = f"a room of {size:,} at {rate} a second"
        most = MOST.get((size, rate))
        comparisons.append(Comparison(what, A_MILLION, ours.dollars, "one by one", theirs.dollars, most=most))
        comparisons.append(Comparison(what, "seconds, median", ours.seconds, "one by one", theirs.seconds))
        figures[f"{size} at {rate}"] = {way: each._asdict() for way, each in talk.items()}
    return Result(comparisons, figures)


async def talks(rounds: int) -> dict[tuple[int, int], dict[str, Talk]]:
    """Return what each way comes to, by size and rate. Each way has a room of its own, and nobody is in two."""
    progress = ProgressLine()
    found: dict[tuple[int, int], dict[str, Talk]] = {}
    async with served(runs=RUNS, PER_MINUTE="100000", ROOM_CAP="1000") as world:
        rooms: dict[str, list[RawClient]] = {way: [] for way in ACCEPTS}
        for size, rates in MEASURED.items():
            for way, people in rooms.items():
                progress(f"a room of {size:,}: {way}")
                people += await entered(world, way, size - len(people))
            for rate in rates:
                for way, people in rooms.items():
                    progress(f"a room of {size:,} at {rate} a second: {way}")
                    talk = await said(world, room_of(way), people, rate, SECONDS * rounds)
                    found.setdefault((size, rate), {})[way] = talk
    progress.clear()
    return found


async def entered(world: World, way: str, many: int) -> list[RawClient]:
    """Bring so many more people into the room of this way."""
    return await world.fill(room_of(way), many, accepts=ACCEPTS[way])


def room_of(way: str) -> str:
    return f"{ROOM}-{way.replace(' ', '-')}"


async def said(world: World, room: str, people: Sequence[RawClient], rate: float, seconds: float) -> Talk:
    """Let people say something at random times, one after the other, and wait until all have all."""
    dice, speakers = random.Random(SEED), itertools.cycle(people)
    many = round(rate * seconds)
    people[0].inbox.clear()
    listening = asyncio.create_task(delays(people[0], many))

    async def talk() -> None:
        due = time.monotonic()
        for _ in range(many):
            due += dice.expovariate(rate)
            await asyncio.sleep(max(0, due - time.monotonic()))
            await world.send(next(speakers), room, TEXT)

    counts = await world.measure(talk, many)
    waited = await listening
    return Talk(
        many,
        1e6 * dollars(counts)["total"] / many,
        counts["messagesOut"] / many,
        statistics.median(waited),
        statistics.quantiles(waited, n=20)[-1],
    )


async def delays(person: RawClient, many: int) -> list[float]:
    """Return how many seconds each of so many messages took until this person had it."""
    found: list[float] = []
    while len(found) < many:
        frame = await person.receive(within=ANSWER_SECONDS)
        came = time.time()
        messages = frame.get("messages", [frame] if frame.get("type") == "message" else [])
        found += [came - message["at"] / 1000 for message in messages]
    return found
