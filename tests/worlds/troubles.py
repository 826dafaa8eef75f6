"""What can go wrong in a world, at any of its steps. A trouble is one function, and one row of TROUBLES.

Each function gives the steps that one invocation can take into trouble at one point, and where they lead.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from anonchat.dynamodb_errors import NoAnswer
from tests.worlds.engine import FIRST, SOCKETS, Engine, State, Step, changed, waiting
from tests.worlds.invocations import FAILED, GONE, LATE, Failure, Point

NO_ANSWER = Failure(lambda: NoAnswer("UpdateItem", may_be_applied=True))

Steps = Iterator[tuple[Step, State]]


class Trouble(NamedTuple):
    """A row of TROUBLES: what happens, and how often in one world."""

    happens: Callable[[Engine, State, int, Point], Steps]
    times: int = 1
    stops: bool = False  # an invocation, so that the rest of its steps never comes


def _is_killed(engine: Engine, state: State, place: int, point: Point) -> Steps:
    if point.call is not None and point.call.name != "cut":
        yield Step(place - FIRST, "is killed before"), changed(state, place, 0, spent=1)


def _answer_is_lost(engine: Engine, state: State, place: int, point: Point) -> Steps:
    """Apply a request without its answer, or do not: the invocation still waits, and the client asks again."""
    if point.call is not None and point.call.is_of_the_table:
        table, again = engine.apply(state, point), engine.invocations.repeat(point)
        yield Step(place - FIRST, "loses the answer of"), changed(state, place, again, table=table, spent=1)
        yield Step(place - FIRST, "has to repeat"), changed(state, place, again, spent=1)


def _answer_never_comes(engine: Engine, state: State, place: int, point: Point) -> Steps:
    if point.call is not None and point.call.is_of_the_table:
        after = engine.invocations.answer(point, "no answer", NO_ANSWER)
        table = engine.apply(state, point)
        yield Step(place - FIRST, "never gets the answer of"), changed(state, place, after, table=table, spent=1)


def _request_fails(engine: Engine, state: State, place: int, point: Point) -> Steps:
    if point.call is not None and point.call.is_of_the_table:
        after = engine.invocations.answer(point, "no answer", NO_ANSWER)
        yield Step(place - FIRST, "fails at"), changed(state, place, after, spent=1)


def _post_fails(engine: Engine, state: State, place: int, point: Point) -> Steps:
    """Fail a post to an open socket: it has not arrived, or it has and the answer is lost."""
    for number in _to_open_sockets(engine, state, point):
        after = engine.invocations.settle(point, number, FAILED)
        yield Step(place - FIRST, "fails to post", number), changed(state, place, after, spent=1)
        arrived, after = engine.deliver(state, point, number), engine.invocations.settle(point, number, LATE)
        step = Step(place - FIRST, "posts, and is told that it failed,", number)
        yield step, changed(state, place, after, sockets=arrived, spent=1)


def _is_told_gone(engine: Engine, state: State, place: int, point: Point) -> Steps:
    for number in _to_open_sockets(engine, state, point):
        after = engine.invocations.settle(point, number, GONE)
        yield Step(place - FIRST, "is falsely told 410 for", number), changed(state, place, after, spent=1)


def _post_or_close_fails(engine: Engine, state: State, place: int, point: Point) -> Steps:
    """Fail a post, or the closing of a socket that no post has reached."""
    yield from _post_fails(engine, state, place, point)
    if point.call is not None and point.call.name == "close":
        number = waiting(point)[0]
        if engine.sockets.is_open(state[SOCKETS], point.call.arguments[number]):
            after = engine.invocations.settle(point, number, FAILED)
            yield Step(place - FIRST, "cannot close", number), changed(state, place, after, spent=1)


def _to_open_sockets(engine: Engine, state: State, point: Point) -> list[int]:
    if point.call is None or point.call.name != "post":
        return []
    frames = point.call.arguments
    return [each for each in waiting(point) if engine.sockets.is_open(state[SOCKETS], frames[each][0])]


TROUBLES = {
    "none": Trouble(lambda engine, state, place, point: iter(()), 0),
    "killed": Trouble(_is_killed, stops=True),
    "answer lost": Trouble(_answer_is_lost),
    "two answers lost": Trouble(_answer_is_lost, 2),
    "applied, no answer": Trouble(_answer_never_comes),
    "not applied": Trouble(_request_fails),
    "post fails": Trouble(_post_fails),
    "post and close fail": Trouble(_post_or_close_fails, 2),
    "false 410": Trouble(_is_told_gone),
}
