"""The chat as one function sees it: the layer's parts, put together once from the environment.

The order of requests is what the promises of docs/protocol.md rest on. A join writes the member row and then reads the
history; a send writes the history row and then reads the members, all strongly consistent: whichever comes first, one
of the two sees the other. A member row is deleted under a condition, and whoever deleted it tells the room.
"""

import time
from collections.abc import Callable

from anonchat.admission import Admission
from anonchat.batching import Batching
from anonchat.broadcast import Broadcaster
from anonchat.clock import now_ms, random_token
from anonchat.connections import Connections
from anonchat.history import History
from anonchat.joining import Joining
from anonchat.places import Places
from anonchat.publishing import Publishing
from anonchat.roster import Roster
from anonchat.settings import Settings
from anonchat.table import Table


class Chat:
    """All rooms. `clock` (epoch milliseconds), `pause` (seconds) and `token` (random) are there for the tests."""

    def __init__(
        self,
        table: Table,
        connections: Connections,
        settings: Settings,
        clock: Callable[[], int] = now_ms,
        pause: Callable[[float], None] = time.sleep,
        token: Callable[[], str] = random_token,
    ) -> None:
        admission = Admission(table, connections, settings)
        self.now = clock
        self.token = token
        self.connections = connections
        self.broadcaster = Broadcaster(table, connections, clock)
        self.history = History(table, admission, settings)
        self.roster = Roster(table, admission)
        places = Places(table, settings, pause)
        self.joining = Joining(table, admission, self.broadcaster, self.history, places, settings, token)
        self.publishing = Publishing(table, admission, settings)
        self.batching = Batching(table, self.broadcaster, settings, clock, pause)

    @classmethod
    def from_environment(cls) -> "Chat":
        """Read what Settings, Table and Connections read. A missing name is a KeyError with that name."""
        return cls(Table.from_environment(), Connections.from_environment(), Settings.from_environment())
