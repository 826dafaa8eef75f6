"""An invocation as a tree of answers. It cannot be copied, but run anew and be fed what was answered.

A point is where a use case waits for an answer. It is reached by one list of answers, so it is computed once, however
many states it is part of. The posts of one fan-out are settled in any order: a point knows which have been.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from anonchat import limits
from anonchat.chat import Chat
from anonchat.connections import Delivery
from anonchat.settings import Settings
from tests.worlds.freezing import freeze
from tests.worlds.requests import KINDS, Request, time_of

UNDER_WAY, DELIVERED, GONE, FAILED = ".dgf"  # what has become of a post
LATE = "l"  # it has arrived, and its sender was told that it failed


class Call(NamedTuple):
    """One request to the table, or one call of the connections."""

    name: str
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def is_of_the_table(self) -> bool:
        return self.name not in ("post", "gone", "close", "cut")


class Failure(NamedTuple):
    """An answer that is an exception, made anew each time: it would keep every traceback it was raised with."""

    make: Callable[[], Exception]


class _Waiting(BaseException):
    """The use case has asked something that has no answer yet."""

    def __init__(self, call: Call) -> None:
        self.call = call


class _Tape:
    """Answers in their order; beyond the last one the use case is left where it is."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._answers = iter(answers)

    def ask(self, call: Call) -> Any:
        for answer in self._answers:
            if isinstance(answer, Failure):
                raise answer.make()
            return list(answer) if isinstance(answer, list) else answer
        raise _Waiting(call)


class _TapedTable:
    """Every method of the table is one request; reading messages asks when the first one is wanted."""

    def __init__(self, tape: _Tape) -> None:
        self._tape = tape

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments, **options: self._tape.ask(Call(name, arguments, tuple(sorted(options.items()))))

    def messages(self, *arguments: Any, **options: Any) -> Iterator[Any]:
        yield from self._tape.ask(Call("messages", arguments, tuple(options.items())))


class _TapedConnections:
    def __init__(self, tape: _Tape) -> None:
        self._tape = tape

    def post(
        self, frames: Sequence[tuple[str, bytes]], seconds: float = limits.FANOUT_SECONDS, *, retry: bool = True
    ) -> Delivery:
        if not frames:
            return Delivery(0, [], [])
        outcomes = self._tape.ask(Call("post", tuple(frames)))
        gone = [socket for (socket, _), outcome in zip(frames, outcomes, strict=True) if outcome == GONE]
        failed = [socket for (socket, _), outcome in zip(frames, outcomes, strict=True) if outcome in (FAILED, LATE)]
        return Delivery(outcomes.count(DELIVERED), gone, failed, troubled=len(failed))

    def gone(self, connection_ids: Sequence[str]) -> list[str]:
        answer: list[str] = self._tape.ask(Call("gone", tuple(connection_ids)))
        return answer

    def close(self, connection_ids: Sequence[str]) -> list[str]:
        if not connection_ids:
            return []
        outcomes = self._tape.ask(Call("close", tuple(connection_ids)))
        return [each for each, outcome in zip(connection_ids, outcomes, strict=True) if outcome == FAILED]

    def cut(self, connection_id: str) -> None:
        self._tape.ask(Call("cut", (connection_id,)))


class Point:
    """A point of an invocation. `call` is what it waits for, None if it has ended.

    `settled` has a letter for each post of its fan-out. `is_repeated`: the call was made before, and its answer lost.
    """

    __slots__ = ("answers", "call", "call_id", "id", "is_repeated", "next", "request", "settled")

    def __init__(self, id: int, request: Request, answers: tuple[Any, ...], call: Call | None, settled: str) -> None:
        self.id, self.request, self.answers, self.call, self.settled = id, request, answers, call, settled
        self.call_id = -1
        self.is_repeated = False
        self.next: dict[Any, int] = {}


ENDED = "an invocation that was killed"


class Invocations:
    """All points that were reached, by number. Number 0 is the end of one that was killed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.points = [Point(0, Request(ENDED, ""), (), None, "")]
        self._starts: dict[Request, int] = {}
        self._calls: dict[Call, int] = {}

    def start(self, request: Request) -> int:
        """Return the point at which a request waits for its first answer."""
        if request not in self._starts:
            self._starts[request] = self._reach(request, ())
        return self._starts[request]

    def answer(self, point: Point, key: Any, answer: Any) -> int:
        """Return the point after this answer. `key` stands for the answer; one that is known costs one look-up."""
        found = point.next.get(key)
        if found is None:
            found = point.next[key] = self._reach(point.request, (*point.answers, answer))
        return found

    def repeat(self, point: Point) -> int:
        """Return the point at which the same call is made again."""
        if point.is_repeated:
            return point.id
        if "again" not in point.next:
            point.next["again"] = self._keep(point.request, point.answers, point.call, point.settled)
            self.points[point.next["again"]].is_repeated = True
        return point.next["again"]

    def settle(self, point: Point, number: int, outcome: str) -> int:
        """Return the point at which one post of the fan-out has settled; after the last one the use case goes on."""
        key = (number, outcome)
        found = point.next.get(key)
        if found is None:
            settled = point.settled[:number] + outcome + point.settled[number + 1 :]
            found = self._settled(point, settled)
            point.next[key] = found
        return found

    def _settled(self, point: Point, settled: str) -> int:
        if UNDER_WAY not in settled:
            return self.answer(self.points[point.next.get("first", point.id)], settled, settled)
        first = self.points[point.next.get("first", point.id)]
        key = ("settled", settled)
        if key not in first.next:
            first.next[key] = self._keep(point.request, point.answers, point.call, settled)
            self.points[first.next[key]].next["first"] = first.id
        return first.next[key]

    def _reach(self, request: Request, answers: tuple[Any, ...]) -> int:
        call = self._replay(request, answers)
        several = call is not None and call.name in ("post", "close")
        return self._keep(request, answers, call, UNDER_WAY * len(call.arguments) if several and call else "")

    def _keep(self, request: Request, answers: tuple[Any, ...], call: Call | None, settled: str) -> int:
        point = Point(len(self.points), request, answers, call, settled)
        if call is not None:
            frozen = Call(call.name, freeze(call.arguments), freeze(call.options))
            point.call_id = self._calls.setdefault(frozen, len(self._calls))
        self.points.append(point)
        return point.id

    def _replay(self, request: Request, answers: tuple[Any, ...]) -> Call | None:
        tape = _Tape(answers)
        table, connections = _TapedTable(tape), _TapedConnections(tape)
        clock, pause, token = (lambda: time_of(request)), (lambda seconds: None), (lambda: request.tag)
        chat = Chat(table, connections, self._settings, clock, pause, token)  # type: ignore[arg-type]
        try:
            KINDS[request.kind].invoke(chat, request)
        except _Waiting as waiting:
            return waiting.call
        return None
