"""What stands in a message: links, emoji, long words, scripts from right to left; and what the server has of it."""

import json
import re
from typing import Any
from unittest.mock import ANY

import pytest
from playwright.async_api import Route, expect

from anonchat_client import Room
from local.chat import LocalChat
from tests.support.browser import DESKTOP, NARROW_PHONE, PHONE, NewPage
from tests.support.log_view import moment
from tests.support.member import member
from tests.support.page_actions import enter, expect_sent, expect_texts, messages, new_link, say, text_of
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}


# What stands in a message


async def test_only_http_and_https_become_links_and_they_tell_nobody_where_they_came_from(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, page = new_link(), await new_page(DESKTOP)
    asked: list[dict[str, str]] = []

    async def answer(route: Route) -> None:
        asked.append(await route.request.all_headers())
        await route.fulfill(body="<!doctype html><title>elsewhere</title>", content_type="text/html")

    await page.context.route("https://example.org/**", answer)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn(
            "See https://example.org/tea?cup=1#sip, or (http://example.org/a_(b)). "
            "But javascript:alert(1) data:text/html,hello ftp://example.org/ mailto:ada@example.org "
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


async def test_emoji_alone_are_larger(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(PHONE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        for text in ("words and 🍰", "🍰❤️", "🧑🏽‍🚒 🇩🇪 1️⃣", "🍰🍰🍰🍰🍰🍰🍰", "123"):
            await bjorn.say(text)
    await expect(messages(page)).to_have_count(5)
    size = "(texts) => texts.map((text) => parseFloat(getComputedStyle(text).fontSize))"
    sizes = await messages(page).locator(".text").evaluate_all(size)
    normal = sizes[0]
    assert sizes[1] == sizes[2] >= 2 * normal
    assert sizes[3] == sizes[4] == normal


async def test_code_is_shown_as_code_and_to_the_letter(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(NARROW_PHONE)
    lines = f"    def f():\n\n        return `1`  # {'https://example.org/'.ljust(60, 'x')}"
    await enter(page, chat.http_url, link, "Ada of Reading")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say(f"Try `make  dev`:\n```py\n{lines}\n```\nand **go** to https://example.org/")
    code = messages(page).locator("code")
    await expect_to_become(code.all_text_contents, ["make  dev", lines])
    await expect(messages(page).get_by_role("link")).to_have_text(["https://example.org/"])
    await expect(messages(page)).to_contain_text("and **go** to")
    copied = "(code) => { getSelection().selectAllChildren(code); return String(getSelection()); }"
    assert await code.nth(1).evaluate(copied) == lines
    await expect(code.nth(1)).to_have_css("white-space", "pre")
    await expect(code.first).to_have_css("font-family", re.compile("monospace"))
    assert await page.locator("#log").evaluate("(log) => log.scrollWidth <= log.clientWidth")


async def test_nothing_is_wider_than_a_narrow_phone(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(NARROW_PHONE)
    await enter(page, chat.http_url, link, "W" * 35)
    async with member(chat, link, "Ж" * 17) as bjorn:
        await bjorn.say_in_turn("a" * 3000, "https://example.org/" + "b" * 500, "two  words\n\nand\tlines", "M" * 60)
        await say(page, "c" * 300)
        await expect_sent(page, 5)
    overflowing = "(elements) => elements.filter((element) => element.scrollWidth > element.clientWidth).length"
    for elements in ("html", "#log", ".message .text", ".message .bubble"):
        assert not await page.locator(elements).evaluate_all(overflowing), elements
    edges = "(items) => items.map((item) => item.querySelector('.bubble').getBoundingClientRect().right)"
    assert max(await messages(page).evaluate_all(edges)) <= 320
    await expect(messages(page).nth(2).locator(".text")).to_have_css("white-space", "pre-wrap")


async def test_text_runs_from_right_to_left_where_its_script_does(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(DESKTOP)
    await enter(page, chat.http_url, link, "Ada of Reading")
    hebrew, english = "שלום לכולם, מה שלומכם היום?", "hello everybody, how are you?"
    async with member(chat, link, "עדה לאבלייס") as ada:
        await ada.say_in_turn(hebrew, english)
    await expect_texts(page, [hebrew, english])
    directions = "(texts) => texts.map((text) => getComputedStyle(text).direction)"
    await expect_to_become(lambda: messages(page).locator(".text").evaluate_all(directions), ["rtl", "ltr"])
    first = messages(page).first
    alias, handle = await first.locator(".alias").bounding_box(), await first.locator(".handle").bounding_box()
    assert alias
    assert handle
    assert alias["x"] < handle["x"]  # the name does not turn round what stands beside it


# What the server sees


async def test_a_reader_sees_of_a_message_the_bytes_that_its_writer_sent_and_the_server_passed_on(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, writer, reader = new_link(), await new_page(PHONE), await new_page(DESKTOP)
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
    assert await text_of(reader.locator("#details-sent")) == frame
    stored = json.loads(await text_of(reader.locator("#details-stored")))
    assert stored == {
        "pk": f"ROOM#{Room.from_link(link).id}",
        "sk": f"MESSAGE#{passed_on['id']}",
        "client": passed_on["client"],
        "memberId": passed_on["from"]["id"],
        "alias": passed_on["from"]["alias"],
        "text": passed_on["text"],
        "expiresAt": ANY,
    }
