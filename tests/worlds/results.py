"""What the worlds of one batch have come to, and a file that keeps it: a batch that is done is not explored again."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from scripts import ROOT
from tests.worlds.catalogue import Batch
from tests.worlds.digest import OF_WORLDS, digest
from tests.worlds.engine import Engine, Rules
from tests.worlds.expected import is_storm
from tests.worlds.requests import Request
from tests.worlds.verdict import Broken, judge
from tests.worlds.walking import MOST_STATES
from tests.worlds.worlds import World

FOLDER = ROOT / "build/worlds"
ENGINE_POINTS = 400_000  # known points after which an engine is made anew, so that memory stays bounded


class Result(NamedTuple):
    """The sums of a batch. `broken` has the shortest trace for each promise and stage."""

    worlds: int = 0
    states: int = 0
    ends: int = 0
    seconds: float = 0.0  # of one core
    broken: tuple[Broken, ...] = ()
    too_large: tuple[str, ...] = ()  # the worlds of which not every state was tried

    def plus(self, other: "Result") -> "Result":
        return Result(
            self.worlds + other.worlds,
            self.states + other.states,
            self.ends + other.ends,
            self.seconds + other.seconds,
            shortest([*self.broken, *other.broken]),
            (*self.too_large, *other.too_large),
        )


def shortest(broken: Iterable[Broken]) -> tuple[Broken, ...]:
    """Return the shortest trace for each trouble, promise and stage, with and without a storm."""
    found: dict[tuple[str, str, int, bool], Broken] = {}
    for each in broken:
        key = (each.world.trouble, each.promise, each.stage, is_storm(each.world))
        if key not in found or len(each.trace) < len(found[key].trace):
            found[key] = each
    return tuple(found.values())


def explore_batch(batch: Batch, most_states: int = MOST_STATES) -> Result:
    """Judge every world of a batch. One with more states than that is not complete."""
    result, engine, started = Result(), Engine(batch.rules), time.process_time()
    for world in batch.worlds():
        if engine.size > ENGINE_POINTS:
            engine = Engine(batch.rules)
        verdict = judge(engine, world, most_states)
        too_large = () if verdict.is_complete else (str(world),)
        result = result.plus(Result(1, verdict.states, verdict.ends, 0.0, verdict.broken, too_large))
    return result._replace(seconds=time.process_time() - started)


class Kept:
    """The results of batches that are done, one line of JSON each, in a file named by the digest of the sources."""

    def __init__(self, folder: Path = FOLDER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{digest(OF_WORLDS)}.jsonl"
        for old in folder.glob("*.jsonl"):
            if old != self._path:
                old.unlink()
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        self.results = {name: _result(kept) for name, kept in map(_read, lines) if name}

    def keep(self, name: str, result: Result) -> None:
        self.results[name] = result
        with self._path.open("a") as file:
            file.write(json.dumps([name, result]) + "\n")


def _read(line: str) -> tuple[str, list[Any]]:
    """Read one line; one that was cut off while it was written is nothing."""
    try:
        name, kept = json.loads(line)
    except ValueError:
        return "", []
    return name, kept


def _result(kept: list[Any]) -> Result:
    worlds, states, ends, seconds, broken, too_large = kept
    return Result(worlds, states, ends, seconds, tuple(map(_broken, broken)), tuple(too_large))


def _broken(kept: list[Any]) -> Broken:
    (rules, start, requests, trouble), promise, stage, sentence, trace = kept
    world = World(Rules(*rules), _requests(start), _requests(requests), trouble)
    return Broken(world, promise, stage, sentence, tuple(trace))


def _requests(kept: list[Any]) -> tuple[Request, ...]:
    return tuple(Request(*each) for each in kept)
