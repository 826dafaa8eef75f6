"""What the same month would be in other chats on API Gateway, Lambda and DynamoDB, by what their sources ask.

Read in November 2026, at what was the newest commit then. N is the room's members, M all live connections. Reads are
eventually consistent, as theirs are. Their tables are reckoned on demand, also where they deploy provisioned ones; time
of functions, logs and pings, for which none has a plan, are left out: this is the least that they cost.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.costs.bill import price, shared
from scripts.costs.month import Month

ROW_BYTES = 200  # of a connection, about: not measured
READ_BYTES = 4096

Sizes = Callable[[float, float], Mapping[str, float]]


@dataclass(frozen=True)
class Peer:
    """One of them: what a message and a whole visit (connect, join, leave) use, with N and M."""

    name: str
    message: Sizes
    visit: Sizes
    monthly: float = 0  # dollars for what runs without anybody there


def uses(**counts: float) -> dict[str, float]:
    """Return counts by the price list's names: `inward` and `outward` frames, `calls`, `writes`, `reads`."""
    names = {
        "inward": "messagesIn",
        "outward": "messagesOut",
        "calls": "invocations",
        "writes": "writeUnits",
        "reads": "readUnits",
    }
    return {names[name]: count for name, count in counts.items()}


def rows(number: float) -> float:
    """Return the read units of a Query or Scan that finds so many connections."""
    return max(0.5, 0.5 * math.ceil(number * ROW_BYTES / READ_BYTES))


def said(writes: float, reads: float, outward: float, calls: float = 1) -> dict[str, float]:
    return uses(inward=1, outward=outward, calls=calls, writes=writes, reads=reads)


PEERS = (
    Peer(
        "deadsec07/anonchat",
        lambda n, m: said(3, 0.5 + rows(n), n),
        lambda n, m: uses(inward=1, outward=2 * n, calls=3, writes=6, reads=0.5 + 3 * rows(n)),
    ),
    Peer(
        "aws-samples/simple-websockets-chat-app",
        lambda n, m: said(0, rows(m), m),
        lambda n, m: uses(calls=2, writes=2),
    ),
    Peer(
        "aws-samples/websocket-chat-application",
        lambda n, m: said(1, rows(m), m),
        lambda n, m: uses(outward=2 * m, calls=5, writes=2, reads=0.5 + 2 * rows(m)),
    ),
    Peer(
        "awsdocs/aws-doc-sdk-examples",
        lambda n, m: said(0, 0.5 + rows(m), m - 1),
        lambda n, m: uses(calls=2, writes=2),
    ),
    Peer(
        "aws/chalice, its tutorial",
        lambda n, m: said(0, 0.5 + rows(n), n),
        lambda n, m: uses(inward=2, outward=1 + n, calls=4, writes=5, reads=1.5 + rows(n)),
    ),
    Peer(
        "Zapodask/lambda-websockets-chat",
        lambda n, m: said(0, 1 + rows(m), m),
        lambda n, m: uses(inward=1, outward=1, calls=3, writes=3, reads=rows(m)),
    ),
    Peer(
        "MikeJollie2707/serverless-chat-app",
        lambda n, m: said(1, 0.5 + 2 * rows(m), m, calls=3),
        lambda n, m: uses(calls=3, writes=2),
    ),
    Peer(
        "orgoltsche/serverless-chat-aws",
        lambda n, m: said(2, 2 * rows(m), m),
        lambda n, m: uses(calls=2, writes=4),
        monthly=price("natMonths", 1),
    ),
    Peer(
        "RafalWilinski/serverless-websockets-chat",
        lambda n, m: said(1, rows(m), m),
        lambda n, m: uses(inward=1, outward=1 + m, calls=3, writes=3, reads=2 * rows(m) + 0.5),
    ),
    Peer(
        "przemekm1998/serverless-ws",
        lambda n, m: said(1, rows(n), n),
        lambda n, m: uses(inward=1, calls=3, writes=3, reads=0.5),
    ),
)


def month_of(peer: Peer, ours: Month) -> float:
    """Return the dollars of this month there: as many visits, messages and lost sockets."""
    room, live = ours.room, ours.room + ours.use.elsewhere
    found: Counter[str] = Counter()
    for counts, number in (
        (peer.message(room, live), ours.of("message")),
        (peer.visit(room, live), ours.use.visits + ours.losses),
    ):
        for name, count in counts.items():
            found[name] += count * number  # type: ignore[assignment]
    return peer.monthly + shared({"messagesIn": 0, "messagesOut": 0, **found, "connectionMinutes": ours.minutes})
