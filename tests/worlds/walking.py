"""The quick way through all states of a world. tests/worlds/unreduced.py is the plain one, to compare with.

It keeps no state longer than it has to: each step leads to a higher `rank`, so a rank that is done is forgotten. What
an invocation can do next is known once for all states in which it would meet the same rows, or the same sockets. One
reduction is made, which loses no end:

While everybody alive waits for posts, and each of them for one to the same socket, only those posts are followed.
Nobody can do anything else before its post to that socket has settled, and posts to other sockets change nothing for
it. So every order of steps can be brought into one that begins with a post to that socket, and ends in the same state.
This is not done while somebody may still be killed: then a post need not come at all.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.worlds.engine import FIRST, SOCKETS, TABLE, Engine, Rest, State, Step
from tests.worlds.engine import TROUBLES as LEFT
from tests.worlds.invocations import ENDED, KILLED
from tests.worlds.troubles import TROUBLES
from tests.worlds.worlds import World, first_state, steps_of

MOST_STATES = 20_000_000  # of one world
MOST_KNOWN = 1_000_000  # points, tables and states of sockets: memory stays under about 4 GB for each process


class End(NamedTuple):
    """A state in which nobody does anything any more, as far as it can be seen: who was killed is known by number."""

    rest: Rest
    killed: frozenset[int]


class Walked(NamedTuple):
    """What was found. If it is not complete, the world is larger than MOST_STATES or MOST_KNOWN."""

    states: int
    ends: list[End]  # those with the fewest steps first, but for deaths
    is_complete: bool


class Move(NamedTuple):
    """What a step of one invocation changes: where it is then, and the number of the rows, or of the sockets."""

    point: int
    rank: int
    table: int | None
    sockets: int | None
    spent: int
    started: tuple[int, ...]
    socket: str  # to which it posts


class Walk:
    """One walk through a world. What an invocation can do is known to the engine, for all worlds with this trouble."""

    def __init__(self, engine: Engine, world: World, most_states: int = MOST_STATES) -> None:
        self._engine, self._world, self._most_states = engine, world, most_states
        self._moves: dict[tuple[int, int, bool], tuple[Move, ...]] = engine.moves.setdefault(world.trouble, {})
        self._points = engine.invocations.points
        self._asked = FIRST + len(world.requests)
        self._stops = TROUBLES[world.trouble].stops

    def all_states(self) -> Walked:
        """Find every end that the world can reach."""
        ranks: dict[int, set[State]] = defaultdict(set, {0: {first_state(self._engine, self._world)}})
        order, ends, states = [0], dict[End, None](), 0
        while order:
            rank = heapq.heappop(order)
            for state in ranks.pop(rank):
                if states == self._most_states or self._engine.size > MOST_KNOWN:
                    return Walked(states, list(ends), is_complete=False)
                states += 1
                is_end = True
                for rise, after in self.after(state):
                    is_end = False
                    if rank + rise not in ranks:
                        heapq.heappush(order, rank + rise)
                    ranks[rank + rise].add(after)
                if is_end:
                    ends.setdefault(self._end(state))
        return Walked(states, list(ends), is_complete=True)

    def _end(self, state: State) -> End:
        killed = frozenset(place - FIRST for place in range(FIRST, self._asked) if state[place] == KILLED)
        return End((state[TABLE], state[SOCKETS]), killed)

    def after(self, state: State) -> Iterator[tuple[int, State]]:
        """Yield the states to which the next steps lead, and how much higher their rank is."""
        alive = [place for place in range(FIRST, len(state)) if state[place] > ENDED]
        socket = self._common(state, alive)
        for place in alive:
            for move in self._moves_of(state, place):
                if not socket or move.socket == socket:
                    yield move.rank, self._moved(state, place, move)

    def _common(self, state: State, alive: list[int]) -> str:
        """Return a socket to which everybody alive waits for a post, "" if there is none."""
        if state[LEFT] and self._stops:
            return ""
        awaited = self._points[state[alive[0]]].awaited if alive else frozenset[str]()
        for place in alive[1:]:
            awaited &= self._points[state[place]].awaited
        return min(awaited, default="")

    def _moved(self, state: State, place: int, move: Move) -> State:
        after = list(state)
        after[place] = move.point
        if move.table is not None:
            after[TABLE] = move.table
        if move.sockets is not None:
            after[SOCKETS] = move.sockets
        after[LEFT] -= move.spent
        after += move.started
        if len(after) > self._asked:
            after[self._asked :] = sorted(each or ENDED for each in after[self._asked :])
        return tuple(after)

    def _moves_of(self, state: State, place: int) -> tuple[Move, ...]:
        point = self._points[state[place]]
        asks = point.call is not None and point.call.is_of_the_table
        key = (point.id, state[TABLE if asks else SOCKETS], state[LEFT] > 0)
        found = self._moves.get(key)
        if found is None:
            steps = steps_of(self._engine, self._world, state, place)
            found = self._moves[key] = tuple(self._move(state, place, step, after) for step, after in steps)
        return found

    def _move(self, state: State, place: int, step: Step, after: State) -> Move:
        call = self._points[state[place]].call
        assert call is not None
        return Move(
            point=after[place],
            rank=self._points[after[place]].depth - self._points[state[place]].depth + state[LEFT] - after[LEFT],
            table=after[TABLE] if after[TABLE] != state[TABLE] else None,
            sockets=after[SOCKETS] if after[SOCKETS] != state[SOCKETS] else None,
            spent=state[LEFT] - after[LEFT],
            started=after[len(state) :],
            socket=call.arguments[step.number][0] if call.name == "post" and step.number >= 0 else "",
        )

    # --- for people to read

    def shortest_way(self, end: End) -> tuple[str, ...]:
        """Say what is done on a way to an end, one of those with the fewest steps."""
        first = first_state(self._engine, self._world)
        came: dict[State, State | None] = {first: None}
        level = [first]
        while level:
            below: list[State] = []
            for state in level:
                following = [after for _, after in self.after(state)]
                if not following and self._end(state) == end:
                    return self._told(came, state)
                new = dict.fromkeys(after for after in following if after not in came)
                came.update(dict.fromkeys(new, state))
                below += new
            level = below
        raise ValueError(f"this is no end of {self._world}: {end}")

    def _told(self, came: dict[State, State | None], state: State) -> tuple[str, ...]:
        told: list[str] = []
        before = came[state]
        while before is not None:
            told.append(self._step_between(before, state))
            state, before = before, came[before]
        return tuple(told[::-1])

    def _step_between(self, before: State, after: State) -> str:
        for place in range(FIRST, len(before)):
            for step, plain in steps_of(self._engine, self._world, before, place):
                if self._moved(before, place, self._move(before, place, step, plain)) == after:
                    return self._engine.told(before, step)
        raise ValueError("there is no step between these states")
