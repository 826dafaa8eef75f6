"""Nothing gets lost on the way: cut connections, reloads, two hours, the limit of a minute."""

import json
import re
import time

import pytest
from playwright.async_api import Page, WebSocket, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.member import member
from tests.support.page_actions import (
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
    wait_until,
)
from tests.support.page_proxy import through_proxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PER_MINUTE = 30
MINUTE = 60
LIFETIME = 2 * 60 * MINUTE  # seconds, of a socket on API Gateway
STEP = 7 * MINUTE  # below the 10 minutes after which an idle socket is dropped
ROUNDS = 18


@pytest.mark.promise(1, 2)
async def test_after_a_cut_connection_the_page_comes_back_and_everything_is_there_exactly_once(
    chat: LocalChat, new_page: NewPage
) -> None:
    link = new_link()
    near, far = await new_page(DESKTOP), await new_page(PHONE, expect_lost_sockets=True)
    async with through_proxy(far, chat) as proxy:
        await enter(near, chat.http_url, link, "Ada of Delivery")
        await enter(far, chat.http_url, link, "Björn of Delivery")
        await say(near, "before the cut")
        await expect_texts(far, ["before the cut"])

        proxy.cut()
        await say(near, "meanwhile, number one")
        await say(near, "meanwhile, number two")
        await expect_sent(near, 3)
        await expect(far.locator("#status")).to_contain_text("Connecting")
        await say(far, "written in the dark")
        await expect(messages(far).last).to_have_attribute("data-state", "sending")

        proxy.restore()
        everything = ["before the cut", "meanwhile, number one", "meanwhile, number two", "written in the dark"]
        for page in (near, far):
            await expect_texts(page, everything)
            await expect_sent(page, 4)
        await expect(far.locator("#status")).to_be_empty()
        await expect(far.locator("[data-kind=gap]")).to_have_count(0)


@pytest.mark.promise(1)
async def test_who_has_missed_more_than_a_frame_holds_joins_once_and_reads_the_rest_by_pages(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, far = new_link(), await new_page(PHONE, expect_lost_sockets=True)
    asked: list[str] = []
    far.on("websocket", lambda socket: socket.on("framesent", lambda frame: asked.append(str(frame))))
    async with through_proxy(far, chat) as proxy, member(chat, link, "Ada of Delivery") as ada:
        await enter(far, chat.http_url, link, "Björn of Delivery")
        await ada.say_in_turn("before the cut")
        await expect_texts(far, ["before the cut"])
        proxy.cut()
        long = [f"{number}" * 2000 for number in range(1, 10)]
        await ada.say_in_turn(*long)
        asked.clear()
        proxy.restore()
        await expect_texts(far, ["before the cut", *long])
    joins = [json.loads(frame) for frame in asked if '"join"' in frame]
    assert [bool(join.get("page")) for join in joins] == [False, *[True] * (len(joins) - 1)]
    assert len(joins) > 1


async def test_a_socket_cut_before_anything_was_said_misses_nothing(chat: LocalChat, new_page: NewPage) -> None:
    link = new_link()
    near, far = await new_page(), await new_page(expect_lost_sockets=True)
    async with through_proxy(far, chat) as proxy:
        await enter(near, chat.http_url, link, "Ada of Delivery")
        await enter(far, chat.http_url, link, "Björn of Delivery")
        proxy.cut()
        await say(near, "the first words")
        await expect_sent(near, 1)
        proxy.restore()
        await expect_texts(far, ["the first words"])


async def test_what_was_written_goes_out_though_nobody_looks_any_more(chat: LocalChat, new_page: NewPage) -> None:
    link = new_link()
    near, far = await new_page(DESKTOP), await new_page(PHONE, expect_lost_sockets=True)
    async with through_proxy(far, chat) as proxy:
        await enter(near, chat.http_url, link, "Ada of Delivery")
        await enter(far, chat.http_url, link, "Björn of Delivery")
        proxy.cut()
        await say(far, "and into the pocket")
        await set_hidden(far, True)
        proxy.restore()
        await expect_texts(near, ["and into the pocket"])


@pytest.mark.promise(2)
async def test_what_could_not_go_out_survives_a_reload_in_order_and_goes_out_once(
    chat: LocalChat, new_page: NewPage
) -> None:
    link = new_link()
    near, far = await new_page(), await new_page(expect_lost_sockets=True)
    async with through_proxy(far, chat) as proxy:
        await enter(near, chat.http_url, link, "Ada of Delivery")
        await enter(far, chat.http_url, link, "Björn of Delivery")
        proxy.cut()
        texts = ["unsent, number one", "unsent, number two", "unsent, number three"]
        for text in texts:
            await say(far, text)
        await expect(messages(far)).to_have_count(3)
        await until_kept(far, 3)
        await far.reload()
        await expect_texts(far, texts)
        await expect(messages(far).last).to_have_attribute("data-state", "sending")
        stored = await far.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
        assert "unsent" not in stored

        proxy.restore()
        for page in (near, far):
            await expect_texts(page, texts)
            await expect_sent(page, 3)
        await far.reload()
        await expect_texts(far, texts)
        await expect_sent(far, 3)
        await until_kept(far, 0)


async def test_a_draft_survives_a_reload_and_belongs_to_its_room(chat: LocalChat, new_page: NewPage) -> None:
    here, there = new_link(), new_link()
    page = await new_page(expect_lost_sockets=True)  # it may leave a room before its socket is open
    await enter(page, chat.http_url, here, "Ada of Delivery")
    await composer(page).fill("half a thought")
    await wait_until(page, "Object.keys(sessionStorage).some((key) => key.endsWith('.draft'))")
    await page.reload()
    await expect(composer(page)).to_have_value("half a thought")
    await page.evaluate(f"location.hash = '{there}'")
    await page.get_by_role("button", name="Enter as Ada of Delivery").click()
    await expect_in_room(page)
    await expect(composer(page)).to_have_value("")
    await page.go_back()
    await expect(composer(page)).to_have_value("half a thought")


async def test_two_hours_go_by_and_nobody_notices_the_new_socket(chat: LocalChat, new_page: NewPage) -> None:
    """API Gateway ends a socket after two hours, whatever happens on it. Both clocks run fast: its and the page's."""
    link = new_link()
    far = await new_page(PHONE)
    sockets: list[WebSocket] = []
    far.on("websocket", lambda socket: sockets.append(socket))
    await far.clock.install()
    await enter(far, chat.http_url, link, "Björn of Delivery")
    await say(far, "message number 0")
    await expect_sent(far, 1)
    await watch_for_trouble(far)
    for number in range(1, ROUNDS + 1):
        chat.clock.advance(STEP)
        await far.clock.fast_forward(STEP * 1000)
        await say(far, f"message number {number}")
        await expect_sent(far, number + 1)
        assert any(not socket.is_closed() for socket in sockets)
    assert ROUNDS * STEP >= LIFETIME
    assert len(sockets) == 2
    await expect_texts(far, [f"message number {number}" for number in range(ROUNDS + 1)])
    await expect(far.locator("[data-kind=gap]")).to_have_count(0)
    # A clock that jumps is a device that slept: for as long as the answer takes, the page says that it asks.
    assert set(await far.evaluate("window.troubles")) <= {"Checking the connection…"}


async def test_one_message_more_than_a_minute_allows_is_kept_with_a_countdown(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page()
    await enter(page, chat.http_url, new_link(), "Ada of Delivery")
    sent = 0
    minute = time.time() // MINUTE  # the limit counts clock minutes; a test that meets the end of one starts over
    while True:
        await say(page, f"message number {sent}")
        mine = messages(page).nth(sent)
        await expect(mine).to_have_attribute("data-state", re.compile("sent|waiting"))
        if await mine.get_attribute("data-state") == "waiting":
            break
        sent += 1
        assert sent <= PER_MINUTE or time.time() // MINUTE > minute
        assert sent <= 2 * PER_MINUTE
    assert sent >= PER_MINUTE
    await expect(page.locator("#notice")).to_contain_text("What you write goes out by itself.")
    await expect(page.locator("#countdown")).to_have_text(re.compile(r"^\d+ s$"))
    await expect(mine).to_contain_text(f"message number {sent}")
    await composer(page).fill("the next draft")
    await expect(composer(page)).to_have_value("the next draft")


async def test_who_comes_later_or_reloads_reads_what_was_said_and_knows_their_own_words(
    chat: LocalChat, new_page: NewPage
) -> None:
    link = new_link()
    early, late = await new_page(), await new_page(PHONE)
    await enter(early, chat.http_url, link, "Ada of Delivery")
    texts = [f"thought number {number}" for number in range(3)]
    for text in texts:
        await say(early, text)
    await expect_sent(early, 3)
    await enter(late, chat.http_url, link, "Björn of Delivery")
    await expect_texts(late, texts)
    await expect(log(late).locator("li.mine")).to_have_count(0)
    await early.reload()
    await expect(log(early).locator("li.mine")).to_have_count(3)


async def until_kept(page: Page, count: int) -> None:
    """Wait until so many messages lie in the outbox."""
    kept = "Object.keys(localStorage).filter((key) => key.includes('.outbox.')).length"
    await wait_until(page, f"{kept} === {count}")


async def watch_for_trouble(page: Page) -> None:
    """Collect in `window.troubles` whatever the status line says."""
    await page.evaluate(
        """() => {
          window.troubles = [];
          const status = document.querySelector("#status");
          new MutationObserver(() => status.textContent && window.troubles.push(status.textContent))
            .observe(status, { childList: true, characterData: true, subtree: true });
        }"""
    )
