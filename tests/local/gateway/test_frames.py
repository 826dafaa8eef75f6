"""Sizes and kinds of WebSocket frames. Section 1.3 of the reference."""

import asyncio

import aiohttp
import pytest

from tests.support.gateway_kit import (
    CLOSE,
    CONTINUATION,
    FIN,
    PING,
    PONG,
    TEXT,
    Bare,
    Recorder,
    Serve,
    client_frame,
    closing,
)

KB = 1024


@pytest.mark.documented
async def test_a_binary_message_closes_with_1003(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder()), "$disconnect": (gone := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_bytes(b'{"action": "send"}')
        assert (await closing(socket))[0] == 1003
    assert (await gone.event())["requestContext"]["disconnectStatusCode"] == 1003
    assert not default.events


@pytest.mark.documented
async def test_a_frame_of_32_kb_is_taken(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("x" * 32 * KB)
        assert len((await default.event())["body"]) == 32 * KB


@pytest.mark.documented
@pytest.mark.parametrize("size", [32 * KB + 1, 65536, 128 * KB, 1024 * KB])
async def test_a_frame_of_more_than_32_kb_closes_with_1009(serve: Serve, web: aiohttp.ClientSession, size: int) -> None:
    gateway = await serve({"$default": (default := Recorder()), "$disconnect": (gone := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("x" * size)
        assert (await closing(socket))[0] == 1009
    assert (await gone.event())["requestContext"]["disconnectStatusCode"] == 1009
    assert not default.events


@pytest.mark.documented
async def test_what_came_before_a_frame_that_is_too_large_is_still_routed(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    client = await bare(gateway)
    client.send(b"one")
    client.send(b"two")
    client.send(b"x" * 40 * KB)
    client.send(b"three")
    first, payload = await client.receive()
    assert (first, payload[:2]) == (FIN | CLOSE, (1009).to_bytes(2, "big"))
    await default.event(1)
    assert sorted(default.bodies) == ["one", "two"]


@pytest.mark.documented
async def test_a_message_of_128_kb_in_frames_is_taken(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    client = await bare(gateway)
    client.send(b"x" * 32 * KB, TEXT)
    client.send(b"x" * 32 * KB, CONTINUATION)
    client.send(b"in between", FIN | PING)
    client.send(b"x" * 32 * KB, CONTINUATION)
    client.send(b"x" * 32 * KB, FIN | CONTINUATION)
    assert len((await default.event())["body"]) == 128 * KB
    assert await client.receive() == (FIN | PONG, b"in between")


@pytest.mark.documented
async def test_a_message_of_more_than_128_kb_in_frames_closes_with_1009(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    client = await bare(gateway)
    client.send(b"x" * 32 * KB, TEXT)
    for _ in range(3):
        client.send(b"x" * 32 * KB, CONTINUATION)
    client.send(b"x", FIN | CONTINUATION)
    assert await client.receive() == (FIN | CLOSE, (1009).to_bytes(2, "big") + b"Message too long")
    assert not default.events


@pytest.mark.documented
async def test_many_messages_of_32_kb_are_taken_one_after_the_other(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        for _ in range(6):
            await socket.send_str("x" * 32 * KB)
        await default.event(5)


async def test_frames_are_measured_however_the_network_cuts_them(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    client = await bare(gateway)
    for first, payload in (
        (FIN | TEXT, b"short"),
        (TEXT, b"y" * 300),
        (FIN | CONTINUATION, b"z"),
        (FIN | TEXT, b"end"),
    ):
        for byte in client_frame(payload, first):
            client.writer.write(bytes([byte]))
            await asyncio.sleep(0)
    await default.event(2)
    assert sorted(default.bodies) == ["end", "short", "y" * 300 + "z"]


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("first", "payload", "code"),
    [(FIN | TEXT, b"\xff\xfe", 1007), (FIN | 0x40 | TEXT, b"x", 1002), (FIN | 0x3, b"", 1002)],
)
async def test_a_broken_frame_closes_with_its_code(
    serve: Serve, bare: Bare, first: int, payload: bytes, code: int
) -> None:
    gateway = await serve({"$disconnect": (gone := Recorder())})
    client = await bare(gateway)
    client.send(payload, first)
    opcode, reason = await client.receive()
    assert (opcode, reason[:2]) == (FIN | CLOSE, code.to_bytes(2, "big"))
    await client.leave()
    assert (await gone.event())["requestContext"]["disconnectStatusCode"] == code


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x02hi", 1002),  # not masked
        (b"\x89\x00", 1002),
        (b"\x88\x02\x03\xe8", 1002),
        (client_frame(b"", PING), 1002),  # a control frame in fragments
        (client_frame(b"x" * 126, FIN | PING), 1002),
        (client_frame(b"x", FIN | CONTINUATION), 1002),
        (client_frame(b"x", TEXT) + client_frame(b"y", FIN | TEXT), 1002),
        (client_frame(b"", TEXT) + client_frame(b"y", FIN | TEXT), 1002),
        (b"\x81\xfe\x00\x01" + bytes(5), 1002),  # a length in more bytes than it needs
        (b"\x81\xff" + b"\xff" * 12, 1009),
        (client_frame(b"\x03", FIN | CLOSE), 1002),
        (client_frame((1005).to_bytes(2, "big"), FIN | CLOSE), 1002),
        (client_frame((5000).to_bytes(2, "big"), FIN | CLOSE), 1002),
        (client_frame((1000).to_bytes(2, "big") + b"\xff", FIN | CLOSE), 1007),
    ],
)
async def test_a_frame_that_no_client_may_send_closes_with_its_code(
    serve: Serve, bare: Bare, frame: bytes, code: int
) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    client = await bare(gateway)
    client.writer.write(frame)
    opcode, reason = await client.receive()
    assert (opcode, reason[:2]) == (FIN | CLOSE, code.to_bytes(2, "big"))
    assert not default.events


@pytest.mark.observed
async def test_a_ping_frame_is_answered_by_the_gateway_alone(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    client = await bare(gateway)
    client.send(b"hello", FIN | PING)
    assert await client.receive() == (FIN | PONG, b"hello")
    client.send(b"unasked", FIN | PONG)
    client.send(b"text")
    assert (await default.event())["body"] == "text"
