"""The meter: what AWS would bill for what happened here, per route and in total, in units and dollars."""

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

PRICE_LIST = json.loads((Path(__file__).parent / "prices.json").read_text())
MESSAGE_UNIT_BYTES = 32 * 1024  # API Gateway bills a message in pieces of this size
MS_PER_SECOND = 1000
MB_PER_GB = 1024
ROUNDING = 12  # decimal places of differences: takes off the dust of floating point, keeps 1e-12 dollars

Snapshot = dict[str, Any]


class Timekeeper(Protocol):
    """Something that knows the time: the `time` module, or the gateway's clock."""

    def time(self) -> float:
        """Return seconds since the epoch."""


@dataclass
class Usage:
    """What one route used."""

    messages_in: int = 0
    messages_out: int = 0
    invocations: int = 0
    mb_ms: int = 0  # megabyte-milliseconds: whole numbers, so that sums are exact
    write_units: float = 0
    read_units: float = 0
    operations: Counter[str] = field(default_factory=Counter)
    unmetered: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Usage") -> None:
        """Add the counts of `other` to these."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def as_dict(self) -> Snapshot:
        """Return the counts in a snapshot's shape."""
        return {
            "messagesIn": self.messages_in,
            "messagesOut": self.messages_out,
            "invocations": self.invocations,
            "gbSeconds": self.mb_ms / MB_PER_GB / MS_PER_SECOND,
            "writeUnits": self.write_units,
            "readUnits": self.read_units,
            "operations": dict(self.operations),
            "unmetered": dict(self.unmetered),
        }


class Meter:
    """Counts what is billed, called from any thread.

    Assumed: connection time is billed as it is, without rounding each connection up to whole minutes.
    """

    def __init__(self, clock: Timekeeper = time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._opened: dict[str, float] = {}  # connection id -> since when its time is not yet in _seconds
        self._start_from_zero()

    def message_in(self, route: str, size: int) -> None:
        """Count a client's message of `size` bytes for a route."""
        with self._lock:
            self._usage(route).messages_in += message_units(size)

    def message_out(self, route: str, size: int) -> None:
        """Count a message of `size` bytes to one client, sent on behalf of a route."""
        with self._lock:
            self._usage(route).messages_out += message_units(size)

    def connection_opened(self, connection_id: str) -> None:
        """Begin to count the time of a connection."""
        with self._lock:
            self._opened[connection_id] = self._clock.time()

    def connection_closed(self, connection_id: str) -> None:
        """Stop counting the time of a connection."""
        with self._lock:
            opened = self._opened.pop(connection_id, None)
            if opened is not None:
                self._seconds += self._clock.time() - opened

    def invocation(self, route: str, seconds: float, memory_mb: int) -> None:
        """Count an invocation for a route: `seconds` with `memory_mb`, billed by started milliseconds."""
        # The inner rounding: 0.007 s are 7 ms, although 0.007 * 1000 is a little more in floating point.
        milliseconds = max(1, math.ceil(round(seconds * MS_PER_SECOND, 6)))
        with self._lock:
            usage = self._usage(route)
            usage.invocations += 1
            usage.mb_ms += milliseconds * memory_mb

    def table_units(self, route: str, write: float, read: float, operation: str) -> None:
        """Count one operation on the table for a route's function, and the units it consumed."""
        with self._lock:
            usage = self._usage(route)
            usage.write_units += write
            usage.read_units += read
            usage.operations[operation] += 1

    def unmetered(self, route: str, operation: str) -> None:
        """Count one operation for a route's function that costs money nobody here can count."""
        with self._lock:
            self._usage(route).unmetered[operation] += 1

    def snapshot(self) -> Snapshot:
        """Return all counts since the last reset, ready for JSON.

        {"routes": {route: {messagesIn, messagesOut (in 32 KB units), invocations, gbSeconds, writeUnits,
        readUnits, operations: {name: n}, unmetered: {name: n}, dollars: number}}, "total": {the same over all
        routes, connectionMinutes, dollars: {messages, connectionMinutes, invocations, gbSeconds, writeUnits,
        readUnits, total}}, "seconds": since the reset, "pricesAsOf": date, "region": name}
        """
        with self._lock:
            now = self._clock.time()
            total = Usage()
            for usage in self._routes.values():
                total.add(usage)
            seconds = self._seconds + sum(now - opened for opened in self._opened.values())
            routes = {route: usage.as_dict() for route, usage in self._routes.items()}
            since = now - self._since
        whole = total.as_dict() | {"connectionMinutes": seconds / 60}
        for counts in routes.values():
            counts["dollars"] = dollars(counts)["total"]
        return {
            "routes": routes,
            "total": whole | {"dollars": dollars(whole)},
            "seconds": since,
            "pricesAsOf": PRICE_LIST["asOf"],
            "region": PRICE_LIST["region"],
        }

    def reset(self) -> None:
        """Start from zero. Open connections stay open and count from now on."""
        with self._lock:
            self._start_from_zero()

    @contextmanager
    def measure(self) -> Iterator[Snapshot]:
        """Yield what happens inside the `with` block, as `difference` tells it; filled in when the block ends."""
        cost: Snapshot = {}
        before = self.snapshot()
        yield cost
        cost.update(difference(before, self.snapshot()))

    def _start_from_zero(self) -> None:
        self._since = self._clock.time()
        self._routes: dict[str, Usage] = {}
        self._seconds = 0.0
        self._opened = dict.fromkeys(self._opened, self._since)

    def _usage(self, route: str) -> Usage:
        usage = self._routes.get(route)
        if usage is None:
            usage = self._routes[route] = Usage()
        return usage


def message_units(size: int) -> int:
    """Return how many messages API Gateway bills for one of `size` bytes."""
    return max(1, math.ceil(size / MESSAGE_UNIT_BYTES))


def dollars(counts: Snapshot) -> dict[str, float]:
    """Return gross dollars for the counts of a snapshot's route or total, per price and as `total`."""
    amounts = counts | {"messages": counts["messagesIn"] + counts["messagesOut"]}
    costs = {
        name: amounts.get(name, 0) * price["dollars"] / price["per"] for name, price in PRICE_LIST["prices"].items()
    }
    return costs | {"total": sum(costs.values())}


def difference(before: Snapshot, after: Snapshot) -> Snapshot:
    """Return what happened between two snapshots of one meter, in a snapshot's shape.

    Only routes and operations on which something happened are in it.
    """
    result = _subtract(before, after)
    for counts in [*result["routes"].values(), result["total"]]:
        for name in ("operations", "unmetered"):
            counts[name] = {operation: n for operation, n in counts[name].items() if n}
    result["routes"] = {route: counts for route, counts in result["routes"].items() if any(counts.values())}
    return result


def _subtract(before: Snapshot, after: Snapshot) -> Snapshot:
    result = {}
    for name, value in after.items():
        if isinstance(value, dict):
            result[name] = _subtract(before.get(name, {}), value)
        elif isinstance(value, int | float):
            result[name] = round(value - before.get(name, 0), ROUNDING)
        else:
            result[name] = value
    return result
