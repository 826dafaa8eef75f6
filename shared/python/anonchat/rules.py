"""The rules of a room: plain functions over plain rows. Pure: `now` and ids are arguments.

Times are epoch milliseconds, but for what an `_expiry` function returns: DynamoDB's TTL wants epoch seconds.
"""

from collections.abc import Iterable, Sequence

from anonchat import limits, protocol
from anonchat.model import Batch, Member
from anonchat.settings import Settings

# --- time ----------------------------------------------------------------------------------------------------


def message_id(now: int, suffix: str) -> str:
    """Make an id that sorts by time: the digits of `now`, a hyphen, and a suffix that makes it unique."""
    return f"{cursor_of(now)}-{suffix}"


def cursor_of(at: int) -> str:
    """Return the digits of a time, with which the ids of its messages begin."""
    return f"{at:0{limits.SINCE_DIGITS}d}"


def time_of(id: str) -> int:
    """Return the epoch milliseconds in a message's id."""
    return int(id[: limits.SINCE_DIGITS])


def minute(now: int) -> int:
    """Return the clock minute that counts sends and joins."""
    return now // 60_000


def row_expiry(now: int) -> int:
    """Return when a connection or member row written now may go, in epoch seconds."""
    return now // 1000 + limits.ROW_SECONDS


def retry_after(now: int) -> int:
    """Return the seconds until the next clock minute, at least 1."""
    return max(1, 60 - now // 1000 % 60)


def rate_limited(now: int, per_minute: int) -> protocol.Refused:
    """Make the answer to a request beyond the limit: polite, and with the seconds to wait."""
    wait = retry_after(now)
    return protocol.Refused(
        protocol.RATE_LIMITED,
        f"That was quick: {per_minute} a minute is the limit. Please try again in {wait} seconds.",
        retry_after=wait,
    )


def overtaken() -> protocol.Refused:
    """Make the answer to a join that has been overtaken."""
    return protocol.Refused(protocol.NOT_JOINED, "A later join or leave of this connection has overtaken this join.")


def room_full(settings: Settings) -> protocol.Refused:
    """Make the answer to a join for which there is no place."""
    return protocol.Refused(protocol.ROOM_FULL, f"This room is full: {settings.room_cap} people are in it.")


# --- members -------------------------------------------------------------------------------------------------


def is_first_join(member: Member, previous: Member | None, *, is_new: bool) -> bool:
    """Tell whether the join that wrote the row of `member` has brought this connection into the room.

    `previous` is the row that it replaced, None if there was none; `is_new` says that the connection row named another
    room, or none, before this join. The join is the first one if
    - the row is new, or
    - it replaced what it wrote itself: the client repeated the request because the first answer was lost, or
    - it replaced a row left over from an earlier visit, whose departure has failed half-way.
    Otherwise it has refreshed the row of a join before it. The first join minds the cap and is announced.
    """
    return previous is None or previous.first_join_id == member.first_join_id or is_new


def is_renamed(member: Member, previous: Member, former_alias: str | None) -> bool:
    """Tell whether a join that refreshes the row `previous` gives the member another alias.

    Where the row is what this join has written itself, since its first answer was lost, the connection's row knows it.
    """
    if previous.join_id == member.join_id:
        return former_alias != member.person.alias
    return previous.person != member.person


def is_same_visit(member: Member, other: Member) -> bool:
    """Tell whether two rows of one room are of one stay of one connection."""
    return (other.connection_id, other.first_join_id) == (member.connection_id, member.first_join_id)


def has_place(member: Member, ticket: int, members: Iterable[Member], cap: int) -> bool:
    """Tell whether a room has a place for `member`, who has drawn `ticket` because the room was over its cap.

    Before it are those who have drawn a smaller one, and those who have drawn none: they sit, or are still to look.
    """
    before = sum(1 for other in members if other.ticket < ticket and other.connection_id != member.connection_id)
    return before < cap


def names_members(members: int) -> bool:
    """Tell whether presence in a room of so many members names who came and went, or only counts."""
    return members <= limits.NAMED_PRESENCE_MEMBERS


# --- batches -------------------------------------------------------------------------------------------------


def batch_window_ms(members: int) -> int:
    """Return how long the first message of a batch waits for others, in a room of so many."""
    return limits.BATCH_WINDOW_MS if members <= limits.LARGE_ROOM_MEMBERS else limits.LARGE_ROOM_WINDOW_MS


def is_busy(newest: Sequence[str], now: int, window_ms: int) -> bool:
    """Tell by the ids of a room's newest messages whether so many come that some will meet in a window."""
    return len(newest) == limits.BATCH_LOOK and now - time_of(newest[-1]) <= limits.BATCH_LOOK_WINDOWS * window_ms


def was_busy(batch: Batch, now: int, window_ms: int) -> bool:
    """Tell whether several messages have met in the batch before, a short time ago."""
    return batch.last_size > 1 and now - batch.last_until <= limits.BATCH_LOOK_WINDOWS * window_ms


def is_to_be_sent(batch: Batch, now: int) -> bool:
    """Tell whether whoever adds to a batch sends it: it is full, or its collector must have died."""
    return len(batch.ids) >= limits.BATCH_MESSAGES or now > batch.until + limits.BATCH_OVERDUE_MS


def worth_sending(ids: Iterable[str], now: int) -> frozenset[str]:
    """Leave out of a batch what has waited for so long that its sender has sent it again."""
    oldest = cursor_of(now - limits.OVERLAP_SECONDS * 1000)
    return frozenset(id for id in ids if id > oldest)


# --- history -------------------------------------------------------------------------------------------------


def oldest_held(now: int, settings: Settings) -> str:
    """Return the cursor before which nothing is served, whether DynamoDB has deleted it yet or not."""
    return cursor_of(now - settings.held_ms)


def has_gap(since: str | None, now: int, settings: Settings) -> bool:
    """Tell whether `since` is older than what is still held: then, and only then, something may be missing."""
    return since is not None and since < oldest_held(now, settings)


def message_expiry(id: str, settings: Settings) -> int:
    """Return when the row of this message may go, in epoch seconds: no earlier than it stops being served."""
    return -(-time_of(id) // 1000) + settings.history_seconds + limits.OVERLAP_SECONDS
