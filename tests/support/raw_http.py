"""HTTP as single bytes, for what a well-behaved client cannot be made to send."""

import asyncio
import base64
import os
from collections.abc import Sequence
from typing import NamedTuple

SECONDS = 20  # until a server that does not answer fails a test


class Answer(NamedTuple):
    """What came back; `status` 0 is nothing."""

    status: int
    headers: dict[str, str]
    body: bytes


def upgrade() -> list[str]:
    """Return the headers of a WebSocket handshake."""
    key = base64.b64encode(os.urandom(16)).decode()
    return ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]


async def ask(port: int, lines: Sequence[str], body: bytes = b"") -> Answer:
    """Send a request, and return its first answer."""
    return await send(port, "\r\n".join([*lines, "", ""]).encode() + body)


async def send(port: int, request: bytes) -> Answer:
    """Send bytes, and return what the server makes of them: its first answer, or how it ended the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(SECONDS):
            writer.write(request)
            return await read_answer(reader)
    finally:
        writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(0, {}, b"")
    first, *fields = head.decode().rstrip().split("\r\n")
    headers = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
    body = await reader.readexactly(int(headers.get("content-length", 0))) if "content-length" in headers else b""
    return Answer(int(first.split()[1]), headers, body)
