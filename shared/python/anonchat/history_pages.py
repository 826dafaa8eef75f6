"""How many messages a Query of the history asks for. Pure.

DynamoDB bills what is read, also what the caller leaves out. Nothing tells how long the next messages are, so a few are
read first, and no page is long.
"""

from anonchat import limits, protocol, rows
from anonchat.model import Message
from anonchat.rows import Item


class HistoryPages:
    """The pages of one reading: about as many messages as a frame still holds, judged by those read before."""

    def __init__(self) -> None:
        self._messages = self._bytes = 0

    def limit(self) -> int:
        """Return how many messages the next page may have."""
        if not self._messages:
            return limits.HISTORY_FIRST
        held = limits.FRAME_BYTES * self._messages // self._bytes
        return max(1, min(held + 1 - self._messages, limits.HISTORY_PAGE))

    def counted(self, row: Item) -> Message:
        """Read a message's row, which stands for others."""
        message = rows.to_message(row)
        self._messages += 1
        self._bytes += len(protocol.encode(protocol.message(message, 0)))
        return message
