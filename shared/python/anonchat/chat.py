"""What happens in a room, told in the words of the table and the connections. The handlers' stories are made of these.

The order is what the promises rest on. A join writes the member row and then reads the history; a send writes the
history row and then reads the members, all strongly consistent: whichever comes first, one of the two sees the other.
A member row is deleted under a condition, and whoever deleted it tells the room: a departure is told once.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from anonchat import limits, protocol, room, settings
from anonchat.connections import Connections
from anonchat.protocol import Frame, Person, Refused
from anonchat.room import Connection, Member, Message
from anonchat.settings import Settings
from anonchat.table import Refusal, Table


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def token() -> str:
    """48 random bits in 8 characters: member salts and the tails of message ids."""
    return secrets.token_urlsafe(6)


class Entry(NamedTuple):
    """A join whose connection row points at the room."""

    member: Member  # to be
    came: bool  # the connection was not in this room before
    moved: bool  # it had another room to leave


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

    def look_for_room(self, connection_id: str, room_id: str, now: int) -> None:
        """Refuses before anything has changed if the room is full: whoever asks stays where it was."""
        members = self.table.members(room_id, now)
        if len(members) < self.settings.room_cap or any(each.connection_id == connection_id for each in members):
            return
        self._counted(connection_id, self.table.count_join(connection_id, now, self.settings.per_minute), now)
        if len(self._shed(members)) >= self.settings.room_cap:
            raise self._full()

    def enter(self, connection_id: str, request: protocol.Join, now: int) -> Entry:
        """Counts the join and leaves the room the connection was in."""
        entered = self.table.enter(connection_id, request.room, request.alias, now, self.settings.per_minute)
        before = self._counted(connection_id, entered, now)
        member = Member(
            room=request.room,
            connection_id=connection_id,
            person=before.person(request.room, request.alias),
            join_id=before.join_id + 1,
            expires_at=room.row_expiry(now),
            seat=before.join_id + 1,
        )
        self.depart(before, but=request.room, elect=False)
        return Entry(member, before.room != request.room, bool(before.rooms_but(request.room)))

    def settle(self, entry: Entry, since: str | None, now: int) -> tuple[Frame, list[Member], bool]:
        """Takes the seat. Returns the snapshot for it, all members, and whether its coming is news to them."""
        try:
            members, is_news = self._take_seat(entry, now)
            messages = self._history(entry.member.room, since, now)
            return room.joined_frame(entry.member, members, messages, since, now, self.settings), members, is_news
        except Refused:
            raise
        except Exception:
            if entry.came:  # nobody has heard of it: the next try must find nothing, and be the news
                self._give_way(entry.member, entry.member.join_id)
            raise

    def _take_seat(self, entry: Entry, now: int) -> tuple[list[Member], bool]:
        """Writes the member row and makes sure that it is still wanted. Returns all members, and whether it is news.

        Of several joins to one room at once, the one that wrote the row first, or came from elsewhere, has brought the
        connection in: it minds the cap and is the news, however many have refreshed the row since.
        """
        member = entry.member
        seat = self.table.seat(member)
        current = self.table.connection(member.connection_id)
        if current is None or current.room != member.room:
            self._give_way(member, member.join_id)
            raise Refused(protocol.NOT_JOINED, "A later join or leave of this connection has overtaken this join.")
        previous = seat.previous if seat else member
        brought_in = seat is not None and (previous is None or previous.seat == member.seat or entry.came)
        members = self.table.members(member.room, now)
        if brought_in and len(members) > self.settings.room_cap:
            members = self._squeeze_in(member, members, now)
        return members, brought_in or (previous is not None and previous.person != member.person)

    def _history(self, room_id: str, since: str | None, now: int) -> Iterable[Message]:
        """Oldest first after `since`; without it newest first. Read only as far as the caller goes."""
        if not self.settings.history_seconds:
            return []
        after = max(since or "", room.oldest_held(now, self.settings))
        return self.table.messages(room_id, after, newest_first=since is None)

    def _squeeze_in(self, member: Member, members: list[Member], now: int) -> list[Member]:
        """The room has filled up meanwhile. Stays only if a read shows everybody within the cap.

        Every newcomer does the same, and each reads after it has written, so the last of those who stay has seen all
        others: the cap holds under any interleaving. Those that yield at once leave the seat to the ones before them.
        """
        for attempt in range(limits.SEAT_ATTEMPTS):
            if len(members) <= self.settings.room_cap:
                return members
            if room.yields_at_once(member, members, self.settings.room_cap):
                break
            self._pause(limits.SEAT_PAUSE_SECONDS * (attempt + 1))
            members = self.table.members(member.room, now)
        left = self.table.exit(member.connection_id, member.room)
        self._give_way(member, left.join_id if left and left.room == member.room else member.join_id)
        raise self._full()

    def _give_way(self, member: Member, join_id: int) -> None:
        """Takes the row back. Nobody has heard of it unless another join had brought the connection in before."""
        row = self.table.unseat(member.room, member.connection_id, join_id)
        if row is not None and row.seat != member.seat:
            self._tell_departure(row)

    def _shed(self, members: Sequence[Member]) -> list[Member]:
        """Forgets those whose sockets are gone. Asking them is no message."""
        return self._forget(members, self.connections.gone([member.connection_id for member in members]))

    def _full(self) -> Refused:
        return Refused(protocol.ROOM_FULL, f"This room is full: {self.settings.room_cap} people are in it.")

    def _counted(self, connection_id: str, counted: Connection | Refusal, now: int) -> Connection:
        if isinstance(counted, Connection):
            return counted
        if counted is Refusal.TOO_FAST:
            raise room.too_fast(now, self.settings.per_minute)
        if counted is Refusal.NO_CONNECTION:
            self.connections.close([connection_id])  # it comes back as a connection with a row
        raise Refused(protocol.NOT_JOINED, "Please join this room first.")

    # --- talking -------------------------------------------------------------------------------------------

    def admit(self, connection_id: str, request: protocol.Send, now: int) -> Person:
        """Counts the send. Returns its author, or refuses."""
        counted = self.table.count_send(connection_id, request.room, now, self.settings.per_minute)
        author = self._counted(connection_id, counted, now)
        return author.person(request.room, author.alias or "")

    def listeners(self, connection_id: str, message: Message, now: int) -> list[Member]:
        """All members, the author among them. A join that is still looking for its seat has no voice: refused."""
        members = self.table.members(message.room, now)
        if all(member.connection_id != connection_id for member in members):
            if self.settings.history_seconds:
                self.table.discard(message)
            raise Refused(protocol.NOT_JOINED, "Please wait until you have joined this room.")
        return members

    def keep(self, message: Message) -> None:
        if self.settings.history_seconds:
            self.table.keep(message, room.message_expiry(message.id, self.settings))

    def tell(self, connection_id: str, frame: Frame) -> bool:
        """One frame to one socket. False if it is gone; its rows are then gone too."""
        delivery = self.connections.broadcast([(connection_id, protocol.encode(frame))])
        if delivery.gone:
            self.disconnect(connection_id)
        return not delivery.gone

    def tell_room(self, members: Sequence[Member], frame: Frame, *, but: Collection[str] = ()) -> int:
        """One frame to every member but some. Those who turn out to be gone are forgotten, and the rest is told.

        Returns how many are left.
        """
        payload = protocol.encode(frame)
        ears = [member.connection_id for member in members if member.connection_id not in but]
        delivery = self.connections.broadcast([(ear, payload) for ear in ears])
        return len(self._forget(members, delivery.gone, deaf=delivery.failed))

    def tell_presence(
        self,
        members: Sequence[Member],
        *,
        but: Collection[str] = (),
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
        if room.tells_names(len(members) + len(left)):
            self.tell_room(members, protocol.presence(len(members), joined, left), but=but)
        elif elect and self.table.elect_presence(members[0].room, self.now()):
            self.tell_room(members, protocol.presence(len(members)), but=but)

    # --- going ---------------------------------------------------------------------------------------------

    def depart(self, connection: Connection, *, but: str | None = None, elect: bool = True) -> list[str]:
        """Takes a connection out of the rooms its row names, all but one, and tells those who stay.

        Returns the rooms it was taken out of.
        """
        left = []
        for room_id in connection.rooms_but(but):
            row = self.table.unseat(room_id, connection.connection_id, connection.join_id)
            if row is not None:
                self._tell_departure(row, elect=elect)
                left.append(room_id)
        return left

    def disconnect(self, connection_id: str) -> None:
        """The socket is gone: so is its row, and its place in the room that row named."""
        connection = self.table.close_connection(connection_id)
        if connection is not None:
            self.depart(connection)

    def _tell_departure(self, row: Member, *, elect: bool = True) -> None:
        rest = self.table.members(row.room, self.now())
        self.tell_presence(rest, left=[row.person], elect=elect)

    def _forget(self, members: Sequence[Member], gone: Sequence[str], deaf: Sequence[str] = ()) -> list[Member]:
        """Deletes the rows of members whose sockets are gone and tells the others, but for those no post reaches.

        Returns those who are left.
        """
        rest = [member for member in members if member.connection_id not in gone]
        rows = [self._forget_one(member) for member in members if member.connection_id in gone]
        departed = [row.person for row in rows if row is not None]
        if departed:
            self.tell_presence(rest, but=deaf, left=departed)
        return rest

    def _forget_one(self, member: Member) -> Member | None:
        """Returns the member row to the one who deleted it.

        The connection row knows more than the member list we read: it may have moved to another room since.
        """
        connection = self.table.close_connection(member.connection_id)
        if connection is not None:
            self.depart(connection, but=member.room)
        join_id = max(member.join_id, connection.join_id if connection else 0)
        return self.table.unseat(member.room, member.connection_id, join_id)
