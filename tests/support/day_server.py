"""A site and its chat, in which a day passes as fast as the test likes: real sockets, real files, its own clock."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from anonchat_client import Frame, Room, Signer, new_client
from tests.support.page_actions import new_link
from tests.support.page_time import HOUR, SECOND
from tests.support.versioned_site import VersionedSite

NOW = 1_800_000_000_000  # epoch ms
HISTORY, OVERLAP = 600, 15  # seconds
HELD = (HISTORY + OVERLAP) * SECOND
PAGE = 25  # messages in one snapshot
ENDS = 2 * HOUR  # API Gateway ends every socket then
LIMITS = {"text": 8192, "perMinute": 30, "room": 50, "historySeconds": HISTORY, "overlapSeconds": OVERLAP}
LOGIN = "<!doctype html><title>Log in to our network</title><p>Welcome, dear guest."


class Line:
    """One socket. A dead one takes everything, says nothing, and nobody closes it."""

    def __init__(self, socket: web.WebSocketResponse, cut: Callable[[], None], at: int) -> None:
        self.socket, self.cut, self.opened_at = socket, cut, at
        self.joined = self.dead = False
        self.missed = False  # a message has not reached it: the next one says so


class DayServer:
    """One room with the page and Björn in it, behind a captive portal while `portal`. `now` is epoch ms.

    While it is `closed`, there is the site and no chat. `loses_echo`: of the next message, and it says so afterwards.

    `said` is everything that the room has heard, in its order: (id, text).
    """

    def __init__(self, site: VersionedSite) -> None:
        self.site = site
        self.link = new_link()
        self.room, self.bjorn = Room.from_link(self.link), Signer.new()
        self.bjorns_alias = self.room.seal_alias(self.bjorn, "Björn")
        self.now = NOW
        self.portal = self.closed = self.loses_echo = False
        self.said: list[tuple[str, str]] = []
        self.opened = self.received = self.sent = 0  # sockets; frames
        self._count = 0  # makes ids unique
        self._kept: list[Frame] = []
        self._clients: set[str] = set()
        self._lines: list[Line] = []
        self._alias = self.address = ""

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.said]

    # --- what the test makes happen ---

    async def pass_time(self, ms: int) -> None:
        self.now += ms
        self._kept = [message for message in self._kept if message["at"] > self.now - HELD]
        for line in self._lines:
            if self.now - line.opened_at >= ENDS:
                await line.socket.close(code=1001)

    async def say(self, *texts: str) -> None:
        """Let Björn say something to whoever hears it."""
        for text in texts:
            client = new_client()
            sealed = self.room.seal_message(self.bjorn, client, "Björn", text, written=self.now)
            await self._tell(self._message(client, {"id": "bjorn", "alias": self.bjorns_alias}, sealed, text))

    async def visit(self, number: int) -> None:
        """Let somebody come and go."""
        alias = self.room.seal_alias(Signer.new(), f"Visitor {number}")
        who = [{"id": f"visitor-{number}", "alias": alias}]
        await self._tell({"type": "presence", "online": 3, "joined": who, "left": []})
        await self._tell({"type": "presence", "online": 2, "joined": [], "left": who})

    def kill(self) -> None:
        """Let every socket die without a word."""
        for line in self._lines:
            line.dead = True

    def cut(self) -> None:
        for line in self._lines:
            line.dead = True
            line.cut()

    # --- what the page asks ---

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.portal:
            return web.Response(text=LOGIN, content_type="text/html")
        if request.path == "/socket":
            return web.Response(status=503) if self.closed else await self._talk(request)
        if request.path.endswith("/config.js"):
            body = f'export default {{ websocketUrl: "{self.address.replace("http", "ws", 1)}socket" }};'
            return web.Response(text=body, content_type="text/javascript")
        return await self.site.serve(request)

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket, transport = web.WebSocketResponse(), request.transport
        assert transport
        await socket.prepare(request)
        line = Line(socket, transport.abort, self.now)
        self._lines.append(line)
        self.opened += 1
        async for packet in socket:
            frame = json.loads(packet.data)
            if frame["room"] != self.room.id:
                await socket.send_json(self._snapshot(frame, []))  # of somebody else, who is alone there
                continue
            self.received += 1
            if not line.dead:
                await self._answer(line, frame)
        self._lines.remove(line)
        return socket

    async def _answer(self, line: Line, frame: Frame) -> None:
        if frame["action"] == "join":
            line.joined, line.missed = True, False
            self._alias = frame.get("alias", self._alias)
            await self._send(line, self._snapshot(frame, self._kept))
            return
        words = self.room.open_message(frame["client"], frame["text"]).words
        assert words
        again = frame["client"] in self._clients
        self._clients.add(frame["client"])
        echo = self._message(frame["client"], self._me(), frame["text"], "" if again else words.text)
        if self.loses_echo:
            self.loses_echo, line.missed = False, True
        else:
            await self._send(line, echo)

    def _snapshot(self, join: Frame, said: list[Frame]) -> Frame:
        since, oldest = join.get("since", ""), self.now - HELD
        later = [message for message in said if message["at"] > oldest and message["id"] > since]
        history = later[:PAGE] if since else later[-PAGE:]
        gap = bool(since) and int(since[:13]) < oldest
        page = {"history": history, "more": bool(since) and len(later) > PAGE, "gap": gap}
        if join.get("page"):
            return {"type": "page", **page}
        members = [{"id": "me", "alias": join["alias"]}, {"id": "bjorn", "alias": self.bjorns_alias}]
        who = {"self": "me", "members": members, "online": 2, "limits": LIMITS}
        return {"type": "joined", "room": join["room"], **who, **page}

    def _me(self) -> Frame:
        return {"id": "me", "alias": self._alias}

    def _message(self, client: str, author: Frame, sealed: str, text: str) -> Frame:
        """Return a message that is kept now. `text` is "" for another copy of what was said already."""
        self._count += 1
        id = f"{self.now:013d}-{self._count:06d}"
        rest = {"client": client, "from": author, "text": sealed, "at": self.now, "online": 2}
        self._kept.append({"type": "message", "id": id, **rest})
        if text:
            self.said.append((id, text))
        return self._kept[-1]

    async def _tell(self, frame: Frame) -> None:
        for line in [line for line in self._lines if line.joined and not line.dead]:
            await self._send(line, frame)

    async def _send(self, line: Line, frame: Frame) -> None:
        self.sent += 1
        await line.socket.send_json({**frame, "missed": True} if line.missed else frame)


@asynccontextmanager
async def day_server() -> AsyncIterator[DayServer]:
    server = DayServer(VersionedSite())
    server.site.deploy("1")
    application = web.Application()
    application.router.add_get("/{path:.*}", server.serve)
    async with TestServer(application, host="localhost") as running:
        server.address = f"http://localhost:{running.port}/"
        yield server
        server.closed = True
        server.cut()
