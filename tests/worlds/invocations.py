"""An invocation as a tree of answers. It cannot be copied, but run anew and be fed what was answered.

A point is where a use case waits for an answer. It is reached by one list of answers, so it is computed once, however
many states it is part of. The first answer that it gets lets the use case go on; for every other one it is run anew.
The posts of one fan-out are settled in any order: a point knows which have been.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import greenlet

from anonchat import limits, protocol
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


class _Tape:
    """Answers in their order; beyond the last one the use case waits, and who runs it gets its call."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._answers = iter(answers)

    def ask(self, call: Call) -> Any:
        answer = next(self._answers, self)
        if answer is self:
            runner = greenlet.getcurrent().parent
            assert runner is not None
            answer = runner.switch(call)
        if isinstance(answer, Failure):
            raise answer.make()
        return list(answer) if isinstance(answer, list) else answer


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
    `depth` is how many steps lead to it, `awaited` the sockets to which it waits for one post each. `running` is the
    use case that waits here, until it gets its first answer.
    """

    __slots__ = (
        "answers", "awaited", "call", "call_id", "depth", "id", "is_repeated", "next", "request", "running", "settled",
    )  # fmt: skip

    def __init__(
        self, id: int, request: Request, answers: tuple[Any, ...], call: Call | None, settled: str, depth: int
    ) -> None:
        self.id, self.request, self.answers, self.call, self.settled = id, request, answers, call, settled
        self.depth = depth
        self.running: greenlet.greenlet | None = None
        self.call_id = -1
        self.is_repeated = False
        self.awaited = _awaited(call, settled)
        self.next: dict[Any, int] = {}


def under_way(call: Call) -> str:
    """Return a letter for each post, or closing, of a call; none for what has one answer."""
    return UNDER_WAY * len(call.arguments) if call.name in ("post", "close") else ""


def _awaited(call: Call | None, settled: str) -> frozenset[str]:
    """Return the sockets of the posts under way; none where the order of the posts matters."""
    if call is None or call.name != "post":
        return frozenset()
    sockets = [socket for socket, _ in call.arguments]
    payloads = {payload for _, payload in call.arguments}
    departures = {str(protocol.decode(payload.decode()).get("left")) for payload in payloads}
    if len(set(sockets)) < len(sockets) or len(departures) > 1:
        return frozenset()
    return frozenset(socket for socket, outcome in zip(sockets, settled, strict=True) if outcome == UNDER_WAY)


KILLED, ENDED = 0, 1  # the points of those that do nothing any more
LAST_DEPTH = 10_000  # of those: more than any invocation has steps


class Invocations:
    """All points that were reached, by number. All that have ended are one, and all that were killed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        nobody = Request("nothing", "")
        self.points = [Point(number, nobody, (), None, "", LAST_DEPTH) for number in (KILLED, ENDED)]
        self._starts: dict[Request, int] = {}
        self._calls: dict[Call, int] = {}

    def start(self, request: Request) -> int:
        """Return the point at which a request waits for its first answer."""
        if request not in self._starts:
            self._starts[request] = self._reach(request, (), 0, None)
        return self._starts[request]

    def answer(self, point: Point, key: Any, answer: Any) -> int:
        """Return the point after this answer. `key` stands for the answer; one that is known costs one look-up.

        Whether the call was repeated is forgotten with its answer: the use case knows nothing of it.
        """
        point = self.points[point.next["first"]] if point.is_repeated else point
        found = point.next.get(key)
        if found is None:
            depth, running, point.running = point.depth + max(1, len(point.settled)), point.running, None
            found = point.next[key] = self._reach(point.request, (*point.answers, answer), depth, running)
        return found

    def repeat(self, point: Point) -> int:
        """Return the point at which the same call is made again."""
        if point.is_repeated:
            return point.id
        if "again" not in point.next:
            point.next["again"] = self._keep(point.request, point.answers, point.call, point.settled, point.depth)
            again = self.points[point.next["again"]]
            again.is_repeated, again.next["first"] = True, point.id
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
            depth = first.depth + len(settled) - settled.count(UNDER_WAY)
            first.next[key] = self._keep(point.request, point.answers, point.call, settled, depth)
            self.points[first.next[key]].next["first"] = first.id
        return first.next[key]

    def _reach(self, request: Request, answers: tuple[Any, ...], depth: int, running: greenlet.greenlet | None) -> int:
        """Return the point after these answers. `running` waits for the last of them."""
        if running is None:
            running = greenlet.greenlet(partial(self._run, request, answers))
            call = running.switch()
        else:
            call = running.switch(answers[-1])
        if call is None:
            return ENDED
        found = self._keep(request, answers, call, under_way(call), depth)
        self.points[found].running = running
        return found

    def _keep(self, request: Request, answers: tuple[Any, ...], call: Call | None, settled: str, depth: int) -> int:
        point = Point(len(self.points), request, answers, call, settled, depth)
        if call is not None and call.is_of_the_table:
            frozen = Call(call.name, freeze(call.arguments), freeze(call.options))
            point.call_id = self._calls.setdefault(frozen, len(self._calls))
        self.points.append(point)
        return point.id

    def _run(self, request: Request, answers: tuple[Any, ...]) -> None:
        tape = _Tape(answers)
        table, connections = _TapedTable(tape), _TapedConnections(tape)
        clock, pause, token = (lambda: time_of(request)), (lambda seconds: None), (lambda: request.tag)
        chat = Chat(table, connections, self._settings, clock, pause, token)  # type: ignore[arg-type]
        KINDS[request.kind].invoke(chat, request)
