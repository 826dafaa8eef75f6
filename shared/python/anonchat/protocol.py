"""The wire contract, version 1: what a client may say, and every frame the server says. Pure.

Rule 1: a frame that breaks the contract becomes `Refused` here, and nowhere later.
Rule 2: every frame the server sends is built here.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from anonchat import limits

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
_CURSOR = re.compile(rf"[0-9]{{{limits.SINCE_DIGITS}}}(-[A-Za-z0-9_-]{{1,32}})?", re.ASCII)


class Refused(Exception):
    """The client's fault, or its bad luck: becomes one `error` frame to it, and no more."""

    def __init__(self, code: str, message: str, *, client: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.client = client
        self.retry_after = retry_after

    def frame(self) -> Frame:
        frame: Frame = {"type": "error", "code": self.code, "message": self.message}
        if self.client is not None:
            frame["client"] = self.client
        if self.retry_after is not None:
            frame["retryAfter"] = self.retry_after
        return frame


class Person(NamedTuple):
    """What the others see of a member: a public id, which is not the connection's, and an alias."""

    id: str
    alias: str

    def frame(self) -> Frame:
        return {"id": self.id, "alias": self.alias}


@dataclass(frozen=True)
class Join:
    room: str
    alias: str
    since: str | None


@dataclass(frozen=True)
class Send:
    room: str
    text: str
    client: str


@dataclass(frozen=True)
class Leave:
    pass


# --- client to server -------------------------------------------------------------------------------------


def parse_join(frame: Frame) -> Join:
    return Join(_room(frame), _alias(frame), _since(frame))


def parse_send(frame: Frame) -> Send:
    client = _client(frame)
    try:
        return Send(_room(frame), _text(frame), client)
    except Refused as refused:
        refused.client = client
        raise


def parse_leave(frame: Frame) -> Leave:
    return Leave()


def decode(body: str | None) -> Frame:
    """The JSON object a client sent. NaN and Infinity are no JSON; a lone surrogate cannot be told to others."""
    try:
        # No field is a number. As floats, numbers of any length are read and ignored like any other stranger.
        frame = json.loads(body or "", parse_constant=_no_constant, parse_int=float)
    except (ValueError, RecursionError):
        raise Refused(BAD_REQUEST, "Please send one JSON object in a text frame.") from None
    if not isinstance(frame, dict):
        raise Refused(BAD_REQUEST, 'Please send a JSON object, such as {"action": "join"}.')
    return frame


def parse_unknown(frame: Frame) -> NoReturn:
    """For what no route took."""
    _string(frame, "action")
    raise Refused(UNKNOWN_ACTION, "Please use one of the actions join, send, leave or ping.")


def server_error(client: str | None) -> Refused:
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


def _alias(frame: Frame) -> str:
    return _opaque(frame, "alias", limits.ALIAS_BYTES, allowed="")


def _text(frame: Frame) -> str:
    return _opaque(frame, "text", limits.TEXT_BYTES, allowed="\n\t")


def _opaque(frame: Frame, field: str, most: int, *, allowed: str) -> str:
    """A string the server passes on without looking into it: type, size, and nothing that breaks a screen."""
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
    """Compact UTF-8 JSON: characters as themselves, since an escape costs up to six times the bytes."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()


def message(id: str, client: str, author: Person, text: str, online: int) -> Frame:
    return {
        "type": "message",
        "id": id,
        "client": client,
        "from": author.frame(),
        "text": text,
        "at": int(id[: limits.SINCE_DIGITS]),
        "online": online,
    }


def presence(online: int, joined: Iterable[Person] = (), left: Iterable[Person] = ()) -> Frame:
    return {
        "type": "presence",
        "online": online,
        "joined": [person.frame() for person in joined],
        "left": [person.frame() for person in left],
    }


def left(room: str) -> Frame:
    return {"type": "left", "room": room}


def limits_of(per_minute: int, room_cap: int, history_seconds: int) -> Frame:
    return {
        "text": limits.TEXT_BYTES,
        "perMinute": per_minute,
        "room": room_cap,
        "historySeconds": history_seconds,
        "overlapSeconds": limits.OVERLAP_SECONDS,
    }
