"""Frames to the members of a room, and the removal of members whose sockets turn out to be gone.

A member row is deleted under a condition, and whoever deleted it announces the departure: it is told once.
"""

from collections.abc import Callable, Collection, Sequence

from anonchat import protocol, rules
from anonchat.connections import Connections
from anonchat.model import Connection, Member, Person
from anonchat.protocol import Frame
from anonchat.table import Table


class Broadcaster:
    """Post frames to members. `clock` returns epoch milliseconds."""

    def __init__(self, table: Table, connections: Connections, clock: Callable[[], int]) -> None:
        self._table = table
        self._connections = connections
        self._now = clock

    # --- sending -------------------------------------------------------------------------------------------

    def send_to(self, connection_id: str, frame: Frame) -> bool:
        """Post a frame to one connection. Return False if its socket is gone; its rows are then gone too."""
        delivery = self._connections.post([(connection_id, protocol.encode(frame))])
        if delivery.gone:
            self.disconnect(connection_id)
        return not delivery.gone

    def broadcast(self, members: Sequence[Member], frame: Frame, *, exclude: Collection[str] = ()) -> int:
        """Post a frame to every member but the connection ids in `exclude`.

        Members whose sockets turn out to be gone are removed, and the others are told. Return how many remain.
        """
        payload = protocol.encode(frame)
        recipients = [member.connection_id for member in members if member.connection_id not in exclude]
        delivery = self._connections.post([(recipient, payload) for recipient in recipients])
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
        """Tell `members`, those in the room now, who came and went.

        By name in a small room; in a large one the number only, once in PRESENCE_INTERVAL_MS. Without `elect` a large
        room is told nothing, and learns the number from the next message.
        """
        if not members:
            return
        if rules.names_members(len(members) + len(left)):
            self.broadcast(members, protocol.presence(len(members), joined, left), exclude=exclude)
        elif elect and self._table.elect_presence(members[0].room, self._now()):
            self.broadcast(members, protocol.presence(len(members)), exclude=exclude)

    # --- leaving -------------------------------------------------------------------------------------------

    def leave(self, connection_id: str) -> str | None:
        """Take a connection out of its room and tell the others. Return the room, or None if it was in none."""
        before = self._table.clear_room(connection_id)
        if before is None:
            return None
        departed = self.remove_from_rooms(before)
        return before.room or next(iter(departed), None)

    def disconnect(self, connection_id: str) -> None:
        """Delete the row of a connection whose socket is gone, take it out of its room, and tell the others."""
        connection = self._table.delete_connection(connection_id)
        if connection is not None:
            self.remove_from_rooms(connection)

    def remove_from_rooms(self, connection: Connection, *, exclude: str | None = None, elect: bool = True) -> list[str]:
        """Take a connection out of the rooms that its row names, except one, and tell those who stay.

        Return the rooms in which there was a member row to delete. `elect`: see announce_presence.
        """
        departed = []
        for room in connection.rooms_except(exclude):
            row = self._table.delete_member(room, connection.connection_id, connection.join_id)
            if row is not None:
                self.announce_departure(row, elect=elect)
                departed.append(room)
        return departed

    def announce_departure(self, row: Member, *, elect: bool = True) -> None:
        """Tell a room that the member whose row was deleted has left."""
        members = self._table.members(row.room, self._now())
        self.announce_presence(members, left=[row.person], elect=elect)

    # --- members whose sockets are gone --------------------------------------------------------------------

    def remove_gone(self, members: Sequence[Member]) -> list[Member]:
        """Ask which sockets are gone, which is no message, and remove their members. Return those who remain."""
        return self._remove_gone(members, self._connections.gone([member.connection_id for member in members]))

    def _remove_gone(
        self, members: Sequence[Member], gone: Collection[str], unreachable: Collection[str] = ()
    ) -> list[Member]:
        """Delete the rows of members whose sockets are gone and tell the others, except whom no post reaches."""
        remaining = [member for member in members if member.connection_id not in gone]
        rows = [self._remove_gone_member(member) for member in members if member.connection_id in gone]
        departed = [row.person for row in rows if row is not None]
        if departed:
            self.announce_presence(remaining, exclude=unreachable, left=departed)
        return remaining

    def _remove_gone_member(self, member: Member) -> Member | None:
        """Delete both rows of a member. Return the member row to the one who deleted it.

        The connection row knows more than the member list that was read: it may have moved to another room since.
        """
        connection = self._table.delete_connection(member.connection_id)
        if connection is not None:
            self.remove_from_rooms(connection, exclude=member.room)
        join_id = max(member.join_id, connection.join_id if connection else 0)
        return self._table.delete_member(member.room, member.connection_id, join_id)
