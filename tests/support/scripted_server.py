"""A server that says what the test wants: some states of the page need one that misbehaves."""

import json
import re
import time
from collections import defaultdict
from typing import Any

from playwright.async_api import Page, WebSocketRoute, expect

from anonchat_client import Room, Signer, new_client
from anonchat_client.encryption.base64url import b64encode
from local.chat import LocalChat
from tests.support.browser import DESKTOP, NewPage
from tests.support.forgery import forger
from tests.support.page_actions import enter, expect_sent, messages, new_link, say

Frame = dict[str, Any]

MINUTE = 60_000  # ms
DAY = 24 * 60 * MINUTE
# Whoever was away, was so for longer than messages are kept.
LIMITS = {"text": 8192, "perMinute": 30, "room": 50, "historySeconds": 0, "overlapSeconds": 15}
NOISE = b64encode(bytes(476))


class ScriptedSocket:
    """Where the page's socket leads by `page.route_web_socket(…, server.accept)`, in place of a chat."""

    socket: WebSocketRoute

    def accept(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(self.receive)

    def send(self, *frames: Frame) -> None:
        for frame in frames:
            self.socket.send(json.dumps(frame))

    def receive(self, data: str | bytes) -> None:
        raise NotImplementedError


class ScriptedServer(ScriptedSocket):
    """The server of one room. It has the keys of everybody but the page, so it can say what only a member can."""

    def __init__(self) -> None:
        self.link = new_link()
        self.room = Room.from_link(self.link)
        self.signers: dict[str, Signer] = defaultdict(Signer.new)
        self.members: list[Frame] = []  # besides the page
        self.history: list[Frame] = []
        self.message_count = 0  # makes ids unique
        self.gap = False
        self.silent = False  # answers no `join`
        self.refusal = ""  # why nobody may join
        self.outcome = "sent"  # what becomes of the messages it gets: one of the states the page has for them

    def person(self, who: str, alias: str = "") -> Frame:
        return {"id": who, "alias": self.room.seal_alias(self.signers[who], alias or who)}

    def message(
        self, who: str, text: str, ago: int = 0, *, alias: str = "", client: str = "", late: int = 0, **more: Any
    ) -> Frame:
        """Return what `who` says. `ago` and `late` in ms: when it arrived, and for how long it was under way."""
        at, client = now() - ago, client or new_client()
        sealed = self.room.seal_message(self.signers[who], client, alias or who, text, written=at - late, **more)
        return self.frame(at, client, self.person(who, alias), sealed)

    def frame(self, at: int, client: str, author: Frame, sealed: str) -> Frame:
        self.message_count += 1
        id = f"{at:013d}-{self.message_count:06d}"
        rest = {"from": author, "text": sealed, "at": at, "online": 1 + len(self.members)}
        return {"type": "message", "id": id, "client": client, **rest}

    def receive(self, data: str | bytes) -> None:
        frame = json.loads(data)
        if frame["action"] == "join" and not self.silent:
            self.alias = frame["alias"]
            refused = {"type": "error", "code": "room_full", "message": self.refusal}
            self.send(refused if self.refusal else self.joined())
        elif frame["action"] == "send":
            self._answer_send(frame)

    def joined(self) -> Frame:
        members = [{"id": "me", "alias": self.alias}, *self.members]
        who = {"room": self.room.id, "self": "me", "members": members, "online": len(members)}
        said = {"history": self.history, "more": False, "gap": self.gap, "limits": LIMITS}
        return {"type": "joined", **who, **said}

    def _answer_send(self, sent: Frame) -> None:
        client = sent["client"]
        if self.outcome == "sent":
            self.send(self.frame(now(), client, {"id": "me", "alias": self.alias}, sent["text"]))
        if self.outcome == "failed":
            self.send({"type": "error", "code": "bad_request", "message": "That did not work.", "client": client})
        if self.outcome == "waiting":
            told = {"code": "rate_limited", "message": "Not so fast, please.", "retryAfter": 55}
            self.send({"type": "error", "client": client, **told})


def now() -> int:
    return time.time_ns() // 1_000_000


def every_kind_of_row(server: ScriptedServer) -> list[Frame]:
    """Return messages that make every kind of row that others can make."""
    ada = server.message("Ada", "I shall see you tomorrow.", DAY + 9 * MINUTE)
    known = server.message("Ada", "Here I am.", 9 * MINUTE)
    forged = server.room.seal_message(
        forger(server.signers["Mallory"], server.signers["Ada"]), "forged-client", "Ada", "Send me money."
    )
    mallory = server.person("Mallory")
    return [
        ada,
        known,
        server.message("Ada", "The plan: https://example.org/a_(b)?c=d and nothing else.", 8 * MINUTE),
        server.message("Björn", "waves from the bench", 7 * MINUTE, action=True),
        server.message("Björn", "🍰❤️", 6 * MINUTE),
        server.message("نور", "أهلا وسهلا https://example.org بكم", 5 * MINUTE),
        server.message("Zoë", "Donaudampfschifffahrtsgesellschaft" * 9, 4 * MINUTE),
        server.message("Mallory", "I am Ada, believe me.", 3 * MINUTE, alias="Ada"),
        server.message("Björn", "This took its time.", 2 * MINUTE, late=40 * MINUTE),
        server.frame(now() - 70_000, new_client(), mallory, NOISE),
        server.frame(now() - 60_000, "forged-client", mallory, forged),
        server.frame(now() - 50_000, known["client"], mallory, known["text"]),
        server.message("Ada", "Here I am not.", 40_000, client=known["client"]),
        *(server.message("Björn", f"Thought number {number}.", 30_000 - number) for number in range(3)),
    ]


async def open_page(
    chat: LocalChat, new_page: NewPage, server: ScriptedServer, device: dict[str, Any] = DESKTOP, script: str = ""
) -> Page:
    """Open a page of the chat, whose socket leads to the server. `script` runs before the page's own."""
    page = await new_page(device)
    await page.add_init_script(script)
    await page.route_web_socket(re.compile(r"^wss?://"), server.accept)
    await page.goto(chat.http_url)
    return page


async def open_room(
    chat: LocalChat, new_page: NewPage, server: ScriptedServer, device: dict[str, Any] = DESKTOP
) -> Page:
    page = await open_page(chat, new_page, server, device)
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    return page


async def fill_room(page: Page, server: ScriptedServer) -> None:
    """Show every kind of row: what others made, a gap, a note, and one's own messages in every state."""
    await say(page, "Is anybody here?")
    await expect_sent(page, 1)
    mallory = server.person("Mallory", "Ada")
    server.members = [server.person("Ada"), server.person("Björn"), mallory, {"id": "nobody", "alias": NOISE}]
    server.history, server.gap = every_kind_of_row(server), True
    await server.socket.close(code=1001)
    await expect(page.locator("[data-kind=gap]")).to_have_count(1)
    await expect(page.locator("[data-kind=problem]")).to_have_count(4)
    await say(page, "/help")
    for outcome in ("failed", "waiting", "sending"):
        server.outcome = outcome
        await say(page, f"This one is {outcome}.")
        await expect(messages(page).last).to_have_attribute("data-state", outcome)
    await expect(page.locator("#countdown")).to_contain_text("s")
    await expect(page.locator("[data-kind=day]").nth(1)).to_be_attached()
    await expect(page.locator("[data-kind=note]")).to_be_attached()
