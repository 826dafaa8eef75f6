"""One world: a start, what is asked at once, and what may go wrong; how it begins, and what can happen next in it."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.worlds.engine import SOCKETS, TABLE, Engine, Rest, Rules, State, Step
from tests.worlds.engine import TROUBLES as LEFT
from tests.worlds.requests import Request
from tests.worlds.troubles import TROUBLES


class World(NamedTuple):
    """What one exploration is about. `start` is asked one after the other, `requests` at once."""

    rules: Rules
    start: tuple[Request, ...]
    requests: tuple[Request, ...]
    trouble: str = "none"

    def __str__(self) -> str:
        start = "; ".join(map(str, self.start)) or "nobody is in a room"
        rules = f" (cap {self.rules.cap}, named to {self.rules.named})" if self.rules != Rules() else ""
        trouble = "" if self.trouble == "none" else f" [{self.trouble}]"
        return f"{start} -> {' | '.join(map(str, self.requests))}{trouble}{rules}"


def start(engine: Engine, requests: Sequence[Request]) -> Rest:
    """Return the rest to which these requests lead, one after the other."""
    rest = engine.empty()
    for request in requests:
        rest = engine.alone(rest, request)
    return engine.forget_answers(rest)


def first_state(engine: Engine, world: World) -> State:
    """Return the state in which nothing of what is asked at once has happened."""
    return engine.begin(start(engine, world.start), world.requests, TROUBLES[world.trouble].times)


def steps_of(engine: Engine, world: World, state: State, place: int) -> list[tuple[Step, State]]:
    """Return what one invocation can do next, or what can happen to it, and where that leads."""
    point = engine.invocations.points[state[place]]
    steps = engine.steps_of(state, place, point)
    if state[LEFT]:
        steps += TROUBLES[world.trouble].happens(engine, state, place, point)
    return steps


def rest_of(state: State) -> Rest:
    return state[TABLE], state[SOCKETS]
