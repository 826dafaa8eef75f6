"""One kept HTTP connection, and the endpoint it leads to: addresses and TLS. The only module that opens sockets.

Nothing here waits: what has to be waited for is yielded to the pool, whose selector waits for all connections.
"""

import errno
import os
import selectors
import socket
import ssl
import time
from collections.abc import Generator
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from anonchat import limits
from anonchat.http_response import HEAD_BYTES, ResponseReader
from anonchat.trust import ssl_context

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_WANTS_READ = (BlockingIOError, ssl.SSLWantReadError)
_WANTS_WRITE = (BlockingIOError, ssl.SSLWantWriteError)

Steps = Generator[int, None, int]  # yields the event it waits for, returns the status


class Address(NamedTuple):
    """Where to connect, as socket.getaddrinfo says it."""

    family: socket.AddressFamily
    address: tuple[Any, ...]


class Endpoint:
    """The host that all requests go to. https trusts the certificates of AWS_CA_BUNDLE, or the machine's."""

    def __init__(self, url: str) -> None:
        """Take `url` as http(s)://host[:port][/path]; requests hold their whole path."""
        self.url: SplitResult = urlsplit(url)
        self._bundle = os.environ.get("AWS_CA_BUNDLE") or None
        self._context = ssl_context(self._bundle) if self.url.scheme == "https" else None
        self._addresses: list[Address] = []
        self._looked_up_at = 0.0

    def address(self) -> Address:
        """Return where to connect, looked up once in ADDRESS_SECONDS. An OSError says that there is no address."""
        now = time.time()
        if not self._addresses and now < self._looked_up_at + limits.LOOKUP_PAUSE_SECONDS:
            raise OSError(f"{self.url.hostname} has no address")
        if not self._addresses or now > self._looked_up_at + limits.ADDRESS_SECONDS:
            self._looked_up_at = now
            port = self.url.port or (443 if self._context else 80)
            found = socket.getaddrinfo(self.url.hostname, port, type=socket.SOCK_STREAM)
            self._addresses = [Address(family, address) for family, _, _, _, address in found]
        return self._addresses[0]

    def demote(self, address: Address) -> None:
        """Move an address that refuses, or does not answer, to the end of the list."""
        self._addresses = sorted(self._addresses, key=lambda each: each == address)

    def wrap(self, connected: socket.socket) -> socket.socket:
        """Put TLS around a connected socket if the endpoint is https; the handshake is still to be made."""
        if self._context is None:
            return connected
        return self._context.wrap_socket(connected, server_hostname=self.url.hostname, do_handshake_on_connect=False)

    def trust_whole_store(self) -> None:
        """Take all certificates that the machine trusts, from the next connection on."""
        self._context = ssl_context(self._bundle, whole=True)


class HttpConnection:
    """One connection, reused for as long as the peer keeps it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._response = ResponseReader()
        self.socket: socket.socket | None = None
        self.descriptor = -1  # stays what the selector knows, also when TLS wraps or closes the socket
        self.connecting_to: Address | None = None  # until it is connected
        self.awaited = 0  # the event a selector waits for, 0 when none does
        self.used_at = 0.0  # epoch seconds
        self.used = False  # has served before: the peer may have dropped it meanwhile
        self.has_sent = False  # some of the latest request, so that the peer may have taken it

    @property
    def is_stale(self) -> bool:
        """Tell whether a failure means that the peer had dropped this kept connection: not one byte has come back."""
        return self.used and not self._response.has_begun

    @property
    def response(self) -> ResponseReader:
        """Return the latest request's response, as far as it has come."""
        return self._response

    @property
    def reusable(self) -> bool:
        """Tell whether another request can follow the response that was read."""
        return self._response.reusable

    def request(self, request: bytes) -> Steps:
        """Send the request and read the response, step by step. Raise OSError or ValueError where there is none."""
        self._response, self.has_sent = ResponseReader(), False
        connected = self.socket
        if connected is None:
            connected = yield from self._open()
        self.has_sent, unsent = True, memoryview(request)
        while unsent:
            try:
                unsent = unsent[connected.send(unsent) :]
            except ssl.SSLWantReadError:
                yield READ
            except _WANTS_WRITE:
                yield WRITE
        yield READ  # no answer is there as soon as that, and to find so out costs more than to wait
        while not self._response.is_complete:
            try:
                data = connected.recv(HEAD_BYTES)
            except _WANTS_READ:
                yield READ
                continue
            except ssl.SSLWantWriteError:
                yield WRITE
                continue
            self._response.feed(data)
        self.used = True
        return self._response.status

    def _open(self) -> Generator[int, None, socket.socket]:
        self.connecting_to = family, address = self._endpoint.address()
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
        self.socket = self._endpoint.wrap(self.socket)
        while isinstance(self.socket, ssl.SSLSocket):
            try:
                self.socket.do_handshake()
                break
            except ssl.SSLCertVerificationError:
                self._endpoint.trust_whole_store()
                raise
            except ssl.SSLWantReadError:
                yield READ
            except ssl.SSLWantWriteError:
                yield WRITE
        return self.socket

    def is_silent(self) -> bool:
        """Tell whether nothing has come since the last response: neither the peer's goodbye nor an unasked answer."""
        try:
            assert self.socket is not None
            self.socket.recv(1)
        except _WANTS_READ:
            return True
        except OSError:
            pass
        return False

    def close(self) -> None:
        """Close the socket. If it was never connected, its address is the last to be tried again."""
        if self.connecting_to is not None:
            self._endpoint.demote(self.connecting_to)
        if self.socket is not None:
            self.socket.close()
