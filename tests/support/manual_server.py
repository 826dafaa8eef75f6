"""A page alone with a server that answers what the test says, and a clock that only the test moves."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, Route

from anonchat_client import Frame, Room, Signer
from anonchat_client.encryption.envelope import Words
from tests.support.browser import DESKTOP, SITE, NewPage
from tests.support.page_actions import composer, new_link
from tests.support.scripted_server import ScriptedSocket
from tests.support.waiting import eventually

ADDRESS = "http://localhost/"
ALIAS = "Ada Lovelace"
NOW = 1_800_000_000_000  # epoch ms
FIRST_BACKOFF_MS = 4000
LIMIT = 700  # characters of a sealed message: the smallest of the sizes that there are


class ManualServer(ScriptedSocket):
    """Joins everybody at once and keeps what else it is sent in `sends`; the test says what it answers.

    It has the room's key, and Björn's: it can say what only a member can.
    """

    def __init__(self) -> None:
        self.link = new_link()
        self.room = Room.from_link(self.link)
        self.bjorn = Signer.new()
        self.bjorns_alias = self.room.seal_alias(self.bjorn, "Björn Borg")
        self.joins: list[Frame] = []
        self.sends: list[Frame] = []
        self.answers: list[Frame] = []  # what the next answers to `join` say differently
        self.silent = False

    def joined(self) -> Frame:
        limits = {"text": LIMIT, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15}
        who = {"room": self.room.id, "self": "me", "members": [self.me()], "online": 1}
        return {"type": "joined", **who, "history": [], "more": False, "gap": False, "limits": limits}

    def me(self, member: str = "me") -> Frame:
        return {"id": member, "alias": self.joins[-1]["alias"]}

    def refuse(self, sent: Frame, code: str, text: str, **more: Any) -> None:
        self.send({"type": "error", "code": code, "message": text, "client": sent["client"], **more})

    def message(self, at: int, text: str) -> Frame:
        """Return a message of Björn's, stamped `at` ms after NOW."""
        client = f"client-{at}"
        sealed = self.room.seal_message(self.bjorn, client, "Björn Borg", text, written=NOW + at)
        return _message(at, client, {"id": "other", "alias": self.bjorns_alias}, sealed)

    def echo(self, sent: Frame, at: int, member: str = "me") -> Frame:
        return _message(at, sent["client"], self.me(member), sent["text"])

    def words(self, sent: Frame) -> Words:
        """Return what a `send` says."""
        words = self.room.open_message(sent["client"], sent["text"]).words
        assert words
        return words

    def receive(self, data: str | bytes) -> None:
        frame = json.loads(data)
        if frame["action"] == "send":
            self.sends.append(frame)
        else:
            self.joins.append(frame)
            if not self.silent:
                self.send({**self.joined(), **(self.answers.pop(0) if self.answers else {})})


def _message(at: int, client: str, author: Frame, sealed: str) -> Frame:
    rest = {"client": client, "from": author, "text": sealed, "at": NOW + at, "online": 1}
    return {"type": "message", "id": f"{cursor(at)}-x", **rest}


def stamped(frame: Frame, at: int, member: str | None = None) -> Frame:
    """Return the same message again: at another time, perhaps from another socket of its writer."""
    author = {**frame["from"], "id": member or frame["from"]["id"]}
    return _message(at, frame["client"], author, frame["text"])


def cursor(at: int) -> str:
    return f"{NOW + at:013d}"


async def open_page_at(new_page: NewPage, server: ManualServer, device: dict[str, Any] = DESKTOP) -> Page:
    """Open the page as somebody would, with `server` behind it."""

    async def file(route: Route) -> None:
        if route.request.url.endswith("/config.js"):
            body = 'export default { websocketUrl: "ws://localhost/socket" };'
            await route.fulfill(content_type="text/javascript", body=body)
        else:
            await route.fulfill(path=file_of(route.request.url))

    page = await new_page(device)
    await page.clock.install(time=NOW / 1000)
    await page.route(f"{ADDRESS}**", file)
    await page.route_web_socket("ws://localhost/socket", server.accept)
    await page.goto(ADDRESS)
    await page.clock.pause_at(NOW / 1000 + 60)
    return page


def file_of(url: str) -> Path:
    return SITE / (urlsplit(url).path.lstrip("/") or "index.html")


async def write(page: Page, text: str) -> None:
    await composer(page).fill(text)
    await page.keyboard.press("Enter")


async def write_one(page: Page, server: ManualServer, text: str) -> Frame:
    """Write it; return what arrives at the server."""
    count = len(server.sends)
    await write(page, text)
    await eventually(lambda: len(server.sends) > count)
    return server.sends[-1]


async def reconnect(page: Page, server: ManualServer) -> None:
    joins = len(server.joins)
    await server.socket.close(code=1001)
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await eventually(lambda: len(server.joins) > joins)
