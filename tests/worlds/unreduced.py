"""Every state of a world and every step between them, all kept: small, plain and slow. Walk is held to it by a test."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from tests.worlds.engine import FIRST, Engine, State
from tests.worlds.walking import End
from tests.worlds.worlds import World, first_state, rest_of, steps_of


class Explored(NamedTuple):
    """All states of a world, and where each can lead. `first` is the one in which nothing has happened."""

    first: State
    next: dict[State, list[State]]

    @property
    def ends(self) -> list[State]:
        return [state for state, following in self.next.items() if not following]

    def seen_ends(self, world: World) -> set[End]:
        """Return what can be seen of the ends."""
        asked = range(len(world.requests))
        return {
            End(rest_of(each), frozenset(number for number in asked if not each[FIRST + number])) for each in self.ends
        }

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
