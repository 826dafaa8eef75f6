"""The local servers' reader of HTTP: whatever comes is answered by a status that is no failure of ours, or by none."""

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local.billing.meter import Meter
from local.dynamodb.moto_backend import MotoBackend
from local.dynamodb.server import TableServer
from local.gateway import Gateway, Mock
from tests.support.fuzz import fuzz, in_pieces, lengths
from tests.support.raw_http import SECONDS, upgrade

STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)

first_lines = st.one_of(
    st.tuples(
        st.sampled_from([b"GET", b"POST", b"HEAD", b"DELETE", b"OPTIONS", b"CONNECT", b"get", b"", b"M-SEARCH"]),
        st.sampled_from(
            [b"/", b"/index.html", b"/local", b"/@connections/abc=", b"/local/x/@connections/", b"*", b"//", b""]
        )
        | st.binary(max_size=12).map(lambda path: b"/" + path)
        | st.text(max_size=8).map(lambda path: ("/" + path).encode(errors="replace"))
        | st.sampled_from(
            [
                b"/%00",
                b"/%ff",
                b"/%2e%2e/x",
                b"/..",
                b"/%",
                b"/?%",
                b"http://x/",
                b"http://[",
                b"/\\",
                b"/" + b"a" * 4090,
            ]
        ),
        st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"", b"HTTP/1.1 "]),
    ).map(b" ".join),
    st.binary(max_size=20),
)
fields = st.one_of(
    st.sampled_from(
        [
            *(b"Host: localhost", b"Host: localhost", b"Host: evil.example", b"Host:", b"Content-Length: 2"),
            *(b"Content-Length: 99", b"Content-Length: -1", b"Transfer-Encoding: chunked", b"Expect: 100-continue"),
            *(b"Connection: close", b"Connection: upgrade", b"Upgrade: websocket", b"Upgrade: h2c", b"Origin: null"),
            *(b"X-Amz-Target: DynamoDB_20120810.Query", b"Content-Encoding: gzip", b"Range: bytes=5-1", b"Range: x"),
            *(b"If-Modified-Since: yesterday", b"If-Range: x", b"If-None-Match: *", b"Accept-Encoding: br;q=x"),
            *(b"Authorization: AWS4-HMAC-SHA256 Credential=/,", b"Cookie: =;;=", b"Content-Type: multipart/form-data"),
            *(each.encode() for each in upgrade()),
            *(b"Sec-WebSocket-Protocol: ,, ,", b"Sec-WebSocket-Extensions: permessage-deflate; x=\xff"),
        ]
    ),
    st.binary(max_size=15),
)
content = st.sampled_from(
    [b"", b"{}", b"[", b"0\r\n\r\n", b"2\r\n{}\r\n0\r\n\r\n", b"x\r\n", b"\x81\x80aaaa", b"\x81\x02hi"]
)
requests = st.tuples(first_lines, st.lists(fields, max_size=6), content | st.binary(max_size=12)).map(
    lambda parts: b"\r\n".join([parts[0], *parts[1], b"", parts[2]])
)
streams = st.lists(requests | st.binary(max_size=30), min_size=1, max_size=3).map(b"".join)


async def answers(port: int, pieces: list[bytes]) -> list[int]:
    """Send pieces and then the end of the stream. Return the statuses that come back until the server ends it too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        writer.write_eof()
        async with asyncio.timeout(SECONDS):
            said = await reader.read()
    except OSError:  # it has ended the connection already
        return []
    finally:
        writer.transport.abort()
    return [int(status) for status in STATUS.findall(said)]


@lengths
def test_whatever_comes_is_no_failure_of_ours(times: int, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "index.html").write_text("<h1>chat</h1>")
    caplog.set_level("ERROR")  # refusals by name are told as warnings

    with asyncio.Runner() as loop:
        gateway = Gateway({"ping": Mock("pong")}, site=tmp_path)
        table = TableServer(MotoBackend(), Meter())
        loop.run(gateway.start())
        loop.run(table.start())
        table_port = int(table.endpoint.rpartition(":")[2])

        @example((b"", [b"GET /\x80 HTTP/1.1\r\nHost: localhost\r\n\r\n"]))
        @given(in_pieces(streams))
        def holds(cut: tuple[bytes, list[bytes]]) -> None:
            _, pieces = cut
            for port in (gateway.port, table_port):
                statuses = loop.run(answers(port, pieces))
                assert all(status < 500 for status in statuses), statuses
            assert caplog.text == ""

        try:
            fuzz(holds, 40 * times)
        finally:
            loop.run(gateway.stop())
            loop.run(table.stop())
