"""Writes into docs/costs.md all that follows from the price list and docs/bench.json.

`python -m scripts.docs.costs_page`

A part of the page between two comments with its name is written here; the rest is written by hand. The table of floods
has a script of its own, floods_table.py, and the pictures have costs_pictures.py.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from local.billing.meter import PRICE_LIST
from scripts import ROOT
from scripts.bench.results import TARGET as BENCH
from scripts.costs.bill import FREE, NAMES, SERVER, amounts, gross, paid, price, shared
from scripts.costs.month import SECONDS_A_CALL, SILENCE_SPREAD, Use, numbers
from scripts.costs.peers import PEERS, month_of
from scripts.costs.sizes import KNOBS, LIGHT, SIZES, played
from scripts.costs.units import measured, used
from scripts.docs import costs_pictures

PAGE = ROOT / "docs/costs.md"
ROOMS = (2, 5, 10, 20, 50, 100, 200)
KINDS = {"connect": "connect", "join": "join", "message": "send", "silence": "join again", "leave": "disconnect"}
SILENT = (200, 510)  # seconds of silence before a page asks: a third of 10 minutes, and the most
SIDES, PAGE_PART = ("functions", "fanout", "local_stack"), "page"  # of docs/bench.json


def dollars(amount: float) -> str:
    """Write an amount so that its first two digits are seen."""
    if amount >= 0.995:
        return f"${amount:,.2f}"
    return f"${amount:.{2 if amount >= 0.0995 else 3 if amount >= 0.00095 else 5}f}"


def lines(head: Sequence[str], *rows: Sequence[str]) -> str:
    return "\n".join(["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)])


def wrapped(text: str, *, after: bool = False) -> str:
    """Return prose in the page's width, `after` a table with an empty line before it."""
    return ("\n\n" if after else "") + textwrap.fill(text, 124, break_long_words=False, break_on_hyphens=False)


def parts() -> Mapping[str, Any]:
    """Return what `make bench` has found so far, by its parts."""
    found: Mapping[str, Any] = json.loads(BENCH.read_text())["parts"]
    return found


def bench(part: str) -> Any:
    return parts()[part]


def prices() -> str:
    """Return the price list, and what is always free of it."""
    rows = []
    for name, each in {**PRICE_LIST["prices"], **PRICE_LIST["beside"]}.items():
        per = {1: "", 1000: " a thousand", 1_000_000: " a million"}[each["per"]]
        amount = each["dollars"]
        amount, per = (1e6 * amount, " a million") if amount < 0.0001 else (amount, per)
        cost = f"${amount:g}{per}" if amount < 0.01 or amount != round(amount, 2) else f"${amount:.2f}{per}"
        free = f"{FREE[name]:,}" if name in FREE else "nothing"
        rows.append((each["unit"], cost, free))
    return lines(("what", "price", "always free, each month"), *rows)


def light() -> str:
    """Return a light month, line by line."""
    month = played(LIGHT)
    rows = [
        (NAMES[name], f"{amount:,.0f}" if amount >= 10 else f"{amount:.1f}", dollars(price(name, amount)))
        for name, amount in amounts(month.counts).items()
    ]
    asked = ", ".join(f"{number:,.0f} {name}" for name, number in numbers(month).items())
    about = (
        f"{LIGHT.users:.0f} people a day, each for {LIGHT.minutes:.0f} minutes and {LIGHT.messages} messages, in rooms "
        f"of {LIGHT.room}, for {LIGHT.days} days: {asked}."
    )
    together = ("**together**", "", f"**{dollars(gross(month.counts))}**")
    free_of_it = f"After what is always free it is {dollars(paid(month.counts))}."
    return "\n\n".join([wrapped(about), lines(("", "how many", "dollars"), *rows, together), free_of_it])


def sizes() -> str:
    """Return four sizes of use, and a small server that is always on."""
    rows = []
    for name, use in SIZES.items():
        month = played(use)
        billed = amounts(month.counts)
        rows.append(
            (
                name, f"{use.users:,.0f}", f"{month.of('message'):,.0f}", f"{billed['messages']:,.0f}",
                dollars(gross(month.counts)), dollars(paid(month.counts)),
            )
        )  # fmt: skip
    even = math.floor(SERVER / paid(played(LIGHT).counts) * LIGHT.users / 10) * 10
    return lines(("", "visits a day", "messages", "frames", "by list prices", "after what is free"), *rows) + wrapped(
        f"A small server that is always on is {dollars(SERVER)} a month, whatever is said, and somebody "
        "has to look after "
        f"it. From about {even:,} visits a day of this kind on it is cheaper than this chat.",
        after=True,
    )


def others() -> str:
    """Return the same months in other chats."""
    months = [played(use) for use in SIZES.values()]
    rows = [["this chat", *(dollars(shared(month.counts)) for month in months)]]
    rows += [[peer.name, *(dollars(month_of(peer, month)) for month in months)] for peer in PEERS]
    return lines(("dollars a month", *SIZES), *rows)


def knobs() -> str:
    """Return what each choice does to a light month."""
    as_it_is = gross(played(LIGHT).counts)
    rows = []
    for name, use in KNOBS.items():
        cost = gross(played(use).counts)
        rows.append((name, dollars(cost), f"{cost / as_it_is:.2f} ×"))
    return lines(("a light month", "dollars", "share"), *rows)


def free() -> str:
    """Return where what is always free ends."""
    counts = amounts(played(LIGHT).counts)
    ends = {name: LIGHT.users * FREE[name] / counts[name] for name in FREE if counts.get(name)}
    told = [f"{NAMES[name]} at {ends[name]:,.0f}" for name in sorted(ends, key=lambda each: ends[each])]
    return wrapped(
        "Visits a day, of a light month's kind, at which an allowance is used up, if nothing else in "
        "the account uses it: "
        f"{', '.join(told)}. Frames, minutes of sockets and the table's units have none: they are paid from the first "
        "one on."
    )


def quiet() -> str:
    """Return what a page costs in a silence, by how long messages are kept."""
    asked, calls = used("silence", 5, True), SECONDS_A_CALL * price("gbSeconds", 1)
    rows = []
    for about, seconds in (("10 minutes, as it is deployed", SILENT[0]), ("25 minutes or more, or none", SILENT[1])):
        times = 3600 / (seconds * (1 - 1 / SILENCE_SPREAD / 2))
        cost = times * shared({**asked})
        cells = (f"{times:.1f} times", dollars(cost), dollars(1000 * cost), dollars(1000 * times * calls))
        rows.append((about, *cells))
    head = ("history", "asked in an hour of silence", "a page and hour", "a thousand of them")
    return lines((*head, "and for the time of functions, beyond what is free"), *rows) + wrapped(
        f"One such question is {asked['messagesIn'] + asked['messagesOut']:g} frames, {asked['invocations']:g} call, "
        f"{asked['writeUnits']:g} writes and {asked['readUnits']:g} reads; with 20 people in the room "
        f"{used('silence', 20, True)['readUnits']:g} reads.",
        after=True,
    )


def units() -> str:
    """Return what each request uses, by the size of the room."""
    rows = []
    for kind, name in KINDS.items():
        for size in ROOMS if kind == "message" else (5, 50):
            counts = used(kind, size, True)
            cells = (counts[each] for each in ("messagesIn", "messagesOut", "invocations", "writeUnits", "readUnits"))
            rows.append((name, f"{size}", *(f"{each:g}" for each in cells)))
    return lines(("request", "members", "frames in", "out", "calls", "writes", "reads"), *rows)


def room() -> str:
    """Return a million messages, by the size of the room, with history and without."""
    rows = []
    for size in ROOMS:
        cost = [1e6 * shared({**used("message", size, history)}) for history in (False, True)]
        rows.append((f"{size}", *(dollars(each) for each in cost), f"${cost[1] / 1e6 * 1000 / size:.5f}"))
    return lines(("members", "no history", "history", "a thousand deliveries, with history"), *rows)


def resuming() -> str:
    """Return what pages have made of a long absence."""
    found = bench("resuming")
    ways = found["figures"]
    [share] = [each for each in found["comparisons"] if each["measure"] == "units of the table"]
    pages, joins = ways["pages"], ways["joins"]
    what = share["what"].replace("missed", "messages that somebody missed", 1)
    return wrapped(
        f"{what} are fetched by {pages['requests']:,.0f} pages: {pages['writeUnits']:g} writes and "
        f"{pages['readUnits']:g} reads, without a pause. By joins alone, as it was, they take "
        f"{joins['requests']:,.0f}, {joins['writeUnits']:g} writes and {joins['readUnits']:,g} reads, and the limit "
        f"of a minute stops them. That is {share['share']:.2f} of the table's units. A page reads what it sends: 8 "
        "units for 32 KB."
    )


def speed() -> str:
    """Return what `make bench` has measured, as shares."""
    found = {part: parts()[part] for part in (*SIDES, PAGE_PART) if part in parts()}
    machines = {f"{each['machine']['cores']} cores, Python {each['machine']['python']}" for each in found.values()}
    about = ", ".join(f"{part} on {each['date']} in {each['rounds']} rounds" for part, each in found.items())
    return "\n\n".join([wrapped(f"{about.capitalize()}; on {' and '.join(machines)}."), *tables(found)])


def tables(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table of processes, whose measures are columns, and the one of the page."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for part in (each for each in SIDES if each in found):
        for each in found[part]["comparisons"]:
            most = f" (at most {each['most']:g})" if "most" in each else ""
            if "limit" in each:
                most = f" ({each['ours']:.2g}, at most {each['limit']:g})"
            rows.setdefault((each["what"], each["beside"]), {})[each["measure"]] = f"{each['share']:.3f}{most}"
    measures = ("CPU ms", "wall ms", "memory MB")
    head = ("what", "beside", *(f"share of {each.split()[0]}" for each in measures))
    yield lines(head, *((*key, *(row.get(each, "") for each in measures)) for key, row in rows.items()))
    if PAGE_PART in found:
        yield lines(
            ("the page", "measure", "share", "of", "at most"),
            *(
                (each["what"], each["measure"], f"{each['share']:.3f}", each["beside"], f"{each.get('most', '')}")
                for each in found[PAGE_PART]["comparisons"]
            ),
        )


def assumed() -> str:
    """Return what the sums rest on although nobody has measured it."""
    use = Use()
    return wrapped(
        f"**Assumed, since no AWS has run it:** a call takes {SECONDS_A_CALL * 1000:.0f} ms; a network loses a socket "
        f"every {1 / use.losses:.0f} hours; a visit has nothing of the page cached; what is said has the length of an "
        f"ordinary line. Nothing was counted in rooms of more than {max(measured(True))}."
    )


PARTS: Mapping[str, Callable[[], str]] = {
    each.__name__: each
    for each in (prices, light, sizes, assumed, others, quiet, knobs, free, units, room, resuming, speed)
}


def page(text: str) -> str:
    """Return the page with its parts as they have to be."""
    for name, part in PARTS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if not found or not ended:
            raise ValueError(f"docs/costs.md has no place for {name!r}")
        text = f"{before}{begin}\n{part()}\n\n{end}{after}"
    return text


def main() -> None:
    PAGE.write_text(page(PAGE.read_text()))
    costs_pictures.main()


if __name__ == "__main__":
    main()
