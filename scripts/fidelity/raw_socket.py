"""A WebSocket client that can do what a well-behaved one cannot: single frames, hasty ones, broken ones, and leave
without a word. It shows what comes, frame by frame."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

FIN, CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x80, 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
HEAD_BYTES = 64 * 1024
REFUSED_SECONDS = 0.5  # in which the body of a refused handshake has come, where no length is said


@dataclass(frozen=True)
class Closed(Exception):
    """The other side has closed. Code 1006 is said for an end without a close frame."""

    code: int
    reason: str

    def __str__(self) -> str:
        return f"closed with {self.code} {self.reason}".strip()


class RawSocket:
    """One handshake, and the socket that came of it if `status` is 101."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status = 0
        self.headers: dict[str, str] = {}  # by their names in small letters

    @classmethod
    async def dial(cls, url: str, headers: Sequence[str] = (), eager: bytes = b"", upgrade: bool = True) -> RawSocket:
        """Ask for a socket, without waiting for the answer. `eager` goes out in one go with the request."""
        place = urlsplit(url)
        secure = place.scheme == "wss"
        port = place.port or (443 if secure else 80)
        context = ssl.create_default_context() if secure else None
        client = cls(*await asyncio.open_connection(place.hostname, port, ssl=context, limit=HEAD_BYTES))
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        key = base64.b64encode(os.urandom(16)).decode()
        asked = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        lines = [f"GET {path} HTTP/1.1", f"Host: {place.netloc}", *(asked if upgrade else []), *headers]
        client.writer.write("\r\n".join([*lines, "", ""]).encode() + eager)
        return client

    async def read_answer(self) -> int:
        """Read the head of the handshake's answer; return its status."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields if f)}
        return self.status

    async def read_body(self) -> bytes:
        """Read the body of a refused handshake's answer."""
        if "content-length" in self.headers:
            return await self.reader.readexactly(int(self.headers["content-length"]))
        with suppress(TimeoutError):
            return await asyncio.wait_for(self.reader.read(HEAD_BYTES), REFUSED_SECONDS)
        return b""

    def send(self, text: str | bytes, first: int = FIN | TEXT) -> None:
        """Send one frame; `first` is its first byte."""
        self.writer.write(client_frame(text.encode() if isinstance(text, str) else text, first))

    def act(self, action: str, **fields: Any) -> None:
        self.send(json.dumps({"action": action, **fields}))

    async def frame(self) -> tuple[int, bytes]:
        """Return first byte (FIN and opcode) and payload of the next frame. Raise Closed."""
        try:
            first, size = await self.reader.readexactly(2)
            if size in (126, 127):
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            payload = await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Closed(1006, "") from None
        if first & 0x0F == CLOSE:
            code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else 1005
            raise Closed(code, payload[2:].decode(errors="replace"))
        return first, payload

    async def message(self) -> str:
        """Return the next text message, however many frames it comes in. Raise Closed."""
        payload = b""
        while True:
            first, part = await self.frame()
            if first & 0x0F in (PING, PONG):
                continue
            payload += part
            if first & FIN:
                return payload.decode(errors="surrogateescape")

    async def json(self) -> Any:
        return json.loads(await self.message())

    async def closing(self) -> Closed:
        """Read on until the other side closes; return how."""
        try:
            while True:
                await self.frame()
        except Closed as closed:
            return closed

    async def close(self, code: int | None = None, reason: str = "") -> None:
        """Send a close frame and wait for the answer."""
        self.send(b"" if code is None else struct.pack("!H", code) + reason.encode(), FIN | CLOSE)
        await self.closing()
        self.leave()

    def leave(self) -> None:
        """Go without a word: the connection is reset."""
        self.writer.transport.abort()


def client_frame(payload: bytes, first: int = FIN | TEXT) -> bytes:
    """Return one frame as a client sends it, masked."""
    mask, size = os.urandom(4), len(payload)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    key = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
