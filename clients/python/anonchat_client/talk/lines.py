"""Every line that the terminal shows, in words. Nothing of others is in it that could steer a terminal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from anonchat_client.client import Event, Member, PresenceChange
from anonchat_client.core.events import ConnectionLost, ConnectionRestored, Gap
from anonchat_client.encryption.message import Message
from anonchat_client.encryption.signer import handle
from anonchat_client.text import one_line

INDENT = "      "  # of what belongs to the line above: no text of anybody's begins at the margin

HELP = (
    "/me waves   say what you are doing\n"
    "/who        list who is here\n"
    "//me        say “/me”: two slashes for a text that begins with one\n"
    "Ctrl-D      leave, once everything is sent"
)
GAP = "--- You were away for longer than messages are kept: some may be missing here. ---"
LOST = "--- The connection is lost. It comes back by itself, and what you write goes out then. ---"
RESTORED = "--- The connection is back. ---"


def event(happened: Event) -> str:
    """Return one or more lines for what happened; "" if there is nothing to say."""
    match happened:
        case Message():
            return message(happened)
        case PresenceChange():
            return presence(happened)
        case Gap():
            return GAP
        case ConnectionLost():
            return LOST
        case ConnectionRestored():
            return RESTORED


def message(said: Message) -> str:
    match said.verdict:
        case "genuine":
            return "\n".join([_genuine(said), *_warnings(said)])
        case "undecryptable":
            return f"{_time(said.at)} !! A message that this room's key does not open."
        case "newer":
            return f"{_time(said.at)} -- A message from a newer version of this program: update it to see that."
        case "forged":
            return f"{_time(said.at)} !! A message whose signature is false: changed, or by somebody who pretends."
        case "replayed":
            return f"{_time(said.at)} !! Somebody sent again what {_writer(said)} wrote: {one_line(said.text)}"
        case "conflict":
            return f"{_time(said.at)} !! {_writer(said)} signed two messages as one. The other: {one_line(said.text)}"


def presence(change: PresenceChange) -> str:
    came = [f"{person(member)} came." for member in change.joined]
    left = [f"{person(member)} left." for member in change.left]
    return f"--- {' '.join(came + left)} {change.online} here. ---" if came or left else ""


def person(member: Member) -> str:
    return f"{member.alias} {member.handle}" if member.signer else "Somebody unverified"


def people(members: Iterable[Member]) -> str:
    """Return a line for each, in the order of their names."""
    return "\n".join(sorted(INDENT + person(each) for each in members))


def entered(room_name: str, alias: str, own_handle: str, online: int) -> str:
    where = f"“{room_name}”" if room_name else "the room"
    return f"--- You are {alias} {own_handle} in {where}: {online} here. /help says what you can type. ---"


def sent(text: str) -> str:
    return f"{INDENT}✓ {_short(text)}"


def waiting(text: str) -> str:
    return f"{INDENT}… waits to be acknowledged: {_short(text)}"


def not_sent(text: str, why: str) -> str:
    return f"{INDENT}✗ Not sent: {_short(text)} ({why})"


def goodbye(unsent: int) -> str:
    lost = f" {unsent} of your messages may not have been sent: nobody has acknowledged them." if unsent else ""
    return f"You have left.{lost}"


def _genuine(said: Message) -> str:
    first, *more = said.shown_text.split("\n")
    start = f"{_time(said.at)} {'* ' if said.action else ''}{_writer(said)}{'' if said.action else ':'} {first}"
    return "\n".join([start, *(f"{INDENT}{line}" for line in more)])


def _warnings(said: Message) -> list[str]:
    found = []
    if said.namesake:
        found.append("Has your name, but another key.")
    elif said.borrowed_from:
        found.append(f"Not the {said.shown_alias} {handle(said.borrowed_from)} who had this name first: another key.")
    if said.late:
        found.append(f"Written at {_time(said.written)} by its writer's clock.")
    return [f"{INDENT}!! {warning}" for warning in found]


def _writer(said: Message) -> str:
    return f"{said.shown_alias} {said.handle}"


def _short(text: str, most: int = 40) -> str:
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _time(ms: int) -> str:
    try:
        moment = datetime.datetime.fromtimestamp(ms / 1000).astimezone()
    except (OverflowError, ValueError, OSError):
        return "--:--"  # a writer's clock can say anything
    today = datetime.datetime.now().astimezone().date()
    return moment.strftime("%H:%M" if moment.date() == today else "%Y-%m-%d %H:%M")
