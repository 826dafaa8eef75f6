"""Whether a connection may do what it asks: each request is counted in its row, and refused beyond the limit."""

from anonchat import limits, protocol, rules
from anonchat.answers import Refusal
from anonchat.connections import Connections
from anonchat.model import Connection
from anonchat.protocol import Refused
from anonchat.settings import Settings
from anonchat.table import Table


class Admission:
    """Count requests. Each method returns the connection's row, or raises Refused."""

    def __init__(self, table: Table, connections: Connections, settings: Settings) -> None:
        self._table = table
        self._connections = connections
        self._per_minute = settings.per_minute

    def move_to_room(self, connection_id: str, request: protocol.Join, now: int, token: str) -> Connection:
        """Count a join and point the connection at its room. The row is the one before the join."""
        moved = self._table.move_to_room(connection_id, request.room, request.alias, now, self._per_minute, token)
        return self._admitted(connection_id, moved, now, self._per_minute)

    def count_join(self, connection_id: str, now: int) -> Connection:
        """Count a join that the room has no place for."""
        counted = self._table.count_join(connection_id, now, self._per_minute)
        return self._admitted(connection_id, counted, now, self._per_minute)

    def count_page(self, connection_id: str, room: str, now: int) -> Connection:
        """Count a page of history or of the roster. Refused also if the connection is not in the room."""
        counted = self._table.count_page(connection_id, room, now, limits.PAGES_PER_MINUTE)
        return self._admitted(connection_id, counted, now, limits.PAGES_PER_MINUTE)

    def count_send(self, connection_id: str, request: protocol.Send, now: int) -> Connection:
        """Count a send. Refused also if the connection is not in the room."""
        counted = self._table.count_send(connection_id, request.room, now, self._per_minute)
        return self._admitted(connection_id, counted, now, self._per_minute)

    def _admitted(self, connection_id: str, counted: Connection | Refusal, now: int, most: int) -> Connection:
        if isinstance(counted, Connection):
            return counted
        if counted is Refusal.RATE_LIMITED:
            raise rules.rate_limited(now, most)
        if counted is Refusal.NO_CONNECTION:
            self._connections.close([connection_id])  # it comes back as a connection with a row
        raise Refused(protocol.NOT_JOINED, "Please join this room first.")
