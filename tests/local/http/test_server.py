"""What is no HTTP, or too much of it: a status, a sentence, nothing in the shell. And those who never get to ask."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local.gateway import Gateway
from local.http import server as http
from tests.support.raw_http import ask, read_answer, send, upgrade

HOST = "Host: localhost"


@pytest.fixture
async def gateway(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Gateway]:
    """Serve one file beside the sockets. Whatever comes, nothing is logged."""
    (tmp_path / "index.html").write_text("<h1>chat</h1>")
    async with Gateway({}, site=tmp_path) as gateway:
        yield gateway
    assert caplog.text == ""


LONG = 5000
REFUSED = {
    "a long path": ([f"GET /{'a' * LONG} HTTP/1.1", HOST], 414),
    "a long query": ([f"GET /?{'a' * LONG} HTTP/1.1", HOST], 414),
    "a long first line": ([f"GET /{'a' * 9000} HTTP/1.1", HOST], 414),
    "a longer first line": ([f"GET /{'a' * 300_000} HTTP/1.1", HOST], 414),
    "a long file name": ([f"GET /{'a' * 300} HTTP/1.1", HOST], 404),
    "a path of many folders": (["GET " + "/a" * 2040 + " HTTP/1.1", HOST], 404),
    "a long handshake": ([f"GET /?{'a' * LONG} HTTP/1.1", HOST, *upgrade()], 414),
    "a long field": (["GET / HTTP/1.1", HOST, f"Cookie: {'a' * 20_000}"], 431),
    "a longer field": (["GET / HTTP/1.1", HOST, f"Cookie: {'a' * 300_000}"], 431),
    "a long name of a field": (["GET / HTTP/1.1", HOST, f"{'a' * 20_000}: b"], 431),
    "many fields": (["GET / HTTP/1.1", HOST, *(f"X-{number}: a" for number in range(2000))], 431),
    "no method": (["/ HTTP/1.1", HOST], 400),
    "an unknown version": (["GET / HTTP/9.9", HOST], 400),
    "another protocol": (["SSH-2.0-OpenSSH_9.2"], 400),
    "TLS": (["\x16\x03\x01\x02"], 400),
    "a zero byte": (["GET /\0 HTTP/1.1", HOST], 400),
    "a space in the path": (["GET /a b HTTP/1.1", HOST], 400),
    "a field without a colon": (["GET / HTTP/1.1", HOST, "nothing"], 400),
    "a field that goes on": (["GET / HTTP/1.1", HOST, "A: b", " c"], 400),
    "a length that is none": (["POST / HTTP/1.1", HOST, "Content-Length: many"], 400),
    "a negative length": (["POST / HTTP/1.1", HOST, "Content-Length: -1"], 400),
    "two lengths": (["POST / HTTP/1.1", HOST, "Content-Length: 1", "Content-Length: 2"], 400),
    "a length and chunks": (["POST / HTTP/1.1", HOST, "Content-Length: 1", "Transfer-Encoding: chunked"], 400),
    "an unknown encoding": (["POST / HTTP/1.1", HOST, "Transfer-Encoding: rot13"], 400),
    "an expectation": (["POST / HTTP/1.1", HOST, "Expect: a miracle", "Content-Length: 0"], 417),
    "an address of another server": (["GET http://[::1 HTTP/1.1", HOST], 400),
    "a tunnel": (["CONNECT evil.example:443 HTTP/1.1", HOST], 404),
    "another upgrade": (["GET /nothing HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: h2c"], 404),
    "a half handshake": (["GET / HTTP/1.1", HOST, *upgrade()[:3]], 400),
    "a handshake by another method": (["POST / HTTP/1.1", HOST, *upgrade()], 400),
    "an old handshake": (["GET / HTTP/1.1", HOST, *upgrade()[:2], "Sec-WebSocket-Version: 7", upgrade()[3]], 400),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_request_or_too_much_of_one_gets_its_status(gateway: Gateway, what: str) -> None:
    lines, status = REFUSED[what]
    answer = await ask(gateway.port, lines)
    assert answer.status == status
    assert answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "MKCOL"])
async def test_files_can_only_be_read(gateway: Gateway, method: str) -> None:
    for path in ("/", "/index.html"):
        answer = await ask(gateway.port, [f"{method} {path} HTTP/1.1", HOST, "Content-Length: 0"])
        assert (answer.status, answer.headers["allow"]) == (405, "GET,HEAD")


async def test_a_head_is_the_file_without_its_body(gateway: Gateway) -> None:
    async def read() -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(b"HEAD /index.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        text = (await reader.read()).decode()
        writer.transport.abort()
        return int(text.split()[1]), text.partition("\r\n\r\n")[2]

    assert await read() == (200, "")


BAD_CHUNKS = [b"x\r\n", b"5\r\nab\r\n0\r\n\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"5\r\nabcdeXX0\r\n\r\n"]


@pytest.mark.parametrize("chunks", BAD_CHUNKS, ids=repr)
async def test_a_body_that_is_none_is_a_bad_request(gateway: Gateway, chunks: bytes) -> None:
    lines = ["POST /@connections/abc= HTTP/1.1", HOST, "Transfer-Encoding: chunked"]
    assert (await ask(gateway.port, lines, chunks)).status == 400


async def test_what_is_packed_is_not_unpacked(gateway: Gateway) -> None:
    lines = ["POST /@connections/abc= HTTP/1.1", HOST, "Content-Encoding: gzip", "Content-Length: 4"]
    assert (await ask(gateway.port, lines, b"bomb")).status == 403  # it is a body like any, and not signed


async def test_a_body_that_never_comes_is_not_waited_for(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.05)
    lines = ["POST /@connections/abc= HTTP/1.1", HOST, "Content-Length: 10"]
    assert (await ask(gateway.port, lines, b"half")).status == 408


# Those who never get to ask


async def test_who_says_nothing_or_too_little_is_let_go_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.5)
    async with Gateway({}) as short:
        for said in (b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "):
            reader, writer = await asyncio.open_connection("127.0.0.1", short.port)
            writer.write(said)
            dripping = asyncio.create_task(drip(writer if said.endswith(b" ") else None))
            assert await asyncio.wait_for(reader.read(), 20) == b""
            dripping.cancel()
            writer.transport.abort()


async def drip(writer: asyncio.StreamWriter | None) -> None:
    while writer:
        await asyncio.sleep(0.1)
        writer.write(b"a")


async def test_whoever_connects_and_says_nothing_keeps_nobody_out(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "IDLE_CONNECTIONS", 8)
    silent = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(8)]
    first, others = silent[0], silent[1:]
    # One that asks, between the silent ones, and goes on.
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    assert await asyncio.wait_for(first[0].read(), 20) == b"", "who was silent longest had to go"
    for _ in range(2):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await asyncio.wait_for(read_answer(reader), 20)).status == 200
    assert not any(reader.at_eof() for reader, _ in others)
    socket = await ask(gateway.port, ["GET / HTTP/1.1", HOST, *upgrade()])
    assert socket.status == 101
    for _, each in [*silent, (reader, writer)]:
        each.transport.abort()


async def test_an_open_socket_is_not_one_of_the_silent(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_CONNECTIONS", 2)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write("\r\n".join(["GET / HTTP/1.1", HOST, *upgrade(), "", ""]).encode())
    assert (await read_answer(reader)).status == 101
    for _ in range(6):
        await send(gateway.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert len(gateway.connections) == 1
    writer.transport.abort()
