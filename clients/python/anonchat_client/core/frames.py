"""The frames of docs/protocol.md: making those a client sends, reading those it gets."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Frame = dict[str, Any]

CLIENT = re.compile(r"[A-Za-z0-9_-]{8,36}", re.ASCII)  # a sender's own name for a message
_ID = re.compile(r"\d{13}-", re.ASCII)  # how a message's id begins: epoch milliseconds
CLIENT_BYTES = 9  # random ones, which make 12 characters
ACCEPTS = ["missed", "batch"]  # additions to the protocol that this client heeds

PING: Frame = {"action": "ping"}
LEAVE: Frame = {"action": "leave"}

# What a frame has to have to be understood: fields and the types they may have.
_PERSON = {"id": str, "alias": str}
_SAID = {"id": str, "client": str, "from": dict, "text": str, "at": int}  # a message, as a page has it
_FIELDS: dict[str, dict[str, type]] = {
    "joined": {
        "room": str,
        "self": str,
        "members": list,
        "online": int,
        "history": list,
        "more": bool,
        "gap": bool,
        "limits": dict,
    },
    "page": {"history": list, "more": bool, "gap": bool},
    "roster": {"members": list, "more": bool, "online": int},
    "message": {**_SAID, "online": int},
    "messages": {"messages": list, "online": int},
    "presence": {"online": int, "joined": list, "left": list},
    "left": {"room": str},
    "error": {"code": str, "message": str},
}


class Answer(NamedTuple):
    """What answers a request: the type of the frame, and the message's `client` or the room that it is about."""

    type: str
    subject: str


def new_client() -> str:
    """Return a fresh name for one message, which nobody guesses."""
    return secrets.token_urlsafe(CLIENT_BYTES)


def join(room: str, alias: str, since: str | None = None) -> Frame:
    frame: Frame = {"action": "join", "room": room, "alias": alias, "accepts": ACCEPTS}
    return frame | {"since": since} if since else frame


def page(room: str, alias: str, since: str | None) -> Frame:
    """Make a request for what was said after `since`, by a member. A server that knows no pages takes it for a join."""
    return join(room, alias, since) | {"page": True}


def roster(room: str, alias: str, after: str) -> Frame:
    """Make a request for who is in the room behind this member id, by a member; "" is before all."""
    return join(room, alias) | {"roster": after}


def send(room: str, text: str, client: str) -> Frame:
    return {"action": "send", "room": room, "text": text, "client": client}


def says_missed(frame: Frame) -> bool:
    """Tell whether the server says that messages before this frame did not reach this client."""
    return frame.get("type") in ("message", "presence") and frame.get("missed") is True


def read(data: str) -> list[Frame]:
    """Parse one text frame: each message of several by itself. Return nothing for what the protocol does not know.

    A frame without `type` is API Gateway's own and is returned as it is.
    """
    try:
        frame = json.loads(data)
    except (ValueError, RecursionError):
        return []
    if not isinstance(frame, dict) or not _is_whole(frame):
        return []
    if frame.get("type") != "messages":
        return [frame]
    beside = {name: frame[name] for name in ("online", "missed") if name in frame}
    return [{**beside, **said, "type": "message"} for said in frame["messages"]]


def _is_whole(frame: Frame) -> bool:
    type_ = frame.get("type")
    if type_ is None:
        return True
    if not isinstance(type_, str) or type_ not in _FIELDS or not _has(frame, _FIELDS[type_]):
        return False
    return _PARTS[type_](frame) if type_ in _PARTS else _names_people(frame)


def _is_whole_message(frame: Frame) -> bool:
    return bool(_ID.match(frame["id"])) and _has(frame["from"], _PERSON)


def _is_whole_snapshot(frame: Frame) -> bool:
    return (
        _names_people(frame)
        and all(isinstance(limit, int) for limit in frame["limits"].values())
        and all(_is_message(message) for message in frame["history"])
    )


def _is_whole_page(frame: Frame) -> bool:
    return all(map(_is_said, frame["history"]))


def _is_whole_batch(frame: Frame) -> bool:
    return all(map(_is_said, frame["messages"]))


def _is_said(frame: Any) -> bool:
    return _has(frame, _SAID) and _is_whole_message(frame)


def _names_people(frame: Frame) -> bool:
    return all(_has(person, _PERSON) for field in ("members", "joined", "left") for person in frame.get(field, []))


def _is_message(frame: Any) -> bool:
    return isinstance(frame, dict) and frame.get("type") == "message" and _is_whole(frame)


def _has(frame: Any, fields: Mapping[str, type]) -> bool:
    return isinstance(frame, dict) and all(isinstance(frame.get(name), type_) for name, type_ in fields.items())


_PARTS: dict[str, Callable[[Frame], bool]] = {
    "message": _is_whole_message,
    "joined": _is_whole_snapshot,
    "page": _is_whole_page,
    "messages": _is_whole_batch,
}
