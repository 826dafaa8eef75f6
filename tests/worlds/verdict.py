"""The verdict on a world: what was found in it, and at which stage of its healing each promise holds at last."""

from typing import NamedTuple

from tests.worlds.ending import Ending
from tests.worlds.engine import Engine
from tests.worlds.expected import is_expected
from tests.worlds.healing import STAGES, Healing
from tests.worlds.promises import PROMISES
from tests.worlds.walking import MOST_STATES, End, Walk
from tests.worlds.worlds import World


class Broken(NamedTuple):
    """A promise that does not hold where it has to, after a stage of the healing. `trace` is the shortest way to it."""

    world: World
    promise: str
    stage: int
    sentence: str
    trace: tuple[str, ...]


class Verdict(NamedTuple):
    """What was found in one world. `broken` has the shortest way for each promise and stage."""

    states: int
    ends: int
    is_complete: bool
    broken: tuple[Broken, ...]


def judge(engine: Engine, world: World, most_states: int = MOST_STATES) -> Verdict:
    """Walk through a world and hold every end of it to every promise, at each stage of its healing."""
    with engine.fixed():
        walk = Walk(engine, world, most_states)
        walked = walk.all_states()
        broken = tuple(
            Broken(world, promise, stage, sentence, walk.shortest_way(end))
            for (promise, stage), (sentence, end) in _broken_at(engine, world, walked.ends).items()
            if not is_expected(world, promise, stage)
        )
        return Verdict(walked.states, len(walked.ends), walked.is_complete, broken)


def _broken_at(engine: Engine, world: World, ends: list[End]) -> dict[tuple[str, int], tuple[str, End]]:
    """Return what is wrong and at which end, for each promise and each stage at which it is broken somewhere."""
    healing = Healing(engine)
    found: dict[tuple[str, int], tuple[str, End]] = {}
    judged = set()
    for each in ends:
        end = Ending(engine, world, each.rest, each.killed)
        for stage in range(len(STAGES)):
            seen = (stage, end.rest, end.killed)
            if seen in judged:
                break
            judged.add(seen)
            for promise, sentence in _broken_promises(end):
                found.setdefault((promise, stage), (sentence, each))
            end = healing.next_stage(end, stage)
    return found


def _broken_promises(end: Ending) -> list[tuple[str, str]]:
    broken = ((promise, next(check(end), None)) for promise, check in PROMISES.items())
    return [(promise, sentence) for promise, sentence in broken if sentence]
