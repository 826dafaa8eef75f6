"""When to resume: after frames that say `missed`, not all members at once and not again and again; and in a silence.

The server says `missed` when it is overloaded, and then to many: what they ask for must not add to it. Of a room of any
size about ten members resume in a second, however often they are told, so that all are right soon after the trouble.
"""

from __future__ import annotations

import math
import random

EACH_SECONDS = 0.1  # for each member of the room: about ten of them resume in a second
LONGEST_SPREAD_SECONDS = 10.0
PAUSE_SECONDS = 5.0  # from one resume to the next, at least

LIST_SECONDS = 5.0  # how long the list of members may disagree with the number that every message tells
LISTED = 20  # above this many members the server does not name who comes and goes

LEAST_SILENCE_SECONDS = 60.0
MOST_SILENCE_SECONDS = 8.5 * 60  # API Gateway drops a socket that was silent for 10 minutes
SILENCE_SPREAD = 1 / 8  # of the time: all members hear the last message at once, and are not to ask at once


def silence_seconds(history_seconds: int) -> float:
    """Return how long nothing may be heard before something is asked.

    A network can die without a word. That is found before half of what history holds has gone by.
    """
    third = history_seconds / 3 or MOST_SILENCE_SECONDS  # no history: nothing runs out
    silence = min(MOST_SILENCE_SECONDS, max(LEAST_SILENCE_SECONDS, third))
    return silence * random.uniform(1 - SILENCE_SPREAD, 1)


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
