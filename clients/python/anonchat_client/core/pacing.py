"""When to resume after frames that say `missed`: not all members at once, and less often while it goes on.

The server says `missed` when it is overloaded, and then to many: what they ask for must not add to it.
"""

from __future__ import annotations

import math
import random

SPREAD_SECONDS = 0.1  # for each member of the room: about ten of them resume in a second
LONGEST_SPREAD_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 5.0  # from one resume to the next; doubles each time
LONGEST_PAUSE_SECONDS = 60.0
CALM_SECONDS = 60.0  # after so long without, the next resume is the first again


class Pacing:
    """Says how long to wait before each resume. Times are seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._resumed_at = -math.inf
        self._trouble_at = -math.inf  # when `missed` was heard or heeded last

    def missed(self, online: int, now: float) -> float:
        """Note a frame that says `missed`, in a room of so many. Return the seconds until a resume may begin."""
        if now - self._trouble_at >= CALM_SECONDS:
            self._pause = 0.0
        self._trouble_at = now
        spread = min(online * SPREAD_SECONDS, LONGEST_SPREAD_SECONDS)
        return max(0.0, self._resumed_at + self._pause - now) + random.uniform(0, spread)

    def resumed(self, now: float) -> None:
        """Note that a resume begins."""
        self._resumed_at = self._trouble_at = now
        self._pause = min(max(self._pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
