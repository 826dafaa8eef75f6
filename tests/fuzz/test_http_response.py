"""The pool's reader of HTTP answers: whatever comes back, however it is cut, ends in a status or in an error."""

import http.client
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hypothesis import example, given
from hypothesis import strategies as st

from anonchat.http_pool import Pool
from anonchat.http_response import ResponseReader
from tests.support.fuzz import fuzz, in_pieces, lengths

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
MORE, ERROR = "more is needed", "an error"


def read(pieces: list[bytes]) -> int | str:
    """Read as a connection does, up to the end of the answer. Return its status, MORE or ERROR."""
    reader = ResponseReader()
    for piece in pieces:
        if reader.is_complete:
            break
        try:
            if piece:  # nothing would be the end of the stream
                reader.feed(piece)
        except (OSError, ValueError):
            return ERROR
    try:
        return reader.status if reader.is_complete else MORE
    except ValueError:
        return ERROR


lines = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK", b"HTTP/1.1 410 Gone", b"HTTP/1.1 100 Continue", b"HTTP/1.0 500 no", b"HTTP/1.1 204 N"),
        *(b"HTTP/1.1 99 x", b"HTTP/2 200", b"HTTP/1.1 2\xb2\xb3 x", b"Content-Length: 2", b"Content-Length: 0"),
        *(b"Content-Length: -1", b"Content-Length: many", b"content-length:" + b"9" * 5000, b"Content-Length: +2"),
        *(b"Transfer-Encoding: chunked", b"Connection: close", b"", b"", b"{}", b"2", b"0", b"-2", b"0x2", b"2;a=b"),
        *(b"ffffffffffffffff", b" 2 ", b"1_0"),
    ]
)
almost_answers = st.lists(lines | st.binary(max_size=6), max_size=14).map(b"\r\n".join)


@lengths
def test_any_bytes_mean_the_same_however_they_are_cut(times: int) -> None:
    @example(
        (
            whole := b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            [whole[:30], whole[30:]],
        )
    )
    @given(in_pieces(almost_answers | st.binary(max_size=60)))
    def holds(cut: tuple[bytes, list[bytes]]) -> None:
        data, pieces = cut
        outcome = read([data])
        assert outcome == read(pieces)
        assert outcome == read([data[at : at + 1] for at in range(len(data))])
        assert outcome in (MORE, ERROR) or 200 <= int(outcome) < 600

    fuzz(holds, 150 * times)


bodies = st.lists(st.binary(min_size=1, max_size=30), max_size=4)
fields = st.lists(
    st.sampled_from([b"X-A: b", b"Date: now", b"connection: close", b"Content-Type: text/plain"]), max_size=3
)


def answer(status: int, head: list[bytes], body: list[bytes], chunked: bool, interim: int) -> bytes:
    if chunked:
        head = [*head, b"Transfer-Encoding: chunked"]
        content = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in body) + b"0\r\n\r\n"
    else:
        content = b"".join(body)
        head = [*head, b"Content-Length: %d" % len(content)]
    return b"HTTP/1.1 100 Continue\r\n\r\n" * interim + b"\r\n".join([b"HTTP/1.1 %d x" % status, *head, b"", content])


@lengths
def test_a_real_answer_ends_where_pythons_own_client_says(times: int) -> None:
    @given(
        st.sampled_from([200, 403, 410, 413, 429, 500]),
        fields,
        bodies,
        st.booleans(),
        st.integers(0, 2),
        st.binary(max_size=8),
    )
    def holds(status: int, head: list[bytes], body: list[bytes], chunked: bool, interim: int, after: bytes) -> None:
        whole = answer(status, head, body, chunked, interim)
        reader = ResponseReader()
        for at in range(len(whole)):
            assert not reader.is_complete
            reader.feed(whole[at : at + 1])
        assert (reader.is_complete, reader.status) == (True, status)
        assert reader.reusable == (b"connection: close" not in head)
        oracle = http.client.HTTPResponse(Stream(whole + after))  # type: ignore[arg-type]
        oracle.begin()
        assert (oracle.status, oracle.read()) == (status, b"".join(body))
        if after:
            reader.feed(after)
            assert not reader.reusable, "what comes unasked ends the connection"

    fuzz(holds, 60 * times)


class Stream:
    """What http.client takes for a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


@contextmanager
def a_server(answers: Iterator[list[bytes]]) -> Iterator[str]:
    """Answer each connection with the next pieces, whatever it asks, and close it."""

    def serve(listening: socket.socket) -> None:
        with listening:
            for pieces in answers:
                connected, _ = listening.accept()
                with connected, suppress(OSError):  # the pool may have closed before all was said
                    connected.recv(65_536)
                    for piece in pieces:
                        connected.sendall(piece)
                    connected.shutdown(socket.SHUT_WR)
                    while connected.recv(65_536):
                        pass

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread = threading.Thread(target=serve, args=(listening,))
    thread.start()
    yield address
    thread.join()


@lengths
def test_whatever_a_server_answers_a_request_ends_in_time_with_a_status_or_without(times: int) -> None:
    @given(in_pieces(almost_answers | st.binary(max_size=60)))
    def holds(cut: tuple[bytes, list[bytes]]) -> None:
        data, pieces = cut
        with a_server(iter([pieces])) as address:
            pool = Pool(address)
            [status] = pool.exchange([REQUEST], 20, retry=False).statuses
            pool.close_idle()
        expected = read([data])
        assert status == (None if expected in (MORE, ERROR) else expected)

    fuzz(holds, 40 * times)
