"""The wire contract, version 1: what a client may send, and every frame the server sends. Pure.

Rule 1: a frame that breaks the contract becomes `Refused` here, and nowhere later.
Rule 2: every frame the server sends is built here.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from anonchat import limits
from anonchat.model import CAPABILITIES, Member, Message, Person
from anonchat.settings import Settings

BAD_REQUEST = "bad_request"
UNKNOWN_ACTION = "unknown_action"
TOO_LONG = "too_long"
NOT_JOINED = "not_joined"
ROOM_FULL = "room_full"
RATE_LIMITED = "rate_limited"
SERVER_ERROR = "server_error"

Frame = dict[str, Any]

_ROOM = re.compile(rf"[A-Za-z0-9_-]{{1,{limits.ROOM_CHARACTERS}}}", re.ASCII)
_CLIENT = re.compile(rf"[A-Za-z0-9_-]{{{limits.CLIENT_CHARACTERS[0]},{limits.CLIENT_CHARACTERS[1]}}}", re.ASCII)
_ROSTER = re.compile(rf"[A-Za-z0-9_-]{{0,{limits.MEMBER_ID_CHARACTERS}}}", re.ASCII)
_CURSOR = re.compile(rf"[0-9]{{{limits.SINCE_DIGITS}}}(-[A-Za-z0-9_-]{{1,32}})?", re.ASCII)


class Refused(Exception):
    """A request that is answered by one `error` frame and has no other effect. `retry_after` is in seconds."""

    def __init__(self, code: str, message: str, *, client: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.client = client
        self.retry_after = retry_after

    def frame(self) -> Frame:
        """Build the `error` frame."""
        frame: Frame = {"type": "error", "code": self.code, "message": self.message}
        if self.client is not None:
            frame["client"] = self.client
        if self.retry_after is not None:
            frame["retryAfter"] = self.retry_after
        return frame


class Join(NamedTuple):
    """Enter `room` as `alias`; fetch the messages after the cursor `since`, or the newest ones.

    `accepts` is what the client understands, as far as it is known here. `page`: stay as you are, and get no more than
    those messages. `roster`: the same for the members whose ids come after it.
    """

    room: str
    alias: str
    since: str | None
    accepts: frozenset[str] = frozenset()
    page: bool = False
    roster: str | None = None


class Send(NamedTuple):
    """Publish `text` in `room`; `client` is the sender's own id for it."""

    room: str
    text: str
    client: str


class Leave(NamedTuple):
    """Leave the room the connection is in."""


# --- client to server -------------------------------------------------------------------------------------


def parse_join(frame: Frame) -> Join:
    """Check the fields of a `join`. Raise Refused with the field's rule if one breaks it."""
    since = _since(frame)
    return Join(_room(frame), _alias(frame), since, _accepts(frame), _page(frame, since), _roster(frame))


def parse_send(frame: Frame) -> Send:
    """Check the fields of a `send`. The Refused carries `client`, if that is sound, so that its sender finds it."""
    client = _client(frame)
    try:
        return Send(_room(frame), _text(frame), client)
    except Refused as refused:
        refused.client = client
        raise


def parse_leave(frame: Frame) -> Leave:
    """Take a `leave`, which has no fields."""
    return Leave()


def decode(body: str | None) -> Frame:
    """Parse the JSON object a client sent. NaN and Infinity are no JSON. Anything else is Refused."""
    try:
        # No field is a number. As floats, numbers of any length are read and ignored like any unknown field.
        frame = json.loads(body or "", parse_constant=_no_constant, parse_int=float)
    except (ValueError, RecursionError):
        raise Refused(BAD_REQUEST, "Please send one JSON object in a text frame.") from None
    if not isinstance(frame, dict):
        raise Refused(BAD_REQUEST, 'Please send a JSON object, such as {"action": "join"}.')
    return frame


def parse_action(frame: Frame) -> str:
    """Return the action of a frame that no route took."""
    return _string(frame, "action")


def server_error(client: str | None) -> Refused:
    """Make the answer to a request that failed for a reason of our own."""
    return Refused(SERVER_ERROR, "Something went wrong on our side. Please try again.", client=client)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _string(frame: Frame, field: str) -> str:
    value = frame.get(field)
    if not isinstance(value, str):
        raise Refused(BAD_REQUEST, f"The field {field} must be there and be a string.")
    return value


def _matching(frame: Frame, field: str, pattern: re.Pattern[str], rule: str) -> str:
    value = _string(frame, field)
    if not pattern.fullmatch(value):
        raise Refused(BAD_REQUEST, f"The field {field} must be {rule}.")
    return value


def _room(frame: Frame) -> str:
    return _matching(frame, "room", _ROOM, "1 to 64 letters, digits, - or _")


def _client(frame: Frame) -> str:
    return _matching(frame, "client", _CLIENT, "8 to 36 letters, digits, - or _")


def _since(frame: Frame) -> str | None:
    if frame.get("since") is None:
        return None
    return _matching(frame, "since", _CURSOR, "a message id or its 13 digits")


def _accepts(frame: Frame) -> frozenset[str]:
    """Read the words that are known. Others are for a newer server."""
    words = frame.get("accepts")
    if words is None:
        return frozenset()
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Refused(BAD_REQUEST, "The field accepts must be a list of words.")
    return CAPABILITIES.intersection(words)


def _page(frame: Frame, since: str | None) -> bool:
    page = frame.get("page", False)
    if not isinstance(page, bool):
        raise Refused(BAD_REQUEST, "The field page must be true or false.")
    if page and since is None:
        raise Refused(BAD_REQUEST, "A page needs the field since: the id of the last message you have.")
    return page


def _roster(frame: Frame) -> str | None:
    if frame.get("roster") is None:
        return None
    return _matching(frame, "roster", _ROSTER, "empty, or the id of the last member you have")


def _alias(frame: Frame) -> str:
    return _opaque(frame, "alias", limits.ALIAS_BYTES, allowed="")


def _text(frame: Frame) -> str:
    return _opaque(frame, "text", limits.TEXT_BYTES, allowed="\n\t")


def _opaque(frame: Frame, field: str, most: int, *, allowed: str) -> str:
    """Check a string that is passed on unread: its type, its size in bytes, and no control or half characters."""
    value = _string(frame, field)
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise Refused(BAD_REQUEST, f"The field {field} holds half a character (a lone surrogate).") from None
    if size == 0:
        raise Refused(BAD_REQUEST, f"The field {field} must not be empty.")
    if size > most:
        raise Refused(TOO_LONG, f"The field {field} may have {most} bytes; this has {size}.")
    if any(unicodedata.category(character) == "Cc" and character not in allowed for character in value):
        raise Refused(BAD_REQUEST, f"The field {field} must not hold control characters.")
    return value


# --- server to client -------------------------------------------------------------------------------------


def encode(frame: Frame) -> bytes:
    """Encode as compact UTF-8 JSON: characters as themselves, since an escape costs up to six times the bytes."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()


def joined(member: Member, online: int, members: list[Frame], settings: Settings) -> Frame:
    """Build the `joined` frame without its history, which the snapshot fills in as far as it fits."""
    return {
        "type": "joined",
        "room": member.room,
        "self": member.person.id,
        "members": members,
        "online": online,
        "history": [],
        "more": False,
        "gap": False,
        "limits": _limits(settings),
    }


def page(gap: bool) -> Frame:
    """Build the `page` frame without its history, which is filled in as far as it fits."""
    return {"type": "page", "history": [], "more": False, "gap": gap}


def roster(online: int) -> Frame:
    """Build the `roster` frame without its members, which are filled in as far as they fit."""
    return {"type": "roster", "members": [], "more": False, "online": online}


def message(message: Message, online: int) -> Frame:
    """Build the `message` frame. `online` counts the members."""
    return {**said(message), "online": online}


def messages(messages: list[Frame], online: int) -> Frame:
    """Build the `messages` frame: several `message` frames in one, without the `online` that it has itself."""
    return {"type": "messages", "messages": messages, "online": online}


def said(message: Message) -> Frame:
    """Build a message as a page has it, without who is in the room. `at`, in epoch milliseconds, is the id's time."""
    return {
        "type": "message",
        "id": message.id,
        "client": message.client,
        "from": person(message.author),
        "text": message.text,
        "at": int(message.id[: limits.SINCE_DIGITS]),
    }


def presence(online: int, joined: Iterable[Person] = (), left: Iterable[Person] = ()) -> Frame:
    """Build the `presence` frame: who came, went or changed the alias, and how many are in the room now."""
    return {
        "type": "presence",
        "online": online,
        "joined": [*map(person, joined)],
        "left": [*map(person, left)],
    }


def after_missed(frame: Frame) -> Frame:
    """Say in a frame that its reader has missed others before it, and has to resume."""
    return {**frame, "missed": True}


def left(room: str) -> Frame:
    """Build the `left` frame, the answer to a `leave`."""
    return {"type": "left", "room": room}


def person(person: Person) -> Frame:
    """Build one entry of `members`."""
    return {"id": person.id, "alias": person.alias}


def _limits(settings: Settings) -> Frame:
    return {
        "text": limits.TEXT_BYTES,
        "perMinute": settings.per_minute,
        "room": settings.room_cap,
        "historySeconds": settings.history_seconds,
        "overlapSeconds": limits.OVERLAP_SECONDS,
    }
