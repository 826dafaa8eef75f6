"""Many small HTTP/1.1 requests to one endpoint at once: kept connections, one thread, a selector.

boto3 spends 0.9 ms of CPU on a post and threads do not help, since that is CPU; this spends about 0.04 ms.
A request is bytes, an answer is its status: that is all the broadcast needs to know.

Each request has a slot of its own. A peer that is slow, hangs or fails holds its slot for at most one attempt's
time-out and never another's. A pool may be used by several threads: what they share is the list of idle connections.
"""

import errno
import functools
import os
import random
import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Generator, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from anonchat import limits

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_WANTS_READ = (BlockingIOError, ssl.SSLWantReadError)
_HEAD_BYTES = 64 * 1024  # a response head longer than this is no answer

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
Wait = Generator[int, None, int]  # yields the event it waits for, returns the status


class Pool:
    def __init__(self, endpoint: str, at_once: int = limits.POSTS_AT_ONCE) -> None:
        """`endpoint`: http(s)://host[:port][/path]; requests hold their whole path. https trusts AWS_CA_BUNDLE."""
        self.url: SplitResult = urlsplit(endpoint)
        self.at_once = at_once
        self._context = ssl_context(os.environ.get("AWS_CA_BUNDLE") or None) if self.url.scheme == "https" else None
        self._idle: list[_Connection] = []
        self._addresses: list[Address] = []
        self._asked_at = 0.0

    def exchange(self, requests: Sequence[bytes], seconds: float = limits.FANOUT_SECONDS) -> list[int | None]:
        """The status of each request, None where there was no answer in time. Never raises for a peer's sake.

        One retry after 429, 5xx or a connection that failed; none after a time-out. After `seconds` the rest is None.
        """
        return _Batch(self, requests, seconds).run()

    def acquire(self) -> "_Connection":
        """The connection used last, if it is fresh and quiet enough to be alive, or a new one."""
        oldest = time.time() - limits.SOCKET_IDLE_SECONDS
        while (connection := self._pop()) is not None:
            if connection.used_at > oldest and connection.is_silent():
                return connection
            connection.close()
        return _Connection(self)

    def release(self, connection: "_Connection") -> None:
        connection.used_at = time.time()  # the wall clock: a monotonic one may stand still while a function is frozen
        self._idle.append(connection)

    def close_idle(self) -> None:
        """One kept connection was found dead, so the others are too: a frozen function wakes to a list of them."""
        while (connection := self._pop()) is not None:
            connection.close()

    def _pop(self) -> "_Connection | None":
        try:
            return self._idle.pop()
        except IndexError:  # also when another thread was faster
            return None

    def address(self) -> Address:
        """Where to connect: looked up once in ADDRESS_SECONDS."""
        now = time.time()
        if not self._addresses and now < self._asked_at + limits.LOOKUP_PAUSE_SECONDS:
            raise OSError(f"{self.url.hostname} has no address")
        if not self._addresses or now > self._asked_at + limits.ADDRESS_SECONDS:
            self._asked_at = now
            port = self.url.port or (443 if self._context else 80)
            found = socket.getaddrinfo(self.url.hostname, port, type=socket.SOCK_STREAM)
            self._addresses = [(family, address) for family, _, _, _, address in found]
        return self._addresses[0]

    def demote(self, address: Address) -> None:
        """It refuses, or says nothing: to the end of the list with it."""
        self._addresses = sorted(self._addresses, key=lambda each: each == address)

    def wrap(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        return self._context.wrap_socket(connection, server_hostname=self.url.hostname, do_handshake_on_connect=False)


@functools.cache
def ssl_context(bundle: str | None) -> ssl.SSLContext:
    """One context for all connections: reading the CA bundle costs about 23 ms of CPU, once here, not once each."""
    return ssl.create_default_context(cafile=bundle)


class _Connection:
    """One connection, reused for as long as the peer keeps it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.socket: socket.socket | None = None
        self.descriptor = -1  # stays what the selector knows, also when TLS wraps or closes the socket
        self.connecting_to: Address | None = None  # until the connection stands
        self.awaited = 0  # the event a selector waits for, 0 when none does
        self.used_at = 0.0
        self.used = False  # has served before: the peer may have dropped it meanwhile
        self.heard = False  # a byte of this answer has come
        self.reusable = True

    def request(self, request: bytes) -> Wait:
        self.heard = False
        connection = self.socket
        if connection is None:
            connection = yield from self._open()
        unsent = memoryview(request)
        while unsent:
            try:
                unsent = unsent[connection.send(unsent) :]
            except ssl.SSLWantReadError:
                yield READ
            except (BlockingIOError, ssl.SSLWantWriteError):
                yield WRITE
        status = yield from self._answer(connection)
        self.used = True
        return status

    def _open(self) -> Generator[int, None, socket.socket]:
        self.connecting_to = family, address = self._pool.address()
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.descriptor = self.socket.fileno()
        failure = self.socket.connect_ex(address)
        if failure == errno.EINPROGRESS:
            yield WRITE
            failure = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            raise OSError(failure, os.strerror(failure))
        self.connecting_to = None
        self.socket = self._pool.wrap(self.socket)
        while isinstance(self.socket, ssl.SSLSocket):
            try:
                self.socket.do_handshake()
                break
            except ssl.SSLWantReadError:
                yield READ
            except ssl.SSLWantWriteError:
                yield WRITE
        return self.socket

    def _answer(self, connection: socket.socket) -> Wait:
        received, end = b"", -1
        while end < 0 or len(received) < end:
            try:
                data = connection.recv(_HEAD_BYTES)
            except _WANTS_READ:
                yield READ
                continue
            except ssl.SSLWantWriteError:
                yield WRITE
                continue
            if not data:
                raise ConnectionResetError("closed before the answer was complete")
            self.heard = True
            received += data
            if end < 0:
                end = self._end_of(received)
        return int(received[9:12])

    def _end_of(self, received: bytes) -> int:
        """Where the answer ends: -1 while its head is incomplete. Without a length nothing can follow it."""
        head_end = received.find(b"\r\n\r\n")
        if head_end < 0:
            if len(received) > _HEAD_BYTES:
                raise ConnectionResetError("no end of the response's head")
            return -1
        head = received[:head_end].lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        end = head_end + 4 + int(length or 0)
        if b"\r\nconnection: close" in head or (not length and received[9:12] != b"204") or len(received) > end:
            self.reusable = False
        return end

    def is_silent(self) -> bool:
        """Nothing has come since the last answer: neither the peer's goodbye nor an answer that nobody asked for."""
        try:
            assert self.socket is not None
            self.socket.recv(1)
        except _WANTS_READ:
            return True
        except OSError:
            pass
        return False

    def close(self) -> None:
        """Ends the connection. If it never came to stand, its address is the last to be tried again."""
        if self.connecting_to is not None:
            self._pool.demote(self.connecting_to)
        if self.socket is not None:
            self.socket.close()


class _Batch:
    """One call of `Pool.exchange`: which requests wait, which are under way, and on which connection."""

    def __init__(self, pool: Pool, requests: Sequence[bytes], seconds: float) -> None:
        self._pool = pool
        self._requests = requests
        self._statuses: list[int | None] = [None] * len(requests)
        self._waiting: deque[int] = deque(range(len(requests)))
        self._retries: list[tuple[float, int]] = []  # (not before, request)
        self._retried: set[int] = set()
        self._active: dict[_Connection, tuple[int, Wait, float]] = {}  # in order of their time-outs
        self._selector = selectors.DefaultSelector()
        self._deadline = time.monotonic() + seconds

    def run(self) -> list[int | None]:
        with self._selector:
            while (now := time.monotonic()) < self._deadline:
                self._expire(now)
                self._start(now)
                if not self._active and not self._retries:
                    break
                for key, _ in self._selector.select(self._timeout(now)):
                    self._advance(key.data)
            for connection in self._active:
                connection.connecting_to = None  # our time is over, which is not its address's fault
                connection.close()
        return self._statuses

    def _start(self, now: float) -> None:
        due = [retry for retry in self._retries if retry[0] <= now]
        for retry in due:
            self._retries.remove(retry)
            self._waiting.append(retry[1])
        while self._waiting and len(self._active) < self._pool.at_once and time.monotonic() < self._deadline:
            index = self._waiting.popleft()
            connection = self._pool.acquire()
            conversation = connection.request(self._requests[index])
            self._active[connection] = (index, conversation, now + limits.POST_TIMEOUT_SECONDS)
            self._advance(connection)
            if connection in self._active:  # the look-up of a name blocks, and its time is not the peer's
                self._active[connection] = (index, conversation, time.monotonic() + limits.POST_TIMEOUT_SECONDS)

    def _timeout(self, now: float) -> float:
        ends = [self._deadline, *(not_before for not_before, _ in self._retries)]
        if self._active:
            ends.append(next(iter(self._active.values()))[2])
        return max(0.0, min(ends) - now)

    def _expire(self, now: float) -> None:
        while self._active:
            connection, (_, _, until) = next(iter(self._active.items()))
            if until > now:
                return
            self._drop(connection)

    def _advance(self, connection: _Connection) -> None:
        index, conversation, _ = self._active[connection]
        try:
            event = next(conversation)
        except StopIteration as answer:
            self._finish(connection, index, answer.value)
        except (OSError, ValueError):  # ValueError: what came was no HTTP
            self._drop(connection)
            stale = connection.used and not connection.heard
            if stale:
                self._pool.close_idle()
            self._retry(index, at_once=stale)
        else:
            self._watch(connection, event)

    def _watch(self, connection: _Connection, event: int) -> None:
        if not connection.awaited:
            self._selector.register(connection.descriptor, event, connection)
        elif connection.awaited != event:
            self._selector.modify(connection.descriptor, event, connection)
        connection.awaited = event

    def _finish(self, connection: _Connection, index: int, status: int) -> None:
        self._statuses[index] = status
        self._unregister(connection)
        if connection.reusable:
            self._pool.release(connection)
        else:
            connection.close()
        if status == 429 or status >= 500:
            self._retry(index, at_once=False)

    def _retry(self, index: int, *, at_once: bool) -> None:
        if index in self._retried:
            return
        self._retried.add(index)
        jitter = 0.0 if at_once else random.uniform(*limits.RETRY_JITTER_SECONDS)
        self._retries.append((time.monotonic() + jitter, index))

    def _drop(self, connection: _Connection) -> None:
        self._unregister(connection)
        connection.close()

    def _unregister(self, connection: _Connection) -> None:
        del self._active[connection]
        if connection.awaited:
            self._selector.unregister(connection.descriptor)
            connection.awaited = 0
