"""Many sockets to one chat, for a bench that must not spend its own time: no client, only frames that are counted."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from typing import Any

AT_ONCE = 16  # handshakes under way
TEXT = "x" * 300
SECONDS = 60  # until an answer that does not come ends a bench


class Socket(asyncio.Protocol):
    """One socket. `messages` counts what has come of the room's talk."""

    def __init__(self) -> None:
        self.messages = 0
        self._received = b""
        self._waiting: tuple[bytes, asyncio.Future[None]] | None = None
        self._opened: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._opened.done():
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            self._received = rest
            self._opened.set_result(head)
        while (payload := self._next()) is not None:
            self.messages += b'"type":"message"' in payload
            if self._waiting and self._waiting[0] in payload and not self._waiting[1].done():
                self._waiting[1].set_result(None)

    def _next(self) -> bytes | None:
        """Take the next frame off what has come, None if it is not whole. Servers do not mask."""
        if len(self._received) < 4:
            return None
        length, start = self._received[1], 2
        if length == 126:
            length, start = int.from_bytes(self._received[2:4], "big"), 4
        if len(self._received) < start + length:
            return None
        payload, self._received = self._received[start : start + length], self._received[start + length :]
        return payload

    async def open(self, host: str) -> None:
        """Make the handshake."""
        key = base64.b64encode(os.urandom(16)).decode()
        fields = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}"
        self._transport.write(f"GET / HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n\r\n".encode())  # type: ignore[attr-defined]
        head = await asyncio.wait_for(self._opened, SECONDS)
        if b" 101 " not in head:
            raise RuntimeError(f"a handshake was answered {head[:60]!r}")

    async def ask(self, frame: dict[str, Any], answer: str) -> None:
        """Send a frame, and wait until one comes that has `answer` in it."""
        payload = json.dumps(frame).encode()
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self._waiting = (answer.encode(), asyncio.get_running_loop().create_future())
        self._transport.write(b"\x81" + length + bytes(4) + payload)  # type: ignore[attr-defined]
        await asyncio.wait_for(self._waiting[1], SECONDS)

    def close(self) -> None:
        self._transport.abort()  # type: ignore[attr-defined]


class Crowd:
    """`connections` sockets to the chat at ws://`host`; the first `room` of them are in one room."""

    def __init__(self, host: str, connections: int, room: int) -> None:
        self._host, self._connections, self._room = host, connections, room
        self.sockets: list[Socket] = []
        self._sent = 0

    async def arrive(self) -> None:
        """Open all sockets, and join."""
        door = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with door:
                name, _, port = self._host.rpartition(":")
                _, socket = await asyncio.get_running_loop().create_connection(Socket, name, int(port))
                await socket.open(self._host)
                self.sockets.append(socket)

        await asyncio.gather(*(one() for _ in range(self._connections)))
        for number, socket in enumerate(self.sockets[: self._room]):
            await socket.ask({"action": "join", "room": "red", "alias": f"Person {number}"}, '"joined"')

    @property
    def delivered(self) -> int:
        """How many messages have come to all members together."""
        return sum(socket.messages for socket in self.sockets)

    async def talk(self, senders: int, seconds: float) -> float:
        """Let some members talk, each on as soon as its message has come back. Return how long they did, in seconds."""
        began = time.perf_counter()

        async def one(socket: Socket) -> None:
            while time.perf_counter() < began + seconds:
                self._sent += 1
                client = f"client-{self._sent}"
                await socket.ask({"action": "send", "room": "red", "text": TEXT, "client": client}, f'"{client}"')

        await asyncio.gather(*(one(socket) for socket in self.sockets[:senders]))
        return time.perf_counter() - began

    def leave(self) -> None:
        for socket in self.sockets:
            socket.close()
