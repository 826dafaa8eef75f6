"""Draws the pictures of docs/costs.md, from docs/bench.json and the price list.

`python -m scripts.docs.costs_pictures`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scripts import ROOT
from scripts.bench.results import TARGET as BENCH
from scripts.costs.bill import FREE, NAMES, SERVER, amounts, gross, price, shared
from scripts.costs.month import Use
from scripts.costs.peers import PEERS, month_of
from scripts.costs.sizes import KNOBS, SIZES, played
from scripts.costs.units import measured, used
from scripts.docs.charts import bars, lines
from scripts.docs.floods_table import floods, money

DAY = 86400
DRAWN = ("aws/chalice, its tutorial", "aws-samples/simple-websockets-chat-app", "orgoltsche/serverless-chat-aws")
PARTS = {
    "frames": ("messages",),
    "table": ("writeUnits", "readUnits"),
    "functions": ("invocations", "gbSeconds"),
    "sockets": ("connectionMinutes",),
    "page and data out": ("siteReads", "dataOut"),
}


def dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 0.095 else f"${amount:.3f}"


def parts_of(counts: Mapping[str, float]) -> dict[str, float]:
    """Return the dollars of these counts, by what they are paid for."""
    billed = amounts(counts)
    return {part: sum(price(name, billed[name]) for name in names) for part, names in PARTS.items()}


def by_size() -> str:
    months = [played(use) for use in SIZES.values()]
    series = {
        "anonchat": [gross(each.counts) for each in months],
        "anonchat, what all have": [shared(each.counts) for each in months],
        "a small server": [SERVER] * len(months),
    }
    peers = {peer.name: peer for peer in PEERS}
    series |= {name.partition(",")[0]: [month_of(peers[name], each) for each in months] for name in DRAWN}
    across = [use.users for use in SIZES.values()]
    return lines(f"A month of four sizes: {', '.join(SIZES)}", across, series, ("visits a day", "$ a month"))


def by_room() -> str:
    rows = {}
    for size in sorted(measured(True)):
        counts = used("message", size, True)
        million = {name: 1e6 * count for name, count in counts.items()}
        rows[f"to {size}"] = {part: sum_ for part, sum_ in parts_of(million).items() if sum_}
    said = {name: f"${sum(row.values()):,.2f}" for name, row in rows.items()}
    return bars("A million messages, by the members of the room", rows, said)


def by_knob() -> str:
    rows = {name: parts_of(played(use).counts) for name, use in KNOBS.items()}
    said = {name: dollars(sum(row.values())) for name, row in rows.items()}
    return bars("A light month, and what each knob does to it", rows, said)


def by_free() -> str:
    counts = amounts(played(SIZES["light"]).counts)
    ends = {name: Use().users * FREE[name] / counts[name] for name in FREE if counts.get(name)}
    rows = {NAMES[name]: {"visits a day": ends[name]} for name in sorted(ends, key=lambda each: ends[each])}
    said = {NAMES[name]: f"{users:,.0f}" for name, users in ends.items()}
    return bars("Visits a day at which what is always free is used up", rows, said)


def by_flood() -> str:
    """Each until the chat is closed; those that close nothing, for a day."""
    rows, said = {}, {}
    for each in floods():
        name, seconds = each.what.replace("`", ""), min(each.closed_after, DAY)
        name = f"{name}: {each.piece}" if name in rows else name
        rows[name] = {"$": each.dollars * seconds}
        said[name] = money(each.dollars * seconds) + ("" if seconds < DAY else " a day")
    return bars("Floods: what each costs until the breaker closes the chat, or in a day", rows, said, left=470)


PICTURES: Mapping[str, Callable[[], str]] = {
    "costs-room.svg": by_room,
    "costs-sizes.svg": by_size,
    "costs-knobs.svg": by_knob,
    "costs-free.svg": by_free,
    "costs-floods.svg": by_flood,
}


def main() -> None:
    for name, draw in PICTURES.items():
        (ROOT / "docs" / name).write_text(draw())
    print(f"drew {len(PICTURES)} pictures from {BENCH.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
