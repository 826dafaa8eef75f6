"""Too much, anything at all, and a server that talks nonsense; and what a visit tells others and leaves behind."""

import json
import re
import secrets
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from anonchat_client import Frame, Room, name_link, new_client
from anonchat_client.encryption.base64url import b64encode
from anonchat_client.encryption.envelope import BUCKETS, NONCE_BYTES, TAG_BYTES
from local.chat import LocalChat
from tests.support.browser import DESKTOP, NARROW_PHONE, NewPage
from tests.support.group import FRIEND, HARM, HOSTILE, Group, message, open_group, problems, watch
from tests.support.hostile_text import ALIAS_LIMIT, HEAP, TEXT_LIMIT
from tests.support.member import member
from tests.support.page_actions import (
    PLAINTEXTS,
    composer,
    enter,
    expect_in_room,
    expect_sent,
    expect_texts,
    messages,
    say,
    wait_until,
)
from tests.support.recorder import encodings
from tests.support.scripted_server import LIMITS, ScriptedServer, open_room
from tests.support.socket_interceptor import SocketInterceptor
from tests.support.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}  # nobody hostile is slowed down


# Too much, and anything at all

JUNK, LEGIBLE = 500, 100  # as many of them can be read
FRAMES = 5  # at least so many show the log grow: a page that is frozen shows its end alone
WATCH_FRAMES = """() => {
    window.lengths = new Set();
    const frame = () => {
        window.lengths.add(document.querySelectorAll("#messages li").length);
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""


async def test_five_hundred_pieces_of_junk_do_not_freeze_the_page(chat: LocalChat, new_page: NewPage) -> None:
    interceptor = SocketInterceptor()
    async with open_group(chat, new_page, interceptor.attach) as group:
        for page in group.readers:
            await page.evaluate(WATCH_FRAMES)
        for number in range(JUNK):
            client = new_client()
            text = b64encode(secrets.token_bytes(NONCE_BYTES + BUCKETS[number % 2] + TAG_BYTES))
            if number % (JUNK // LEGIBLE) == 0:
                text = group.room.seal_message(group.hostile.signer, client, HOSTILE, f"Junk, number {number}")
            interceptor.inject(group.hostile, client, text)
        await group.friend.say("Is this a bad moment?")
        for page in group.readers:
            await expect(message(page, "Is this a bad moment?")).to_have_count(1)
            await say(page, "Not at all.")
            await group.friend.hear("Not at all.")
            await expect(problems(page)).to_have_count(JUNK - LEGIBLE)
            await expect(messages(page).filter(has_text="Junk, number")).to_have_count(LEGIBLE)
            assert await page.evaluate("window.lengths.size") >= FRAMES


NUMBERS = ["__proto__", "constructor", "hasOwnProperty", "________", "00000000", "-" * 36]  # `client` values
ALIASES = ["__proto__", " ", "null", "\ufeff\u200b", "💥" * 64, f"e{HEAP}", "A" * ALIAS_LIMIT]
TEXTS = [
    *(" ", "\n" * TEXT_LIMIT, "\t\n\t", "null", "{}", "[object Object]", "__proto__", "=", "A" * (TEXT_LIMIT - 1)),
    *("💥" * (TEXT_LIMIT // 4), "\u202e" * (TEXT_LIMIT // 3), "\u2028\u2029\ufffe\uffff\ue000", f"e{HEAP * 60}"),
]
REFUSED = ["", "null", "[]", '{"action": "join"}', '{"action": "send", "text": 5}', '{"action": ["ping"]}', "💥"]


async def test_whatever_the_server_lets_through_breaks_nothing(group: Group) -> None:
    for frame in REFUSED:
        await group.hostile.socket.send_text(frame)
        await group.hostile.socket.receive("error")
    for client in NUMBERS:
        await group.hostile.say(f"number {client}", client)
    for alias, text in zip_longest(ALIASES, TEXTS, fillvalue="again"):
        await group.hostile.join(alias)
        await group.hostile.post(text)
    for page in group.readers:
        await expect_texts(page, [f"number {client}" for client in NUMBERS])
    await group.expect_problems("undecryptable", len(TEXTS))
    for page in group.readers:
        await page.reload()
        await page.get_by_role("button", name="Earlier messages").click()
        await expect_texts(page, [f"number {client}" for client in NUMBERS])
    await group.expect_problems("undecryptable", len(TEXTS))


async def test_nobody_else_can_acknowledge_ones_own_message(chat: LocalChat, new_page: NewPage) -> None:
    """Not even who learns its number before the server has the message: with other words under it, or with a copy."""
    interceptor = SocketInterceptor()
    async with open_group(chat, new_page, interceptor.attach) as group:
        interceptor.hold()
        await say(group.phone, "Has anybody got this?")
        await eventually(lambda: bool(interceptor.held))
        [send] = interceptor.held or []
        sent = json.loads(send.args[0])
        await group.hostile.say("Yes, all of us.", sent["client"])
        await group.hostile.post(sent["text"], sent["client"])
        for page in group.readers:
            await expect(messages(page).first.locator(".text")).to_have_text("Yes, all of us.")
        await group.expect_problems("replayed", 1, "Ada Lovelace", "Has anybody got this?")
        mine = message(group.phone, "Has anybody got this?")
        await expect(mine).to_have_attribute("data-state", "sending")

        interceptor.release()
        await expect(mine).to_have_attribute("data-state", "sent")
        for page in group.readers:
            await expect_texts(page, ["Yes, all of us.", "Has anybody got this?"])


LINKS_TO_NOWHERE = [
    "#<img src=x onerror=window.owned=1>",
    "#name=%3Cscript%3Ewindow.owned=1%3C/script%3E",
    "#name=javascript:window.owned=1",
    f"#name={quote('Z' + HEAP * 9)}",
    "#name=%E2%80%AE%E2%80%8B",
    "#key=%00%ff&name=__proto__",
    "#key=__proto__",
    "#%",
    f"#{'A' * 5000}",
    f"#name={'W' * 64}",
]


async def test_links_made_to_do_harm_lead_to_an_explanation_or_a_room(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(NARROW_PHONE)
    incidents = await watch(page, chat.http_url)
    await page.goto(chat.http_url)
    for link in LINKS_TO_NOWHERE:
        await page.evaluate("(link) => { location.hash = link; }", link)
        await expect(page.locator("#landing-problem:not(:empty), #invitation:visible").first).to_be_visible()
        await expect(page.locator("#landing-busy")).to_be_empty()
        assert await page.evaluate(HARM) == []
    assert incidents == []
    await enter(page, f"{chat.http_url}/", f"#name={'W' * 64}", "Ada Lovelace")
    assert await page.evaluate(HARM) == []


# What a visit leaves, and where

STORED = """async () => {
    const found = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
    for (const { name, version } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name, version);
            request.onsuccess = () => resolve(request.result);
            request.onerror = reject;
        });
        for (const store of database.objectStoreNames) {
            const all = database.transaction(store).objectStore(store);
            for (const request of [all.getAllKeys(), all.getAll()]) {
                found.push(await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); }));
            }
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) found.push(name, url);
    }
    const plain = (_, value) => ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value;
    return JSON.stringify(found, plain);
}"""


async def test_a_visit_asks_nobody_else_and_leaves_no_words_behind(chat: LocalChat, new_page: NewPage) -> None:
    link = name_link("Hidden Valley of Echoes")
    words = {"Hidden Valley", "hidden valley", "Hidden+Valley", FRIEND, "said in the valley", "half a thought in it"}
    PLAINTEXTS.update(words)
    page = await new_page(DESKTOP)
    incidents = await watch(page, chat.http_url)
    told: set[str] = set()
    page.on("request", lambda request: told.update(name for name, value in request.headers.items() if value))
    await enter(page, f"{chat.http_url}/", link, "Ada Lovelace")
    async with member(chat, link, FRIEND) as friend:
        await friend.say("said in the valley https://elsewhere.example/picture.png")
        await expect(messages(page)).to_have_count(1)
        await say(page, "said in the valley, too")
        await friend.hear("said in the valley, too")
        for name in ("Share", "Menu", re.compile("^Details")):
            await page.get_by_role("button", name=name).last.click()
            await expect(page.get_by_role("dialog")).to_be_visible()
            await page.keyboard.press("Escape")
        await page.get_by_role("button", name=f"Mute {FRIEND}").click()
        await composer(page).fill("half a thought in it")
        await wait_until(page, "Object.keys(sessionStorage).some((key) => key.endsWith('.draft'))")
        await page.reload()
        await expect_in_room(page)
        await expect(composer(page)).to_have_value("half a thought in it")
        await wait_until(page, "Object.keys(sessionStorage).some((key) => key.endsWith('.names'))")
    during = await page.evaluate(STORED)
    assert Room.from_link(link).id in during
    await page.get_by_role("button", name="Leave the room").click()
    await expect(page.get_by_label("Room name")).to_be_visible()

    stored = await page.evaluate(STORED)
    assert Room.from_link(link).id not in stored
    assert [word for word in words for encoding in encodings(word) if encoding in during + stored] == []
    assert await page.context.cookies() == []
    assert incidents == []
    assert await page.evaluate(HARM) == []
    assert "user-agent" in told
    assert {"referer", "cookie"} & told == set()


async def test_a_link_leads_away_without_telling_where_from(chat: LocalChat, new_page: NewPage) -> None:
    visitors: list[web.Request] = []

    async def welcome(request: web.Request) -> web.Response:
        visitors.append(request)
        page = "<!doctype html><title>elsewhere</title><link rel=icon href=data:,>"
        return web.Response(text=page, content_type="text/html")

    elsewhere = web.Application()
    elsewhere.router.add_get("/{path:.*}", welcome)
    async with TestServer(elsewhere, host="127.0.0.1") as server, open_group(chat, new_page) as group:
        await group.hostile.say(f"Look: {server.make_url('/trap')}")
        for page in group.readers:
            await expect(messages(page)).to_have_count(1)
            assert visitors == []  # no preview of it
            async with page.context.expect_page() as opening:
                await messages(page).get_by_role("link").click()
            opened = await opening.value
            await expect(opened).to_have_title("elsewhere")
            assert await opened.evaluate("[document.referrer, window.opener, history.length]") == ["", None, 1]
            await opened.close()
            [request] = visitors
            visitors.clear()
            assert request.path == "/trap"
            assert {"Referer", "Cookie", "Origin"} & set(request.headers) == set()


# A server that talks nonsense

NO_FRAMES = [
    *("", "hello", "{", "NaN", "null", "true", "5", '"joined"', "[]", "[[]]", "{}", '{"type": null}', '{"type": []}'),
    *('{"type": "surprise"}', '{"type": "constructor"}', '{"type": "left"}', '{"message": "Internal server error"}'),
]
NO_TEXT: list[Any] = [None, True, 5, [], {}]
NO_NUMBER: list[Any] = [None, True, -1, 0.5, 1e300, 2**53, "", "5", [], {}]
NO_FLAG: list[Any] = [None, 0, "x", [], {}]
NO_OBJECT: list[Any] = [None, True, 5, "x", [], {}]
NO_LIST: list[Any] = [None, True, 5, "x", {}, [None], [5], ["x"], [[]], [{}], [{"id": None, "alias": None}]]
NONSENSE = {
    "joined": {
        "members": NO_LIST,
        "online": NO_NUMBER,
        "history": NO_LIST,
        "more": NO_FLAG,
        "gap": NO_FLAG,
        "limits": [*NO_OBJECT, *({**LIMITS, "text": value} for value in NO_NUMBER)],
    },
    "message": {
        "id": [*NO_TEXT, "", "x", "0" * 13],
        "client": NO_TEXT,
        "from": [*NO_OBJECT, {"id": 5, "alias": "x"}, {"id": "x", "alias": 5}],
        "text": NO_TEXT,
        "at": NO_NUMBER,
        "online": NO_NUMBER,
    },
    "presence": {"online": NO_NUMBER, "joined": NO_LIST, "left": NO_LIST},
    "error": {"code": NO_TEXT, "message": NO_TEXT, "client": NO_TEXT, "retryAfter": NO_NUMBER},
}


class NonsenseServer(ScriptedServer):
    """Says all sorts of things before it says what was asked for."""

    def joined(self) -> Frame:
        joined = super().joined()
        error = {"type": "error", "code": "room_full", "message": "Nobody may join.", "retryAfter": 5}
        presence = {"type": "presence", "online": 2, "joined": [], "left": []}
        for frame in (joined, self.message("Björn Borg", "Hello?"), presence, error):
            self.send_nonsense(frame)
        return joined

    def send_nonsense(self, frame: Frame) -> None:
        """Send the frame with one field of another kind than it should be, or missing."""
        for text in NO_FRAMES:
            self.socket.send(text)
        for field, values in NONSENSE[frame["type"]].items():
            for value in values:
                self.send({**frame, field: value})
            if frame["type"] != "error":
                self.send({name: value for name, value in frame.items() if name != field})


async def test_a_server_that_talks_nonsense_is_not_listened_to(chat: LocalChat, new_page: NewPage) -> None:
    server = NonsenseServer()
    server.members = [server.person("Björn Borg")]
    PLAINTEXTS.update({"Ada Lovelace", "Björn Borg"})
    page = await open_room(chat, new_page, server, NARROW_PHONE)
    await expect(page.get_by_role("button", name="2 here")).to_be_visible()
    hello = server.message("Björn Borg", "Hello from the stage")
    error = {"type": "error", "code": "bad_request", "message": "What?", "client": hello["client"]}
    for frame in (hello, {"type": "presence", "online": 2, "joined": [], "left": []}, error):
        server.send_nonsense(frame)
    server.send(hello)
    await expect_texts(page, ["Hello from the stage"])
    await say(page, "Hello to the stage")
    await expect_sent(page, 2)
    await expect(problems(page)).to_have_count(0)
    await expect(page.locator("#notice-text, #status")).to_have_text(["", ""])
    await expect(page.get_by_role("button", name="2 here")).to_be_visible()
