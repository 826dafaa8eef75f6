"""What can happen next: the steps that lead from a state of a world to others.

A state is a tuple of numbers: that of the table's rows, that of the sockets, how many troubles may still happen, and a
point for each invocation. A step is one request to the table, one post, or one trouble.
"""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

from anonchat import broadcast, limits, log
from anonchat.settings import Settings
from tests.worlds.invocations import DELIVERED, FAILED, GONE, LATE, UNDER_WAY, Invocations, Point
from tests.worlds.requests import NAMES, Request, missed_by
from tests.worlds.sockets import Inbox, Sockets, SocketStates
from tests.worlds.tables import Tables

State = tuple[int, ...]
Rest = tuple[int, int]  # the table and the sockets, while nobody asks anything
LOOKS = 2  # of one round in the queue for a place: more would only be more of the same
TABLE, SOCKETS, TROUBLES, FIRST = 0, 1, 2, 3  # what stands where in a state


class Step(NamedTuple):
    """What an invocation does, or what happens to it. `number` is that of a post in its fan-out."""

    invocation: int
    what: str
    number: int = -1


class Rules(NamedTuple):
    """The numbers that a world is played with."""

    cap: int = 50
    named: int = limits.NAMED_PRESENCE_MEMBERS
    rounds: int = limits.CAPACITY_ROUNDS  # in the queue for a place
    batched: int = limits.BATCH_MEMBERS  # who take batches: in a room of so many all messages go out in batches

    @property
    def is_busy(self) -> bool:
        """Tell whether all messages go out in batches."""
        return self.batched == 1

    @property
    def settings(self) -> Settings:
        return Settings(room_cap=self.cap, per_minute=1_000)


class Engine:
    """All that is known of the worlds of one set of rules. It grows; a new one starts from nothing."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.tables = Tables()
        self.sockets = SocketStates()
        self.invocations = Invocations(rules.settings)
        self.moves: dict[str, dict[Any, Any]] = {}  # by trouble: what a walk has found out
        self._alone: dict[tuple[Rest, Request], Rest] = {}
        self.spoken: dict[Rest, Rest] = {}  # what a message in each room makes of a rest

    @contextlib.contextmanager
    def fixed(self) -> Iterator[None]:
        """Fix what an invocation does not get from its answers: a clock, numbers, the log."""
        with (
            mock.patch.object(broadcast, "time", SimpleNamespace(monotonic=lambda: 0.0)),
            mock.patch.object(limits, "NAMED_PRESENCE_MEMBERS", self.rules.named),
            mock.patch.object(limits, "CAPACITY_ROUNDS", self.rules.rounds),
            mock.patch.object(limits, "CAPACITY_PAUSES", (0.0,) * LOOKS),
            mock.patch.object(limits, "BATCH_MEMBERS", self.rules.batched),
            mock.patch.object(limits, "BATCH_LOOK", 1),
            mock.patch.object(log, "_write"),
        ):
            yield

    def empty(self) -> Rest:
        """Return the rest in which all sockets are open, and none is in a room."""
        return self.tables.empty(NAMES), self.sockets.number(Sockets(tuple((name, Inbox()) for name in NAMES)))

    def begin(self, rest: Rest, requests: tuple[Request, ...], troubles: int) -> State:
        """Return the state in which all requests have been made, and none has done anything."""
        return (*rest, troubles, *map(self.invocations.start, requests))

    def alone(self, rest: Rest, request: Request) -> Rest:
        """Return the rest after a request that nothing races with."""
        found = self._alone.get((rest, request))
        if found is None:
            state = self.begin(rest, (request,), 0)
            while steps := self.steps(state):
                state = steps[0][1]
            found = self._alone[rest, request] = state[TABLE], state[SOCKETS]
        return found

    def forget_answers(self, rest: Rest) -> Rest:
        """Return the rest without the answers to what was asked so far."""
        table, number = rest
        sockets = self.sockets.at(number)
        for name, inbox in sockets.inboxes:
            sockets = sockets.with_inbox(name, inbox._replace(answers=frozenset(), told=frozenset()))
        return table, self.sockets.number(sockets)

    def point(self, state: State, invocation: int) -> Point:
        return self.invocations.points[state[FIRST + invocation]]

    @property
    def size(self) -> int:
        """Return how much is known: points, tables and states of sockets."""
        return len(self.invocations.points) + len(self.tables) + len(self.sockets)

    # --- steps

    def steps(self, state: State) -> list[tuple[Step, State]]:
        """Return what can happen next without any trouble, and where it leads. Nothing: all invocations have ended."""
        found: list[tuple[Step, State]] = []
        for place in range(FIRST, len(state)):
            found += self.steps_of(state, place, self.invocations.points[state[place]])
        return found

    def steps_of(self, state: State, place: int, point: Point) -> list[tuple[Step, State]]:
        """Return what one invocation can do next without any trouble, and where it leads."""
        call = point.call
        if call is None:
            return []
        invocation = place - FIRST
        if call.name == "post":
            return [(Step(invocation, "post", k), self.post(state, place, point, k)) for k in waiting(point)]
        if call.name == "close":
            number = waiting(point)[0]
            return [(Step(invocation, "close", number), self._close(state, place, point, number))]
        if call.name == "cut":
            sockets = self.sockets.close(state[SOCKETS], call.arguments[0])
            after = self.invocations.answer(point, "cut", None)
            return [(Step(invocation, "cut"), changed(state, place, after, sockets=sockets))]
        if call.name == "gone":
            gone = [each for each in call.arguments if not self.sockets.is_open(state[SOCKETS], each)]
            after = self.invocations.answer(point, tuple(gone), gone)
            return [(Step(invocation, "look"), changed(state, place, after))]
        return [(Step(invocation, "ask"), self.ask(state, place, point))]

    def ask(self, state: State, place: int, point: Point) -> State:
        """Return the state after one request to the table, with its answer."""
        assert point.call is not None
        number, answer, table = self.tables.ask(state[TABLE], point.call, point.call_id, is_repeated=point.is_repeated)
        return changed(state, place, self.invocations.answer(point, number, answer), table=table)

    def apply(self, state: State, point: Point) -> int:
        """Return the table after one request whose answer is lost."""
        assert point.call is not None
        return self.tables.ask(state[TABLE], point.call, point.call_id, is_repeated=point.is_repeated)[2]

    def post(self, state: State, place: int, point: Point, number: int) -> State:
        """Return the state after one post of a fan-out."""
        assert point.call is not None
        socket, _ = point.call.arguments[number]
        if not self.sockets.is_open(state[SOCKETS], socket):
            return changed(state, place, self.invocations.settle(point, number, GONE))
        if socket == missed_by(point.request):
            return changed(state, place, self.invocations.settle(point, number, FAILED))
        after = self.invocations.settle(point, number, DELIVERED)
        return changed(state, place, after, sockets=self.deliver(state, point, number))

    def deliver(self, state: State, point: Point, number: int) -> int:
        """Return the sockets after one post has reached its own."""
        assert point.call is not None
        sender = (point.request.tag, point.request.socket)
        is_first = not {DELIVERED, LATE} & set(point.settled)
        return self.sockets.post(state[SOCKETS], point.call.arguments[number], sender, is_first=is_first)

    def _close(self, state: State, place: int, point: Point, number: int) -> State:
        """Close a socket. The gateway runs $disconnect, if it was open."""
        assert point.call is not None
        socket = point.call.arguments[number]
        after = self.invocations.settle(point, number, DELIVERED)
        if not self.sockets.is_open(state[SOCKETS], socket):
            return changed(state, place, after)
        closed = changed(state, place, after, sockets=self.sockets.close(state[SOCKETS], socket))
        return (*closed, self.invocations.start(Request("$disconnect", socket)))

    # --- for people to read

    def told(self, state: State, step: Step) -> str:
        """Say what a step does."""
        point = self.point(state, step.invocation)
        call: Any = point.call
        if step.number >= 0:
            what = call.arguments[step.number]
            return f"{point.request}  {step.what} {what if isinstance(what, str) else f'{what[0]} {what[1].decode()}'}"
        return f"{point.request}  {step.what} {call.name}{call.arguments if call else ''}"


def waiting(point: Point) -> list[int]:
    """Return the posts of a fan-out that are under way."""
    return [number for number, outcome in enumerate(point.settled) if outcome == UNDER_WAY]


def changed(
    state: State, place: int, point: int, *, table: int | None = None, sockets: int | None = None, spent: int = 0
) -> State:
    """Return the state with an invocation at another point."""
    after = list(state)
    after[place] = point
    if table is not None:
        after[TABLE] = table
    if sockets is not None:
        after[SOCKETS] = sockets
    after[TROUBLES] -= spent
    return tuple(after)
