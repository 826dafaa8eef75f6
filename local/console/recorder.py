"""The last invocations, each with its table requests and posts: what the page draws as a waterfall.

Always on, so it has to cost next to nothing: it keeps references to what went by anyway, of a few dozen invocations,
and makes something of them only when somebody looks.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.billing.meter import MESSAGE_UNIT_BYTES, Meter, Timekeeper, dollars, message_units
from local.functions.contract import DEFAULT_MEMORY_MB, Function

KEPT = 40  # invocations
STEPS = 200  # table requests of one that are kept one by one
FRAMES = 4  # of one that are kept: a message is the same for everybody
MS = 1000


@dataclass(slots=True)
class Invocation:
    """One run of a function. Times within it are milliseconds since it began; `ms` is None while it runs."""

    number: int
    route: str
    event: Mapping[str, Any]
    memory_mb: int
    at: float  # epoch seconds
    began: float  # by the clock that only goes forward
    ms: float | None = None
    cold: bool = False
    failure: str = ""
    among: int = 1  # runs of the same function at once: whose a request was is not known then
    table: list[tuple[float, str, float, float]] = field(default_factory=list)  # when, what, write and read units
    units: list[float] = field(default_factory=lambda: [0.0, 0.0])  # written and read
    frames: list[tuple[str, bytes]] = field(default_factory=list)  # to which connection
    posts: int = 0
    message_units: int = 0
    first_post: float = 0.0  # by that clock, as the last one
    last_post: float = 0.0

    @property
    def body(self) -> str:
        return str(self.event.get("body") or "")

    def since(self, then: float) -> float:
        return (then - self.began) * MS

    def summary(self) -> dict[str, Any]:
        """Return all but the frames, ready for JSON."""
        return {
            "number": self.number,
            "route": self.route,
            "connection": self.event.get("requestContext", {}).get("connectionId", ""),
            "at": self.at,
            "ms": self.ms,
            "cold": self.cold,
            "failure": self.failure,
            "among": self.among,
            "table": self.table,
            "writeUnits": self.units[0],
            "readUnits": self.units[1],
            "posts": self.posts,
            "firstPost": self.since(self.first_post) if self.posts else 0.0,
            "lastPost": self.since(self.last_post) if self.posts else 0.0,
            "dollars": self.dollars(),
        }

    def dollars(self) -> float:
        """Return what it comes to, by the meter's own prices and rounding."""
        counts = {
            "messagesIn": message_units(len(self.body.encode())) if self.body else 0,
            "messagesOut": self.message_units,
            "invocations": 1,
            "gbSeconds": max(1, -(-(self.ms or 0) // 1)) / MS * self.memory_mb / 1024,
            "writeUnits": self.units[0],
            "readUnits": self.units[1],
        }
        return dollars(counts)["total"]

    def contents(self) -> dict[str, Any]:
        """Return its frames, the one it is about and the first of those that it sent, and the rest of its event."""
        out = [{"to": to, "frame": payload.decode(errors="replace")} for to, payload in self.frames]
        event = {name: value for name, value in self.event.items() if name != "body"}
        return {"number": self.number, "in": self.body, "out": out, "more": self.posts - len(out), "event": event}


class Recorder:
    """Takes in what happens, from any thread, under the route whose function it was."""

    def __init__(self, clock: Timekeeper = time) -> None:
        self._clock = clock
        self._ring: deque[Invocation] = deque(maxlen=KEPT)
        self._running: dict[str, list[Invocation]] = {}
        self._count = 0

    def begin(self, route: str, event: Mapping[str, Any], memory_mb: int) -> Invocation:
        """Note that a function begins to run."""
        self._count += 1
        begun = Invocation(self._count, route, event, memory_mb, self._clock.time(), time.perf_counter())
        running = self._running.setdefault(route, [])
        running.append(begun)
        for each in running if len(running) > 1 else ():
            each.among = max(each.among, len(running))
        self._ring.append(begun)
        return begun

    def end(self, invocation: Invocation, failure: str = "") -> None:
        """Note that it has ended, and how it failed if it has."""
        invocation.ms, invocation.failure = invocation.since(time.perf_counter()), failure
        self._running[invocation.route].remove(invocation)

    def table_request(self, route: str, operation: str, write: float, read: float) -> None:
        """Note a request to the table that has just been answered."""
        if running := self._running.get(route):
            invocation = running[0]
            invocation.units[0] += write
            invocation.units[1] += read
            if len(invocation.table) < STEPS:
                invocation.table.append((invocation.since(time.perf_counter()), operation, write, read))

    def post(self, route: str, connection_id: str, payload: bytes) -> None:
        """Note a post that has just been delivered."""
        if running := self._running.get(route):
            invocation, size = running[0], len(payload)
            invocation.last_post = time.perf_counter()
            invocation.message_units += 1 if size <= MESSAGE_UNIT_BYTES else message_units(size)
            if invocation.posts < FRAMES:
                invocation.first_post = invocation.first_post or invocation.last_post
                invocation.frames.append((connection_id, payload))
            invocation.posts += 1

    def invocations(self) -> list[dict[str, Any]]:
        """Return the last ones, oldest first."""
        return [each.summary() for each in list(self._ring)]

    def contents(self, number: int) -> dict[str, Any] | None:
        """Return the frames of one, if it is still kept."""
        return next((each.contents() for each in list(self._ring) if each.number == number), None)


class RecordingMeter(Meter):
    """A meter that tells a recorder of each request to the table, too. Its numbers are the meter's."""

    def __init__(self, clock: Timekeeper, recorder: Recorder) -> None:
        super().__init__(clock)
        self._recorder = recorder

    def table_units(self, route: str, write: float, read: float, operation: str) -> None:
        super().table_units(route, write, read, operation)
        self._recorder.table_request(route, operation, write, read)


class RecordedFunction:
    """A function whose runs a recorder is told of."""

    def __init__(self, function: Function, recorder: Recorder) -> None:
        self.name = function.name
        self.memory_mb: int = getattr(function, "memory_mb", DEFAULT_MEMORY_MB)
        self._function, self._recorder = function, recorder

    async def invoke(self, event: dict[str, Any]) -> Any:
        invocation = self._recorder.begin(event["requestContext"]["routeKey"], event, self.memory_mb)
        environments: list[Any] = getattr(self._function, "environments", [])
        before = len(environments)
        failure = "given up"  # by whoever waited for it
        try:
            result = await self._function.invoke(event)
            failure = ""
            return result
        except Exception as error:
            failure = type(error).__name__
            raise
        finally:
            invocation.cold = len(environments) > before
            self._recorder.end(invocation, failure)
