"""Which worlds there are: groups of batches. A batch shares a start, its rules and a trouble, and is one task."""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.worlds.engine import Engine, Rules
from tests.worlds.requests import ASKED, NAMES, Request, asked_in_a_world
from tests.worlds.starts import NAMED, all_starts, renamings
from tests.worlds.troubles import TROUBLES
from tests.worlds.worlds import World

PAIRS_OF_A_RACE = ("join", "join blue", "leave", "disconnect", "die", "send")
TRIPLES = ("join", "join blue", "send", "leave", "disconnect")
CROWD = Rules(named=0)
BUSY = Rules(batched=1)
IN_A_BUSY_ROOM = ("send", "send late", "join", "join blue", "resume", "leave", "disconnect", "die", "send and miss one")
BATCH_TRIPLES = ("send", "send late", "join", "leave", "disconnect")


class Batch(NamedTuple):
    """Worlds with one start. `first` limits triples to those with this request; `weight` is how long one takes."""

    group: str
    rules: Rules
    start: tuple[Request, ...]
    trouble: str
    size: int
    kinds: tuple[str, ...]
    first: str = ""
    weight: float = 1.0

    @property
    def name(self) -> str:
        start = "; ".join(map(str, self.start))
        rules = "/".join(map(str, self.rules))
        return f"{self.group}, {rules}, [{start}], {self.trouble}, {self.first}"

    def worlds(self) -> Iterator[World]:
        """Yield every world of the batch, each once up to the renaming of sockets that the start leaves free."""
        same = renamings(Engine(self.rules), self.start)
        pairs = [(kind, name) for kind in self.kinds for name in NAMES]
        for asked in itertools.combinations_with_replacement(pairs, self.size):
            if self.first and " ".join(asked[0]) != self.first:
                continue
            if _is_first(asked, same):
                yield World(self.rules, self.start, asked_in_a_world(asked), self.trouble)


def _is_first(asked: tuple[tuple[str, str], ...], same: Iterable[dict[str, str]]) -> bool:
    """Tell whether these requests come before all others that they are by a renaming."""
    mine = sorted(asked)
    return all(mine <= sorted((kind, names[name]) for kind, name in asked) for names in same)


def complete() -> list[Batch]:
    """Return all batches, the quick ones first."""
    return [*pairs(), *races_for_places(), *crowds(), *batches(), *triples(), *troubles()]


def pairs() -> Iterator[Batch]:
    """Yield every pair of requests at every start."""
    for start in all_starts(Engine(Rules())):
        yield Batch("pairs", Rules(), start, "none", 2, tuple(ASKED))


def races_for_places() -> Iterator[Batch]:
    """Yield pairs and three joins at once, where a room has too few places."""
    for cap, start in itertools.product((1, 2), ("nobody", "one", "two", "two and one", "one is dead")):
        if cap > 1 or start in ("nobody", "one"):
            yield Batch("places", Rules(cap=cap), NAMED[start], "none", 2, PAIRS_OF_A_RACE, weight=4)
        if start in ("nobody", "one", "two")[: cap + 1]:
            yield Batch("places", Rules(cap=cap, rounds=1), NAMED[start], "none", 3, ("join",), weight=100)


def crowds() -> Iterator[Batch]:
    """Yield pairs in rooms that are so large that nobody is named."""
    for start in NAMED.values():
        yield Batch("crowds", CROWD, start, "none", 2, tuple(ASKED))


def batches() -> Iterator[Batch]:
    """Yield pairs in busy rooms, in which one thing goes wrong or none, and three requests at once."""
    for start, trouble in itertools.product(NAMED.values(), TROUBLES):
        weight = 20.0 if TROUBLES[trouble].times > 1 else 4.0
        yield Batch("batches", BUSY, start, trouble, 2, IN_A_BUSY_ROOM, weight=weight)
    for where in ("two", "three", "one knows no marks"):
        for kind, name in itertools.product(BATCH_TRIPLES, NAMES):
            yield Batch("batches", BUSY, NAMED[where], "none", 3, BATCH_TRIPLES, f"{kind} {name}", weight=40)


def troubles() -> Iterator[Batch]:
    """Yield pairs in which one thing goes wrong, anywhere."""
    for trouble, start in itertools.product(sorted(TROUBLES, key=lambda each: TROUBLES[each].times), NAMED.values()):
        if trouble != "none":
            weight = 20.0 if TROUBLES[trouble].times > 1 else 4.0
            yield Batch("troubles", Rules(), start, trouble, 2, tuple(ASKED), weight=weight)


def triples() -> Iterator[Batch]:
    """Yield three requests at once."""
    for start in ("nobody", "one", "two", "two and one", "three"):
        for kind, name in itertools.product(TRIPLES, NAMES):
            yield Batch("triples", Rules(), NAMED[start], "none", 3, TRIPLES, f"{kind} {name}", weight=40)
