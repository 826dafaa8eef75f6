"""Writes the table of floods into docs/costs.md: what each costs at most, and when the breaker closes the chat.

`python -m scripts.docs.floods_table`. What one piece of a flood uses is in scripts/bench/floods.json, as the meter of
the local chat counted it; how often it can come is what routes.json and the limit of each connection let through.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.billing.meter import PRICE_LIST
from scripts import ROOT

PAGE = ROOT / "docs/costs.md"
HEAD = "| flood | a second | bounded by | an hour | a day | the chat is closed after | until then |"
PIECES: Mapping[str, Mapping[str, int]] = json.loads((ROOT / "scripts/bench/floods.json").read_text())
RATES = {
    key: row["throttle"]["rate"]
    for key, row in json.loads((ROOT / "lambdas/routes.json").read_text()).items()
    if row["throttle"]
}
ROOM = 50  # ROOM_CAP, PER_MINUTE, PAGES_PER_MINUTE and the time of a function as they are deployed: tests compare them
PER_MINUTE = 30
PAGES = 120  # of history that one connection may ask for in a minute
RUNS = 10  # of one function at once
SECONDS = 0.1  # of a function, twice what this page reckons for honest messages
HANGING = 2.5  # seconds of a `send` to people who do not read: they have marks, and the echo waits beside them
UNREAD = 2.0  # seconds of a function whose answer is not read: one post
ANSWERING = 4  # functions that answer who asks them
HELD = 120  # minutes of a socket that stays open in silence
HOUR = ROOM * (ROOM + 1) * 80  # messages an hour, above which the breaker closes: terraform/variables.tf
ALARMS: Mapping[str, Mapping[int, float]] = {  # what of it, in so many seconds
    "messages": {300: HOUR / 4, 3600: HOUR, 86400: HOUR * 2.5},
    "connects": {300: ROOM * 25, 3600: ROOM * 100, 86400: ROOM * 200},
    "seconds": {3600: ROOM * 72},
}
LATE = 180  # seconds until CloudWatch has a sum and the breaker has acted
READ, GIGABYTE = 0.0004 / 1000, 0.09  # S3's dollars for a read, and for data to the internet
FILE_KB = 6.5  # of the page's files, on an average


@dataclass(frozen=True)
class Flood:
    """One flood: which piece of it comes how often, and what bounds that."""

    what: str
    piece: str
    rate: float  # pieces a second
    bound: str
    requests: int = 1  # frames that clients send for one piece
    connects: int = 0
    held: float = 0  # minutes of sockets, for each piece
    seconds: float = SECONDS
    change: Mapping[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, float]:
        return {**PIECES[self.piece], **self.change, "connectionMinutes": self.held}

    @property
    def messages(self) -> float:
        """Return the frames a second, as the alarms count them: one of 128 KB is one of them, and four on the bill."""
        return self.rate * (self.requests + self.counts["messagesOut"])

    @property
    def busy(self) -> float:
        """Return the seconds a second of functions that wait. Quick ones are not relied on to close the chat."""
        return self.rate * self.seconds if self.seconds > SECONDS else 0

    @property
    def dollars(self) -> float:
        """Return dollars a second."""
        counts = self.counts
        amounts = counts | {
            "messages": counts["messagesIn"] + counts["messagesOut"],
            "gbSeconds": counts["invocations"] * self.seconds,
        }
        prices = PRICE_LIST["prices"].items()
        piece = sum(amounts[name] * price["dollars"] / price["per"] for name, price in prices)
        return float(self.rate * (piece + counts["kilobytesOut"] / 1e6 * GIGABYTE))

    @property
    def closed_after(self) -> float:
        """Return the seconds until the breaker has closed the chat; infinite if no alarm goes off."""
        rates = {"messages": self.messages, "connects": self.rate * self.connects, "seconds": self.busy}
        times = [
            most / rates[what]
            for what, alarms in ALARMS.items()
            for period, most in alarms.items()
            if rates[what] * period > most
        ]
        return min(times, default=math.inf) + LATE


def floods() -> list[Flood]:
    """List them, from what one member can do to what all the world can do together."""
    one = PER_MINUTE / 60
    its, its_pages = (f"{most} a minute for each connection" for most in (PER_MINUTE, PAGES))
    routes = {key: f"the throttle of `{key}`" for key in RATES}
    return [
        Flood("one member of a full room, at full speed, with the longest texts", "message", one, its),
        Flood("100 sockets of one address, the same", "message", RATES["send"], routes["send"]),
        Flood("new sockets, each held for its two hours", "socket", RATES["$connect"], routes["$connect"], 0, 1, HELD),
        Flood("one who leaves and joins again, which 19 are told", "leave and join", one, its, 2),
        Flood("the same by many, from room to room", "move", RATES["join"], routes["join"]),
        Flood("messages of 128 KB to no room", "long message to no room", RATES["send"], routes["send"]),
        Flood("one who fetches the longest history again and again", "resume", one, its),
        Flood("the same by many", "resume", RATES["join"], routes["join"]),
        Flood("one who asks for its pages as fast as it may", "page", PAGES / 60, its_pages),
        Flood("the same by many", "page", RATES["join"], routes["join"]),
        Flood(
            "messages to a full room that does not read", "message", RUNS / HANGING,
            f"{RUNS} runs of `send` at once", seconds=HANGING, change={"messagesOut": 1, "kilobytesOut": 9},
        ),
        Flood(
            "requests of all kinds by one who reads no answer", "long message to no room", ANSWERING * RUNS / UNREAD,
            f"{RUNS} runs of each function at once", seconds=UNREAD, change={"messagesIn": 1, "kilobytesOut": 0},
        ),
        Flood("`ping`", "ping", RATES["ping"], routes["ping"]),
        Flood("`ping` of 128 KB", "long ping", RATES["ping"], routes["ping"]),
        Flood("handshakes of other origins", "refused handshake", RATES["$connect"], routes["$connect"], 0, 1),
    ]  # fmt: skip


def table() -> str:
    """Return the table's lines."""
    rows = [row(each) for each in floods()]
    page = 5500 * (READ + FILE_KB / 1e6 * GIGABYTE)
    reads = ["the page's files, from S3", "5,500", "S3, for one prefix", money(page * 3600), money(page * 86400)]
    rows.append(cells([*reads, "never", "the budget sends mail"]))
    rows.append(cells(["half a handshake, or none", "", "", "nothing", "nothing", "", ""]))
    return "\n".join([HEAD, "|" + "---|" * HEAD.count(" |"), *rows]) + "\n"


def row(flood: Flood) -> str:
    closed = flood.closed_after
    rate = f"{flood.rate:.3g}"
    first = [flood.what, rate, flood.bound, money(flood.dollars * 3600), money(flood.dollars * 86400)]
    return cells([*first, *([time(closed), money(flood.dollars * closed)] if closed < math.inf else ["never", ""])])


def cells(values: list[str]) -> str:
    return "| " + " | ".join(values) + " |"


def money(dollars: float) -> str:
    return f"${dollars:,.0f}" if dollars >= 100 else f"${dollars:.2f}" if dollars >= 0.005 else "less than a cent"


def time(seconds: float) -> str:
    return f"{math.ceil(seconds / 60)} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"


def main() -> None:
    before, _, rest = PAGE.read_text().partition(HEAD)
    after = rest[rest.index("\n\n") + 1 :]
    PAGE.write_text(before + table() + after)


if __name__ == "__main__":
    main()
