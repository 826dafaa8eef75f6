"""Requests that come whole and plain are answered at once; whatever else comes is aiohttp's, and answered the same."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from local.gateway import Gateway, GatewayOptions, Throttle
from local.http.plain import plain_request
from tests.support.raw_http import ask, read_answer

POST = ["POST /local/@connections/abc%3D HTTP/1.1", "Host: localhost"]
NOT_PLAIN = {
    "in pieces": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx",
    "two at once": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2,
    "without a host": b"GET / HTTP/1.1\r\nAccept: a\r\n\r\n",
    "with two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
    "from a page": b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\n\r\n",
    "to be closed": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "in chunks": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "packed": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
    "a handshake": b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
    "by another method": b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n",
    "of another version": b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "with a field that goes on": b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
    "with a zero byte": b"GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
    "with a length that is none": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "with a space in its path": b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "with a long head": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 5000 + b"\r\n\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
}


@pytest.mark.parametrize("what", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_aiohttp(what: str) -> None:
    assert plain_request(NOT_PLAIN[what]) is None


def test_a_plain_request_is_read_as_it_came() -> None:
    request = plain_request(
        b"POST /a%3D?b=c HTTP/1.1\r\nHost: Localhost:1\r\nX-Amz-Date:  x \r\nContent-Length: 2\r\n\r\n\xff\n"
    )
    assert request is not None
    assert (request.method, request.target, request.body) == ("POST", "/a%3D?b=c", b"\xff\n")
    assert dict(request.fields) == {"host": "Localhost:1", "x-amz-date": "x", "content-length": "2"}


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway({}, GatewayOptions(throttle=Throttle(1000, 1000))) as gateway:
        yield gateway


@pytest.mark.parametrize(
    "lines",
    [
        POST,
        [*POST, "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/execute-api/aws4_request"],
        ["DELETE /@connections/abc%3D HTTP/1.1", "Host: localhost"],
        ["POST /local/@connections/abc%3D HTTP/1.1", "Host: evil.example"],
        ["GET /nothing HTTP/1.1", "Host: localhost"],
    ],
)
async def test_it_is_answered_as_aiohttp_would_have_it(gateway: Gateway, lines: list[str]) -> None:
    at_once = await ask(gateway.port, lines)
    later = await ask(gateway.port, [*lines, "Connection: keep-alive"])
    assert (at_once.status, at_once.body) == (later.status, later.body)
    assert at_once.headers.get("x-amzn-errortype") == later.headers.get("x-amzn-errortype")


async def test_what_comes_after_a_request_in_pieces_on_the_same_connection_is_answered_too(gateway: Gateway) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    whole = "\r\n".join([*POST, "Content-Length: 1", "", "x"]).encode()
    async with asyncio.timeout(20):
        for data in ([whole], [whole[:-1], whole[-1:]], [whole], [whole + whole[:30], whole[30:]], [whole]):
            for piece in data:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            for _ in range(2 if len(data[0]) > len(whole) else 1):
                assert (await read_answer(reader)).status == 403  # not signed
    writer.transport.abort()
