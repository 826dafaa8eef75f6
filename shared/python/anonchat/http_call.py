"""One HTTP request and its whole response, over the kept connections of a pool. One attempt: who asks retries."""

import select
import time

from anonchat.http_connection import WRITE
from anonchat.http_pool import Pool
from anonchat.http_response import ResponseReader


class NoResponse(Exception):
    """No response has come in time, or none that is HTTP. The cause says which.

    `was_sent` says that the peer may have the request. `is_stale` says that it had dropped this kept connection.
    """

    def __init__(self, *, was_sent: bool, is_stale: bool) -> None:
        super().__init__()
        self.was_sent = was_sent
        self.is_stale = is_stale


def call(pool: Pool, request: bytes, until: float) -> ResponseReader:
    """Send a request and return its complete response, or raise NoResponse. `until` is on the monotonic clock."""
    connection = pool.acquire()
    try:
        for event in connection.request(request):
            _wait(connection.descriptor, event, until)
    except (OSError, ValueError) as failure:  # ValueError: what came was no HTTP
        connection.close()
        if connection.is_stale:
            pool.close_idle()
        is_stale = connection.is_stale and not isinstance(failure, TimeoutError)  # which may be a busy peer's
        raise NoResponse(was_sent=connection.has_sent, is_stale=is_stale) from failure
    response = connection.response  # another thread's request begins a new one as soon as the connection is released
    if connection.reusable:
        pool.release(connection)
    else:
        connection.close()
    pool.close_oldest()
    return response


def _wait(descriptor: int, event: int, until: float) -> None:
    """Wait until a socket is ready. One socket needs no selector, whose making and closing are more than the wait."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT if event == WRITE else select.POLLIN)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError("no answer in time")
