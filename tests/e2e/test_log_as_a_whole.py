"""The log as a whole: what is long is folded; it can be copied, printed and saved, with who, when and every warning."""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, NARROW_PHONE, NewPage, chromium
from tests.support.dialogs import button
from tests.support.log_view import settle
from tests.support.page_actions import composer, enter, expect_sent, expect_texts, log, messages, new_link, say
from tests.support.scripted_server import DAY, MINUTE, ScriptedServer, fill_room, open_room
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LINES = "\n".join(f"line {number:03d}" for number in range(300))
PARAGRAPH = "words that go on and on, without a line break " * 60
HARMFUL = "<img src=x onerror=alert(1)></style></article><script>alert(2)</script> & \"'`"
HEIGHT = "(element) => element.getBoundingClientRect().height"


# By how much the button's words reach into the time, in pixels.
OVERLAP = """(message) => {
  const words = new Range();
  words.selectNodeContents(message.querySelector(".unfold"));
  return words.getBoundingClientRect().bottom - message.querySelector("time").getBoundingClientRect().top;
}"""


def unfold(page: Page, name: str = "Show all") -> Locator:
    return log(page).get_by_role("button", name=name, exact=True)


async def height(element: Locator) -> float:
    return float(await element.evaluate(HEIGHT))


async def top(element: Locator) -> float:
    return float(await element.evaluate("(element) => element.getBoundingClientRect().top"))


# Folding


@pytest.mark.parametrize("device", [DESKTOP, NARROW_PHONE], ids=["desktop", "narrow phone"])
async def test_what_is_taller_than_a_screen_is_folded_until_somebody_wants_it_whole(
    chat: LocalChat, new_page: NewPage, device: dict[str, object]
) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server, device)
    said = server.message("Ada", LINES)
    again = server.frame(said["at"], said["client"], server.person("Mallory"), said["text"])
    server.send(said, server.message("Ada", PARAGRAPH), server.message("Ada", "A short one."), again)
    await expect(unfold(page)).to_have_count(3)  # what was sent again is as long
    await settle(page)
    screen = await height(log(page))
    for text in await log(page).locator(".text, .problem p").all():
        assert await height(text) < screen
    await expect(messages(page).nth(2).locator(".unfold")).to_have_count(0)

    first = messages(page).first
    assert await first.evaluate(OVERLAP) <= 0  # the time stands below the words of the button
    await first.scroll_into_view_if_needed()
    await settle(page)
    place = await top(first)
    await first.locator(".unfold").dispatch_event("click")  # a click would first scroll to where nothing lies over it
    await expect(first.locator(".unfold")).to_have_attribute("aria-expanded", "true")
    await settle(page)
    assert abs(await top(first) - place) <= 2
    assert await height(first.locator(".text")) > 5 * screen
    await first.get_by_role("button", name="Show less").click()
    await settle(page)
    assert await height(first.locator(".text")) < screen
    assert await top(first) >= 0


async def test_the_last_message_opens_downwards_also_by_keyboard_and_for_what_is_looked_for_in_it(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page(DESKTOP)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    await say(page, f"{LINES}\nhttps://example.org/")
    await expect_sent(page, 1)
    await expect(unfold(page)).to_be_visible()
    await settle(page)
    [item] = await messages(page).all()
    place = await top(item)
    await expect(item).to_have_accessible_name(re.compile("line 299"))  # a screen reader has all of it
    await composer(page).press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")  # from the time of the message
    await expect(unfold(page)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(unfold(page, "Show less")).to_be_focused()
    await settle(page)
    assert await top(log(page)) <= await top(item) <= place
    await page.keyboard.press("Enter")
    await expect(unfold(page)).to_be_focused()
    await page.keyboard.press("Shift+Tab")  # the link at its end, which scrolls there as a search in the page does
    link = log(page).get_by_role("link")
    await expect(link).to_be_focused()
    await expect(unfold(page, "Show less")).to_be_visible()
    await settle(page)
    assert await top(log(page)) < await top(link) < DESKTOP["viewport"]["height"]


# Scrolling


async def test_messages_stand_above_the_composer_also_where_scrollbars_take_room(chat: LocalChat) -> None:
    server = ScriptedServer()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), ignore_default_args=["--hide-scrollbars"]
        )
        page = await browser.new_page(**DESKTOP)
        await page.route_web_socket(re.compile(r"^wss?://"), server.accept)
        await enter(page, f"{chat.http_url}/", server.link, "Grace")
        server.send(*(server.message("Ada", "\n".join("a few lines")) for _ in range(9)))
        await expect(messages(page)).to_have_count(9)
        await settle(page)
        assert await log(page).evaluate("(log) => log.offsetWidth - log.clientWidth") > 5
        middle = "(element) => { const { left, right } = element.getBoundingClientRect(); return (left + right) / 2; }"
        middles = [await page.locator(part).evaluate(middle) for part in ("#messages", "#composer")]
        assert abs(middles[0] - middles[1]) <= 1
        sheets = "() => [document.documentElement, document.querySelector('#menu')].map(getColor)"
        colours = sheets.replace(
            "getColor", "(each) => getComputedStyle(each).scrollbarColor.endsWith('rgba(0, 0, 0, 0)')"
        )
        await expect_to_become(lambda: page.evaluate(colours), [True, True])
        await browser.close()


# Copying


COPIED = """(parts) => {
  const rows = document.querySelectorAll("#messages li");
  const [from, to] = parts.map(([row, selector, offset]) => [rows[row].querySelector(selector).firstChild, offset]);
  getSelection().setBaseAndExtent(...from, ...to);
  const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
  document.querySelector("#messages").dispatchEvent(event);
  return event.defaultPrevented ? event.clipboardData.getData("text/plain") : "the browser's own";
}"""


async def time_of(page: Page, number: int) -> str:
    return str(await messages(page).nth(number).locator("time").text_content())


async def test_several_messages_are_copied_as_lines_of_name_time_and_text(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server)
    server.send(
        server.message("Ada", "one\nBjörn, 14:03: not his", 5 * MINUTE),
        server.message("Ada", "two", 4 * MINUTE),
        server.message("Björn", "waves", 3 * MINUTE, action=True),
        server.message("Mallory", "three", 2 * MINUTE, alias="Ada"),
        server.message("Björn", "the last of them", MINUTE),
    )
    await expect(messages(page)).to_have_count(5)
    times = [await time_of(page, number) for number in range(5)]
    handle = await messages(page).nth(3).locator(".handle").text_content()
    first = int(
        await log(page).locator("li").evaluate_all("(items) => items.findIndex((li) => li.matches('.message'))")
    )
    lines = await page.evaluate(COPIED, [[first, ".face", 0], [first + 4, ".text", 8]])
    assert lines.splitlines() == [
        f"Ada, {times[0]}: one",
        "    Björn, 14:03: not his",
        f"Ada, {times[1]}: two",
        f"Björn, {times[2]}: *waves*",
        f"Ada {handle}, {times[3]} [Not the Ada who spoke before: another key.]: three",
        f"Björn, {times[4]}: the last",
    ]
    assert await page.evaluate(COPIED, [[first, ".text", 1], [first, ".text", 9]]) == "the browser's own"
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await log(page).focus()
    await page.keyboard.press("ControlOrMeta+A")
    await page.keyboard.press("ControlOrMeta+C")
    whole = await page.evaluate("navigator.clipboard.readText()")
    assert [line.partition(",")[0] for line in whole.splitlines()][-1] == "Björn"
    assert "Message" not in whole


async def test_names_and_codes_are_not_translated(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server)
    await fill_room(page, server)
    await messages(page).nth(1).locator(".moment").click()
    await expect(page.locator("dialog[open]")).to_be_visible()
    translated = """() => [...document.querySelectorAll("bdi, .alias, .handle, .face, #title, .bytes, kbd")]
      .filter((element) => element.translate).map(({ outerHTML }) => outerHTML)"""
    assert await page.evaluate(translated) == []
    assert await page.locator(".text").first.evaluate("(text) => text.translate")


# On paper


async def test_paper_has_the_whole_log_with_who_and_when_and_nothing_to_press(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, server = await new_page(DESKTOP, color_scheme="dark"), ScriptedServer()
    server.history = [server.message("Ada", f"thought {number}\nof two lines", DAY - number) for number in range(120)]
    await page.route_web_socket(re.compile(r"^wss?://"), server.accept)
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    server.send(server.message("Mallory", LINES, alias="Ada"))
    await say(page, "The end.")
    await expect_sent(page, 122)
    await expect(unfold(page)).to_have_count(1)
    pages = len(re.findall(rb"/Type\s*/Page\b", await page.pdf()))
    assert pages >= 5
    await page.emulate_media(media="print")
    await settle(page)
    for item in (messages(page).first, messages(page).last):
        assert await item.evaluate(SHOWN_ON_PAPER)
        for part in (".alias", ".handle", "time"):
            assert await height(item.locator(part)) > 5
    assert await messages(page).nth(120).locator(".text").evaluate(WHOLE)
    await expect(messages(page).nth(120).locator(".borrowed")).to_be_visible()
    for hidden in ("#composer", "#menu-button", "#leave", "#people-aside", ".unfold", "#share-button", ".face"):
        await expect(page.locator(hidden).first).to_be_hidden()
    await expect(page.locator("#title")).to_be_visible()
    day = await page.locator("[data-kind=day] span").first.evaluate("(day) => getComputedStyle(day, '::after').content")
    assert re.search(r"\d{4}", day), "a day that is called Today will be another one"
    assert await page.locator(".text").first.evaluate(DARKNESS) < 0.5


# All around it reaches down to here: nothing that scrolls cuts it off, and it takes room.
SHOWN_ON_PAPER = """(item) => {
  const { top, bottom } = item.getBoundingClientRect();
  const cuts = [];
  for (let around = item.parentElement; around !== document.body; around = around.parentElement) {
    const box = around.getBoundingClientRect();
    if (box.top > top + 1 || box.bottom < bottom - 1) cuts.push(around);
  }
  return bottom > top && !cuts.length;
}"""
WHOLE = "(text) => text.scrollHeight <= text.clientHeight + 1 && text.clientHeight > 5000"
DARKNESS = """(text) => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(text).color;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data[0] / 255;
}"""


# As a file


async def saved(page: Page, name: str) -> str:
    await button(page, "Menu").click()
    async with page.expect_download() as download:
        await button(page, name).click()
    file = await download.value
    told = page.locator("dialog[open]").get_by_text(f"Saved as {file.suggested_filename}.")
    await expect(told).to_be_visible()
    await page.keyboard.press("Escape")
    return Path(await file.path()).read_text()


async def test_a_file_has_what_the_log_shows_with_handles_and_warnings_and_does_nothing(
    chat: LocalChat, new_page: NewPage
) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server)
    await fill_room(page, server)
    server.send(server.message("Ada", HARMFUL), server.message("נור", "one\n[09:00:00] Ada (abc-def)\nשלום"))
    await expect(messages(page).filter(has_text="שלום")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    text, html = await saved(page, "Save as text"), await saved(page, "Save as a page")
    assert [url for url in asked if not url.startswith("blob:")] == []

    handles = await messages(page).locator(".handle").all_text_contents()
    shown = [await each.inner_text() for each in await messages(page).locator(".borrowed, .late").all()]
    assert shown
    for format in (text, html):
        for handle in handles:
            assert handle in format
        for words in (*shown, "some may be missing", "does not open", "signature is false", "does not understand"):
            assert words in format
        assert "/nick" not in format, "a note is no part of what was said"
    forged = [line for line in text.splitlines() if re.match(r"\[.*\] Ada \(abc-def\)", line)]
    assert forged == [], "nobody's words pass for somebody else's"
    assert "\n    [09:00:00] Ada (abc-def)\n" in text

    await expect_inert(await page.context.new_page(), html)


async def expect_inert(page: Page, html: str) -> None:
    """Expect the words as they are, and a policy that lets nothing run, load or go out."""
    [style] = re.findall("<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in html
    await page.set_content(html)
    assert await page.locator("script, img, a, form, iframe, [style]").count() == 0
    await expect(page.get_by_text(HARMFUL)).to_be_visible()
    await expect(page.locator("article").last).to_have_css("margin-top", "16px")
    hebrew = page.locator("article").filter(has_text="שלום")
    await expect(hebrew.locator(".text")).to_have_css("unicode-bidi", "plaintext")
    await expect(hebrew.locator("bdi")).to_have_text("נור")


async def test_a_room_whose_name_is_its_key_is_not_named_in_a_file(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await page.goto(chat.http_url)
    await page.get_by_label("Room name").fill("Tea corner of Ada")
    await button(page, "Enter the room").click()
    await expect(page.get_by_text("Guessable name")).to_be_visible()
    await say(page, "hello")
    await expect_texts(page, ["hello"])
    for name in ("Save as text", "Save as a page"):
        written = await saved(page, name)
        assert "tea corner" not in written.lower()
        assert "hello" in written


async def test_the_screen_can_be_cleared_and_what_was_there_comes_back_on_demand(
    chat: LocalChat, new_page: NewPage
) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server)
    server.send(server.message("Ada", "before", MINUTE))
    await expect_texts(page, ["before"])
    await button(page, "Menu").click()
    await button(page, "Clear the screen").click()
    await expect_texts(page, [])
    await expect(log(page).get_by_text("This screen was cleared, and only this one.")).to_be_visible()
    server.send(server.message("Ada", "after"))
    await expect_texts(page, ["after"])
    await button(page, "Earlier messages").click()
    await expect_texts(page, ["before", "after"])
    await expect_to_become(lambda: page.locator("#earlier").is_visible(), expected=False)
