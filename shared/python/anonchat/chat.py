"""What happens in a room, told in the words of the table and the connections. The handlers are made of these.

The order is what the promises rest on. A join writes the member row and then reads the history; a send writes the
history row and then reads the members, all strongly consistent: whichever comes first, one of the two sees the other.
A member row is deleted under a condition, and whoever deleted it tells the room: a departure is told once.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from anonchat import limits, protocol, rules, settings
from anonchat.connections import Connections
from anonchat.protocol import Frame, Person, Refused
from anonchat.rules import Connection, Member, Message
from anonchat.settings import Settings
from anonchat.table import Refusal, Table


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def random_token() -> str:
    """48 random bits in 8 characters: member salts and the tails of message ids."""
    return secrets.token_urlsafe(6)


class PendingJoin(NamedTuple):
    """A join whose connection row points at the room."""

    member: Member  # to be
    is_new: bool  # the connection was not in this room before
    changed_room: bool  # it had another room to leave


class Chat:
    """One function's view of all rooms. `clock` (epoch milliseconds) and `pause` (seconds) are there for the tests."""

    def __init__(
        self,
        table: Table,
        connections: Connections,
        settings: Settings,
        clock: Callable[[], int] = now_ms,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.table = table
        self.connections = connections
        self.settings = settings
        self.now = clock
        self._pause = pause

    @classmethod
    def from_environment(cls) -> "Chat":
        return cls(Table.from_environment(), Connections.from_environment(), settings.from_environment())

    # --- coming --------------------------------------------------------------------------------------------

    def check_capacity(self, connection_id: str, room_id: str, now: int) -> None:
        """Refuses before anything has changed if the room is full: whoever asks stays where it was."""
        members = self.table.members(room_id, now)
        if len(members) < self.settings.room_cap or any(each.connection_id == connection_id for each in members):
            return
        self._admitted(connection_id, self.table.count_join(connection_id, now, self.settings.per_minute), now)
        if len(self._prune_full_room(members)) >= self.settings.room_cap:
            raise self._room_full()

    def begin_join(self, connection_id: str, request: protocol.Join, now: int) -> PendingJoin:
        """Counts the join and leaves the room the connection was in."""
        entered = self.table.move_to_room(connection_id, request.room, request.alias, now, self.settings.per_minute)
        before = self._admitted(connection_id, entered, now)
        member = Member(
            room=request.room,
            connection_id=connection_id,
            person=before.person(request.room, request.alias),
            join_id=before.join_id + 1,
            expires_at=rules.row_expiry(now),
            first_join_id=before.join_id + 1,
        )
        self.remove_from_rooms(before, exclude=request.room, elect=False)
        return PendingJoin(member, before.room != request.room, bool(before.rooms_except(request.room)))

    def complete_join(self, pending: PendingJoin, since: str | None, now: int) -> tuple[Frame, list[Member], bool]:
        """Takes the seat. Returns the snapshot for it, all members, and whether its coming is news to them."""
        try:
            members, announce = self._write_membership(pending, now)
            messages = self._history(pending.member.room, since, now)
            return rules.joined_frame(pending.member, members, messages, since, now, self.settings), members, announce
        except Refused:
            raise
        except Exception:
            if pending.is_new:  # nobody has heard of it: the next try must find nothing, and be the news
                self._roll_back(pending.member, pending.member.join_id)
            raise

    def _write_membership(self, pending: PendingJoin, now: int) -> tuple[list[Member], bool]:
        """Writes the member row and makes sure that it is still wanted. Returns all members, and whether it is news.

        Of several joins to one room at once, the one that wrote the row first, or came from elsewhere, has brought the
        connection in: it minds the cap and is the news, however many have refreshed the row since.
        """
        member = pending.member
        seat = self.table.put_member(member)
        current = self.table.get_connection(member.connection_id)
        if current is None or current.room != member.room:
            self._roll_back(member, member.join_id)
            raise Refused(protocol.NOT_JOINED, "A later join or leave of this connection has overtaken this join.")
        previous = seat.previous if seat else member
        is_first_join = seat is not None and (
            previous is None or previous.first_join_id == member.first_join_id or pending.is_new
        )
        members = self.table.members(member.room, now)
        if is_first_join and len(members) > self.settings.room_cap:
            members = self._confirm_capacity(member, members, now)
        return members, is_first_join or (previous is not None and previous.person != member.person)

    def _history(self, room_id: str, since: str | None, now: int) -> Iterable[Message]:
        """Oldest first after `since`; without it newest first. Read only as far as the caller goes."""
        if not self.settings.history_seconds:
            return []
        after = max(since or "", rules.oldest_held(now, self.settings))
        return self.table.messages(room_id, after, newest_first=since is None)

    def _confirm_capacity(self, member: Member, members: list[Member], now: int) -> list[Member]:
        """The room has filled up meanwhile. Stays only if a read shows everybody within the cap.

        Every newcomer does the same, and each reads after it has written, so the last of those who stay has seen all
        others: the cap holds under any interleaving. Those that yield at once leave the seat to the ones before them.
        """
        for attempt in range(limits.CAPACITY_READS):
            if len(members) <= self.settings.room_cap:
                return members
            if rules.must_back_out(member, members, self.settings.room_cap):
                break
            self._pause(limits.CAPACITY_PAUSE_SECONDS * (attempt + 1))
            members = self.table.members(member.room, now)
        left = self.table.clear_room(member.connection_id, member.room)
        self._roll_back(member, left.join_id if left and left.room == member.room else member.join_id)
        raise self._room_full()

    def _roll_back(self, member: Member, join_id: int) -> None:
        """Takes the row back. Nobody has heard of it unless another join had brought the connection in before."""
        row = self.table.delete_member(member.room, member.connection_id, join_id)
        if row is not None and row.first_join_id != member.first_join_id:
            self._announce_departure(row)

    def _prune_full_room(self, members: Sequence[Member]) -> list[Member]:
        """Forgets those whose sockets are gone. Asking them is no message."""
        return self._remove_gone(members, self.connections.gone([member.connection_id for member in members]))

    def _room_full(self) -> Refused:
        return Refused(protocol.ROOM_FULL, f"This room is full: {self.settings.room_cap} people are in it.")

    def _admitted(self, connection_id: str, counted: Connection | Refusal, now: int) -> Connection:
        if isinstance(counted, Connection):
            return counted
        if counted is Refusal.RATE_LIMITED:
            raise rules.rate_limited(now, self.settings.per_minute)
        if counted is Refusal.NO_CONNECTION:
            self.connections.close([connection_id])  # it comes back as a connection with a row
        raise Refused(protocol.NOT_JOINED, "Please join this room first.")

    # --- talking -------------------------------------------------------------------------------------------

    def admit_send(self, connection_id: str, request: protocol.Send, now: int) -> Person:
        """Counts the send. Returns its author, or refuses."""
        counted = self.table.count_send(connection_id, request.room, now, self.settings.per_minute)
        author = self._admitted(connection_id, counted, now)
        return author.person(request.room, author.alias or "")

    def read_recipients(self, connection_id: str, message: Message, now: int) -> list[Member]:
        """All members, the author among them. A join that is still looking for its seat has no voice: refused."""
        members = self.table.members(message.room, now)
        if all(member.connection_id != connection_id for member in members):
            if self.settings.history_seconds:
                self.table.delete_message(message)
            raise Refused(protocol.NOT_JOINED, "Please wait until you have joined this room.")
        return members

    def store(self, message: Message) -> None:
        if self.settings.history_seconds:
            self.table.put_message(message, rules.message_expiry(message.id, self.settings))

    def send_to(self, connection_id: str, frame: Frame) -> bool:
        """One frame to one socket. False if it is gone; its rows are then gone too."""
        delivery = self.connections.broadcast([(connection_id, protocol.encode(frame))])
        if delivery.gone:
            self.disconnect(connection_id)
        return not delivery.gone

    def broadcast(self, members: Sequence[Member], frame: Frame, *, exclude: Collection[str] = ()) -> int:
        """One frame to every member but some. Those who turn out to be gone are forgotten, and the rest is told.

        Returns how many are left.
        """
        payload = protocol.encode(frame)
        recipients = [member.connection_id for member in members if member.connection_id not in exclude]
        delivery = self.connections.broadcast([(recipient, payload) for recipient in recipients])
        return len(self._remove_gone(members, delivery.gone, unreachable=delivery.failed))

    def announce_presence(
        self,
        members: Sequence[Member],
        *,
        exclude: Collection[str] = (),
        joined: Sequence[Person] = (),
        left: Sequence[Person] = (),
        elect: bool = True,
    ) -> None:
        """By name in a small room; in a large one only the number, and once in PRESENCE_INTERVAL_MS.

        `members` are those in the room now. Without `elect` a large room is told nothing, and learns the number from
        the next message.
        """
        if not members:
            return
        if rules.names_members(len(members) + len(left)):
            self.broadcast(members, protocol.presence(len(members), joined, left), exclude=exclude)
        elif elect and self.table.elect_presence(members[0].room, self.now()):
            self.broadcast(members, protocol.presence(len(members)), exclude=exclude)

    # --- going ---------------------------------------------------------------------------------------------

    def remove_from_rooms(self, connection: Connection, *, exclude: str | None = None, elect: bool = True) -> list[str]:
        """Takes a connection out of the rooms its row names, all but one, and tells those who stay.

        Returns the rooms it was taken out of.
        """
        left = []
        for room_id in connection.rooms_except(exclude):
            row = self.table.delete_member(room_id, connection.connection_id, connection.join_id)
            if row is not None:
                self._announce_departure(row, elect=elect)
                left.append(room_id)
        return left

    def disconnect(self, connection_id: str) -> None:
        """The socket is gone: so is its row, and its place in the room that row named."""
        connection = self.table.delete_connection(connection_id)
        if connection is not None:
            self.remove_from_rooms(connection)

    def _announce_departure(self, row: Member, *, elect: bool = True) -> None:
        rest = self.table.members(row.room, self.now())
        self.announce_presence(rest, left=[row.person], elect=elect)

    def _remove_gone(
        self, members: Sequence[Member], gone: Sequence[str], unreachable: Sequence[str] = ()
    ) -> list[Member]:
        """Deletes the rows of members whose sockets are gone and tells the others, but for those no post reaches.

        Returns those who are left.
        """
        rest = [member for member in members if member.connection_id not in gone]
        rows = [self._remove_gone_member(member) for member in members if member.connection_id in gone]
        departed = [row.person for row in rows if row is not None]
        if departed:
            self.announce_presence(rest, exclude=unreachable, left=departed)
        return rest

    def _remove_gone_member(self, member: Member) -> Member | None:
        """Returns the member row to the one who deleted it.

        The connection row knows more than the member list we read: it may have moved to another room since.
        """
        connection = self.table.delete_connection(member.connection_id)
        if connection is not None:
            self.remove_from_rooms(connection, exclude=member.room)
        join_id = max(member.join_id, connection.join_id if connection else 0)
        return self.table.delete_member(member.room, member.connection_id, join_id)
