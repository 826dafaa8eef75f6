"""What was said in a room: for who joins, and page by page for a member that has missed much."""

from collections.abc import Iterable

from anonchat import protocol, rules
from anonchat.admission import Admission
from anonchat.model import Message
from anonchat.protocol import Frame, Refused
from anonchat.settings import Settings
from anonchat.snapshot import page_frame
from anonchat.table import Table


class History:
    """The messages of all rooms that are still held."""

    def __init__(self, table: Table, admission: Admission, settings: Settings) -> None:
        self._table = table
        self._admission = admission
        self._settings = settings

    def messages(self, room: str, since: str | None, now: int) -> Iterable[Message]:
        """Read messages oldest first after `since`, newest first without it, only as far as the caller goes."""
        if not self._settings.history_seconds:
            return []
        after = max(since or "", rules.oldest_held(now, self._settings))
        return self._table.messages(room, after, newest_first=since is None)

    def page(self, connection_id: str, request: protocol.Join, now: int) -> Frame:
        """Count a page and build it. Raise Refused beyond the limit, or to a connection that has no seat.

        No member row is written and nobody is told. Nothing is missed by it that a join would find: whoever has a seat
        is sent what comes after.
        """
        self._admission.count_page(connection_id, request.room, now)
        if self._table.get_member(request.room, connection_id, now) is None:
            raise Refused(protocol.NOT_JOINED, "Please wait until you have joined this room.")
        since = request.since or ""
        return page_frame(self.messages(request.room, since, now), since, now, self._settings)
