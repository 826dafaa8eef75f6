"""Phones of every size, held either way: nothing is cut off, and everything is large enough for fingers and eyes."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.log_view import settle
from tests.support.page_actions import composer, enter, expect_in_room, expect_sent, log, new_link, say, wait_until
from tests.support.scripted_server import ScriptedServer, fill_room, open_page
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TOUCH = [(320, 568), (360, 740), (390, 844), (844, 390), (768, 1024)]

FINGER = 44  # CSS pixels
LINE = 20  # pixels, at least so much of the last message shows
SMALLEST_INPUT = 16  # pixels of a font: below, a phone zooms in

# Whatever shows is inside the page from left to right, but for what is shortened with an ellipsis or for ears alone.
SPILT = """() => {
  const width = document.documentElement.clientWidth;
  const shortened = (element) => element.closest(".truncate, .privacy, .sr-only, .who, [hidden]");
  const spilt = [...document.querySelectorAll("main *, header *, aside *, dialog[open] *")].filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return element.checkVisibility() && !shortened(element) && (left < -0.5 || right > width + 0.5);
  });
  const wide = [document.documentElement, ...document.querySelectorAll("#log, dialog[open]")];
  const scrolling = wide.filter(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth);
  return [...spilt, ...scrolling].map((element) => element.outerHTML.slice(0, 120));
}"""

# What a finger hits, from its middle to every side, is less than this size. (A link in a text comes first.)
TOO_SMALL = """(controls, finger) => controls.filter((control) => {
  control.scrollIntoView({ block: "center" });
  const target = control.labels?.[0]?.contains(control) ? control.labels[0] : control;
  const { left, right, top, bottom } = target.getBoundingClientRect();
  const hit = (x, y) => {
    const element = document.elementFromPoint((left + right) / 2 + x, (top + bottom) / 2 + y);
    return target.contains(element) || element?.closest(".text a");
  };
  const reach = (x, y, far = 0) => (far < finger && hit(x * far, y * far) ? reach(x, y, far + 0.5) : far);
  return Math.min(reach(1, 0) + reach(-1, 0), reach(0, 1) + reach(0, -1)) < finger;
}).map((control) => control.outerHTML.slice(0, 120))"""
CONTROLS = ":is(button, a, input, textarea):visible:not(.text a)"


async def expect_nothing_spilt(page: Page) -> None:
    await settle(page)
    await expect_to_become(lambda: page.evaluate(SPILT), [])


async def expect_comfort(page: Page, *, touch: bool = True) -> None:
    await expect_nothing_spilt(page)
    if not touch:
        return
    inside = "dialog[open] " if await page.locator("dialog[open]").count() else ""
    await expect_to_become(lambda: page.locator(f"{inside}{CONTROLS}").evaluate_all(TOO_SMALL, FINGER), [])
    sizes = "(fields) => fields.map((field) => parseFloat(getComputedStyle(field).fontSize))"
    fonts = await page.locator("input:visible, textarea:visible").evaluate_all(sizes)
    assert all(font >= SMALLEST_INPUT for font in fonts)


async def expect_frame(page: Page, top: float = 0, bottom: float | None = None) -> None:
    """Expect whole, between these lines of the screen: the header, the composer, and the end of the last message."""
    await wait_until(
        page,
        f"""(() => {{
          const [top, bottom] = [{top}, {bottom or "innerHeight"}];
          const place = (selector) => document.querySelector(selector).getBoundingClientRect();
          const whole = ({{ top: above, bottom: below }}) => above >= top - 0.5 && below <= bottom + 0.5;
          const [log, last] = [place("#log"), place("#messages > :last-child")];
          const end = last.bottom > log.top + {LINE} && last.bottom <= log.bottom;
          return end && whole(place("header")) && whole(place("#composer"));
        }})()""",
    )


Size = tuple[int, int]
Check = Callable[[], Awaitable[None]]


async def at_every_size(page: Page, sizes: list[Size], check: Check) -> None:
    """Check as each size in turn is the page's: what it is opened at is one of them."""
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        try:
            await check()
        except AssertionError as error:
            error.add_note(f"at {width} x {height}")
            raise


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_nothing_is_cut_off_and_everything_is_large_enough_to_touch(
    chat: LocalChat, new_page: NewPage, device: dict[str, Any]
) -> None:
    server, touch = ScriptedServer(), device is not DESKTOP
    page = await open_page(chat, new_page, server, device, "navigator.share = async () => {}")
    await page.emulate_media(reduced_motion="reduce")  # nothing is on its way to its place

    async def comfort() -> None:
        await expect_comfort(page, touch=touch)

    async def frame_and_comfort() -> None:
        await expect_frame(page)
        await comfort()

    sizes = TOUCH if touch else [(1280, 800)]
    await at_every_size(page, sizes, comfort)
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    await at_every_size(page, sizes, comfort)
    await fill_room(page, server)
    await at_every_size(page, sizes, frame_and_comfort)
    for name in ("Share", "Menu", re.compile(r"\d+ here"), re.compile("^Details, ")):
        await page.get_by_role("button", name=name).last.click()
        if name == "Menu":
            await page.get_by_role("button", name="Forget this room on this device").click()
        await at_every_size(page, sizes, comfort)
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Leave the room").click()
    await expect(page.get_by_role("region", name="Rooms on this device")).to_be_visible()
    await at_every_size(page, sizes, comfort)


async def test_letters_twice_as_large_fit(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await open_page(chat, new_page, server, PHONE)
    browser = await page.context.new_cdp_session(page)
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    await page.reload()
    await expect_to_become(lambda: page.evaluate("getComputedStyle(document.documentElement).fontSize"), "32px")
    sizes = [(320, 568), (360, 740), (844, 390)]

    async def nothing_spilt() -> None:
        await expect_nothing_spilt(page)

    async def nothing_spilt_and_send() -> None:
        await expect_nothing_spilt(page)
        await expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)

    async def frame() -> None:
        await expect_frame(page)

    await at_every_size(page, sizes, nothing_spilt)
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    await fill_room(page, server)
    await at_every_size(page, sizes, nothing_spilt_and_send)
    await page.get_by_role("button", name="Dismiss").click()
    await at_every_size(page, sizes, frame)


async def test_a_desktop_at_four_hundred_percent_is_a_narrow_phone(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await open_page(chat, new_page, server, {"viewport": {"width": 1280 // 4, "height": 1024 // 4}})
    await expect_nothing_spilt(page)
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    await fill_room(page, server)
    await expect_nothing_spilt(page)
    await page.get_by_role("button", name="Dismiss").click()
    await expect_frame(page)


async def test_letters_and_lines_may_be_further_apart(chat: LocalChat, new_page: NewPage) -> None:
    """WCAG 1.4.12, by the numbers."""
    server = ScriptedServer()
    page = await open_page(chat, new_page, server, {**PHONE, "viewport": {"width": 360, "height": 740}})
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    await fill_room(page, server)
    await page.evaluate(
        """() => {
          const apart = new CSSStyleSheet();
          apart.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
          document.adoptedStyleSheets = [apart];
        }"""
    )
    await expect_nothing_spilt(page)
    clipped = "(texts) => texts.filter((text) => text.scrollHeight > text.clientHeight + 1).map(String)"
    texts = page.locator(":is(.text, .problem, .note, .fate, .button):visible")
    await settle(page)
    await expect_to_become(lambda: texts.evaluate_all(clipped), [])


async def chat_a_while(chat: LocalChat, page: Page, lines: int = 30) -> None:
    """Talk long enough for the log to have more than one screen."""
    await enter(page, f"{chat.http_url}/", new_link(), "Ada Lovelace")
    await say(page, "\n".join(f"Line number {number}" for number in range(lines)))
    await say(page, "And an end.")
    await expect_sent(page, 2)


async def test_the_end_of_the_log_stays_in_sight_when_the_keyboard_comes_and_goes_and_the_phone_is_turned(
    chat: LocalChat, new_page: NewPage
) -> None:
    """Where the page gets smaller with the keyboard, as `interactive-widget` asks for."""
    page = await new_page(PHONE)
    await chat_a_while(chat, page)
    await expect_frame(page)
    for width, height in ((390, 844 - 336), (390, 844), (844, 390), (844, 390 - 200), (844, 390), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await expect_frame(page)


OVERLAY = """
  const viewport = new EventTarget();
  Object.assign(viewport, { height: innerHeight, offsetTop: 0, scale: 1 });
  Object.defineProperty(window, "visualViewport", { value: viewport });
  window.keyboard = (height, offsetTop = 0, scale = 1) => {
    Object.assign(viewport, { height: (innerHeight - height) / scale, offsetTop, scale });
    viewport.dispatchEvent(new Event("resize"));
  };
"""


async def test_a_keyboard_that_lies_over_the_page_covers_neither_composer_nor_log(
    chat: LocalChat, new_page: NewPage
) -> None:
    """As on an iPhone, which tells the visual viewport alone, and shifts the page as well."""
    page = await new_page(PHONE)
    await page.add_init_script(OVERLAY)
    await chat_a_while(chat, page)
    height, keyboard, shift = 844, 336, 100
    await page.evaluate(f"keyboard({keyboard}, {shift})")
    await expect_frame(page, shift, shift + height - keyboard)
    await page.get_by_role("button", name="Menu").click()
    await wait_until(
        page, f"document.querySelector('#menu').getBoundingClientRect().bottom <= {height - keyboard + 0.5}"
    )
    await page.keyboard.press("Escape")
    await page.evaluate("keyboard(0)")
    await expect_frame(page, 0, height)
    await page.evaluate("keyboard(0, 50, 2)")  # somebody looks closer
    await expect_frame(page, 0, height)


async def test_notches_and_round_corners_cover_nothing(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    browser = await page.context.new_cdp_session(page)
    notches = {"top": 47, "bottom": 34, "left": 40, "right": 44}
    await chat_a_while(chat, page)
    await browser.send("Emulation.setSafeAreaInsetsOverride", {"insets": notches})
    await expect_frame(page)
    await expect_clear(page, notches)
    await page.get_by_role("button", name="Leave the room").click()
    await expect(page.get_by_role("button", name="New room")).to_be_visible()
    await expect_clear(page, notches)


async def expect_clear(page: Page, notches: dict[str, int]) -> None:
    """Expect that everything to touch or to read can be brought out from under them."""
    covered = """(elements, { top, bottom, left, right }) => elements.filter((element) => {
      element.scrollIntoView({ block: "nearest" });
      const place = element.getBoundingClientRect();
      const sides = place.left >= left && place.right <= innerWidth - right;
      const ends = element.closest("#room") && (place.top < top || place.bottom > innerHeight - bottom);
      return !sides || ends;
    }).map((element) => element.outerHTML.slice(0, 120))"""
    visible = page.locator(":is(button, input, textarea, h1):visible")
    await settle(page)
    await expect_to_become(lambda: visible.evaluate_all(covered, notches), [])


async def test_a_chosen_theme_is_that_of_the_browsers_bars_too(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE, color_scheme="dark")
    await enter(page, f"{chat.http_url}/", new_link(), "Ada Lovelace")
    dark = await bars(page)
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_label("Light").check()
    light = await bars(page)
    assert light != dark
    await page.reload()
    await expect_in_room(page)
    await expect_to_become(lambda: bars(page), light)
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_label("System").check()
    await expect_to_become(lambda: bars(page), dark)


async def bars(page: Page) -> str:
    """Return the colour of what a phone's browser draws around the page."""
    matching = "[...document.querySelectorAll('meta[name=theme-color]')].find(({ media }) => matchMedia(media).matches)"
    return str(await page.evaluate(f"{matching}.content"))


async def test_no_keyboard_jumps_up_unasked_and_it_stays_while_one_writes(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await enter(page, f"{chat.http_url}/", new_link(), "Ada Lovelace")
    await expect(composer(page)).not_to_be_focused()
    await say(page, "Hello")
    await expect(composer(page)).to_be_focused()
    await composer(page).fill("/dance")
    await page.get_by_role("button", name="Send").tap()
    await page.get_by_role("button", name="Dismiss").tap()
    await expect(composer(page)).to_be_focused()
    await composer(page).fill("/help")
    await page.get_by_role("button", name="Send").tap()
    await expect(log(page).locator("[data-kind=note]")).to_have_count(1)
    await page.reload()
    await expect_in_room(page)
    await expect(composer(page)).not_to_be_focused()
