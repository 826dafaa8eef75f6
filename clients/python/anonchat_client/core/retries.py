"""What follows when a request fails: how long to wait, and when to take another socket."""

from __future__ import annotations

import random
from typing import NamedTuple

from anonchat_client.core.frames import Answer
from anonchat_client.errors import RequestRefused, Unacknowledged

FIRST_SECONDS = 1.0  # the first pause; doubles each time, with jitter
LONGEST_SECONDS = 30.0
LIMITED_SECONDS = 1.0  # after `rate_limited` without a `retryAfter`
LIMITED_SPREAD_SECONDS = 2.0  # on top of it, at most: the minute of the limit ends for everybody in the same second
SILENT_TRIES = 2  # time-outs of one request with nothing heard in between, and its socket is taken for dead


class Backoff:
    """Pauses that double up to a longest one, each a random part short so that clients do not come all at once."""

    def __init__(
        self, first_seconds: float = FIRST_SECONDS, longest_seconds: float = LONGEST_SECONDS, *, least: float = 0.5
    ) -> None:
        """Begin with the first pause. `least` is the part of a pause that is always waited."""
        self._first, self._longest, self._least = first_seconds, longest_seconds, least
        self.reset()

    def reset(self) -> None:
        self._pause = self._first

    def next(self) -> float:
        """Return the seconds to wait now."""
        pause, self._pause = min(self._pause, self._longest), min(self._pause * 2, self._longest)
        return pause * random.uniform(self._least, 1)


class Step(NamedTuple):
    """What to do before the next try."""

    wait_seconds: float = 0.0
    reconnect: bool = False


class Retries:
    """Decides on the next try of one request, whatever its tries before have met."""

    def __init__(self, expected: Answer, backoff: Backoff) -> None:
        self._expected = expected
        self._backoff = backoff
        self._silences = 0

    def after(self, failure: TimeoutError | Unacknowledged | RequestRefused, *, heard: bool = False) -> Step:
        """Return the next step; `heard` is whether anything came since the try. Raise what another cannot help."""
        if isinstance(failure, TimeoutError):
            self._silences = 0 if heard else self._silences + 1
            return Step(self._backoff.next(), reconnect=self._silences >= SILENT_TRIES)
        if isinstance(failure, Unacknowledged):
            return Step(self._backoff.next())
        if failure.code == "rate_limited":
            return Step((failure.retry_after or LIMITED_SECONDS) + random.uniform(0, LIMITED_SPREAD_SECONDS))
        if failure.code == "server_error" or self._is_refused(failure, "joined"):
            return Step(self._backoff.next())  # a later join was quicker, or the server wants a new socket
        if self._is_refused(failure, "page") or self._is_refused(failure, "roster"):
            return Step(reconnect=True)  # the server has lost us: come back as after any cut
        raise failure

    def _is_refused(self, refusal: RequestRefused, expected: str) -> bool:
        """Tell whether this is `not_joined` for a request that expects such an answer."""
        return refusal.code == "not_joined" and self._expected.type == expected
