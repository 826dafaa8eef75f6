"""Whether the machine slept: what came before a sleep is read after it, and is no sign that nobody was away."""

from __future__ import annotations

LATE_MS = 30_000  # how much later than planned a look may come on a busy machine; after a sleep it is later


class Wakefulness:
    """Says when the machine was last known to be awake. All times are epoch milliseconds by this machine's clock.

    Clocks that only go forward stand still in a sleep on some systems, so they do not tell.
    """

    def __init__(self) -> None:
        self.known_ms = 0  # what is heard now was sent then or later
        self._looked_ms = 0
        self._woke_ms = 0  # from a sleep after which nothing has been answered yet

    def opened(self, now_ms: int) -> None:
        """Note that a new socket is open: nothing can lie in it."""
        self.known_ms = self._looked_ms = now_ms
        self._woke_ms = 0

    def looked(self, now_ms: int, planned_ms: float) -> bool:
        """Note a look that was planned so long after the one before. Returns whether there was a sleep between."""
        slept = now_ms - self._looked_ms > planned_ms + LATE_MS
        self._looked_ms = now_ms
        if slept:
            self._woke_ms = now_ms
        elif not self._woke_ms:
            self.known_ms = now_ms
        return slept

    def answered(self, asked_ms: int) -> None:
        """Note that what was asked then has been answered: whatever came before it has been read."""
        if asked_ms >= self._woke_ms:
            self._woke_ms = 0
