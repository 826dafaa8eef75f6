"""One connection, step by step: what it waits for when the socket is not ready, whichever way TLS asks for it."""

import errno
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import trustme

from anonchat.http_connection import READ, WRITE, Endpoint, HttpConnection
from anonchat.http_pool import Pool
from tests.support.execute_api import ExecuteApi

REQUEST = b"POST / HTTP/1.1\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class UnreadySocket:
    """A connected socket whose first calls of `send` and of `recv` each raise, as a busy one's do."""

    def __init__(self, *, send: Exception, recv: Exception) -> None:
        self._failures: dict[str, Exception] = {"send": send, "recv": recv}
        self.sent = b""

    def send(self, data: bytes) -> int:
        self._fail_once("send")
        self.sent += bytes(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        self._fail_once("recv")
        return RESPONSE

    def _fail_once(self, call: str) -> None:
        failure = self._failures.pop(call, None)
        if failure is not None:
            raise failure


@pytest.mark.parametrize(
    ("send", "recv", "waits"),
    [
        (BlockingIOError(), BlockingIOError(), [WRITE, READ, READ]),
        (ssl.SSLWantWriteError(), ssl.SSLWantReadError(), [WRITE, READ, READ]),
        (ssl.SSLWantReadError(), ssl.SSLWantWriteError(), [READ, READ, WRITE]),
    ],
)
def test_a_socket_that_is_not_ready_is_waited_for_as_it_asks(send: Any, recv: Any, waits: list[int]) -> None:
    connection = HttpConnection(Endpoint("http://127.0.0.1:9"))
    connected = UnreadySocket(send=send, recv=recv)
    connection.socket = connected  # type: ignore[assignment]
    steps = connection.request(REQUEST)
    assert [next(steps) for _ in waits] == waits
    with pytest.raises(StopIteration) as answer:
        next(steps)
    assert answer.value.value == 200
    assert connected.sent == REQUEST
    assert connection.used


def test_a_handshake_that_wants_to_write_first_is_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    handshake: Callable[..., None] = ssl.SSLSocket.do_handshake
    asked: list[ssl.SSLSocket] = []

    def reluctant(self: ssl.SSLSocket, *arguments: Any) -> None:
        asked.append(self)
        if len(asked) == 1:
            raise ssl.SSLWantWriteError
        handshake(self, *arguments)

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", reluctant)
    with ExecuteApi(authority) as api:
        pool = Pool(api.endpoint)
        head = "POST /stage/@connections/ok-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        assert pool.exchange([head.encode()]).statuses == [200]
        pool.close_idle()
    assert len(asked) > 1


def test_a_connection_that_fails_while_it_is_made_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting goes on in the background, and the socket knows what has become of it."""
    monkeypatch.setattr(socket.socket, "connect_ex", lambda self, address: errno.EINPROGRESS)
    monkeypatch.setattr(socket.socket, "getsockopt", lambda self, level, option: errno.ECONNREFUSED)
    connection = HttpConnection(Endpoint("http://127.0.0.1:9"))
    steps = connection.request(REQUEST)
    assert next(steps) == WRITE
    with pytest.raises(ConnectionRefusedError):
        next(steps)
    connection.close()


def test_a_kept_connection_that_the_peer_has_reset_is_not_silent() -> None:
    connection = HttpConnection(Endpoint("http://127.0.0.1:9"))
    connection.socket = UnreadySocket(send=BlockingIOError(), recv=ConnectionResetError())  # type: ignore[assignment]
    assert not connection.is_silent()
