"""What a client asks, or what happens to its socket: a kind is one function, and one row of KINDS.

A request goes through the edge, as an event of API Gateway does: parsed, counted, answered.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from anonchat import limits, protocol, rules
from anonchat.chat import Chat
from anonchat.route import message_route
from tests.support.handlers import disconnect_module, join, leave, send

START_MS = 1_800_000_000_000
NAMES = ("a", "b", "c")  # of the three sockets
ROOMS = ("red", "blue")
ASKED_TAG = "w"  # so begin the tags of what is asked in a world
SPOKEN = "spoken-"  # how the tags of such messages begin
ACCEPTS = ["missed", "batch"]
LATE_MS = 2_000  # after START_MS a batch of then is overdue
BEFORE_ALL = f"{START_MS - limits.OVERLAP_SECONDS * 1000}"  # the cursor of who resumes: the clock stands still


class Request(NamedTuple):
    """One request of one socket. `tag` makes its message's id; a retry has another one, but the same `client`."""

    kind: str
    socket: str
    tag: str = ""
    client: str = ""

    def __str__(self) -> str:
        return f"{self.socket}: {self.kind}"


class Kind(NamedTuple):
    """A row of KINDS. `invoke` runs it; what it does beyond its requests is said by the flags."""

    invoke: Callable[[Chat, Request], None]
    room: str | None = None  # the room it asks for, or speaks in
    joins: bool = False
    speaks: bool = False
    leaves: bool = False  # whoever asks for it is in no room afterwards
    ends: bool = False  # its socket
    late: bool = False  # its clock shows LATE_MS more
    misses: bool = False  # its posts to the next socket fail, though that is open


def route(chat: Chat, request: Request, action: str, **fields: object) -> None:
    """Run the handler of a message route, as lambdas/*.py makes them, over this chat."""
    parse, use_case = ROUTES[action]
    body = json.dumps({"action": action, **fields})
    event = {"requestContext": {"eventType": "MESSAGE", "connectionId": request.socket}, "body": body}
    message_route(parse, use_case, chat)(event, None)


ROUTES: dict[str, tuple[Callable[[Any], Any], Callable[[Any, str, Any], None]]] = {
    "join": (protocol.parse_join, join),
    "send": (protocol.parse_send, send),
    "leave": (protocol.parse_leave, leave),
}


def _joins(chat: Chat, request: Request) -> None:
    route(chat, request, "join", room=KINDS[request.kind].room, alias=request.socket, accepts=ACCEPTS)


def _joins_as_another(chat: Chat, request: Request) -> None:
    route(chat, request, "join", room=KINDS[request.kind].room, alias=request.socket.upper(), accepts=ACCEPTS)


def _joins_without_marks(chat: Chat, request: Request) -> None:
    route(chat, request, "join", room=KINDS[request.kind].room, alias=request.socket)


def _resumes(chat: Chat, request: Request) -> None:
    room = KINDS[request.kind].room
    route(chat, request, "join", room=room, alias=request.socket, accepts=ACCEPTS, since=BEFORE_ALL)


def _reads_a_page(chat: Chat, request: Request) -> None:
    room = KINDS[request.kind].room
    route(chat, request, "join", room=room, alias=request.socket, since=BEFORE_ALL, page=True)


def _sends(chat: Chat, request: Request) -> None:
    client = f"client-{request.client or request.tag}"
    route(chat, request, "send", room=KINDS[request.kind].room, text="hello", client=client)


def _leaves(chat: Chat, request: Request) -> None:
    route(chat, request, "leave")


def _is_cut(chat: Chat, request: Request) -> None:
    chat.connections.cut(request.socket)  # type: ignore[attr-defined]


def _is_told_of(chat: Chat, request: Request) -> None:
    disconnect_module.CHAT = chat
    event = {"requestContext": {"eventType": "DISCONNECT", "connectionId": request.socket}}
    disconnect_module.handler(event, None)


def _disconnects(chat: Chat, request: Request) -> None:
    _is_cut(chat, request)
    _is_told_of(chat, request)


KINDS = {
    "join": Kind(_joins, "red", joins=True),
    "join blue": Kind(_joins, "blue", joins=True),
    "join as another": Kind(_joins_as_another, "red", joins=True),
    "join without marks": Kind(_joins_without_marks, "red", joins=True),
    "resume": Kind(_resumes, "red", joins=True),
    "page": Kind(_reads_a_page, "red"),
    "send": Kind(_sends, "red", speaks=True),
    "send blue": Kind(_sends, "blue", speaks=True),
    "send late": Kind(_sends, "red", speaks=True, late=True),
    "send blue late": Kind(_sends, "blue", speaks=True, late=True),
    "send and miss one": Kind(_sends, "red", speaks=True, misses=True),
    "leave": Kind(_leaves, leaves=True),
    "disconnect": Kind(_disconnects, ends=True),  # cut, and $disconnect comes
    "die": Kind(_is_cut, ends=True),  # cut, and $disconnect never comes
    "$disconnect": Kind(_is_told_of),  # what the gateway runs when the layer closes a socket
    "resume blue": Kind(_resumes, "blue", joins=True),  # the healing's
}
ASKED = [kind for kind in KINDS if kind not in ("$disconnect", "resume blue", "send late", "send blue late")]


def message_of(request: Request) -> str:
    """Return the id of the message that a request sends."""
    return rules.message_id(time_of(request), request.tag)


def time_of(request: Request) -> int:
    """Return what the clock of a request's function shows, all the time."""
    return START_MS + (LATE_MS if request.kind in KINDS and KINDS[request.kind].late else 0)


def asked_in_a_world(asked: Sequence[tuple[str, str]]) -> tuple[Request, ...]:
    """Return requests for these kinds and sockets. The same request has the same tag in every world, so that what is
    known of it serves all of them; who asks the same twice has two.
    """
    kinds = list(KINDS)
    tags = [f"{ASKED_TAG}{kinds.index(kind)}{name}" for kind, name in asked]
    return tuple(
        Request(kind, name, tag + "x" * tags[:number].count(tag))
        for number, ((kind, name), tag) in enumerate(zip(asked, tags, strict=True))
    )


def asked_by(id: str, sender: str) -> str:
    """Return the tag of the request that was asked to send a message; of no world's, that of who has sent it."""
    tag = id.partition("-")[2]
    return tag if tag.startswith(ASKED_TAG) else sender


def spoken_in(room: str) -> str:
    """Return the id of the message that is said in a room after it all."""
    return rules.message_id(START_MS + LATE_MS, SPOKEN + room)


def missed_by(request: Request) -> str | None:
    """Return the socket that this request's posts do not reach."""
    if not KINDS[request.kind].misses or request.socket not in NAMES:
        return None
    return NAMES[(NAMES.index(request.socket) + 1) % len(NAMES)]
