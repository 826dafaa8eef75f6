"""Reading: the lines between messages, a place in the log that nothing takes away, and what is quiet until asked."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, expect

from anonchat_client import RawClient, Room, Signer, new_client
from local.stack import LocalChat
from tests.e2e.conftest import DESKTOP, PHONE, Visit
from tests.e2e.people import (
    SPOKEN,
    composer,
    enter,
    expect_in_room,
    expect_sent,
    expect_texts,
    log,
    messages,
    new_link,
    say,
    set_hidden,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ENVIRON = {"PER_MINUTE": "10000"}
NARROW = {**PHONE, "viewport": {"width": 320, "height": 640}}
LONDON = {"timezone_id": "Europe/London"}
AT_ONCE = 10  # messages on their way at the same time
PIXELS = 2  # browsers round


class Member:
    """Somebody without a page, who writes as fast as the server takes it."""

    def __init__(self, socket: RawClient, room: Room, signer: Signer, alias: str) -> None:
        self.socket, self.room, self.signer, self.alias = socket, room, signer, alias

    async def join(self) -> None:
        sealed = self.room.seal_alias(self.signer, self.alias)
        await self.socket.send_json({"action": "join", "room": self.room.id, "alias": sealed})
        await self.socket.receive("joined")

    async def say(self, *texts: str) -> None:
        """One after the other, each when the one before is with everybody."""
        SPOKEN.update(texts)
        for text in texts:
            await self.send(text)

    async def send(self, *texts: str) -> list[str]:
        """All at once. The server says in which order they stand in the log, and so does this."""
        said: dict[str, str] = {}
        for text in texts:
            client = new_client()
            said[client] = text
            sealed = self.room.seal_message(self.signer, client, self.alias, text)
            await self.socket.send_json({"action": "send", "room": self.room.id, "client": client, "text": sealed})
        echoes: dict[str, str] = {}
        while len(echoes) < len(said):
            frame = await self.socket.receive("message")
            if frame["client"] in said:
                echoes[frame["id"]] = said[frame["client"]]
        return [text for _, text in sorted(echoes.items())]

    async def flood(self, texts: list[str]) -> list[str]:
        """Many, as fast as the server takes them, in the order of the log."""
        batches = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        return [text for batch in batches for text in await self.send(*batch)]


@asynccontextmanager
async def member(chat: LocalChat, link: str, alias: str, signer: Signer | None = None) -> AsyncIterator[Member]:
    SPOKEN.add(alias)
    async with RawClient(chat.url) as socket:
        somebody = Member(socket, Room.from_link(link), signer or Signer.new(), alias)
        await somebody.join()
        yield somebody


class Clock:
    """By which the server stamps messages. It stands where a test puts it, but for a millisecond with each look."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def time_ns(self) -> int:
        self.now += timedelta(milliseconds=1)
        return int(self.now.timestamp() * 1000) * 1_000_000

    def wait(self, **time: int) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(datetime(2025, 11, 22, 14, 3, 9, tzinfo=UTC))
    monkeypatch.setattr("time.time_ns", clock.time_ns)
    return clock


def numbered(count: int) -> list[str]:
    """Texts that nobody mistakes for one another, each of two lines."""
    SPOKEN.update(("thought number", "and what follows"))
    return [f"thought number {number:03d}\nand what follows from it" for number in range(count)]


def rows(page: Page) -> Locator:
    return log(page).get_by_role("listitem")


def message(page: Page, text: str) -> Locator:
    return messages(page).filter(has_text=text)


def moment(item: Locator) -> Locator:
    return item.get_by_role("button", name=re.compile("^Details, "))


def newer(page: Page) -> Locator:
    return page.locator("#newer")


async def headings(page: Page) -> list[bool]:
    """Whether each message shows who wrote it."""
    seen = "(items) => items.map((item) => item.querySelector('.who').offsetHeight > 1)"
    return list(await messages(page).evaluate_all(seen))


async def settle(page: Page) -> None:
    """Two frames: what the first has changed is laid out in the second."""
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def scroll_to(page: Page, top: int) -> None:
    await log(page).evaluate("(log, top) => { log.scrollTop = top; }", top)
    await settle(page)


async def top_of(page: Page, text: str) -> float:
    await settle(page)
    return float(await message(page, text).evaluate("(item) => item.getBoundingClientRect().top"))


async def first_visible(page: Page) -> str:
    """The text of the uppermost message that is all on the screen."""
    found = """(log) => {
      const top = log.getBoundingClientRect().top;
      const items = [...log.querySelectorAll("li[data-kind=message]")];
      return items.find((item) => item.getBoundingClientRect().top >= top).querySelector(".text").textContent;
    }"""
    return str(await log(page).evaluate(found))


async def is_at_end(page: Page) -> bool:
    return bool(await log(page).evaluate("(log) => log.scrollHeight - log.scrollTop - log.clientHeight <= 1"))


# Headings, days and times


async def test_messages_of_one_person_within_five_minutes_share_a_heading(
    chat: LocalChat, visit: Visit, clock: Clock
) -> None:
    link, page = new_link(), await visit()
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn, member(chat, link, "Cleo of Reading") as cleo:
        await bjorn.say("the first of all")
        clock.wait(minutes=4, seconds=59)
        await bjorn.say("just in time")
        clock.wait(minutes=5)
        await bjorn.say("too late for it")
        await cleo.say("somebody else")
        await bjorn.say("after somebody else")
        await bjorn.say("and one right behind")
    await expect(messages(page)).to_have_count(6)
    assert await headings(page) == [True, False, True, True, True, False]


async def test_a_day_has_a_line_and_today_becomes_yesterday(chat: LocalChat, visit: Visit, clock: Clock) -> None:
    link, page = new_link(), await visit(**LONDON)
    clock.now = datetime(2025, 11, 22, 23, 58, tzinfo=UTC)
    await page.clock.set_fixed_time(clock.now)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("late at night")
        await expect(rows(page)).to_have_text([re.compile("Today"), re.compile("late at night")])
        clock.wait(minutes=4)
        await page.clock.set_fixed_time(clock.now)
        await bjorn.say("early in the morning", "a little later")
        expected = ["Yesterday", "late at night", "Today", "early in the morning", "a little later"]
        await expect(rows(page)).to_have_text([re.compile(text) for text in expected])
    assert await headings(page) == [True, True, False]
    await page.clock.set_fixed_time(clock.now + timedelta(days=3))
    await page.reload()
    await expect_in_room(page)
    await expect(page.locator("li[data-kind=day]")).to_have_text(["Saturday 22 November", "Sunday 23 November"])


async def test_the_exact_time_shows_under_the_pointer_and_with_the_focus(
    chat: LocalChat, visit: Visit, clock: Clock
) -> None:
    link, page = new_link(), await visit(**LONDON)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("what time is it?")
    time = moment(message(page, "what time is it?"))
    exact = "Saturday, 22 November 2025 at 14:03:09"
    await expect(time).to_have_text("14:03")
    await expect(time).to_have_accessible_name(f"Details, {exact}")
    assert await balloon(time) == ""
    await time.hover()
    assert exact in await balloon(time)
    await page.mouse.move(0, 0)
    assert await balloon(time) == ""
    await composer(page).focus()
    while not await time.evaluate("(time) => time === document.activeElement"):
        await page.keyboard.press("Shift+Tab")
    assert exact in await balloon(time)


async def balloon(element: Locator) -> str:
    """What the style sheet puts over an element."""
    shown = "(element) => getComputedStyle(element, '::after').content"
    content = str(await element.evaluate(shown))
    return "" if content == "none" else content


# Unread


async def test_what_comes_while_nobody_looks_is_counted_in_the_title_and_begins_with_a_line(
    chat: LocalChat, visit: Visit
) -> None:
    link, page = new_link(), await visit(PHONE)
    await page.add_init_script(
        """navigator.setAppBadge = async (count) => { window.badge = count; };
        navigator.clearAppBadge = async () => { window.badge = 0; };"""
    )
    await enter(page, chat.http_url, link, "Ada of Reading")
    title = await page.title()
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("you see this one")
        await expect_texts(page, ["you see this one"])
        await set_hidden(page, True)
        await bjorn.say("unseen, number one", "unseen, number two", "unseen, number three")
        await expect(page).to_have_title(f"(3) {title}")
        assert await page.evaluate("window.badge") == 3
        expected = ["Today", "you see this one", "New messages", "number one", "number two", "number three"]
        await expect(rows(page)).to_have_text([re.compile(text) for text in expected])
        await set_hidden(page, False)
        await expect(page).to_have_title(title)
        assert await page.evaluate("window.badge") == 0
        await expect(page.locator("li[data-kind=unread]")).to_have_count(1)
        await say(page, "now I am here")
        await expect(page.locator("li[data-kind=unread]")).to_have_count(0)


async def test_the_log_does_not_run_past_what_nobody_has_seen(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(PHONE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("you see this one")
        await expect(messages(page)).to_have_count(1)
        await set_hidden(page, True)
        await bjorn.flood(numbered(40))
        await expect(messages(page)).to_have_count(41)
        await set_hidden(page, False)
        await expect(page.locator("li[data-kind=unread]")).to_be_in_viewport()
        await expect(newer(page)).to_have_text("40 new messages")


async def test_who_reads_further_up_is_not_torn_away_and_finds_the_new_ones_by_a_button(
    chat: LocalChat, visit: Visit
) -> None:
    link, page = new_link(), await visit(PHONE)
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.flood(numbered(25))
        await enter(page, chat.http_url, link, "Ada of Reading")
        title = await page.title()
        assert await is_at_end(page)
        await expect(newer(page)).to_be_hidden()
        await scroll_to(page, 200)
        await expect(newer(page)).to_have_text("Newest messages")
        reading = await first_visible(page)
        place = await top_of(page, reading)
        for count, text in enumerate(["news, number one", "news, number two", "news, number three"], 1):
            await bjorn.say(text)
            await expect(newer(page)).to_have_text(f"{count} new message{'s' * (count > 1)}")
            await expect(page).to_have_title(f"({count}) {title}")
            assert abs(await top_of(page, reading) - place) <= PIXELS
        lines = await rows(page).all_text_contents()
        assert "news, number one" in lines[lines.index("New messages") + 1]
        await newer(page).tap()
        await expect(message(page, "news, number three")).to_be_in_viewport()
        await expect(newer(page)).to_be_hidden()
        await expect(page).to_have_title(title)
        assert await is_at_end(page)
        await bjorn.say("and who is at the end stays there")
        await expect(message(page, "and who is at the end stays there")).to_be_in_viewport()
        assert await is_at_end(page)


# A place in the log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def long_talk(chat: LocalChat) -> tuple[str, list[str]]:
    """A room in which 500 messages were said, and they, in their order."""
    link = new_link()
    async with member(chat, link, "Björn of Reading") as bjorn:
        return link, await bjorn.flood(numbered(500))


async def enter_at_its_beginning(page: Page, chat: LocalChat, link: str) -> str:
    """All 500 messages there, and the uppermost of those from before still on the screen: its text."""
    await enter(page, chat.http_url, link, "Ada of Reading")
    assert 20 < await messages(page).count() < 100  # what fits a frame
    await scroll_to(page, 0)
    reading = await first_visible(page)
    place = await top_of(page, reading)
    await page.get_by_role("button", name="Earlier messages").click()
    await expect(messages(page)).to_have_count(500)
    assert abs(await top_of(page, reading) - place) <= PIXELS
    return reading


async def test_a_room_of_500_messages_is_all_there_and_what_one_reads_stays_where_it_is(
    chat: LocalChat, visit: Visit, long_talk: tuple[str, list[str]]
) -> None:
    link, texts = long_talk
    page = await visit(DESKTOP)
    reading = await enter_at_its_beginning(page, chat, link)
    assert reading in texts[400:]
    assert await messages(page).locator(".text").all_text_contents() == texts
    await expect(page.get_by_role("button", name="Earlier messages")).to_be_hidden()
    await expect(page.locator("li[data-kind=gap]")).to_have_count(0)


async def test_scrolling_through_500_messages_goes_as_far_as_one_scrolls(
    chat: LocalChat, visit: Visit, long_talk: tuple[str, list[str]]
) -> None:
    """What is above the screen has heights that are guessed, and corrected as it comes near."""
    page, step = await visit(PHONE), 150
    reading = await enter_at_its_beginning(page, chat, long_talk[0])
    for _ in range(40):
        place = await top_of(page, reading)
        await log(page).evaluate("(log, step) => { log.scrollTop -= step; }", step)
        assert abs(await top_of(page, reading) - place - step) <= PIXELS
        reading = await first_visible(page)


async def test_a_late_message_slides_into_its_place_and_what_one_reads_stays_where_it_is(
    chat: LocalChat, visit: Visit, clock: Clock
) -> None:
    """The functions of two messages can run on machines whose clocks differ by some seconds."""
    link, page = new_link(), await visit(PHONE)
    async with member(chat, link, "Björn of Reading") as bjorn:
        texts = numbered(25)
        await bjorn.say(texts[0])
        early = clock.now
        clock.wait(seconds=5)
        await bjorn.say(*texts[1:])
        await enter(page, chat.http_url, link, "Ada of Reading")
        await scroll_to(page, 300)
        reading = await first_visible(page)
        place = await top_of(page, reading)
        assert reading not in texts[:2]
        clock.now = early
        await bjorn.say("late, and rather long, so that it takes more than a line: " + "word " * 40)
        await expect(messages(page).nth(1)).to_contain_text("late, and rather long")
        assert abs(await top_of(page, reading) - place) <= PIXELS
    await expect(messages(page)).to_have_count(26)


# What stands in a message


async def test_only_http_and_https_become_links_and_they_tell_nobody_where_they_came_from(
    chat: LocalChat, visit: Visit
) -> None:
    link, page = new_link(), await visit(DESKTOP)
    asked: list[dict[str, str]] = []

    async def answer(route: Route) -> None:
        asked.append(await route.request.all_headers())
        await route.fulfill(body="<!doctype html><title>elsewhere</title>", content_type="text/html")

    await page.context.route("https://example.org/**", answer)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say(
            "See https://example.org/tea?cup=1#sip, or (http://example.org/a_(b)). "
            "But javascript:alert(1) data:text/html,hello ftp://example.org/ mailto:ada@example.org www.example.org "
            "file:///etc/passwd blob:https:x vbscript:x //example.org https://user@example.org/ https:///"
        )
    links = messages(page).get_by_role("link")
    await expect(links).to_have_text(["https://example.org/tea?cup=1#sip", "http://example.org/a_(b)"])
    addresses = await links.evaluate_all("(links) => links.map((link) => link.href)")
    assert addresses == ["https://example.org/tea?cup=1#sip", "http://example.org/a_(b)"]
    async with page.context.expect_page() as opened:
        await links.first.click()
    elsewhere = await opened.value
    await expect(elsewhere).to_have_title("elsewhere")
    assert await elsewhere.evaluate("window.opener") is None
    assert all("referer" not in headers for headers in asked)


async def test_emoji_alone_are_larger(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(PHONE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        for text in ("words and 🍰", "🍰❤️", "🧑🏽‍🚒 🇩🇪 1️⃣", "🍰🍰🍰🍰🍰🍰🍰", "123"):
            await bjorn.send(text)
    await expect(messages(page)).to_have_count(5)
    size = "(texts) => texts.map((text) => parseFloat(getComputedStyle(text).fontSize))"
    sizes = await messages(page).locator(".text").evaluate_all(size)
    normal = sizes[0]
    assert sizes[1] == sizes[2] >= 2 * normal
    assert sizes[3] == sizes[4] == normal


async def test_nothing_is_wider_than_a_narrow_phone(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(NARROW)
    await enter(page, chat.http_url, link, "W" * 35)
    async with member(chat, link, "Ж" * 17) as bjorn:
        await bjorn.say("a" * 3000, "https://example.org/" + "b" * 500, "two  words\n\nand\tlines", "M" * 60)
        await say(page, "c" * 300)
        await expect_sent(page, 5)
    overflowing = "(elements) => elements.filter((element) => element.scrollWidth > element.clientWidth).length"
    for elements in ("html", "#log", ".message .text", ".message .bubble"):
        assert not await page.locator(elements).evaluate_all(overflowing), elements
    edges = "(items) => items.map((item) => item.querySelector('.bubble').getBoundingClientRect().right)"
    assert max(await messages(page).evaluate_all(edges)) <= 320
    await expect(messages(page).nth(2).locator(".text")).to_have_css("white-space", "pre-wrap")


async def test_text_runs_from_right_to_left_where_its_script_does(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(DESKTOP)
    await enter(page, chat.http_url, link, "Ada of Reading")
    hebrew, english = "שלום לכולם, מה שלומכם היום?", "hello everybody, how are you?"
    async with member(chat, link, "עדה לאבלייס") as ada:
        await ada.say(hebrew, english)
    await expect_texts(page, [hebrew, english])
    directions = "(texts) => texts.map((text) => getComputedStyle(text).direction)"
    assert await messages(page).locator(".text").evaluate_all(directions) == ["rtl", "ltr"]
    first = messages(page).first
    alias, handle = await first.locator(".alias").bounding_box(), await first.locator(".handle").bounding_box()
    assert alias
    assert handle
    assert alias["x"] < handle["x"]  # the name does not turn round what stands beside it


# People


async def test_the_members_are_listed_and_counted_as_they_come_and_go(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(DESKTOP)
    await enter(page, chat.http_url, link, "Ada of Reading")
    people = page.get_by_role("complementary", name="Who is here").get_by_role("listitem")
    await expect(page.get_by_role("button", name="1 here")).to_be_visible()
    async with member(chat, link, "Björn of Reading"):
        async with member(chat, link, "Cleo of Reading"):
            await expect(page.get_by_role("button", name="3 here")).to_be_visible()
            names = [re.compile(name) for name in (r"Ada of Reading.*\(you\)", "Björn of Reading", "Cleo of Reading")]
            await expect(people).to_have_text(names)
        await expect(page.get_by_role("button", name="2 here")).to_be_visible()
        await expect(people).to_have_count(2)
    await expect(page.get_by_role("button", name="1 here")).to_be_visible()
    await expect(people).to_have_count(1)


async def test_a_muted_person_stays_so_when_they_come_back_under_another_name_and_when_one_reloads(
    chat: LocalChat, visit: Visit
) -> None:
    link, page, signer = new_link(), await visit(DESKTOP), Signer.new()
    await enter(page, chat.http_url, link, "Ada of Reading")
    title = await page.title()
    async with member(chat, link, "Cleo of Reading") as cleo:
        async with member(chat, link, "Björn of Reading", signer) as bjorn:
            await bjorn.say("before he is muted")
            await expect_texts(page, ["before he is muted"])
            await page.get_by_role("button", name="Mute Björn of Reading").click()
            await expect_texts(page, [])
        async with member(chat, link, "Somebody of Reading", signer) as bjorn:
            await expect(page.get_by_role("button", name="Unmute Somebody of Reading")).to_be_visible()
            await set_hidden(page, True)
            await bjorn.say("after he has come back")
            await cleo.say("a voice that is heard")
            await expect_texts(page, ["a voice that is heard"])
            await expect(page).to_have_title(f"(1) {title}")
            await page.reload()
            await bjorn.say("after the reload")
            await cleo.say("and once more")
            await expect_texts(page, ["a voice that is heard", "and once more"])
            await page.get_by_role("button", name="Unmute Somebody of Reading").click()
            await expect(messages(page)).to_have_count(5)
            await bjorn.say("and now he is heard")
            await expect(messages(page).last).to_contain_text("and now he is heard")


# Sound and notifications

# What was granted to a browser without a screen, it grants to nobody: so it says in `permission`.
OBSERVE = """
  window.notified = [];
  window.tones = 0;
  const [Shown, Tone] = [Notification, OscillatorNode];
  window.Notification = class extends Shown {
    static permission = "granted";
    constructor(title, options) {
      super(title, options);
      window.notified.push([title, options?.body ?? ""]);
    }
  };
  window.OscillatorNode = class extends Tone {
    start(when) {
      super.start(when);
      window.tones++;
    }
  };
"""


async def test_a_page_that_nobody_asked_neither_sounds_nor_notifies(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(DESKTOP, permissions=["notifications"])
    await page.add_init_script(OBSERVE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    await set_hidden(page, True)
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("quietly")
    await expect_texts(page, ["quietly"])
    await settle(page)
    assert await page.evaluate("[window.notified, window.tones]") == [[], 0]


async def test_who_asks_hears_and_is_told_who_wrote_but_never_what(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(DESKTOP, permissions=["notifications"])
    await page.add_init_script(OBSERVE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_label("Play a sound").check()
    await until(page, "window.tones === 2")  # how it will be
    await page.get_by_label("Show a notification").check()
    await page.keyboard.press("Escape")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("while one looks")
        await expect_texts(page, ["while one looks"])
        await settle(page)
        assert await page.evaluate("[window.notified, window.tones]") == [[], 2]
        await bjorn.flood(numbered(20))
        await scroll_to(page, 0)
        await bjorn.say("while one reads further up")
        await until(page, "window.tones === 4")
        assert await page.evaluate("window.notified") == []
        await set_hidden(page, True)
        await bjorn.say("while one looks elsewhere")
        await until(page, "window.notified.length === 1 && window.tones === 6")
        assert await page.evaluate("window.notified") == [["New message from Björn of Reading", ""]]
        await page.get_by_role("button", name="Mute Björn of Reading").dispatch_event("click")
        await bjorn.say("while muted")
    async with member(chat, link, "Cleo of Reading") as cleo:
        await cleo.say("somebody else, while one looks elsewhere")
        await until(page, "window.notified.length === 2")
    assert await page.evaluate("window.notified.at(-1)") == ["New message from Cleo of Reading", ""]


@pytest.mark.parametrize(
    "device",
    [
        "delete window.Notification; delete window.AudioContext; delete window.webkitAudioContext;",
        "window.Notification = function () { throw new TypeError('Illegal constructor'); };"
        "window.Notification.permission = 'granted'; window.Notification.requestPermission = async () => 'granted';"
        "window.AudioContext = function () { throw new DOMException('none left', 'NotSupportedError'); };",
    ],
    ids=["none", "broken ones"],
)
async def test_without_notifications_and_sound_messages_come_as_ever(
    chat: LocalChat, visit: Visit, device: str
) -> None:
    link, page = new_link(), await visit(PHONE)
    wishes = json.dumps(json.dumps({"sound": True, "notifications": True}))
    await page.add_init_script(f"{device} localStorage.setItem('anonchat.settings', {wishes});")
    await enter(page, chat.http_url, link, "Ada of Reading")
    await page.get_by_role("button", name="Menu").tap()
    await page.get_by_label("Play a sound").uncheck()
    await page.get_by_label("Play a sound").check()
    await page.keyboard.press("Escape")
    await set_hidden(page, True)
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say("one that calls nobody", "and another")
    await expect_texts(page, ["one that calls nobody", "and another"])
    await expect(page).to_have_title(re.compile(r"^\(2\) "))


# Commands


async def test_a_new_name_stands_over_ones_messages_and_in_the_list_of_the_others(
    chat: LocalChat, visit: Visit
) -> None:
    link, ada, bjorn = new_link(), await visit(DESKTOP), await visit(DESKTOP)
    await enter(ada, chat.http_url, link, "Ada of Reading")
    await enter(bjorn, chat.http_url, link, "Björn of Reading")
    await say(ada, "under my old name")
    SPOKEN.add("Countess of Reading")
    await say(ada, "/nick Countess of Reading")
    await expect(ada.locator("li[data-kind=note]")).to_have_text("You are Countess of Reading now.")
    await expect(bjorn.locator("#people-list .alias")).to_have_text(["Björn of Reading", "Countess of Reading"])
    await say(ada, "under my new name")
    await expect(messages(bjorn).locator(".alias")).to_have_text(["Ada of Reading", "Countess of Reading"])
    assert await headings(bjorn) == [True, True]
    assert len(set(await messages(bjorn).locator(".handle").all_text_contents())) == 1
    await expect(log(bjorn).locator(".borrowed")).to_have_count(0)
    await ada.reload()
    myself = ada.locator("#people-list li").filter(has=ada.locator(".you:visible"))
    await expect(myself.locator(".alias")).to_have_text("Countess of Reading")


async def test_what_one_does_is_told_as_such_and_two_slashes_send_one(chat: LocalChat, visit: Visit) -> None:
    link, ada, bjorn = new_link(), await visit(DESKTOP), await visit(PHONE)
    await enter(ada, chat.http_url, link, "Ada of Reading")
    await enter(bjorn, chat.http_url, link, "Björn of Reading")
    await say(ada, "/me waves from the bench")
    await say(ada, "//me is how to say it")
    await say(ada, "/ME in capitals")
    for page in (ada, bjorn):
        await expect_texts(page, ["waves from the bench", "/me is how to say it", "in capitals"])
        await expect_sent(page, 3)
        styles = "(texts) => texts.map((text) => getComputedStyle(text).fontStyle)"
        assert await messages(page).locator(".text").evaluate_all(styles) == ["italic", "normal", "italic"]


async def test_help_and_what_is_no_command_stay_on_this_page(chat: LocalChat, visit: Visit) -> None:
    link, page = new_link(), await visit(DESKTOP)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    await enter(page, chat.http_url, link, "Ada of Reading")
    await say(page, "/help")
    await expect(page.locator("li[data-kind=note]")).to_contain_text("/nick Ada")
    await expect(composer(page)).to_have_value("")
    for text in ("/msg Björn a secret of mine", "/usr/bin/secrets", "/", "/ me waves", "/nick   "):
        await say(page, text)
        await expect(page.locator("#notice")).to_be_visible()
        await expect(composer(page)).to_have_value(text)
        await page.get_by_role("button", name="Dismiss").click()
    await say(page, "//usr/bin/secrets")
    await expect_texts(page, ["/usr/bin/secrets"])
    await expect_sent(page, 1)
    assert [json.loads(frame)["action"] for frame in sent].count("send") == 1


async def test_leave_leads_to_the_landing_page_and_out_of_the_room(chat: LocalChat, visit: Visit) -> None:
    link, ada, bjorn = new_link(), await visit(DESKTOP), await visit(PHONE)
    await enter(ada, chat.http_url, link, "Ada of Reading")
    await enter(bjorn, chat.http_url, link, "Björn of Reading")
    await expect(ada.get_by_role("button", name="2 here")).to_be_visible()
    await say(bjorn, "/leave")
    await expect(bjorn.get_by_role("button", name="New room")).to_be_visible()
    assert link not in bjorn.url
    await expect(bjorn).to_have_title("anonchat")
    await expect(ada.get_by_role("button", name="1 here")).to_be_visible()
    await expect(messages(ada)).to_have_count(0)


# What the server sees


async def test_a_reader_sees_of_a_message_the_bytes_that_its_writer_sent_and_the_server_passed_on(
    chat: LocalChat, visit: Visit
) -> None:
    link, writer, reader = new_link(), await visit(PHONE), await visit(DESKTOP)
    sent: list[str] = []
    received: list[dict[str, Any]] = []
    writer.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    reader.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(json.loads(frame))))
    await enter(writer, chat.http_url, link, "Ada of Reading")
    await enter(reader, chat.http_url, link, "Björn of Reading")
    await say(writer, "for the eyes of this room only")
    await expect_texts(reader, ["for the eyes of this room only"])
    await moment(messages(reader).last).click()
    [frame] = [frame for frame in sent if json.loads(frame)["action"] == "send"]
    [passed_on] = [frame for frame in received if frame.get("type") == "message"]
    assert await reader.locator("#details-sent").text_content() == frame
    stored = json.loads(await reader.locator("#details-stored").text_content() or "")
    assert stored == {
        "pk": f"ROOM#{Room.from_link(link).id}",
        "sk": f"MESSAGE#{passed_on['id']}",
        "client": passed_on["client"],
        "memberId": passed_on["from"]["id"],
        "alias": passed_on["from"]["alias"],
        "text": passed_on["text"],
        "expiresAt": ANY,
    }
