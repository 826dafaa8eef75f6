"""What happens in a room, told in the words of the table and the connections. The handlers' stories are made of these.

The order is what the promises rest on. A join writes the member row and then reads the history; a send writes the
history row and then reads the members, all strongly consistent: whichever comes first, one of the two sees the other.
A member row is deleted under a condition, and whoever deleted it tells the room: a departure is told once.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence

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

    def enter(self, connection_id: str, request: protocol.Join, now: int) -> Member:
        """Counts the join, leaves the room the connection was in, and returns the member it is about to be."""
        before = self.table.enter(connection_id, request.room, request.alias, now, self.settings.per_minute)
        if isinstance(before, Refusal):
            if before is Refusal.TOO_FAST:
                raise room.too_fast(now, self.settings.per_minute)
            self.connections.close([connection_id])  # it comes back as a connection with a row
            raise Refused(protocol.NOT_JOINED, "This connection is not known any more. Please connect again.")
        if before.room != request.room:
            self.depart(before)
        return Member(
            room=request.room,
            connection_id=connection_id,
            person=before.person(request.room, request.alias),
            join_id=before.join_id + 1,
            expires_at=now // 1000 + limits.ROW_SECONDS,
        )

    def take_seat(self, member: Member, now: int) -> tuple[list[Member], bool]:
        """Writes the member row and makes sure that it is still wanted. Returns all members, and whether it is news."""
        seat = self.table.seat(member, now)
        current = self.table.connection(member.connection_id) if seat else None
        if seat is None or current is None or current.join_id != member.join_id:
            self._give_way(member, told_before=seat is not None and seat.previous is not None)
            raise Refused(protocol.NOT_JOINED, "A later join or leave of this connection has overtaken this join.")
        members = self.table.members(member.room, now)
        if seat.previous is None and len(members) > self.settings.room_cap:
            members = self._squeeze_in(member, members, now)
        return members, seat.previous is None or seat.previous.person != member.person

    def history(self, room_id: str, since: str | None, now: int) -> Iterable[Message]:
        """Oldest first after `since`; without it newest first. Read only as far as the caller goes."""
        if not self.settings.history_seconds:
            return []
        after = max(since or "", room.oldest_held(now, self.settings))
        return self.table.messages(room_id, after, newest_first=since is None)

    def _give_way(self, member: Member, *, told_before: bool) -> None:
        deleted = self.table.unseat(member.room, member.connection_id, member.join_id)
        if deleted and told_before:
            self._tell_departure(member.room, [member.person])

    def _squeeze_in(self, member: Member, members: list[Member], now: int) -> list[Member]:
        """The room is over its cap. Sheds who is gone; then stays only if a read shows everybody within the cap.

        Every newcomer does the same, and each reads after it has written, so the last of those who stay has seen all
        others: the cap holds under any interleaving. Those that yield at once leave the seat to the ones before them.
        """
        others = [other for other in members if other != member]
        self._forget_gone(others, self.connections.gone([other.connection_id for other in others]))
        for _ in range(limits.SEAT_ATTEMPTS):
            members = self.table.members(member.room, now)
            if len(members) <= self.settings.room_cap:
                return members
            if room.yields_at_once(member, members, self.settings.room_cap):
                break
            self._pause(limits.SEAT_PAUSE_SECONDS)
        self.table.exit(member.connection_id, member.join_id)
        self.table.unseat(member.room, member.connection_id, member.join_id)
        raise Refused(protocol.ROOM_FULL, f"This room is full: {self.settings.room_cap} people are in it.")

    # --- talking -------------------------------------------------------------------------------------------

    def admit(self, connection_id: str, request: protocol.Send, now: int) -> Person:
        """Counts the send. Returns its author, or refuses."""
        author = self.table.count_send(connection_id, request.room, now, self.settings.per_minute)
        if author is Refusal.TOO_FAST:
            raise room.too_fast(now, self.settings.per_minute, request.client)
        if isinstance(author, Refusal) or author.alias is None:
            raise Refused(protocol.NOT_JOINED, "Please join this room first.", client=request.client)
        return author.person(request.room, author.alias)

    def keep(self, message: Message) -> None:
        if self.settings.history_seconds:
            self.table.keep(message, room.message_expiry(message.id, self.settings))

    def tell(self, connection_id: str, frame: Frame) -> bool:
        """One frame to one socket. False if it is gone; its rows are then gone too."""
        delivery = self.connections.broadcast([(connection_id, protocol.encode(frame))])
        if delivery.gone:
            self.disconnect(connection_id)
        return not delivery.gone

    def tell_room(self, members: Sequence[Member], frame: Frame, *, but: str | None = None) -> None:
        """One frame to every member but one. Those who turn out to be gone are forgotten, and the rest is told."""
        payload = protocol.encode(frame)
        ears = [member.connection_id for member in members if member.connection_id != but]
        delivery = self.connections.broadcast([(ear, payload) for ear in ears])
        self._forget_gone(members, delivery.gone)

    def tell_presence(
        self,
        members: Sequence[Member],
        online: int,
        *,
        joined: Sequence[Person] = (),
        left: Sequence[Person] = (),
    ) -> None:
        """By name in a small room; in a large one only the number, and once in PRESENCE_INTERVAL_MS."""
        if not members:
            return
        if room.tells_names(online):
            self.tell_room(members, protocol.presence(online, joined, left))
        elif self.table.elect_presence(members[0].room, self.now()):
            self.tell_room(members, protocol.presence(online))

    # --- going ---------------------------------------------------------------------------------------------

    def depart(self, connection: Connection) -> None:
        """Takes a connection out of the room its row named, and tells those who stay."""
        if connection.room is None or connection.alias is None:
            return
        if self.table.unseat(connection.room, connection.connection_id, connection.join_id):
            self._tell_departure(connection.room, [connection.person(connection.room, connection.alias)])

    def disconnect(self, connection_id: str) -> None:
        """The socket is gone: so is its row, and its place in the room that row named."""
        connection = self.table.close_connection(connection_id)
        if connection is not None:
            self.depart(connection)

    def _tell_departure(self, room_id: str, left: Sequence[Person]) -> None:
        rest = self.table.members(room_id, self.now())
        self.tell_presence(rest, len(rest), left=left)

    def _forget_gone(self, members: Sequence[Member], gone: Sequence[str]) -> None:
        if not gone:
            return
        departed = [member.person for member in members if member.connection_id in gone and self._forget(member)]
        rest = [member for member in members if member.connection_id not in gone]
        if departed:
            self.tell_presence(rest, len(rest), left=departed)

    def _forget(self, member: Member) -> bool:
        """Deletes the rows of a member whose socket is gone. True for the one who deleted the member row.

        The connection row knows more than the member list we read: it may have moved to another room since.
        """
        connection = self.table.close_connection(member.connection_id)
        if connection is not None and connection.room != member.room:
            self.depart(connection)
        join_id = max(member.join_id, connection.join_id if connection else 0)
        return self.table.unseat(member.room, member.connection_id, join_id)
