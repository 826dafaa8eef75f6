"""Many small HTTP/1.1 requests to one endpoint at once: kept connections, one thread, a selector.

boto3 spends 0.9 ms of CPU on a post and threads do not help, since that is CPU; this spends about 0.04 ms.
A request is bytes, an answer is its status: that is all the broadcast needs to know.

Each request has a connection of its own while it is under way. A peer that is slow, hangs or fails holds it for at most
one attempt's time-out and delays no other. Several threads may use a pool: what they share is the list of idle
connections.
"""

import random
import selectors
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import SplitResult

from anonchat import limits
from anonchat.http_connection import READ, Endpoint, HttpConnection, Steps


class Exchange(NamedTuple):
    """What came of some requests: each one's status, None where no answer came in time.

    `troubled` counts those whose first attempt brought 429, 5xx or no answer, whatever a retry brought.
    """

    statuses: list[int | None]
    troubled: int


class Pool:
    """Connections to one endpoint, kept from one exchange to the next."""

    def __init__(self, endpoint: str, at_once: int = limits.POSTS_AT_ONCE) -> None:
        """Take `endpoint` as http(s)://host[:port][/path]; `at_once` bounds those that one exchange opens."""
        self._endpoint = Endpoint(endpoint)
        self.at_once = at_once
        self._idle: list[HttpConnection] = []

    @property
    def url(self) -> SplitResult:
        """Return the endpoint's parts."""
        return self._endpoint.url

    def exchange(
        self, requests: Sequence[bytes], seconds: float = limits.FANOUT_SECONDS, *, retry: bool = True
    ) -> Exchange:
        """Send the requests, some at a time (see `lines`). A peer that fails never raises.

        One retry after 429, 5xx or a connection that failed; none after a time-out. None either without `retry`, or
        while over half of the first attempts have failed, unless the request has reached no server yet: who is
        overloaded must not be asked twice as much. (One that failed alone is no sign of that.) After `seconds` the rest
        has no answer.
        """
        exchange = _Batch(self, requests, seconds, retry=retry).run()
        self.close_oldest()
        return exchange

    def lines(self, requests: int) -> int:
        """Return how many of so many requests may be under way: of many more, if that opens no more new connections."""
        if requests <= limits.MANY_POSTS:
            return self.at_once
        return min(max(limits.MANY_POSTS_AT_ONCE, self.at_once), len(self._idle) + self.at_once)

    def acquire(self) -> HttpConnection:
        """Take the connection used last, if it is fresh and silent enough to be alive, or make a new one."""
        oldest = time.time() - limits.SOCKET_IDLE_SECONDS
        while (connection := self._pop()) is not None:
            if connection.used_at > oldest and connection.is_silent():
                return connection
            connection.close()
        return HttpConnection(self._endpoint)

    def release(self, connection: HttpConnection) -> None:
        """Give a connection back for the next request."""
        connection.used_at = time.time()  # the wall clock: a monotonic one may stand still while a function is frozen
        self._idle.append(connection)

    def close_idle(self) -> None:
        """Close all kept connections. One was found dead, so the others are too: a frozen function wakes to such."""
        while (connection := self._pop()) is not None:
            connection.close()

    def close_oldest(self) -> None:
        """Close those that have not been used for too long: the newest are taken first, so the oldest stay behind."""
        while (oldest := self._pop(0)) is not None:
            if oldest.used_at > time.time() - limits.SOCKET_IDLE_SECONDS:
                self._idle.insert(0, oldest)
                return
            oldest.close()

    def _pop(self, index: int = -1) -> HttpConnection | None:
        try:
            return self._idle.pop(index)
        except IndexError:  # also when another thread was faster
            return None


def is_overload(failed: int, attempts: int) -> bool:
    """Tell whether over half of some first attempts failed, and not one alone."""
    return failed > 1 and failed * 2 > attempts


class _Active(NamedTuple):
    """A request under way: its number in the batch, its steps, and its time-out on the monotonic clock."""

    number: int
    steps: Steps
    until: float


class _Retry(NamedTuple):
    """A request to be sent once more, not before a time on the monotonic clock.

    `is_first` says that it has reached no server yet, so that asking is not asking twice.
    """

    not_before: float
    number: int
    is_first: bool


class _Batch:
    """One call of `Pool.exchange`: which requests wait, which are under way, and on which connection."""

    def __init__(self, pool: Pool, requests: Sequence[bytes], seconds: float, *, retry: bool) -> None:
        self._pool = pool
        self._at_once = pool.lines(len(requests))
        self._requests = requests
        self._may_retry = retry
        self._first_settled: set[int] = set()  # requests whose first attempt is over
        self._first_failed = 0  # of these
        self._statuses: list[int | None] = [None] * len(requests)
        self._waiting: deque[int] = deque(range(len(requests)))
        self._retries: list[_Retry] = []
        self._retried: set[int] = set()
        self._active: dict[HttpConnection, _Active] = {}  # in order of their time-outs
        self._finished: list[HttpConnection] = []  # have had their answer since the selector was last looked at
        self._silent: list[HttpConnection] = []  # those on which nothing has come that was not asked for
        self._selector = selectors.DefaultSelector()
        self._deadline = time.monotonic() + seconds

    def run(self) -> Exchange:
        """Work until every request has its status or the time is over."""
        with self._selector:
            while (now := time.monotonic()) < self._deadline:
                self._expire(now)
                self._start(now)
                if not self._active and not self._retries and not self._waiting:
                    break
                self._look(self._timeout(now))
            for connection in self._active:
                connection.connecting_to = None  # our time is over, which is not its address's fault
                connection.close()
        for connection in (*self._silent, *self._finished):
            connection.awaited = 0
            self._pool.release(connection)
        unsettled = len(self._requests) - len(self._first_settled)
        return Exchange(self._statuses, self._first_failed + unsettled)

    def _start(self, now: float) -> None:
        for retry in [retry for retry in self._retries if retry.not_before <= now and not self._is_postponed(retry)]:
            self._retries.remove(retry)
            if retry.is_first or not self._is_overloaded():
                self._waiting.append(retry.number)
        while self._waiting and time.monotonic() < self._deadline and (connection := self._line()) is not None:
            number = self._waiting.popleft()
            is_new, steps = connection.socket is None, connection.request(self._requests[number])
            self._active[connection] = _Active(number, steps, time.monotonic() + limits.POST_TIMEOUT_SECONDS)
            self._advance(connection)
            if is_new and connection in self._active:  # the look-up of a name blocks, and its time is not the peer's
                self._active[connection] = _Active(number, steps, time.monotonic() + limits.POST_TIMEOUT_SECONDS)

    def _line(self) -> HttpConnection | None:
        """Return a connection for a request, None while as many as may be are in use."""
        if self._silent:
            return self._silent.pop()
        return self._pool.acquire() if len(self._active) + len(self._finished) < self._at_once else None

    def _look(self, seconds: float) -> None:
        """Wait for the sockets, and go on with those that are ready.

        They stay with the selector from one request to the next, so one look shows for all that have finished whether
        they can be used again: on those nothing has come since, neither the peer's goodbye nor an unasked answer.
        """
        ready = self._selector.select(seconds)
        self._silent += self._finished
        self._finished = []
        for key, _ in ready:
            if key.data in self._active:
                self._advance(key.data)
            else:
                self._silent = [each for each in self._silent if each is not key.data]
                self._close(key.data)

    def _timeout(self, now: float) -> float:
        """Return the seconds until something is due: a time-out, a retry, the end, or a look for a waiting request."""
        if self._waiting and self._finished:
            return 0.0
        ends = [self._deadline, *(each.not_before for each in self._retries if not self._is_postponed(each))]
        if self._active:
            ends.append(next(iter(self._active.values())).until)
        return max(0.0, min(ends) - now)

    def _expire(self, now: float) -> None:
        while self._active:
            connection, active = next(iter(self._active.items()))
            if active.until > now:
                return
            self._drop(connection)
            self._settle(active.number, failed=True)

    def _advance(self, connection: HttpConnection) -> None:
        number, steps, _ = self._active[connection]
        try:
            event = next(steps)
        except StopIteration as answer:
            self._finish(connection, number, answer.value)
        except (OSError, ValueError):  # ValueError: what came was no HTTP
            self._drop(connection)
            if connection.is_stale:
                self._close_kept()
            else:
                self._settle(number, failed=True)
            is_first = connection.is_stale or not connection.has_sent
            self._retry(number, at_once=connection.is_stale, is_first=is_first)
        else:
            self._watch(connection, event)

    def _watch(self, connection: HttpConnection, event: int) -> None:
        if not connection.awaited:
            self._selector.register(connection.descriptor, event, connection)
        elif connection.awaited != event:
            self._selector.modify(connection.descriptor, event, connection)
        connection.awaited = event

    def _finish(self, connection: HttpConnection, number: int, status: int) -> None:
        self._statuses[number] = status
        del self._active[connection]
        if connection.reusable:
            self._watch(connection, READ)
            self._finished.append(connection)
        else:
            self._close(connection)
        has_failed = status == 429 or status >= 500
        self._settle(number, failed=has_failed)
        if has_failed:
            self._retry(number, at_once=False, is_first=False)

    def _settle(self, number: int, *, failed: bool) -> None:
        """Count how the first attempts of the requests ended."""
        if number not in self._first_settled:
            self._first_settled.add(number)
            self._first_failed += failed

    def _is_overloaded(self) -> bool:
        return is_overload(self._first_failed, len(self._first_settled))

    def _is_postponed(self, retry: _Retry) -> bool:
        """Tell whether it is still open if most first attempts fail: those that fail are often the first to answer."""
        return not retry.is_first and self._is_overloaded() and len(self._first_settled) < len(self._requests)

    def _retry(self, number: int, *, at_once: bool, is_first: bool) -> None:
        if number in self._retried or not (self._may_retry or is_first):
            return
        self._retried.add(number)
        jitter = 0.0 if at_once else random.uniform(*limits.RETRY_JITTER_SECONDS)
        self._retries.append(_Retry(time.monotonic() + jitter, number, is_first))

    def _drop(self, connection: HttpConnection) -> None:
        del self._active[connection]
        self._close(connection)

    def _close_kept(self) -> None:
        """Close all connections that wait for a request. One was found dead, so the others are too."""
        for connection in (*self._silent, *self._finished):
            self._close(connection)
        self._silent, self._finished = [], []
        self._pool.close_idle()

    def _close(self, connection: HttpConnection) -> None:
        if connection.awaited:
            self._selector.unregister(connection.descriptor)
            connection.awaited = 0
        connection.close()
