"""The page in a real Chromium: people who talk through the whole local chat, and one server that misbehaves on cue."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, WebSocketRoute, expect

from local.stack import LocalChat
from tests.e2e.cable import Cable
from tests.e2e.conftest import DESKTOP, PHONE, Visit

SITE = Path(__file__).resolve().parents[2] / "frontend"
PER_MINUTE = 30
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat() -> AsyncIterator[LocalChat]:
    async with LocalChat(port=0, site=SITE) as chat:
        yield chat


@pytest.fixture
def room() -> str:
    """A room nobody was in before: the chat is shared by the tests of this file."""
    return f"tea-{secrets.token_hex(4)}"


async def enter(page: Page, address: str, room: str, alias: str) -> None:
    await page.goto(address)
    await page.get_by_label("Room", exact=True).fill(room)
    await page.get_by_label("Your name here").fill(alias)
    await page.get_by_role("button", name="Enter the room").click()
    await expect(page.get_by_role("button", name=re.compile(r"\d+ online"))).to_be_visible()


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


def messages(page: Page) -> Locator:
    return page.get_by_role("log").locator("li.message")


async def expect_texts(page: Page, texts: list[str]) -> None:
    """Exactly these messages, in this order."""
    await expect(messages(page).locator(".text")).to_have_text(texts, timeout=15_000)


# People, through the real functions


async def test_two_people_on_a_phone_and_a_desktop_talk_and_see_each_other(
    chat: LocalChat, visit: Visit, room: str
) -> None:
    phone, desktop = await visit(PHONE), await visit(DESKTOP)
    await enter(phone, chat.http_url, room, "Ada")
    await enter(desktop, chat.http_url, room, "Björn")
    await expect(phone.get_by_role("button", name="2 online")).to_be_visible()
    await expect(desktop.get_by_role("button", name="2 online")).to_be_visible()
    await expect(desktop.locator("#members li")).to_have_text(["Björn (you)", "Ada"])
    await expect(phone.locator("#people")).to_be_hidden()
    await phone.get_by_role("button", name="2 online").tap()
    await expect(phone.locator("#members li")).to_have_text(["Ada (you)", "Björn"])

    await say(phone, "Hello 👋")
    await expect_texts(desktop, ["Hello 👋"])
    await desktop.get_by_label("Message", exact=True).fill("Hello to you")
    await desktop.get_by_role("button", name="Send").click()
    for page in (phone, desktop):
        await expect_texts(page, ["Hello 👋", "Hello to you"])
        await expect(page.locator("li.message[data-state=sent]")).to_have_count(2)
        await expect(page.locator("li.mine")).to_have_count(1)

    await phone.close()
    await expect(desktop.get_by_role("button", name="1 online")).to_be_visible()
    await expect(desktop.get_by_text("Ada\u2069 left.")).to_be_visible()


async def test_who_comes_later_or_reloads_reads_what_was_said_and_knows_their_own_words(
    chat: LocalChat, visit: Visit, room: str
) -> None:
    early, late = await visit(), await visit(PHONE)
    await enter(early, chat.http_url, room, "Ada")
    for number in range(3):
        await say(early, f"thought {number}")
    await expect(early.locator("li.message[data-state=sent]")).to_have_count(3)
    await enter(late, chat.http_url, room, "Björn")
    await expect_texts(late, ["thought 0", "thought 1", "thought 2"])
    await expect(late.locator("li.mine")).to_have_count(0)
    await early.reload()
    await expect(early.locator("li.mine")).to_have_count(3)


async def test_html_in_texts_and_names_stays_text(chat: LocalChat, visit: Visit, room: str) -> None:
    attacker, reader = await visit(), await visit(PHONE)
    text = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script><b>bold</b>"
    await enter(reader, chat.http_url, room, "Björn")
    await enter(attacker, chat.http_url, room, "<i>Ada</i><img src=y>")
    await say(attacker, text)
    for page in (attacker, reader):
        await expect_texts(page, [text])
        await expect(page.get_by_role("log").locator("img, script, b, i")).to_have_count(0)
        assert "owned" not in await page.title()
    await expect(messages(reader).locator(".alias")).to_have_text("<i>Ada</i><img src=y>")


async def test_one_message_more_than_a_minute_allows_gets_a_polite_notice_and_is_kept(
    chat: LocalChat, visit: Visit, room: str
) -> None:
    page = await visit()
    await enter(page, chat.http_url, room, "Ada")
    sent = 0
    minute = time.time() // 60  # the limit counts clock minutes; a test that meets the end of one starts over
    while True:
        await say(page, f"message {sent}")
        mine = messages(page).nth(sent)
        await expect(mine).to_have_attribute("data-state", re.compile("sent|waiting"))
        if await mine.get_attribute("data-state") == "waiting":
            break
        sent += 1
        assert sent <= PER_MINUTE or time.time() // 60 > minute
        assert sent <= 2 * PER_MINUTE
    assert sent >= PER_MINUTE
    await expect(page.locator("#notice")).to_contain_text("Your message is kept and goes out by itself.")
    await expect(page.locator("#countdown")).to_have_text(re.compile(r"^\d+ s$"))
    await expect(mine).to_contain_text(f"message {sent}")
    await page.get_by_label("Message", exact=True).fill("a draft")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("a draft")


async def test_after_a_cut_cable_the_page_comes_back_and_everything_is_there_exactly_once(
    chat: LocalChat, visit: Visit, room: str
) -> None:
    async with Cable(chat.gateway.port) as cable:
        near, far = await visit(), await visit(PHONE, expect_lost_sockets=True)
        await enter(near, chat.http_url, room, "Ada")
        await enter(far, f"http://127.0.0.1:{cable.port}", room, "Björn")
        await say(near, "before")
        await expect_texts(far, ["before"])

        cable.cut()
        await say(near, "meanwhile 1")
        await say(near, "meanwhile 2")
        await expect(near.locator("li.message[data-state=sent]")).to_have_count(3)
        await expect(far.locator("#status")).to_contain_text("Connecting")
        await say(far, "written in the dark")
        await expect(messages(far).last).to_have_attribute("data-state", "sending")

        cable.mend()
        everything = ["before", "meanwhile 1", "meanwhile 2", "written in the dark"]
        for page in (near, far):
            await expect_texts(page, everything)
            await expect(page.locator("li.message[data-state=sent]")).to_have_count(4)
        await expect(far.locator("#status")).to_be_empty()
        await expect(far.locator(".gap")).to_have_count(0)
        await expect(far.locator("#members li")).to_have_text(["Björn (you)", "Ada"])


async def test_a_socket_cut_before_anything_was_said_misses_nothing(chat: LocalChat, visit: Visit, room: str) -> None:
    async with Cable(chat.gateway.port) as cable:
        near, far = await visit(), await visit(expect_lost_sockets=True)
        await enter(near, chat.http_url, room, "Ada")
        await enter(far, f"http://127.0.0.1:{cable.port}", room, "Björn")
        cable.cut()
        await say(near, "first words")
        await expect(near.locator("li.message[data-state=sent]")).to_have_count(1)
        cable.mend()
        await expect_texts(far, ["first words"])
        await expect(far.locator(".gap")).to_have_count(0)


async def test_another_room_in_the_address_is_another_conversation(chat: LocalChat, visit: Visit, room: str) -> None:
    ada, bjorn = await visit(), await visit(PHONE)
    await enter(ada, chat.http_url, room, "Ada")
    await enter(bjorn, chat.http_url, room, "Björn")
    await say(ada, "in the tea corner")
    await expect_texts(bjorn, ["in the tea corner"])
    await bjorn.evaluate(f"location.hash = '{room}-2'")
    await expect(bjorn.get_by_role("heading", name=f"{room}-2")).to_be_visible()
    await expect(bjorn.get_by_role("button", name="1 online")).to_be_visible()
    await expect(ada.get_by_role("button", name="1 online")).to_be_visible()
    await say(ada, "are you still there?")
    await say(bjorn, "so quiet here")
    await expect_texts(bjorn, ["so quiet here"])
    await bjorn.go_back()
    await expect_texts(bjorn, ["in the tea corner", "are you still there?"])


# The page alone: a server that answers what the test says, and a clock that only the test moves

NOW = 1_800_000_000_000  # epoch ms
ANSWER_MS, FIRST_BACKOFF_MS, TROUBLE_MS = 10_000, 500, 2_000


class Server:
    """Joins everybody at once and keeps what else it is sent in `sends`; the test says what it answers."""

    def __init__(self) -> None:
        self.joins: list[dict[str, Any]] = []
        self.sends: list[dict[str, Any]] = []
        self.pings = 0
        self.answers: list[dict[str, Any]] = []  # what the next answers to `join` say differently
        self.silent = False
        self.socket: WebSocketRoute

    def accept(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(self._receive)

    def tell(self, *frames: dict[str, Any]) -> None:
        for frame in frames:
            self.socket.send(json.dumps(frame))

    def refuse(self, sent: dict[str, Any], code: str, text: str, **more: Any) -> None:
        self.tell({"type": "error", "code": code, "message": text, "client": sent["client"], **more})

    def _receive(self, data: str | bytes) -> None:
        frame = json.loads(data)
        if frame["action"] == "ping":
            self.pings += 1
        elif frame["action"] == "send":
            self.sends.append(frame)
        else:
            self.joins.append(frame)
            if not self.silent:
                self.tell({**JOINED, **(self.answers.pop(0) if self.answers else {})})


JOINED: dict[str, Any] = {
    "type": "joined",
    "room": "tea",
    "self": "me",
    "members": [{"id": "me", "alias": "Ada"}],
    "online": 1,
    "history": [],
    "more": False,
    "gap": False,
    "limits": {"text": 20, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15},
}


def message(at: int, text: str, member: str = "other", client: str | None = None) -> dict[str, Any]:
    """A message stamped `at` ms after NOW."""
    identity = {"id": member, "alias": "Ada" if member == "me" else "Björn"}
    at += NOW
    rest = {"from": identity, "text": text, "at": at, "online": 1}
    return {"type": "message", "id": f"{at:013d}-x", "client": client or f"client-{at}", **rest}


def echo(sent: dict[str, Any], at: int) -> dict[str, Any]:
    return message(at, sent["text"], "me", sent["client"])


def cursor(at: int) -> str:
    return f"{NOW + at:013d}"


def file_of(url: str) -> Path:
    return SITE / (urlsplit(url).path.lstrip("/") or "index.html")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(visit: Visit, server: Server) -> Page:
    """Somebody in front of the entry form of a page that talks to `server`."""

    async def file(route: Route) -> None:
        if route.request.url.endswith("/config.js"):
            body = 'export default { websocketUrl: "ws://localhost/socket" };'
            await route.fulfill(content_type="text/javascript", body=body)
        else:
            await route.fulfill(path=file_of(route.request.url))

    page = await visit()
    await page.clock.install(time=NOW / 1000)
    await page.route("http://localhost/**", file)
    await page.route_web_socket("ws://localhost/socket", server.accept)
    await page.goto("http://localhost/")
    await page.clock.pause_at(NOW / 1000 + 60)
    return page


@pytest_asyncio.fixture(loop_scope="module")
async def page(stranger: Page) -> Page:
    """Somebody in the room `tea`."""
    await enter(stranger, "http://localhost/", "tea", "Ada")
    return stranger


async def reconnect(page: Page, server: Server) -> None:
    joins = len(server.joins)
    await server.socket.close(code=1001)
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await until(lambda: len(server.joins) > joins)


async def test_a_name_that_is_no_rooms_name_gets_a_kind_sentence(stranger: Page) -> None:
    await stranger.get_by_label("Room", exact=True).fill("tea corner!")
    await stranger.get_by_role("button", name="Enter the room").click()
    await expect(stranger.get_by_role("alert")).to_contain_text("How about “tea-corner”?")
    await stranger.evaluate("location.hash = 'a/b'")
    await expect(stranger.get_by_label("Room", exact=True)).to_have_value("a/b")
    await expect(stranger.get_by_role("alert")).to_contain_text("1 to 64 letters")


async def test_the_entry_form_says_that_nothing_is_encrypted_and_offers_a_name(stranger: Page) -> None:
    await expect(stranger.get_by_text("This first version does not encrypt yet")).to_be_visible()
    await expect(stranger.get_by_label("Your name here")).to_have_value(re.compile(r"^\w+ \w+$"))


async def test_a_full_room_says_so_on_the_entry_form(stranger: Page, server: Server) -> None:
    server.answers = [{"type": "error", "code": "room_full", "message": "This room is full."}]
    await stranger.get_by_label("Room", exact=True).fill("tea")
    await stranger.get_by_role("button", name="Enter the room").click()
    await expect(stranger.get_by_role("alert")).to_have_text("This room is full.")


async def test_enter_sends_but_not_while_composing_nor_with_shift(page: Page, server: Server) -> None:
    box = page.get_by_label("Message", exact=True)
    await box.fill("nihon")
    for init in ({"isComposing": True}, {"keyCode": 229}):
        await box.dispatch_event("keydown", {"key": "Enter", **init})
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("go")
    assert server.sends == []
    await page.keyboard.press("Enter")
    await until(lambda: len(server.sends) == 1)
    assert server.sends[0]["text"] == "nihon\ngo"
    await expect(box).to_have_value("")


async def test_a_text_that_is_too_long_stays_in_the_box(page: Page, server: Server) -> None:
    await say(page, "a" * 21)
    await expect(page.locator("#notice")).to_contain_text("too long")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("a" * 21)
    assert server.sends == []


async def test_one_message_is_in_flight_at_a_time_and_the_order_holds(page: Page, server: Server) -> None:
    for text in ("one", "two", "three"):
        await say(page, text)
    await expect_texts(page, ["one", "two", "three"])
    for number in range(3):
        await until(lambda number=number: len(server.sends) > number)
        assert len(server.sends) == number + 1
        server.tell(echo(server.sends[number], number))
    await expect(page.locator("li.message[data-state=sent]")).to_have_count(3)
    assert [sent["text"] for sent in server.sends] == ["one", "two", "three"]


async def test_a_refused_message_shows_the_reason_and_can_be_tried_again_or_deleted(page: Page, server: Server) -> None:
    await say(page, "one")
    await until(lambda: len(server.sends) == 1)
    server.refuse(server.sends[0], "bad_request", "That did not work.")
    await expect(messages(page)).to_contain_text("Not sent. That did not work.")
    await page.get_by_role("button", name="Retry").click()
    await until(lambda: len(server.sends) == 2)
    assert server.sends[1] == server.sends[0]
    server.refuse(server.sends[1], "bad_request", "Still not.")
    await page.get_by_role("button", name="Delete").click()
    await expect_texts(page, [])


async def test_a_message_over_the_rate_limit_goes_out_by_itself_when_the_time_has_come(
    page: Page, server: Server
) -> None:
    await say(page, "one")
    await say(page, "two")
    await until(lambda: len(server.sends) == 1)
    server.refuse(server.sends[0], "rate_limited", "Not so fast, please.", retryAfter=7)
    await expect(page.locator("#notice")).to_contain_text("Not so fast, please.")
    await expect(page.locator("#countdown")).to_have_text("7 s")
    await page.clock.run_for(5_000)
    await expect(page.locator("#countdown")).to_have_text("2 s")
    assert len(server.sends) == 1
    await page.clock.run_for(2_500)
    await until(lambda: len(server.sends) == 2)
    assert server.sends[1] == server.sends[0]
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_frame_without_type_acknowledges_nothing_and_the_message_is_sent_again(
    page: Page, server: Server
) -> None:
    await say(page, "one")
    await until(lambda: len(server.sends) == 1)
    await page.clock.run_for(1)
    server.tell({"message": "Internal server error", "connectionId": "x", "requestId": "y"}, message(0, "meanwhile"))
    await expect_texts(page, ["meanwhile", "one"])
    await page.clock.run_for(ANSWER_MS)
    await until(lambda: len(server.sends) == 2)
    assert server.sends[1] == server.sends[0]
    server.tell(echo(server.sends[1], 1))
    await expect(page.locator("li.message[data-state=sent]")).to_have_count(2)


async def test_a_socket_that_says_nothing_for_ten_seconds_is_replaced_and_the_message_sent_again(
    page: Page, server: Server
) -> None:
    server.tell(message(20_000, "hello"))
    await expect_texts(page, ["hello"])
    await say(page, "one")
    await until(lambda: len(server.sends) == 1)
    await page.clock.run_for(ANSWER_MS)
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await until(lambda: len(server.sends) == 2)
    assert server.sends[1] == server.sends[0]
    assert server.joins[1]["since"] == cursor(5_000)


async def test_a_copy_in_the_history_counts_as_the_echo(page: Page, server: Server) -> None:
    await say(page, "one")
    await until(lambda: len(server.sends) == 1)
    server.answers = [{"self": "me again", "history": [echo(server.sends[0], 3)]}]
    await reconnect(page, server)
    await expect(page.locator("li.mine[data-state=sent]")).to_have_count(1)
    await say(page, "two")
    await until(lambda: len(server.sends) == 2)
    assert server.sends[1]["text"] == "two"


async def test_copies_are_shown_once_and_a_late_message_slides_into_its_place(page: Page, server: Server) -> None:
    server.tell(message(10, "first"), message(30, "third", client="same-client"))
    server.tell(message(20, "second"), message(10, "first"), message(40, "third", client="same-client"))
    server.tell(message(50, "third", member="other, reconnected", client="same-client"), message(60, "fourth"))
    await expect_texts(page, ["first", "second", "third", "fourth"])


async def test_resuming_follows_more_and_a_cut_between_two_pages_loses_nothing(page: Page, server: Server) -> None:
    server.tell(message(20_000, "a"))
    await expect_texts(page, ["a"])
    server.answers = [
        {"history": [message(30_000, "b")], "more": True},
        {"history": [message(40_000, "c")], "more": True},
    ]
    server.answers.append(
        {"type": "ignored"}
    )  # the third page never comes: the socket is cut, a live message was there
    await reconnect(page, server)
    await until(lambda: len(server.joins) == 4)
    server.tell(message(90_000, "e"))
    await expect_texts(page, ["a", "b", "c", "e"])
    server.answers = [{"history": [message(50_000, "d"), message(90_000, "e")]}]
    await server.socket.close(code=1001)
    await page.clock.run_for(2 * FIRST_BACKOFF_MS)
    await expect_texts(page, ["a", "b", "c", "d", "e"])
    asked = [join.get("since") for join in server.joins]
    assert asked == [None, cursor(5_000), f"{cursor(30_000)}-x", f"{cursor(40_000)}-x", cursor(25_000)]


async def test_a_room_in_which_nothing_was_said_is_resumed_from_its_beginning(page: Page, server: Server) -> None:
    server.answers = [{"gap": True, "history": [message(1, "first words")]}]
    await reconnect(page, server)
    await expect_texts(page, ["first words"])
    assert server.joins[1]["since"] == "0" * 13
    await expect(page.locator(".gap")).to_have_count(0)


async def test_a_gap_is_admitted_where_it_is_and_only_when_there_may_be_one(page: Page, server: Server) -> None:
    server.tell(message(10, "old"))
    await expect_texts(page, ["old"])
    server.answers = [{"gap": True}, {"gap": True, "history": [message(900_000, "new")]}]
    await reconnect(page, server)  # heard a moment ago: the cursor is old, but nothing can be missing
    await expect(page.locator("#status")).to_be_empty()
    await expect(page.locator(".gap")).to_have_count(0)
    await page.clock.fast_forward(700_000)
    await reconnect(page, server)
    await expect(page.locator("#messages li")).to_have_text(
        [re.compile("old"), re.compile("may be missing"), re.compile("new")]
    )


async def test_the_status_line_waits_two_seconds_and_goes_when_the_trouble_does(page: Page, server: Server) -> None:
    server.silent = True
    await reconnect(page, server)
    await page.clock.run_for(TROUBLE_MS - FIRST_BACKOFF_MS - 1)
    await expect(page.locator("#status")).to_be_empty()
    await page.clock.run_for(1)
    await expect(page.locator("#status")).to_contain_text("Connecting")
    server.tell(JOINED)
    await expect(page.locator("#status")).to_be_empty()


async def test_a_quiet_socket_is_pinged_before_ten_minutes_are_over(page: Page, server: Server) -> None:
    await page.clock.fast_forward(8 * 60_000)
    assert server.pings == 0
    await page.clock.fast_forward(60_000)
    await until(lambda: server.pings == 1)


async def test_coming_back_to_a_page_long_silent_checks_its_socket(page: Page, server: Server) -> None:
    await page.clock.fast_forward(30_000)
    await page.evaluate("dispatchEvent(new Event('online'))")
    assert len(server.joins) == 1
    await page.clock.fast_forward(31_000)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await until(lambda: len(server.joins) == 2)


async def test_who_only_blinks_is_not_mentioned_and_crowds_fit_one_line(page: Page, server: Server) -> None:
    people = [{"id": f"m{number}", "alias": f"P{number}"} for number in range(6)]
    server.tell({"type": "presence", "online": 7, "joined": people, "left": []})
    server.tell({"type": "presence", "online": 6, "joined": [], "left": people[:1]})
    await expect(page.get_by_role("button", name="6 online")).to_be_visible()
    await expect(page.locator(".note")).to_have_text(
        "\u2068P1\u2069, \u2068P2\u2069, \u2068P3\u2069, and 2 more joined."
    )
