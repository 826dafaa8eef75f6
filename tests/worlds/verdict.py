"""The verdict on a world: what was found in it, and at which stage of its healing each promise holds at last."""

from typing import NamedTuple

from tests.worlds.ending import Ending, ending
from tests.worlds.engine import Engine, State
from tests.worlds.healing import STAGES, Healing
from tests.worlds.promises import PROMISES
from tests.worlds.worlds import Explored, World, explore


class Broken(NamedTuple):
    """A promise that does not hold at a stage of the healing after an end. `trace` is the shortest way to that end."""

    world: World
    promise: str
    stage: int
    sentence: str
    trace: tuple[str, ...]


class Verdict(NamedTuple):
    """What one exploration has found. `broken` has the shortest way for each promise and stage."""

    world: World
    states: int
    ends: int
    orders: int
    broken: tuple[Broken, ...]


def judge(engine: Engine, world: World) -> Verdict:
    """Explore a world and hold every end of it to every promise, at each stage of its healing."""
    with engine.fixed():
        explored = explore(engine, world)
        found = _broken_at(engine, world, explored)
        broken = tuple(
            Broken(world, promise, stage, sentence, _trace(engine, explored, state))
            for (promise, stage), (sentence, state) in found.items()
        )
        return Verdict(world, len(explored.next), len(explored.ends), explored.orders(), broken)


def _broken_at(engine: Engine, world: World, explored: Explored) -> dict[tuple[str, int], tuple[str, State]]:
    """Return what is wrong and at which end, for each promise and each stage at which it is broken somewhere."""
    healing = Healing(engine, world)
    found: dict[tuple[str, int], tuple[str, State]] = {}
    judged = set()
    for state in explored.nearest_ends():
        end = ending(engine, world, state)
        for stage in range(len(STAGES)):
            seen = (stage, end.rest, end.killed)
            if seen in judged:
                break
            judged.add(seen)
            for promise, sentence in _broken_promises(end):
                found.setdefault((promise, stage), (sentence, state))
            end = healing.next_stage(end, stage)
    return found


def _broken_promises(end: Ending) -> list[tuple[str, str]]:
    broken = ((promise, next(check(end), None)) for promise, check in PROMISES.items())
    return [(promise, sentence) for promise, sentence in broken if sentence]


def _trace(engine: Engine, explored: Explored, state: State) -> tuple[str, ...]:
    return tuple(engine.told(before, step) for before, step in explored.shortest_way(state))
