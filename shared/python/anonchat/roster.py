"""Who is in a room, page by page: in a large one the `joined` frame has no place for all."""

from anonchat import protocol
from anonchat.admission import Admission
from anonchat.protocol import Frame, Refused
from anonchat.snapshot import roster_frame
from anonchat.table import Table


class Roster:
    """The members of all rooms, to those who are in them."""

    def __init__(self, table: Table, admission: Admission) -> None:
        self._table = table
        self._admission = admission

    def page(self, connection_id: str, request: protocol.Join, now: int) -> Frame:
        """Count a page and build it. Raise Refused beyond the limit, or to a connection that has no seat."""
        self._admission.count_page(connection_id, request.room, now)
        members = self._table.members(request.room, now)
        if not any(each.connection_id == connection_id for each in members):
            raise Refused(protocol.NOT_JOINED, "Please wait until you have joined this room.")
        return roster_frame(members, request.roster or "")
