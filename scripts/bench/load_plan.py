"""What `make load` is to do, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anonchat_client import Counters


@dataclass(frozen=True)
class Plan:
    """Who talks how much. A client may send 30 messages a minute, so up to 30 need no pauses."""

    clients: int = 200
    room: int = 20
    messages: int = 10
    cuts: int = 60
    # How many clients ask at once. A function runs 10 times at once, and each run is busy a moment longer than its echo
    # is on the way: more would only measure retries. (Clients that come back after a cut do not count, so some frames
    # are throttled all the same.)
    at_once: int = 8
    every_seconds: float = 0  # from one message of a client to its next, at least
    speakers: int | None = None  # the first so many of each room, if not all: others only listen, and are cut as well
    seed: int = 1
    settle_seconds: float = 60  # the most it waits for the last resumes and the last fan-outs

    @property
    def total(self) -> int:
        return sum(self.speaks(number) for number in range(self.clients)) * self.messages

    def speaks(self, number: int) -> bool:
        """Tell whether this client has something to say."""
        return self.speakers is None or number % self.room < self.speakers


STEADY = Plan(clients=50, room=50, messages=12, cuts=0, at_once=50, every_seconds=5)


@dataclass
class Outcome:
    """What happened. `complaints` are sentences; none means that the promise held."""

    plan: Plan
    echo_seconds: list[float] = field(default_factory=list)  # one per acknowledged message
    cuts: int = 0
    seconds: float = 0.0
    counters: Counters = field(default_factory=Counters)
    complaints: list[str] = field(default_factory=list)
    bill: dict[str, Any] = field(default_factory=dict)  # the meter's total
