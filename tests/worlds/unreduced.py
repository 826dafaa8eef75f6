"""All states of a world and all steps between them, found the plain way: the quick one is held to it by tests.

Every point is reached by running its use case anew, nothing is forgotten of what an invocation was answered, also when
it has ended or when its request was repeated, and every step is followed.
"""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import greenlet

from tests.worlds.engine import FIRST, Engine, Rules, State
from tests.worlds.invocations import KILLED, LAST_DEPTH, Invocations, Point, under_way
from tests.worlds.requests import Request
from tests.worlds.walking import Walk
from tests.worlds.worlds import World, first_state, rest_of, steps_of

Seen = tuple[Any, ...]  # of an end: the rows, the sockets and who was killed, as values


class PlainInvocations(Invocations):
    def answer(self, point: Point, key: Any, answer: Any) -> int:
        if key not in point.next:
            depth = point.depth + max(1, len(point.settled))
            point.next[key] = self._reach(point.request, (*point.answers, answer), depth, None)
        return point.next[key]

    def _reach(self, request: Request, answers: tuple[Any, ...], depth: int, running: greenlet.greenlet | None) -> int:
        call = greenlet.greenlet(partial(self._run, request, answers)).switch()
        if call is None:
            return self._keep(request, answers, None, "", LAST_DEPTH)
        return self._keep(request, answers, call, under_way(call), depth)


class Explored(NamedTuple):
    """All states of a world, and where each can lead. `first` is the one in which nothing has happened."""

    first: State
    next: dict[State, list[State]]

    @property
    def ends(self) -> list[State]:
        return [state for state, following in self.next.items() if not following]

    def orders(self) -> int:
        """Count the different ways from the first state to an end."""
        ways = Counter({self.first: 1})
        for state in self._each_after_those_that_lead_to_it():
            for after in self.next[state]:
                ways[after] += ways[state]
        return sum(ways[end] for end in self.ends)

    def _each_after_those_that_lead_to_it(self) -> Iterable[State]:
        missing = Counter(after for following in self.next.values() for after in following)
        ready = [self.first]
        while ready:
            state = ready.pop()
            yield state
            for after in self.next[state]:
                missing[after] -= 1
                if not missing[after]:
                    ready.append(after)


def plain_engine(rules: Rules) -> Engine:
    engine = Engine(rules)
    engine.invocations = PlainInvocations(rules.settings)
    return engine


def explore(engine: Engine, world: World) -> Explored:
    """Find every state that a world can reach."""
    first = first_state(engine, world)
    known: dict[State, list[State]] = {}
    waiting = [first]
    while waiting:
        state = waiting.pop()
        if state not in known:
            places = range(FIRST, len(state))
            known[state] = [after for place in places for _, after in steps_of(engine, world, state, place)]
            waiting += known[state]
    return Explored(first, known)


def ends_of_a_plain_exploration(world: World) -> set[Seen]:
    engine = plain_engine(world.rules)
    with engine.fixed():
        ends = explore(engine, world).ends
    asked = range(len(world.requests))
    return {
        (*_values(engine, *rest_of(end)), frozenset(each for each in asked if end[FIRST + each] == KILLED))
        for end in ends
    }


def ends_of_a_walk(world: World) -> set[Seen]:
    engine = Engine(world.rules)
    with engine.fixed():
        walked = Walk(engine, world).all_states()
    assert walked.is_complete
    return {(*_values(engine, *end.rest), end.killed) for end in walked.ends}


def _values(engine: Engine, table: int, sockets: int) -> tuple[Any, Any]:
    return engine.tables.key(table), engine.sockets.at(sockets)
