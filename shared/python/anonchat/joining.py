"""Joining a room: is there a place, point the connection at it, write the member row, read what was said.

The member row is written before the history is read, and `publishing` writes the history before it reads the members,
all strongly consistent: of a join and a send that race, at least one sees the other.
"""

from collections.abc import Callable
from typing import NamedTuple

from anonchat import protocol, rules
from anonchat.admission import Admission
from anonchat.broadcast import Broadcaster
from anonchat.history import History
from anonchat.model import Member, Person
from anonchat.places import Places
from anonchat.protocol import Frame, Refused
from anonchat.settings import Settings
from anonchat.snapshot import joined_frame
from anonchat.table import Table


class PendingJoin(NamedTuple):
    """A join whose connection row points at the room, and whose member row is still to be written."""

    member: Member
    is_new: bool  # the connection was not in this room before
    changed_room: bool  # it had another room to leave
    former_alias: str | None  # None where it had none, or the answer that had it was lost


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
    """The steps of a join, in their order. `token` makes a new one."""

    def __init__(
        self,
        table: Table,
        admission: Admission,
        broadcaster: Broadcaster,
        history: History,
        places: Places,
        settings: Settings,
        token: Callable[[], str],
    ) -> None:
        self._table = table
        self._admission = admission
        self._broadcaster = broadcaster
        self._history = history
        self._settings = settings
        self._places = places
        self._token = token

    def check_capacity(self, connection_id: str, room: str, now: int) -> None:
        """Raise Refused if the room is full. Nothing has changed then but the count of joins: it stays where it was."""
        members = self._table.members(room, now)
        if len(members) < self._settings.room_cap or any(each.connection_id == connection_id for each in members):
            return
        self._admission.count_join(connection_id, now)
        if len(self._broadcaster.remove_gone(members)) >= self._settings.room_cap:
            raise rules.room_full(self._settings)

    def begin_join(self, connection_id: str, request: protocol.Join, now: int) -> PendingJoin:
        """Count the join, point the connection at the room, and leave the room it was in. Raise Refused if limited."""
        before = self._admission.move_to_room(connection_id, request, now, self._token())
        member = Member(
            room=request.room,
            connection_id=connection_id,
            person=before.person(request.room, request.alias),
            join_id=before.join_id + 1,
            expires_at=rules.row_expiry(now),
            first_join_id=before.join_id + 1,
            accepts=request.accepts,
        )
        left = before._replace(alias=before.alias or request.alias)  # not known where the answer to the move was lost
        self._broadcaster.remove_from_rooms(left, exclude=request.room, elect=False)
        return PendingJoin(
            member,
            is_new=before.room != request.room,
            changed_room=bool(before.rooms_except(request.room)),
            former_alias=before.alias,
        )

    def complete_join(self, pending: PendingJoin, since: str | None, now: int) -> CompletedJoin:
        """Write the member row and build the snapshot. Raise Refused if overtaken, or if the room has filled up."""
        member = pending.member
        try:
            members, announce = self._write_membership(pending, now)
            messages = self._history.messages(member.room, since, now)
            snapshot = joined_frame(member, members, messages, since, now, self._settings)
        except Refused:
            raise
        except Exception:
            self._undo(pending)
            raise
        return CompletedJoin(snapshot, members, announce)

    def _write_membership(self, pending: PendingJoin, now: int) -> Membership:
        """Write the member row and make sure that it is still wanted.

        Of several joins to one room at once the first one minds the cap and is announced, however many have refreshed
        the row since.
        """
        member = pending.member
        write = self._table.put_member(member, is_new=pending.is_new)
        if write and write.previous and write.previous.has_given_up:
            # No member's row: a join has died in its queue, or is about to delete it. This one is the first, then.
            self._table.delete_member(member.room, member.connection_id, member.join_id)
            write = self._table.put_member(member, is_new=True)
        current = self._table.get_connection(member.connection_id)
        if current is None or current.room != member.room:
            self._roll_back(pending, member.join_id)
            raise rules.overtaken()
        members = self._table.members(member.room, now)
        if write is None:  # a later join to this room has written the row
            return Membership(members, announce=False)
        previous = write.previous
        is_first_join = rules.is_first_join(member, previous, is_new=pending.is_new)
        if is_first_join and len(members) > self._settings.room_cap:
            members = self._take_place(pending, previous, now)
        if is_first_join or previous is None:
            return Membership(members, announce=True)
        return Membership(members, rules.is_renamed(member, previous, pending.former_alias))

    def _take_place(self, pending: PendingJoin, previous: Member | None, now: int) -> list[Member]:
        """Stay only if there is a place: the room has filled up since check_capacity. `previous` is the row before."""
        member = pending.member if previous is None else pending.member._replace(first_join_id=previous.first_join_id)
        if members := self._places.take(member, now):
            return members
        before = self._table.clear_room(member.connection_id, member.room)
        self._roll_back(pending, before.join_id if before and before.room == member.room else member.join_id)
        raise rules.room_full(self._settings)

    def _undo(self, pending: PendingJoin) -> None:
        """Take back what a join that has failed has written and nobody has been told, so that the next try is news."""
        member, former = pending.member, pending.former_alias
        if pending.is_new:
            self._roll_back(pending, member.join_id)
        elif former is not None and former != member.person.alias:
            self._table.put_member(member._replace(person=Person(member.person.id, former)), is_new=False)

    def _roll_back(self, pending: PendingJoin, join_id: int) -> None:
        """Delete the row again. Nobody was told of it, unless another join had brought the connection in before."""
        member = pending.member
        deletion = self._table.delete_member(member.room, member.connection_id, join_id)
        row = deletion.row
        if row is not None and row.first_join_id != member.first_join_id:
            self._broadcaster.announce_departure(row.room, row.person)
        elif deletion.is_unclear and not pending.is_new:
            self._broadcaster.announce_departure(member.room, member.person)
