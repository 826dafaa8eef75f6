"""A month of visits, played through: who comes, talks, is cut off, hears nothing for long, and leaves.

Rooms know nothing of each other, so some of them are played and stand for all. The same use gives the same month.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.costs.units import NAMED, TOLD_SECONDS, total

PLAYED_MESSAGES = 8_000  # of all rooms that are played
SOCKET_SECONDS = 7200  # API Gateway closes it then
WAKING_HOURS = 16  # of a day, over which visits are spread
LATE = 1 / 3  # of a visit: within so much of its first one the others come
SILENCE = {"least": 60.0, "most": 510.0}  # seconds: frontend/net/cursor.js
SILENCE_SPREAD = 8  # up to so small a part sooner
SECONDS_A_CALL = 0.05  # of a function: assumed, since no AWS has run one
MEMORY_GB = 1.0
PAGE_FILES, PAGE_MB = 63, 0.1  # of a visit that has nothing cached; by gzip, about


@dataclass(frozen=True)
class Use:
    """How a chat is used. `losses` are how often in an hour a network loses a socket: assumed, since nobody knows."""

    users: float = 20  # visits a day
    room: int = 5
    messages: int = 40  # of each visit
    minutes: float = 30  # of each visit
    days: int = 30
    history: int = 600  # seconds
    losses: float = 0.5

    @property
    def visits(self) -> float:
        return self.users * self.days

    @property
    def said(self) -> float:
        return self.visits * self.messages

    @property
    def elsewhere(self) -> float:
        """Return how many sockets are open in other rooms, on the average of a day's waking hours."""
        return self.visits * self.minutes / (self.days * WAKING_HOURS * 60)


@dataclass
class Month:
    """What has been asked of the chat: numbers by kind of request and members in the room, and minutes of sockets."""

    use: Use
    requests: dict[tuple[str, int], float] = field(default_factory=dict)
    minutes: float = 0
    losses: float = 0

    @property
    def counts(self) -> dict[str, float]:
        """Return what is billed of it, by the names of the price list."""
        counts = dict(total(self.requests, bool(self.use.history)))
        return {
            **counts,
            "connectionMinutes": self.minutes,
            "gbSeconds": counts["invocations"] * SECONDS_A_CALL * MEMORY_GB,
            "dataOut": counts.pop("bytesOut") / 1e9 + self.use.visits * PAGE_MB / 1000,
            "siteReads": self.use.visits * PAGE_FILES,
        }

    def of(self, *kinds: str) -> float:
        """Return how many requests of these kinds there are."""
        return sum(number for (kind, _), number in self.requests.items() if kind in kinds)

    @property
    def room(self) -> float:
        """Return how many members there are when somebody says something, on the average."""
        sizes = {size: number for (kind, size), number in self.requests.items() if kind == "message"}
        return sum(size * number for size, number in sizes.items()) / max(1, sum(sizes.values()))

    def times(self, factor: float) -> Month:
        """Return so many of such months together."""
        requests = {key: number * factor for key, number in self.requests.items()}
        return Month(self.use, requests, self.minutes * factor, self.losses * factor)


def month(use: Use) -> Month:
    """Play some rooms of a month, and return what all of them ask."""
    rooms = use.visits / use.room
    played = max(1, min(int(rooms), PLAYED_MESSAGES // max(1, use.room * use.messages)))
    found, chance = Month(use), random.Random(1)
    for _ in range(played):
        Evening(found, chance).play()
    return found.times(rooms / played)


class Evening:
    """One room, from the first who comes to the last who goes."""

    def __init__(self, found: Month, chance: random.Random) -> None:
        self._found, self._chance, self._use = found, chance, found.use
        self._heard: dict[int, float] = {}  # when each member last heard what was for it alone; who is in the room
        self._patience: dict[int, float] = {}  # how long each is silent then before it asks
        self._all_heard = 0.0  # when all did
        self._told = -float(TOLD_SECONDS)
        third = self._use.history / 3 or SILENCE["most"]
        self._silence = min(SILENCE["most"], max(SILENCE["least"], third))

    def play(self) -> None:
        stay, planned = self._use.minutes * 60, list[tuple[float, str, int]]()
        for person in range(self._use.room):
            came = self._chance.uniform(0, stay * LATE) if person else 0.0
            planned += [(came, "come", person), (came + stay, "go", person)]
            planned += [(came + self._chance.uniform(0, stay), "say", person) for _ in range(self._use.messages)]
            planned += [(came + each, "lose", person) for each in self._losses(stay)]
        heapq.heapify(planned)
        while planned:
            now, what, person = heapq.heappop(planned)
            self._silences(now)
            getattr(self, f"_{what}")(now, person)
        self._found.minutes += self._use.room * self._use.minutes

    def _losses(self, stay: float) -> list[float]:
        """Return when somebody's socket is lost: by the network, or because it is two hours old."""
        lost = [1.0 * SOCKET_SECONDS * number for number in range(1, int(stay // SOCKET_SECONDS) + 1)]
        at = 0.0
        while self._use.losses and (at := at + self._chance.expovariate(self._use.losses / 3600)) < stay:
            lost.append(at)
        return [each for each in lost if each < stay]

    def _come(self, now: float, person: int) -> None:
        self._ask("connect", 1)
        self._presence("join", len(self._heard) + 1, now)
        self._hear(person, now)

    def _go(self, now: float, person: int) -> None:
        self._presence("leave", len(self._heard), now)
        del self._heard[person]

    def _lose(self, now: float, person: int) -> None:
        self._found.losses += 1
        self._go(now, person)
        self._come(now, person)

    def _say(self, now: float, person: int) -> None:
        self._ask("message", len(self._heard))
        self._all_heard = now

    def _presence(self, kind: str, size: int, now: float) -> None:
        """Count who comes or goes. In a large room the others are told once in a while only."""
        told = size <= NAMED or now - self._told >= TOLD_SECONDS
        self._ask(kind if told else f"{kind}, untold", size)
        if told:
            self._told = now
            self._all_heard = now

    def _silences(self, now: float) -> None:
        """Count what members asked before now, because they had heard nothing for long."""
        if now - self._all_heard < self._silence * (1 - 1 / SILENCE_SPREAD):
            return
        for person in self._heard:
            while (asked := max(self._heard[person], self._all_heard) + self._patience[person]) < now:
                self._ask("silence", len(self._heard))
                self._hear(person, asked)

    def _hear(self, person: int, now: float) -> None:
        self._heard[person] = now
        self._patience[person] = self._silence * (1 - self._chance.random() / SILENCE_SPREAD)

    def _ask(self, kind: str, size: int) -> None:
        self._found.requests[kind, size] = self._found.requests.get((kind, size), 0) + 1


def numbers(found: Month) -> Mapping[str, float]:
    """Return how much there was of what people know."""
    return {
        "visits": found.use.visits,
        "messages": found.of("message"),
        "asked into a silence": found.of("silence"),
        "sockets lost": found.losses,
    }
