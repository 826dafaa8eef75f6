"""Joining a room: is there a place, point the connection at it, write the member row, read what was said.

The member row is written before the history is read, and `publishing` writes the history before it reads the members,
all strongly consistent: of a join and a send that race, at least one sees the other.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from anonchat import limits, protocol, rules
from anonchat.admission import Admission
from anonchat.broadcast import Broadcaster
from anonchat.model import Member, Message
from anonchat.protocol import Frame, Refused
from anonchat.settings import Settings
from anonchat.snapshot import joined_frame
from anonchat.table import Table


class PendingJoin(NamedTuple):
    """A join whose connection row points at the room, and whose member row is still to be written."""

    member: Member
    is_new: bool  # the connection was not in this room before
    changed_room: bool  # it had another room to leave


class Membership(NamedTuple):
    """The member row is written. All members of the room, and whether they are to be told."""

    members: list[Member]
    announce: bool


class CompletedJoin(NamedTuple):
    """The `joined` frame for the joiner, all members, and whether they are to be told."""

    snapshot: Frame
    members: list[Member]
    announce: bool


class Joining:
    """The steps of a join, in their order. `pause` waits for so many seconds."""

    def __init__(
        self,
        table: Table,
        admission: Admission,
        broadcaster: Broadcaster,
        settings: Settings,
        pause: Callable[[float], None],
    ) -> None:
        self._table = table
        self._admission = admission
        self._broadcaster = broadcaster
        self._settings = settings
        self._pause = pause

    def check_capacity(self, connection_id: str, room: str, now: int) -> None:
        """Raise Refused if the room is full. Nothing has changed then but the count of joins: it stays where it was."""
        members = self._table.members(room, now)
        if len(members) < self._settings.room_cap or any(each.connection_id == connection_id for each in members):
            return
        self._admission.count_join(connection_id, now)
        if len(self._broadcaster.remove_gone(members)) >= self._settings.room_cap:
            raise self._room_full()

    def begin_join(self, connection_id: str, request: protocol.Join, now: int) -> PendingJoin:
        """Count the join, point the connection at the room, and leave the room it was in. Raise Refused if limited."""
        before = self._admission.move_to_room(connection_id, request, now)
        member = Member(
            room=request.room,
            connection_id=connection_id,
            person=before.person(request.room, request.alias),
            join_id=before.join_id + 1,
            expires_at=rules.row_expiry(now),
            first_join_id=before.join_id + 1,
            accepts=request.accepts,
        )
        self._broadcaster.remove_from_rooms(before, exclude=request.room, elect=False)
        return PendingJoin(member, before.room != request.room, bool(before.rooms_except(request.room)))

    def complete_join(self, pending: PendingJoin, since: str | None, now: int) -> CompletedJoin:
        """Write the member row and build the snapshot. Raise Refused if overtaken, or if the room has filled up."""
        member = pending.member
        try:
            members, announce = self._write_membership(pending, now)
            messages = self._history(member.room, since, now)
            snapshot = joined_frame(member, members, messages, since, now, self._settings)
        except Refused:
            raise
        except Exception:
            if pending.is_new:  # nobody has been told: the next try must find no row, and be the one that is announced
                self._roll_back(member, member.join_id)
            raise
        return CompletedJoin(snapshot, members, announce)

    def _write_membership(self, pending: PendingJoin, now: int) -> Membership:
        """Write the member row and make sure that it is still wanted.

        Of several joins to one room at once the first one minds the cap and is announced, however many have refreshed
        the row since.
        """
        member = pending.member
        write = self._table.put_member(member)
        current = self._table.get_connection(member.connection_id)
        if current is None or current.room != member.room:
            self._roll_back(member, member.join_id)
            raise Refused(protocol.NOT_JOINED, "A later join or leave of this connection has overtaken this join.")
        members = self._table.members(member.room, now)
        if write is None:  # a later join to this room has written the row
            return Membership(members, announce=False)
        previous = write.previous
        is_first_join = rules.is_first_join(member, previous, is_new=pending.is_new)
        if is_first_join and len(members) > self._settings.room_cap:
            members = self._confirm_capacity(member, members, now)
        changed_alias = previous is not None and previous.person != member.person
        return Membership(members, announce=is_first_join or changed_alias)

    def _history(self, room: str, since: str | None, now: int) -> Iterable[Message]:
        """Read messages oldest first after `since`, newest first without it, only as far as the caller goes."""
        if not self._settings.history_seconds:
            return []
        after = max(since or "", rules.oldest_held(now, self._settings))
        return self._table.messages(room, after, newest_first=since is None)

    def _confirm_capacity(self, member: Member, members: list[Member], now: int) -> list[Member]:
        """Stay only if a read shows all members within the cap: the room has filled up since check_capacity.

        Every newcomer does the same, and each reads after it has written, so the last of those who stay has seen all
        others: the cap holds under any interleaving. Those that back out at once leave the place to the ones before.
        """
        for attempt in range(limits.CAPACITY_READS):
            if rules.must_back_out(member, members, self._settings.room_cap):
                break
            self._pause(limits.CAPACITY_PAUSE_SECONDS * (attempt + 1))
            members = self._table.members(member.room, now)
            if len(members) <= self._settings.room_cap:
                return members
        before = self._table.clear_room(member.connection_id, member.room)
        self._roll_back(member, before.join_id if before and before.room == member.room else member.join_id)
        raise self._room_full()

    def _roll_back(self, member: Member, join_id: int) -> None:
        """Delete the row again. Nobody was told of it, unless another join had brought the connection in before."""
        row = self._table.delete_member(member.room, member.connection_id, join_id)
        if row is not None and row.first_join_id != member.first_join_id:
            self._broadcaster.announce_departure(row)

    def _room_full(self) -> Refused:
        return Refused(protocol.ROOM_FULL, f"This room is full: {self._settings.room_cap} people are in it.")
