"""Publishing a message: who may, keeping it, and who gets it.

The history row is written before the members are read; `joining` says why.
"""

from anonchat import protocol, rules
from anonchat.admission import Admission
from anonchat.model import Batch, Member, Message, Person
from anonchat.protocol import Refused
from anonchat.settings import Settings
from anonchat.table import Table


class Publishing:
    """The steps of a send, in their order; the broadcast comes after them."""

    def __init__(self, table: Table, admission: Admission, settings: Settings) -> None:
        self._table = table
        self._admission = admission
        self._settings = settings

    def admit(self, connection_id: str, request: protocol.Send, now: int) -> Person:
        """Count the send. Return its author, or raise Refused."""
        author = self._admission.count_send(connection_id, request, now)
        return author.person(request.room, author.alias or "")

    def store(self, message: Message) -> None:
        """Keep the message for who comes later, unless history is off."""
        if self._settings.history_seconds:
            self._table.put_message(message, rules.message_expiry(message.id, self._settings))

    def recipients(self, connection_id: str, message: Message, now: int) -> tuple[list[Member], Batch | None]:
        """Read all members, the author among them, and the room's batch. Raise Refused if its join is not complete."""
        members, batch = self._table.members_and_batch(message.room, now)
        if all(member.connection_id != connection_id for member in members):
            if self._settings.history_seconds:
                self._table.delete_message(message)
            raise Refused(protocol.NOT_JOINED, "Please wait until you have joined this room.")
        return members, batch
