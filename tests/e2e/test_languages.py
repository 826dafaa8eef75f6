"""The page in ten languages: chosen by the browser, changed by the person, whole, and never too long for a phone."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from local.chat import LocalChat
from tests.support.axe import RULES_OF_WORDS, violations
from tests.support.browser import NARROW_PHONE, NewPage
from tests.support.catalogue import Forms, dictionary, english, languages
from tests.support.log_view import settle
from tests.support.page_actions import composer
from tests.support.scripted_server import ScriptedServer, fill_room, open_room
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SPEAK = "async (tag) => (await import('/language.js')).use(tag)"
SPOKEN = "[document.documentElement.lang, document.documentElement.dir]"

# All that is hidden is shown, one dialog after the other, and whatever does not fit is told.
LOOK = """() => {
  const found = [];
  const name = (element) => `${element.tagName} ${element.id} “${element.textContent.trim()}”`;
  const look = (part) => {
    const whole = part === document ? document.documentElement : part;
    if (whole.scrollWidth > whole.clientWidth) found.push(`${whole.tagName} ${whole.id} is too wide`);
    for (const element of part.querySelectorAll("button:not(.moment), select, h1, h2, h3, legend, label, .privacy")) {
      const { left, right, width } = element.getBoundingClientRect();
      if (!width || element.closest(".sr-only, .truncate")) continue;
      if (left < 0 || right > innerWidth) found.push(`${name(element)} leaves the screen`);
      if (element.scrollWidth > element.clientWidth + 1) found.push(`${name(element)} is too wide`);
      if (element.scrollHeight > element.clientHeight + 1 && element.matches(".button"))
        found.push(`${name(element)} is too high`);
    }
  };
  const shown = ["#landing:not([hidden])", "#room:not([hidden])", "dialog"];
  const hidden = shown.flatMap((part) => [...document.querySelectorAll(`${part} [hidden]`)]);
  for (const element of hidden) element.hidden = false;
  look(document);
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.showModal();
    look(dialog);
    dialog.close();
  }
  for (const element of hidden) element.hidden = true;
  return found;
}"""

# Every text on the page that people wrote not themselves, seen or not, by lines.
TEXTS = """() => {
  const texts = [];
  const parts = [document.body, ...Array.from(document.querySelectorAll("template"), ({ content }) => content)];
  for (const part of parts) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Element) texts.push(...["aria-label", "placeholder"].map((name) => node.getAttribute(name)));
      else if (!node.parentElement?.closest("script, noscript, option, .text, q")) texts.push(node.data);
    }
  }
  return [...new Set(texts.filter(Boolean).flatMap((text) => text.split("\\n")).map((text) => text.trim()))];
}"""


def patterns(entry: Forms) -> set[str]:
    """Return patterns of all lines that an entry of a dictionary may become on the page."""
    forms = [entry] if isinstance(entry, str) else entry.values()
    found: set[str] = set()
    for form in forms:
        parts = re.split(r"\{\w+\}", form)
        pieces = [part.strip() for part in parts if re.search(r"[^\W\d]{2}.*[^\W\d]{2}", part)]
        found.update(re.escape(line) for piece in pieces for line in piece.split("\n"))
    return found


def foreign_to(tag: str) -> re.Pattern[str]:
    """Return what English says and this language does not."""
    own = {pattern for entry in dictionary(tag).values() for pattern in patterns(entry)}
    all_english = {pattern for entry in english().values() for pattern in patterns(entry)}
    return re.compile("|".join(sorted(all_english - own, key=len, reverse=True)))


@pytest_asyncio.fixture(loop_scope="module")
async def full_room(chat: LocalChat, new_page: NewPage) -> AsyncIterator[Page]:
    """Open a room on a small phone in which there is everything."""
    server = ScriptedServer()
    page = await open_room(chat, new_page, server, NARROW_PHONE)
    await fill_room(page, server)
    await expect(page.locator("#menu")).to_be_attached()
    await expect(page.locator("#announcer > *, #alarm > *")).to_have_count(0)  # what was spoken stays for a moment
    yield page


async def faults(page: Page, tag: str) -> list[str]:
    """Let the page speak a language, and return what is wrong with it then."""
    await page.evaluate(SPEAK, tag)
    await expect_to_become(lambda: page.evaluate(SPOKEN), [tag, "rtl" if tag == "ar" else ""])
    await settle(page)
    found: list[str] = [*await page.evaluate(LOOK), *await violations(page, RULES_OF_WORDS)]
    if tag != "en":
        pattern = foreign_to(tag)
        found += [f"still English: {text}" for text in await page.evaluate(TEXTS) if pattern.fullmatch(text)]
    return [f"{tag}: {fault}" for fault in found]


async def test_the_landing_page_is_whole_in_every_language_on_a_small_phone(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(NARROW_PHONE)
    await page.goto(chat.http_url)
    await expect(page.locator("#menu")).to_be_attached()  # all that is behind the first view
    found = [fault for tag in [*languages(), "en"] for fault in await faults(page, tag)]
    assert found == [], "\n".join(found)


async def test_a_room_is_whole_in_every_language_on_a_small_phone(full_room: Page) -> None:
    found = [fault for tag in [*languages(), "en"] for fault in await faults(full_room, tag)]
    assert found == [], "\n".join(found)


PLACES = """() => {
  const middle = (selector) => {
    const { left, right } = document.querySelector(selector).getBoundingClientRect();
    return (left + right) / 2 > innerWidth / 2 ? "right" : "left";
  };
  return ["#leave", "#menu-button", "#send", "#text", ".message.mine .bubble"].map(middle);
}"""


async def test_arabic_mirrors_the_room(full_room: Page) -> None:
    left_to_right = ["left", "right", "right", "left", "right"]
    await settle(full_room)
    assert await full_room.evaluate(PLACES) == left_to_right
    await full_room.evaluate(SPEAK, "ar")
    await settle(full_room)
    assert await full_room.evaluate(PLACES) == [{"left": "right", "right": "left"}[side] for side in left_to_right]


async def test_a_person_changes_the_language_in_a_room_and_nothing_is_lost_or_loaded_anew(full_room: Page) -> None:
    page = full_room
    await composer(page).fill("Half a")
    await page.evaluate("window.sameDocument = true")
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("combobox", name="Language").select_option(label="Deutsch")
    await expect(page.get_by_role("heading", name="Menü")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Nachricht", exact=True)).to_have_value("Half a")
    await expect(page.locator("[data-state=failed] .fate-words")).to_have_text(re.compile("^Nicht gesendet"))
    assert await page.evaluate("window.sameDocument")
    await page.reload()
    await expect(page.get_by_role("button", name="Raum verlassen")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "tag", "button"),
    [("pt-BR", "pt", "Nova sala"), ("zh-CN", "zh-Hans", "新房间"), ("nl-NL", "en", "New room")],
)
async def test_the_browser_s_language_is_there_from_the_first_view(
    chat: LocalChat, new_page: NewPage, locale: str, tag: str, button: str
) -> None:
    page = await new_page(locale=locale)
    await page.add_init_script("""
      window.seen = new Set();
      const look = () => {
        const { innerText } = document.querySelector("#landing:not([hidden]) #new-room") ?? { innerText: "" };
        if (innerText) window.seen.add(innerText);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    """)
    await page.goto(chat.http_url)
    await expect(page.get_by_role("button", name=button)).to_be_visible()
    await expect_to_become(lambda: page.evaluate("[...window.seen]"), [button])
    await expect(page.locator("html")).to_have_attribute("lang", tag)


async def test_a_language_that_does_not_come_leaves_the_page_in_english(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(locale="de-DE")
    await page.route(
        "**/languages/de.js", lambda route: route.fulfill(content_type="text/javascript", body="throw new Error();")
    )
    await page.goto(chat.http_url)
    await expect(page.get_by_role("button", name="New room")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    choice = page.get_by_label("Language").first
    await choice.select_option(label="Deutsch")
    await expect(page.get_by_text("This language did not come.")).to_be_visible()
    await expect(choice).to_have_value("en")
