"""The dollars of a month: by the price list, before and after what is always free."""

from __future__ import annotations

from collections.abc import Mapping

from local.billing.meter import PRICE_LIST

PRICES: Mapping[str, Mapping[str, float]] = {**PRICE_LIST["prices"], **PRICE_LIST["beside"]}
FREE: Mapping[str, float] = PRICE_LIST["freeEachMonth"]
SERVER = float(PRICES["serverMonths"]["dollars"])
NAMES = {
    "messages": "frames in and out",
    "writeUnits": "writes to the table",
    "readUnits": "reads of the table",
    "connectionMinutes": "minutes of open sockets",
    "invocations": "calls of functions",
    "gbSeconds": "GB-seconds of functions",
    "siteReads": "reads of the page's files",
    "dataOut": "GB sent to the internet",
}


OURS_ALONE = {"siteReads", "dataOut", "gbSeconds"}


def price(what: str, count: float) -> float:
    """Return the dollars of so much of it."""
    return float(count * PRICES[what]["dollars"] / PRICES[what]["per"])


def amounts(counts: Mapping[str, float]) -> dict[str, float]:
    """Return what is billed of these counts, in the price list's terms."""
    billed = {**counts, "messages": counts["messagesIn"] + counts["messagesOut"]}
    return {name: billed.get(name, 0) for name in NAMES}


def gross(counts: Mapping[str, float]) -> float:
    """Return the dollars before anything is free."""
    return sum(price(name, amount) for name, amount in amounts(counts).items())


def shared(counts: Mapping[str, float]) -> float:
    """Return the dollars of what any chat on these services has: without the page, data out and time of functions."""
    return sum(price(name, amount) for name, amount in amounts(counts).items() if name not in OURS_ALONE)


def paid(counts: Mapping[str, float]) -> float:
    """Return the dollars after what every account has free each month, if nothing else in it uses that up."""
    return sum(price(name, max(0.0, amount - FREE.get(name, 0))) for name, amount in amounts(counts).items())
