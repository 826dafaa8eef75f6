"""What a room is and what its rules say: plain functions over plain rows. Pure: `now` and ids are arguments.

All times are epoch milliseconds, but `expires_at`, which DynamoDB's TTL wants in seconds.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonchat import limits, protocol
from anonchat.protocol import Frame, Person
from anonchat.settings import Settings


@dataclass(frozen=True)
class Connection:
    """The truth about one socket. `join_id` grows with every join and leave: a later one always wins.

    `salt` is random and never leaves the table; the member ids of this socket are made from it. `previous_room` is the
    one before `room`, kept until the next join: a departure that failed half-way is made up for by whatever comes next.
    """

    connection_id: str
    salt: str
    room: str | None
    alias: str | None
    join_id: int
    previous_room: str | None = None

    def rooms_except(self, room: str | None) -> list[str]:
        """Where a member row of this socket may be, other than in `room`."""
        return [each for each in dict.fromkeys((self.room, self.previous_room)) if each is not None and each != room]

    def person(self, room: str, alias: str) -> Person:
        """A member id per room: public, of no use to find the connection or the same person elsewhere."""
        digest = hashlib.sha256(f"{self.salt}/{room}".encode()).digest()
        return Person(base64.urlsafe_b64encode(digest[:8]).decode().rstrip("="), alias)


@dataclass(frozen=True)
class Member:
    """What the others need to see and to reach. `seat` is the join that brought it in; later joins refresh the row."""

    room: str
    connection_id: str
    person: Person
    join_id: int
    expires_at: int
    first_join_id: int


@dataclass(frozen=True)
class Message:
    room: str
    id: str
    client: str
    author: Person
    text: str

    def frame(self, online: int) -> Frame:
        return protocol.message(self.id, self.client, self.author, self.text, online)


def message_id(now: int, suffix: str) -> str:
    return f"{now:0{limits.SINCE_DIGITS}d}-{suffix}"


def minute(now: int) -> int:
    """The clock minute that counts sends and joins."""
    return now // 60_000


def row_expiry(now: int) -> int:
    """When a connection or member row written now may go: epoch seconds."""
    return now // 1000 + limits.ROW_SECONDS


def retry_after(now: int) -> int:
    """Seconds until the next clock minute, at least 1."""
    return max(1, 60 - now // 1000 % 60)


def rate_limited(now: int, per_minute: int) -> protocol.Refused:
    wait = retry_after(now)
    return protocol.Refused(
        protocol.RATE_LIMITED,
        f"That was quick: {per_minute} a minute is the limit. Please try again in {wait} seconds.",
        retry_after=wait,
    )


# --- who is in ---------------------------------------------------------------------------------------------


def must_back_out(member: Member, members: Iterable[Member], cap: int) -> bool:
    """Of those who race for the last seats, the later ones give way first, so that not all of them do."""
    earlier = sum(1 for other in members if _rank(other) < _rank(member))
    return earlier >= cap


def _rank(member: Member) -> tuple[int, str]:
    return (member.expires_at, member.connection_id)


def names_members(members: int) -> bool:
    return members <= limits.NAMED_PRESENCE_MEMBERS


# --- history -----------------------------------------------------------------------------------------------


def oldest_held(now: int, settings: Settings) -> str:
    """The cursor before which nothing is served, whether DynamoDB has deleted it yet or not."""
    return f"{now - settings.held_ms:0{limits.SINCE_DIGITS}d}"


def has_gap(since: str | None, now: int, settings: Settings) -> bool:
    """True when `since` is older than what is still held: then, and only then, something may be missing."""
    return since is not None and since < oldest_held(now, settings)


def message_expiry(id: str, settings: Settings) -> int:
    return -(-int(id[: limits.SINCE_DIGITS]) // 1000) + settings.history_seconds + limits.OVERLAP_SECONDS


def joined_frame(
    member: Member,
    members: Sequence[Member],
    messages: Iterable[Message],
    since: str | None,
    now: int,
    settings: Settings,
) -> Frame:
    """The snapshot for the joiner, cut to one frame.

    `messages` are oldest first with `since`, newest first without; they are read only as far as they fit.
    """
    frame: Frame = {
        "type": "joined",
        "room": member.room,
        "self": member.person.id,
        "members": _fitting([other.person.frame() for other in members], limits.MEMBERS_BYTES)[0],
        "online": len(members),
        "history": [],
        "more": False,
        "gap": has_gap(since, now, settings),
        "limits": protocol.limits_of(settings.per_minute, settings.room_cap, settings.history_seconds),
    }
    left = limits.FRAME_BYTES - len(protocol.encode(frame))
    history, full = _fitting((message.frame(len(members)) for message in messages), left)
    frame["history"] = history if since is not None else history[::-1]
    frame["more"] = full and since is not None
    return frame


def _fitting(frames: Iterable[Frame], most: int) -> tuple[list[Frame], bool]:
    """As many frames as `most` bytes hold, and whether one was left out."""
    fitting: list[Frame] = []
    for frame in frames:
        most -= len(protocol.encode(frame)) + 1  # a comma
        if most < 0:
            return fitting, True
        fitting.append(frame)
    return fitting, False
