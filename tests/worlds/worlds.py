"""One world: a start, what is asked at once, and what may go wrong; and the complete exploration of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.worlds.engine import FIRST, SOCKETS, TABLE, Engine, Rest, Rules, State, Step
from tests.worlds.engine import TROUBLES as LEFT
from tests.worlds.requests import Request
from tests.worlds.troubles import TROUBLES

Next = dict[State, list[tuple[Step, State]]]


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


class Explored(NamedTuple):
    """All states of a world, and where each can lead. `first` is the one in which nothing has happened."""

    first: State
    next: Next

    @property
    def ends(self) -> list[State]:
        return [state for state, steps in self.next.items() if not steps]

    def orders(self) -> int:
        """Count the different ways from the first state to an end."""
        orders: dict[State, int] = {}
        for state in self._ends_first():
            orders[state] = sum(orders[after] for _, after in self.next[state]) or 1
        return orders[self.first]

    def _ends_first(self) -> Iterable[State]:
        """Return the states so that each comes after all to which it leads."""
        seen, ordered, stack = {self.first}, [], [(self.first, iter(self.next[self.first]))]
        while stack:
            state, steps = stack[-1]
            for _, after in steps:
                if after not in seen:
                    seen.add(after)
                    stack.append((after, iter(self.next[after])))
                    break
            else:
                ordered.append(state)
                stack.pop()
        return ordered

    def nearest_ends(self) -> list[State]:
        """Return the ends, those with the fewest steps first; of those that differ in nothing to see, the first one."""
        ends: dict[tuple[Rest, tuple[bool, ...]], State] = {}
        seen, level = {self.first}, [self.first]
        while level:
            below = []
            for state in level:
                if not self.next[state]:
                    killed = tuple(point == 0 for point in state[FIRST:])
                    ends.setdefault((rest_of(state), killed), state)
                for _, after in self.next[state]:
                    if after not in seen:
                        seen.add(after)
                        below.append(after)
            level = below
        return list(ends.values())

    def shortest_way(self, wanted: State) -> list[tuple[State, Step]]:
        """Return the fewest steps that lead to a state."""
        came: dict[State, tuple[State, Step] | None] = {self.first: None}
        level = [self.first]
        while wanted not in came:
            below: list[State] = []
            for state in level:
                for step, after in self.next[state]:
                    if after not in came:
                        came[after] = (state, step)
                        below.append(after)
            level = below
        way: list[tuple[State, Step]] = []
        before = came[wanted]
        while before is not None:
            way.append(before)
            before = came[before[0]]
        return way[::-1]


def start(engine: Engine, requests: Sequence[Request]) -> Rest:
    """Return the rest to which these requests lead, one after the other."""
    rest = engine.empty()
    for request in requests:
        rest = engine.alone(rest, request)
    return engine.forget_answers(rest)


def explore(engine: Engine, world: World) -> Explored:
    """Find every state that a world can reach."""
    trouble = TROUBLES[world.trouble]
    first = engine.begin(start(engine, world.start), world.requests, trouble.times)
    known: Next = {}
    waiting = [first]
    while waiting:
        state = waiting.pop()
        if state in known:
            continue
        steps = engine.steps(state)
        if state[LEFT]:
            for place in range(FIRST, len(state)):
                steps += trouble.happens(engine, state, place, engine.invocations.points[state[place]])
        known[state] = steps
        waiting += [after for _, after in steps if after not in known]
    return Explored(first, known)


def rest_of(state: State) -> Rest:
    return state[TABLE], state[SOCKETS]
