"""When to resume after frames that say `missed`: not all members at once, and not again and again.

The server says `missed` when it is overloaded, and then to many: what they ask for must not add to it. Of a room of any
size about ten members resume in a second, however often they are told, so that all are right soon after the trouble.
"""

from __future__ import annotations

import math
import random

EACH_SECONDS = 0.1  # for each member of the room: about ten of them resume in a second
LONGEST_SPREAD_SECONDS = 10.0
PAUSE_SECONDS = 5.0  # from one resume to the next, at least


class Pacing:
    """Says how long to wait before each resume. Times are seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self._resumed_at = -math.inf

    def missed(self, online: int, now: float) -> float:
        """Return the seconds until a resume may begin, after a frame that says `missed`, in a room of so many."""
        spread = online * EACH_SECONDS
        pause = self._resumed_at + max(PAUSE_SECONDS, spread) - now
        return max(0.0, pause) + random.uniform(0, min(spread, LONGEST_SPREAD_SECONDS))

    def resumed(self, now: float) -> None:
        """Note that a resume begins."""
        self._resumed_at = now
