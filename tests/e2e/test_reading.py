"""Reading: the lines between messages, what is unread, and a place in the log that nothing takes away."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.log_view import headings, message, moment, numbered, rows, scroll_to, settle
from tests.support.member import member
from tests.support.page_actions import (
    composer,
    enter,
    expect_in_room,
    expect_texts,
    log,
    messages,
    new_link,
    say,
    set_hidden,
)
from tests.support.past import has_said
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}
LONDON = {"timezone_id": "Europe/London"}
PIXELS = 2  # browsers round


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


def newer(page: Page) -> Locator:
    return page.locator("#newer")


async def top_of(page: Page, text: str) -> float:
    """Return where the message with this text begins. (Not by a locator, which takes its time over 500 of them.)"""
    await settle(page)
    found = """(log, text) => [...log.querySelectorAll("li[data-kind=message]")]
      .find((item) => item.querySelector(".text").textContent === text).getBoundingClientRect().top"""
    return float(await log(page).evaluate(found, text))


async def is_at(page: Page, text: str, place: float) -> bool:
    return abs(await top_of(page, text) - place) <= PIXELS


async def first_visible(page: Page) -> str:
    """Return the text of the uppermost message that is all on the screen."""
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
    chat: LocalChat, new_page: NewPage, clock: Clock
) -> None:
    link, page = new_link(), await new_page()
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn, member(chat, link, "Cleo of Reading") as cleo:
        await bjorn.say_in_turn("the first of all")
        clock.wait(minutes=4, seconds=59)
        await bjorn.say_in_turn("just in time")
        clock.wait(minutes=5)
        await bjorn.say_in_turn("too late for it")
        await cleo.say_in_turn("somebody else")
        await bjorn.say_in_turn("after somebody else")
        await bjorn.say_in_turn("and one right behind")
    await expect(messages(page)).to_have_count(6)
    await expect_to_become(lambda: headings(page), [True, False, True, True, True, False])


async def test_a_day_has_a_line_and_today_becomes_yesterday(chat: LocalChat, new_page: NewPage, clock: Clock) -> None:
    link, page = new_link(), await new_page(**LONDON)
    clock.now = datetime(2025, 11, 22, 23, 58, tzinfo=UTC)
    await page.clock.set_fixed_time(clock.now)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("late at night")
        await expect(rows(page)).to_have_text([re.compile("Today"), re.compile("late at night")])
        clock.wait(minutes=4)
        await page.clock.set_fixed_time(clock.now)
        await bjorn.say_in_turn("early in the morning", "a little later")
        expected = ["Yesterday", "late at night", "Today", "early in the morning", "a little later"]
        await expect(rows(page)).to_have_text([re.compile(text) for text in expected])
    await expect_to_become(lambda: headings(page), [True, True, False])
    await page.clock.set_fixed_time(clock.now + timedelta(days=3))
    await page.reload()
    await expect_in_room(page)
    await expect(page.locator("li[data-kind=day]")).to_have_text(["Saturday 22 November", "Sunday 23 November"])


async def test_the_exact_time_shows_under_the_pointer_and_with_the_focus(
    chat: LocalChat, new_page: NewPage, clock: Clock
) -> None:
    link, page = new_link(), await new_page(**LONDON)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("what time is it?")
    time = moment(message(page, "what time is it?"))
    exact = "Saturday, 22 November 2025 at 14:03:09"
    await expect(time).to_have_text("14:03")
    await expect(time).to_have_accessible_name(f"Details, {exact}")
    await expect_to_become(partial(has_balloon, time, ""), True)
    await time.hover()
    await expect_to_become(partial(has_balloon, time, exact), True)
    await page.mouse.move(0, 0)
    await expect_to_become(partial(has_balloon, time, ""), True)
    await composer(page).focus()
    while not await time.evaluate("(time) => time === document.activeElement"):
        await page.keyboard.press("Shift+Tab")
    await expect_to_become(partial(has_balloon, time, exact), True)


async def has_balloon(element: Locator, text: str) -> bool:
    """Return whether the style sheet puts this over an element; "" stands for nothing."""
    content = str(await element.evaluate("(element) => getComputedStyle(element, '::after').content"))
    return text in content if text else content == "none"


# Unread


async def test_what_comes_while_nobody_looks_is_counted_in_the_title_and_begins_with_a_line(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, page = new_link(), await new_page(PHONE)
    await page.add_init_script(
        """navigator.setAppBadge = async (count) => { window.badge = count; };
        navigator.clearAppBadge = async () => { window.badge = 0; };"""
    )
    await enter(page, chat.http_url, link, "Ada of Reading")
    title = await page.title()
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("you see this one")
        await expect_texts(page, ["you see this one"])
        await set_hidden(page, True)
        await bjorn.say_in_turn("unseen, number one", "unseen, number two", "unseen, number three")
        await expect(page).to_have_title(f"(3) {title}")
        await expect_to_become(lambda: page.evaluate("window.badge"), 3)
        expected = ["Today", "you see this one", "New messages", "number one", "number two", "number three"]
        await expect(rows(page)).to_have_text([re.compile(text) for text in expected])
        await set_hidden(page, False)
        await expect(page).to_have_title(title)
        await expect_to_become(lambda: page.evaluate("window.badge"), 0)
        await expect(page.locator("li[data-kind=unread]")).to_have_count(1)
        await say(page, "now I am here")
        await expect(page.locator("li[data-kind=unread]")).to_have_count(0)


async def test_the_log_does_not_run_past_what_nobody_has_seen(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(PHONE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("you see this one")
        await expect(messages(page)).to_have_count(1)
        await set_hidden(page, True)
        await bjorn.flood(numbered(40))
        await expect(messages(page)).to_have_count(41)
        await set_hidden(page, False)
        await expect(page.locator("li[data-kind=unread]")).to_be_in_viewport()
        await expect(newer(page)).to_have_text("40 new messages")


async def test_who_reads_further_up_is_not_torn_away_and_finds_the_new_ones_by_a_button(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, page = new_link(), await new_page(PHONE)
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.flood(numbered(25))
        await enter(page, chat.http_url, link, "Ada of Reading")
        title = await page.title()
        await expect_to_become(partial(is_at_end, page), True)
        await expect(newer(page)).to_be_hidden()
        await scroll_to(page, 200)
        await expect(newer(page)).to_have_text("Newest messages")
        reading = await first_visible(page)
        place = await top_of(page, reading)
        for count, text in enumerate(["news, number one", "news, number two", "news, number three"], 1):
            await bjorn.say_in_turn(text)
            await expect(newer(page)).to_have_text(f"{count} new message{'s' * (count > 1)}")
            await expect(page).to_have_title(f"({count}) {title}")
            await expect_to_become(partial(is_at, page, reading, place), True)
        lines = await rows(page).all_text_contents()
        assert "news, number one" in lines[lines.index("New messages") + 1]
        await newer(page).tap()
        await expect(message(page, "news, number three")).to_be_in_viewport()
        await expect(newer(page)).to_be_hidden()
        await expect(page).to_have_title(title)
        await expect_to_become(partial(is_at_end, page), True)
        await bjorn.say_in_turn("and who is at the end stays there")
        await expect(message(page, "and who is at the end stays there")).to_be_in_viewport()
        await expect_to_become(partial(is_at_end, page), True)


# A place in the log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def long_talk(chat: LocalChat) -> tuple[str, list[str]]:
    """Return a room in which 500 messages were said, and they, in their order."""
    link = new_link()
    async with member(chat, link, "Björn of Reading") as bjorn:
        return link, await has_said(chat, bjorn, numbered(500))


async def enter_at_its_beginning(page: Page, chat: LocalChat, link: str) -> str:
    """Enter and scroll up: all 500 there, the uppermost of those before still on the screen. Return its text."""
    await enter(page, chat.http_url, link, "Ada of Reading")
    assert 20 < await messages(page).count() < 100  # what fits a frame
    await scroll_to(page, 0)
    reading = await first_visible(page)
    place = await top_of(page, reading)
    await page.get_by_role("button", name="Earlier messages").click()
    await expect(messages(page)).to_have_count(500)
    await expect_to_become(partial(is_at, page, reading, place), True)
    return reading


async def test_a_room_of_500_messages_is_all_there_and_what_one_reads_stays_where_it_is(
    chat: LocalChat, new_page: NewPage, long_talk: tuple[str, list[str]]
) -> None:
    link, texts = long_talk
    page = await new_page(DESKTOP)
    reading = await enter_at_its_beginning(page, chat, link)
    assert reading in texts[400:]
    await expect_to_become(lambda: messages(page).locator(".text").all_text_contents(), texts)
    await expect(page.get_by_role("button", name="Earlier messages")).to_be_hidden()
    await expect(page.locator("li[data-kind=gap]")).to_have_count(0)


async def test_scrolling_through_500_messages_goes_as_far_as_one_scrolls(
    chat: LocalChat, new_page: NewPage, long_talk: tuple[str, list[str]]
) -> None:
    """What is above the screen has heights that are guessed, and corrected as it comes near."""
    page, step = await new_page(PHONE), 300
    reading = await enter_at_its_beginning(page, chat, long_talk[0])
    for _ in range(20):
        place = await top_of(page, reading)
        await log(page).evaluate("(log, step) => { log.scrollTop -= step; }", step)
        await expect_to_become(partial(is_at, page, reading, place + step), True)
        reading = await first_visible(page)


async def test_a_late_message_slides_into_its_place_and_what_one_reads_stays_where_it_is(
    chat: LocalChat, new_page: NewPage, clock: Clock
) -> None:
    """The functions of two messages can run on machines whose clocks differ by some seconds."""
    link, page = new_link(), await new_page(PHONE)
    async with member(chat, link, "Björn of Reading") as bjorn:
        texts = numbered(25)
        await bjorn.say_in_turn(texts[0])
        early = clock.now
        clock.wait(seconds=5)
        await bjorn.say_in_turn(*texts[1:])
        await enter(page, chat.http_url, link, "Ada of Reading")
        await scroll_to(page, 300)
        reading = await first_visible(page)
        place = await top_of(page, reading)
        assert reading not in texts[:2]
        clock.now = early
        await bjorn.say_in_turn("late, and rather long, so that it takes more than a line: " + "word " * 40)
        await expect(messages(page).nth(1)).to_contain_text("late, and rather long")
        await expect_to_become(partial(is_at, page, reading, place), True)
    await expect(messages(page)).to_have_count(26)
