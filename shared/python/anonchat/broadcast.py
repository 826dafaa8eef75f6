"""Frames to the members of a room, and what becomes of members whom no post reaches.

A member row is deleted under a condition, and whoever deleted it announces the departure: it is told once.

Whom a post does not reach although its socket may be open is marked, not closed: 429, 5xx and time-outs mean overload,
and everybody's coming back would be more of it. The next frame to a member with a mark says `missed`, and it resumes.
"""

import time
from collections.abc import Callable, Collection, Sequence

from anonchat import limits, log, protocol, rules
from anonchat.connections import Connections, Delivery
from anonchat.message_frames import MessageFrames
from anonchat.model import Connection, Member, Message, Person
from anonchat.protocol import Frame
from anonchat.table import Table


class NotMarked(Exception):
    """A member that was not sent a message has no mark either, so the message must not be acknowledged."""


class Broadcaster:
    """Post frames to members. `clock` returns epoch milliseconds."""

    def __init__(self, table: Table, connections: Connections, clock: Callable[[], int]) -> None:
        self._table = table
        self._connections = connections
        self._now = clock

    # --- sending -------------------------------------------------------------------------------------------

    def send_to(self, connection_id: str, frame: Frame) -> None:
        """Post a frame to one connection. If its socket is gone, its rows are removed."""
        if self._connections.post([(connection_id, protocol.encode(frame))]).gone:
            self._disconnect_gone(connection_id)

    def send_snapshot(self, member: Member, frame: Frame) -> bool:
        """Post the `joined` frame. Return False if the socket is gone; its rows are then gone too.

        One that fails is tried once more: without it the client asks again, which reads all of it again. A client that
        may not ask again is closed.
        """
        delivery = self._post([member], frame)
        if delivery.failed:
            delivery = self._post([member], frame, limits.ANSWER_AGAIN_SECONDS)
        if delivery.gone:
            self._disconnect_gone(member.connection_id)
        elif delivery.failed and not member.knows_marks:
            self._connections.close(delivery.failed)
        return not delivery.gone

    def broadcast_messages(
        self, members: Sequence[Member], messages: Sequence[Message], seconds: float = limits.FANOUT_SECONDS
    ) -> None:
        """Post messages of one room, oldest first, to every member, and to each author its own ones last of all.

        That echo is the acknowledgement. It says that every other member has been sent the message or has a mark.
        Members that have one already get the messages beside the echoes, which wait for none of them. Raise NotMarked,
        without an echo, where a mark could not be written. Members whose sockets turn out to be gone are removed.
        """
        frames = MessageFrames(messages, online=len(members))
        posts = [(each, others) for each in members if not each.missed and (others := frames.others(each))]
        delivery = self._post_in_order(posts, seconds)
        unmarked = [each for each, _ in posts]
        are_marked = self._mark_failed(unmarked, delivery.failed, is_common_trouble=True)
        members = self._remove_gone(members, delivery.gone, unreachable=delivery.failed)
        if not are_marked:
            raise NotMarked
        self._echo(members, MessageFrames(messages, online=len(members)), delivery)

    def _echo(self, members: Sequence[Member], frames: MessageFrames, delivery: Delivery) -> None:
        """Post its own messages to each author, and everything to who has a mark. `delivery` went before."""
        echoes = [(each, frames.all(each) if each.missed else own) for each in members if (own := frames.own(each))]
        marked = [each for each in members if each.missed and not frames.own(each)]
        late = [(each, frames.all(each)) for each in marked]
        last = self._post_in_order([*echoes, *late], limits.ECHO_SECONDS, retry=not delivery.is_overload)
        unheard = [echo for echo in echoes if echo[0].connection_id in last.failed]
        if unheard and not delivery.is_overload:
            # Without its echo an author sends the message again, to all.
            self._post_in_order(unheard, limits.ANSWER_AGAIN_SECONDS)
        self._mark_failed(marked, last.failed, is_common_trouble=last.with_attempts_of(delivery).is_common_trouble)
        self._remove_gone(members, last.gone, unreachable=[*delivery.failed, *last.failed])

    def announce_presence(
        self,
        members: Sequence[Member],
        *,
        exclude: Collection[str] = (),
        joined: Sequence[Person] = (),
        left: Sequence[Person] = (),
        elect: bool = True,
    ) -> None:
        """Tell `members`, those in the room now, who came and went.

        By name in a small room; in a large one the number only, once in PRESENCE_INTERVAL_MS. Without `elect` a large
        room is told nothing, and learns the number from the next message.
        """
        if not members:
            return
        if rules.names_members(len(members) + len(left)):
            self._broadcast_presence(members, protocol.presence(len(members), joined, left), exclude)
        elif elect and self._table.elect_presence(members[0].room, self._now()):
            self._broadcast_presence(members, protocol.presence(len(members)), exclude)

    def _broadcast_presence(self, members: Sequence[Member], frame: Frame, exclude: Collection[str]) -> None:
        recipients = [member for member in members if member.connection_id not in exclude]
        delivery = self._post(recipients, frame)
        self._mark_failed(recipients, delivery.failed, is_common_trouble=delivery.is_common_trouble)
        self._remove_gone(members, delivery.gone, unreachable=delivery.failed)

    def _post(
        self, recipients: Sequence[Member], frame: Frame, seconds: float = limits.FANOUT_SECONDS, *, retry: bool = True
    ) -> Delivery:
        """Post a frame, which says `missed` to those who have a mark."""
        payload = after_missed = protocol.encode(frame)
        if any(member.missed for member in recipients):  # seldom: a frame is encoded once
            after_missed = protocol.encode(protocol.after_missed(frame))
        frames = [(member.connection_id, after_missed if member.missed else payload) for member in recipients]
        return self._connections.post(frames, seconds, retry=retry)

    def _post_in_order(
        self, frames: Sequence[tuple[Member, Sequence[bytes]]], seconds: float, *, retry: bool = True
    ) -> Delivery:
        """Post to each member its frames, each one when that before it has arrived."""
        until = time.monotonic() + seconds
        total = Delivery(0, [], [])
        waiting = [(member.connection_id, list(payloads)) for member, payloads in frames]
        while waiting:
            turn = [(connection_id, payloads.pop(0)) for connection_id, payloads in waiting]
            delivery = self._connections.post(turn, until - time.monotonic(), retry=retry and not total.is_overload)
            total = delivery.with_attempts_of(total)
            lost = {*delivery.gone, *delivery.failed}
            waiting = [(each, payloads) for each, payloads in waiting if payloads and each not in lost]
        return total

    # --- members whom no post reaches ----------------------------------------------------------------------

    def _mark_failed(self, members: Sequence[Member], failed: Collection[str], *, is_common_trouble: bool) -> bool:
        """Mark those of `members` that no post has reached. Return False if one that had no mark is open without one.

        Those who do not understand marks are closed, so that they come back and resume. So are those that fail
        FAILURES_CLOSED times while others are reached. With `is_common_trouble` it is not their fault, and who has a
        mark keeps it.
        """
        closed, are_marked = [], True
        until = time.monotonic() + limits.MARK_SECONDS
        for member in (member for member in members if member.connection_id in failed):
            has_failed_too_often = member.missed + 1 >= limits.FAILURES_CLOSED and not is_common_trouble
            if has_failed_too_often or not member.knows_marks:
                closed.append(member.connection_id)
            elif not (member.missed and is_common_trouble):
                are_marked = are_marked and self._mark(member, until)
        if closed:
            log.warn("closed connections that no post reaches", closed=len(closed))
            still_open = self._connections.close(closed)
            are_marked = are_marked and not any(
                each.connection_id in still_open and not each.missed for each in members
            )
        return are_marked

    def _mark(self, member: Member, until: float) -> bool:
        """Mark one member, in time. The table may be what has the trouble: then nothing more is asked of it."""
        if time.monotonic() > until:
            return False
        try:
            self._table.mark_missed(member)
        except Exception as failure:
            log.error("a mark could not be written", failure)
            return False
        return True

    # --- leaving -------------------------------------------------------------------------------------------

    def leave(self, connection_id: str) -> str | None:
        """Take a connection out of its room and tell the others. Return the room, or None if it was in none."""
        before = self._table.clear_room(connection_id)
        if before is None:
            return None
        self.remove_from_rooms(before)
        return before.room or before.previous_room  # who asks again, having had no answer, has left as well

    def disconnect(self, connection_id: str) -> None:
        """Delete the row of a connection whose socket is gone, take it out of its room, and tell the others."""
        connection = self._delete_connection(connection_id)
        if connection is not None:
            self.remove_from_rooms(connection)

    def _disconnect_gone(self, connection_id: str) -> None:
        """Do that for a socket that is gone by the answer to a post; closed, it comes back if it is not."""
        self.disconnect(connection_id)
        self._connections.close([connection_id])

    def _delete_connection(self, connection_id: str) -> Connection | None:
        """Delete a connection's row. Return what stood in it, also if the answer to the deletion is lost.

        It is read before, since nothing else says which room it was in.
        """
        seen = self._table.get_connection(connection_id)
        return self._table.delete_connection(connection_id) or seen

    def remove_from_rooms(self, connection: Connection, *, exclude: str | None = None, elect: bool = True) -> None:
        """Take a connection out of the rooms that its row names, except one, and tell those who stay.

        Who is told is told by the one who deleted the member row, or may have. `elect`: see announce_presence.
        """
        for room in connection.rooms_except(exclude):
            deletion = self._table.delete_member(room, connection.connection_id, connection.join_id)
            if deletion.row is not None:
                self.announce_departure(room, deletion.row.person, elect=elect)
            elif deletion.is_unclear:
                self.announce_departure(room, connection.person(room, connection.alias or ""), elect=elect)

    def announce_departure(self, room: str, person: Person, *, elect: bool = True) -> None:
        """Tell a room that the member whose row was deleted has left."""
        members = self._table.members(room, self._now())
        self.announce_presence(members, left=[person], elect=elect)

    # --- members whose sockets are gone --------------------------------------------------------------------

    def remove_gone(self, members: Sequence[Member]) -> list[Member]:
        """Ask which sockets are gone, which is no message, and remove their members. Return those who remain."""
        return self._remove_gone(members, self._connections.gone([member.connection_id for member in members]))

    def _remove_gone(
        self, members: Sequence[Member], gone: Collection[str], unreachable: Collection[str] = ()
    ) -> list[Member]:
        """Delete the rows of members whose sockets are gone and tell the others, except whom no post reaches."""
        remaining = [member for member in members if member.connection_id not in gone]
        removed = [member for member in members if member.connection_id in gone]
        departed = [member.person for member in removed if self._remove_gone_member(member)]
        if departed:
            self.announce_presence(remaining, exclude=unreachable, left=departed)
        if removed:
            # One that is not gone after all would hear nothing more: closed, it comes back.
            self._connections.close([member.connection_id for member in removed])
        return remaining

    def _remove_gone_member(self, member: Member) -> bool:
        """Delete both rows of a member. Return True to the one who deleted the member row, or may have.

        The connection row knows more than the member list that was read: it may have moved to another room since.
        """
        connection = self._delete_connection(member.connection_id)
        if connection is not None:
            self.remove_from_rooms(connection, exclude=member.room)
        join_id = max(member.join_id, connection.join_id if connection else 0)
        deletion = self._table.delete_member(member.room, member.connection_id, join_id)
        return deletion.row is not None or deletion.is_unclear
