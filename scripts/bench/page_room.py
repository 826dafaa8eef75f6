"""What stands behind the page in `make bench ONLY=page`: its files, and a socket that brings sealed messages."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from anonchat_client import Room, Signer, new_client
from local.gateway.static_files import serve_file
from scripts import ROOT

TIMEOUT_SECONDS = 240  # a machine that has more to do may stand still
PEOPLE = ("Ada", "Björn", "Cleo", "Dmitri", "Emeka")
WORDS = ("tea", "train", "fountain", "chestnut", "walnut", "cake", "bench", "river", "window", "evening", "lantern")
LONGEST_WORDS = 16  # of a message
APART_MS = 20_000  # from one message to the next
LAST = "And that was the last of it."  # what the newest message of a history says
LIMITS = {"text": 8192, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15}


class Crowd:
    """Five people and what they say, sealed as their browsers would: the same words in every run."""

    def __init__(self, secret: bytes, messages: int) -> None:
        """Let them begin long enough ago for so many messages."""
        self._room = Room.from_key(secret)
        self._people = [(f"member-{alias}", alias, Signer.new()) for alias in PEOPLE]
        self._sealed = {id: self._room.seal_alias(signer, alias) for id, alias, signer in self._people}
        self._chance = random.Random(1)
        self._at = time.time_ns() // 1_000_000 - messages * APART_MS

    def joined(self, history: Sequence[Any]) -> dict[str, Any]:
        members = [{"id": id, "alias": alias} for id, alias in self._sealed.items()]
        frame = {"type": "joined", "room": self._room.id, "self": "me", "members": members, "online": len(members)}
        return frame | {"history": history, "more": False, "gap": False, "limits": LIMITS}

    def history(self, size: int) -> list[dict[str, Any]]:
        return [*self.messages(size - 1), self._message(LAST)]

    def messages(self, count: int) -> list[dict[str, Any]]:
        return [self._message(" ".join(self._words())) for _ in range(count)]

    def _words(self) -> list[str]:
        return self._chance.choices(WORDS, k=self._chance.randint(1, LONGEST_WORDS))

    def _message(self, text: str) -> dict[str, Any]:
        id, alias, signer = self._chance.choice(self._people)
        client = new_client()
        self._at += APART_MS
        frame = {"type": "message", "id": f"{self._at:013d}-bench", "client": client, "at": self._at}
        sealed = self._room.seal_message(signer, client, alias, text, written=self._at)
        return frame | {"from": {"id": id, "alias": self._sealed[id]}, "text": sealed, "online": len(self._people)}


class Server:
    """The page's files and one socket at a time: it answers a join with `history`, and says what it is told."""

    def __init__(self, crowd: Crowd, site: Path = ROOT / "frontend") -> None:
        self.crowd = crowd
        self.site = site
        self.said = asyncio.Event()  # something was sent
        self.history: list[dict[str, Any]] = []
        self._socket = web.WebSocketResponse()
        self._shown = asyncio.Event()

    async def tell(self, frame: dict[str, Any]) -> None:
        """Send a frame and wait until the page shows it."""
        self._shown.clear()
        await self._socket.send_json(frame)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self._shown.wait()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade") == "websocket":
            return await self._talk(request)
        if request.path != "/config.js":
            return serve_file(self.site, request.path, request.method)
        body = f'export default {{ websocketUrl: "ws://{request.host}" }};'
        return web.Response(text=body, content_type="text/javascript")

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for packet in socket:
            action = json.loads(packet.data)["action"] if packet.type is WSMsgType.TEXT else ""
            if action == "join":
                await socket.send_json(self.crowd.joined(self.history))
            elif action == "shown":
                self._shown.set()
            elif action == "send":
                self.said.set()
        return socket


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()
