"""The sockets: open or not, and what of their frames the promises are about. Frames come in, states go out."""

import functools
from typing import Any, NamedTuple

from anonchat import protocol
from anonchat.model import Connection
from tests.worlds.requests import ROOMS, asked_by
from tests.worlds.tables import salt_of

AGAIN = " again"  # the name of a client's next socket ends so

Answer = tuple[str, str]  # the tag of a request, and a frame's type or an error's code


class Inbox(NamedTuple):
    """One socket, and what its client knows."""

    is_open: bool = True
    room: str | None = None  # that of the last `joined`; None after `left`
    known: frozenset[str] = frozenset()  # who is here: the last snapshot, and presence since
    told: frozenset[tuple[str, bool]] = (
        frozenset()
    )  # since its answers count: who came (True) or went, the last word each
    heard: frozenset[str] = frozenset()  # of whose arrival it was told, ever
    gone: frozenset[tuple[str, int]] = frozenset()  # of whose departure, and how often
    seen: frozenset[str] = frozenset()  # ids of messages, live or in a history
    echoes: frozenset[str] = frozenset()  # those of its own that came back live
    copies: frozenset[str] = frozenset()  # those of its own that it found in a history
    answers: frozenset[Answer] = frozenset()  # to what is asked in this world
    missed: bool = False  # told since its last `joined`
    online: int | None = None  # by the last message


class Sockets(NamedTuple):
    """All sockets, and how often each departure was told by a fan-out that reached somebody."""

    inboxes: tuple[tuple[str, Inbox], ...]
    told: frozenset[tuple[str, int]] = frozenset()

    def inbox(self, socket: str) -> Inbox:
        return next(inbox for name, inbox in self.inboxes if name == socket)

    def with_inbox(self, socket: str, inbox: Inbox) -> "Sockets":
        inboxes = tuple((name, inbox if name == socket else old) for name, old in self.inboxes)
        if all(name != socket for name, _ in inboxes):
            inboxes = (*inboxes, (socket, inbox))
        return Sockets(inboxes, self.told)


@functools.cache
def person_of(socket: str, room: str) -> str:
    return Connection(socket, salt_of(socket), None, None, 0).person(room, "").id


@functools.cache
def _own(socket: str) -> frozenset[str]:
    """Return the member ids of this socket's client: also those of the socket before, from which it has come back."""
    return frozenset(person_of(name, room) for room in ROOMS for name in (socket, socket.removesuffix(AGAIN)))


@functools.cache
def decoded(payload: bytes) -> dict[str, Any]:
    return protocol.decode(payload.decode())


def more(counted: frozenset[tuple[str, int]], persons: list[str]) -> frozenset[tuple[str, int]]:
    counts = dict(counted)
    for person in persons:
        counts[person] = counts.get(person, 0) + 1
    return frozenset(counts.items())


def receive(inbox: Inbox, socket: str, frame: dict[str, Any], tag: str, asker: str) -> Inbox:
    """Return the inbox after a frame, which the request with this tag, of the socket `asker`, has brought."""
    kind = frame["type"]
    if kind != "joined" and frame.get("missed"):
        inbox = inbox._replace(missed=True)
    if kind == "presence":
        came, went = [person["id"] for person in frame["joined"]], [person["id"] for person in frame["left"]]
        known = (inbox.known | frozenset(came)) - frozenset(went)
        told = frozenset({**dict(inbox.told), **dict.fromkeys(came, True), **dict.fromkeys(went, False)}.items())
        return inbox._replace(known=known, told=told, heard=inbox.heard | frozenset(came), gone=more(inbox.gone, went))
    if kind in ("message", "messages"):
        return _hear(inbox, socket, frame.get("messages", [frame]), frame["online"], tag)
    if asker == socket:
        inbox = inbox._replace(answers=inbox.answers | {(tag, frame.get("code", kind))})
    if kind in ("joined", "page"):
        ids = frozenset(message["id"] for message in frame["history"])
        own = frozenset(message["id"] for message in frame["history"] if message["from"]["id"] in _own(socket))
        inbox = inbox._replace(seen=inbox.seen | ids, copies=inbox.copies | own)
    if kind == "joined":
        people = frozenset(person["id"] for person in frame["members"])
        known = _with_what_was_told(people, inbox.told if inbox.room == frame["room"] else frozenset())
        return inbox._replace(room=frame["room"], known=known, heard=inbox.heard | people, missed=False)
    return inbox._replace(room=None) if kind == "left" else inbox


def _with_what_was_told(people: frozenset[str], told: frozenset[tuple[str, bool]]) -> frozenset[str]:
    """Apply once more, on top of a snapshot, what was told while it was waited for: the snapshot can be older."""
    return people.union(each for each, came in told if came).difference(each for each, came in told if not came)


def _hear(inbox: Inbox, socket: str, messages: list[dict[str, Any]], online: int, tag: str) -> Inbox:
    """Take messages. Those of its own are answers, whichever request has sent them."""
    own = [each["id"] for each in messages if each["from"]["id"] in _own(socket)]
    return inbox._replace(
        seen=inbox.seen.union(each["id"] for each in messages),
        echoes=inbox.echoes.union(own),
        answers=inbox.answers.union((asked_by(id, tag), "message") for id in own),
        online=online,
    )


class SocketStates:
    """Every state the sockets were in, by number, and what each post makes of it."""

    def __init__(self) -> None:
        self._states: list[Sockets] = []
        self._numbers: dict[Sockets, int] = {}
        self._posted: dict[Any, int] = {}
        self._open: list[frozenset[str]] = []

    def __len__(self) -> int:
        return len(self._states)

    def number(self, sockets: Sockets) -> int:
        if sockets not in self._numbers:
            self._numbers[sockets] = len(self._states)
            self._states.append(sockets)
            self._open.append(frozenset(name for name, inbox in sockets.inboxes if inbox.is_open))
        return self._numbers[sockets]

    def at(self, number: int) -> Sockets:
        return self._states[number]

    def is_open(self, number: int, socket: str) -> bool:
        return socket in self._open[number]

    def post(self, number: int, frame: tuple[str, bytes], sender: tuple[str, str], *, is_first: bool) -> int:
        """Deliver a frame. `is_first`: of its fan-out, so that the departures in it count as told once."""
        key = (number, frame, sender, is_first)
        found = self._posted.get(key)
        if found is None:
            (socket, payload), sockets = frame, self._states[number]
            content = decoded(payload)
            if is_first and content["type"] == "presence":
                sockets = sockets._replace(told=more(sockets.told, [person["id"] for person in content["left"]]))
            inbox = receive(sockets.inbox(socket), socket, content, *sender)
            found = self._posted[key] = self.number(sockets.with_inbox(socket, inbox))
        return found

    def close(self, number: int, socket: str) -> int:
        sockets = self._states[number]
        return self.number(sockets.with_inbox(socket, sockets.inbox(socket)._replace(is_open=False)))
