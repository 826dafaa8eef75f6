"""A chat for the Python client that answers as the test says, on real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from anonchat_client import Frame, PlainClient
from tests.support.waiting import WAIT_SECONDS

LIMITS = {"text": 8192, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15}
THROTTLED = {"message": "Internal server error", "connectionId": "a=", "requestId": "b="}

Socket = web.WebSocketResponse
Script = Callable[[Socket, Frame], Awaitable[Any]]


def message(id: str, client: str = "", text: str = "", author: str = "m1") -> Frame:
    client = client or f"client-{id}"
    sender = {"id": author, "alias": "Ada"}
    at = int(id[:13])
    return {"type": "message", "id": id, "client": client, "from": sender, "text": text, "at": at, "online": 1}


def joined(history: list[Frame] | None = None, *, more: bool = False, gap: bool = False) -> Frame:
    members = [{"id": "m1", "alias": "Ada"}]
    frame = {"type": "joined", "room": "lobby", "self": "m1", "members": members, "online": 1, "limits": LIMITS}
    return frame | {"history": history or [], "more": more, "gap": gap}


def echo(frame: Frame, id: str = "1700000000000-a") -> Frame:
    return message(id, frame["client"], frame["text"])


def error(code: str, **fields: Any) -> Frame:
    return {"type": "error", "code": code, "message": "No.", **fields}


class Scripted:
    """A chat that answers every frame by its script and remembers what it heard, and on which socket."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.heard: list[Frame] = []
        self.sockets: list[Socket] = []

    def of(self, action: str) -> list[Frame]:
        return [frame for frame in self.heard if frame["action"] == action]

    async def serve(self, request: web.Request) -> Socket:
        socket = Socket()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for packet in socket:
            frame = packet.json()
            self.heard.append(frame)
            await self.script(socket, frame)
        return socket


async def drop(socket: Socket) -> None:
    """Cut the socket at the server's end."""
    transport = socket.get_extra_info("socket")
    transport.shutdown(2)


@asynccontextmanager
async def talking_to(script: Script, **options: Any) -> AsyncIterator[tuple[PlainClient, Scripted]]:
    chat = Scripted(script)
    application = web.Application()
    application.router.add_get("/", chat.serve)
    options = {"retry_seconds": 0.001, "echo_seconds": 5.0} | options
    async with (
        TestServer(application) as server,
        PlainClient(f"ws://127.0.0.1:{server.port}/", **options) as client,
        asyncio.timeout(WAIT_SECONDS),
    ):
        yield client, chat


def obliging(**replies: Frame) -> Script:
    """Answer every join with an empty room and every send with its echo, but what `replies` says."""

    async def script(socket: Socket, frame: Frame) -> None:
        action = frame["action"]
        if action in replies:
            await socket.send_json(replies[action])
        elif action == "join":
            await socket.send_json(joined())
        elif action == "leave":
            await socket.send_json({"type": "left", "room": "lobby"})
        elif action == "send":
            await socket.send_json(echo(frame))

    return script
