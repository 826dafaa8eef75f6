"""The last places of a room: who gets them when more people come at once than there are."""

from collections.abc import Callable

from anonchat import limits, rules
from anonchat.model import GIVEN_UP, Member
from anonchat.settings import Settings
from anonchat.table import Table


class Places:
    """The places of all rooms. `pause` waits for so many seconds."""

    def __init__(self, table: Table, settings: Settings, pause: Callable[[float], None]) -> None:
        self._table = table
        self._settings = settings
        self._pause = pause

    def take(self, member: Member, now: int) -> list[Member] | None:
        """Return all members once `member`, whose row has put its room over the cap, has a place; None if it gets none.

        It draws a ticket, writes that into its row, and has a place when a read shows fewer members before it than the
        cap. Tickets have one order that all see, and whoever has none when it is read counts as being before, so the
        cap holds under any interleaving. Who gives up says so in its row, and then looks once more: the last one to do
        so sees a place if there is one, so no place stays empty. Raise Refused if its row is gone meanwhile.
        """
        for _ in range(limits.CAPACITY_ROUNDS):
            if members := self._wait(member, now):
                return members
            self._table.set_ticket(member, GIVEN_UP)
            if len(self._table.members(member.room, now)) >= self._settings.room_cap:
                return None
            self._table.set_ticket(member, 0)  # before the next is drawn, or a rival that draws later would overlook it
        return None

    def _wait(self, member: Member, now: int) -> list[Member] | None:
        ticket = self._table.draw_ticket(member.room, now)
        self._table.set_ticket(member, ticket)
        for seconds in limits.CAPACITY_PAUSES:
            self._pause(seconds)
            members = self._table.members(member.room, now)
            if not any(rules.is_same_visit(member, each) for each in members):
                raise rules.overtaken()
            if rules.has_place(member, ticket, members, self._settings.room_cap):
                return members
        return None
