"""Messages of a busy room that go out together, which costs a post for each member and batch instead of each message.

Whoever opens a batch collects: it waits, takes what has come meanwhile and sends it to all. The others are done when
their message stands in the batch; the collector's fan-out brings them their echo. One row orders it all: an id stands
in one batch, and a batch is taken by one function. If that dies, nobody gets an echo, and clients send again.

History rows are written before a message is added, and members are read after the batch is taken: as in `publishing`,
of a join and a send that race, one sees the other.
"""

from collections.abc import Callable, Sequence

from anonchat import limits, rules
from anonchat.broadcast import Broadcaster
from anonchat.model import Batch, Member, Message
from anonchat.settings import Settings
from anonchat.table import Table


class Batching:
    """The batches of all rooms. `clock` returns epoch milliseconds; `pause` waits for so many seconds."""

    def __init__(
        self,
        table: Table,
        broadcaster: Broadcaster,
        settings: Settings,
        clock: Callable[[], int],
        pause: Callable[[float], None],
    ) -> None:
        self._table = table
        self._broadcaster = broadcaster
        self._settings = settings
        self._now = clock
        self._pause = pause

    def pays(self, members: Sequence[Member], batch: Batch | None, message: Message, now: int) -> bool:
        """Tell whether a message had better go out with others: in a room of many whose newest messages are so close.

        In smaller rooms nothing is asked. Without history there is nothing to collect from.
        """
        takers = sum(1 for member in members if member.takes_batches)
        if takers < limits.BATCH_MEMBERS or not self._settings.history_seconds:
            return False
        window = rules.batch_window_ms(len(members))
        if batch and (batch.collector or rules.was_busy(batch, now, window)):
            return True
        return rules.is_busy(self._table.newest_ids(message.room, limits.BATCH_LOOK), now, window)

    def publish(self, message: Message, members: int, now: int) -> None:
        """Add the message to its room's batch, and send that if it is this function's to send.

        It is, for the one that opened the batch, when its time has come, and for everybody when it is full or overdue.
        """
        batch = self._table.add_to_batch(message, now + rules.batch_window_ms(members), now)
        collector = batch.collector or message.id
        if collector == message.id:
            self._pause(max(0, batch.until - now) / 1000)
        elif not rules.is_to_be_sent(batch, now):
            return
        ids = self._table.take_batch(message.room, collector, message.id)
        if ids:
            self._send(message.room, ids, limits.FANOUT_SECONDS - max(0, batch.until - now) / 1000)

    def _send(self, room: str, ids: frozenset[str], seconds: float) -> None:
        now = self._now()
        messages = self._table.messages_among(room, rules.worth_sending(ids, now))
        self._broadcaster.broadcast_messages(self._table.members(room, now), messages, seconds)
