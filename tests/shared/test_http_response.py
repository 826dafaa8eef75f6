"""Reading one HTTP/1.1 response, without a socket: where it ends, its status, and whether another can follow."""

import pytest

from anonchat.http_response import HEAD_BYTES, ResponseReader

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def read(response: bytes) -> ResponseReader:
    reader = ResponseReader()
    reader.feed(response)
    return reader


@pytest.mark.parametrize("size", [1, 7, len(OK)])
def test_a_response_is_complete_with_its_last_byte_in_whatever_pieces_it_comes(size: int) -> None:
    reader = ResponseReader()
    pieces = [OK[at : at + size] for at in range(0, len(OK), size)]
    for piece in pieces:
        assert not reader.is_complete
        reader.feed(piece)
    assert reader.is_complete
    assert (reader.status, reader.reusable) == (200, True)


@pytest.mark.parametrize(
    ("response", "reusable"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection:close\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\n", False),
        (CHUNKED + b"0\r\n\r\n", True),
        (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", True),
        (CHUNKED + b"0\r\n\r\nHTTP/1.1", False),
        (OK + b"HTTP/1.1 408 Request Timeout\r\n", False),
    ],
)
def test_another_request_can_follow_only_a_response_whose_end_is_known(response: bytes, reusable: bool) -> None:
    reader = read(response)
    assert reader.is_complete
    assert reader.reusable == reusable


@pytest.mark.parametrize(
    "body",
    [
        b"0\r\n\r\n",
        b"2\r\n{}\r\n0\r\n\r\n",
        b"A;name=value\r\n0123\r\n\r\n89\r\n01\r\nx\r\n000\r\n\r\n",
        b"1\r\nx\r\n0\r\nDigest: abc\r\nExpires: never\r\n\r\n",
    ],
)
def test_chunks_end_with_the_empty_line_after_the_last_one_in_whatever_pieces_they_come(body: bytes) -> None:
    reader, whole = ResponseReader(), CHUNKED + body
    for at in range(len(whole)):
        assert not reader.is_complete
        reader.feed(whole[at : at + 1])
    assert reader.is_complete
    assert (reader.status, reader.reusable) == (200, True)


@pytest.mark.parametrize("body", [b"\r\n\r\n", b"{}\r\n", b"-2\r\n\r\n", b"2\r\n{}0\r\n\r\n"])
def test_what_is_said_to_be_chunked_and_is_not_is_no_http(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"no size of a chunk|no end of a chunk"):
        read(CHUNKED + body)


def test_a_stream_that_ends_early_or_never_ends_its_head_gives_no_answer() -> None:
    with pytest.raises(ConnectionResetError):
        read(OK[:20]).feed(b"")
    with pytest.raises(ConnectionResetError):
        read(b"x" * (HEAD_BYTES + 1))


def test_what_is_no_http_has_no_status() -> None:
    with pytest.raises(ValueError, match="no HTTP"):
        read(b"SSH-2.0-OpenSSH\r\n\r\n")


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2]
)
def test_an_interim_response_is_no_answer_and_the_final_one_is_waited_for(interim: bytes, size: int) -> None:
    reader = ResponseReader()
    for at in range(0, len(interim), size):
        reader.feed(interim[at : at + size])
        assert not reader.is_complete
    reader.feed(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
    assert (reader.is_complete, reader.status, reader.reusable) == (True, 410, True)


def test_bytes_that_nobody_asked_for_end_the_use_of_a_connection_in_whatever_pieces_they_come() -> None:
    reader = ResponseReader()
    reader.feed(OK[:-2])
    reader.feed(OK[-2:] + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert (reader.is_complete, reader.status, reader.reusable) == (True, 200, False)


@pytest.mark.parametrize(
    "garbage",
    [
        b"XXXXXXXX 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 600 OK\r\n\r\n",
        CHUNKED + b"0x1\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"1_0\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_no_answer(garbage: bytes) -> None:
    with pytest.raises(ValueError):
        read(garbage)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_a_response_that_has_no_body_ends_with_its_head_whatever_length_it_tells(status: bytes) -> None:
    reader = read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\n")
    assert (reader.is_complete, reader.reusable) == (True, True)


def test_a_head_that_is_too_long_is_no_answer_in_whatever_pieces_it_comes() -> None:
    head = b"HTTP/1.1 200 OK\r\nX: " + b"a" * HEAD_BYTES + b"\r\nContent-Length: 0\r\n\r\n"
    for cut in (len(head), len(head) - 5):
        reader = ResponseReader()
        with pytest.raises(ConnectionResetError):
            reader.feed(head[:cut])
