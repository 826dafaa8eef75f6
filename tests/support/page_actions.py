"""What people do with the page and find in it. What they write goes into PLAINTEXTS: no server may ever see it."""

import asyncio
import re
import secrets
from base64 import urlsafe_b64encode

from playwright.async_api import Locator, Page, expect

from tests.support.waiting import WAIT_SECONDS

PLAINTEXTS: set[str] = set()  # names and secrets of rooms, aliases and texts, of all tests of this process


def new_link() -> str:
    """Return the fragment of a room nobody was in before."""
    secret = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    PLAINTEXTS.add(secret)
    return f"#key={secret}"


async def enter(page: Page, address: str, link: str, alias: str) -> None:
    """Follow a link for the first time on this device."""
    await page.goto(f"{address}{link}")
    await enter_invited(page, alias)


async def enter_invited(page: Page, alias: str) -> None:
    """Say one's name where a link leads to, as soon as the page says that it does."""
    PLAINTEXTS.add(alias)
    await expect(page.locator("#invitation")).to_be_visible(timeout=WAIT_SECONDS * 1000)
    await page.get_by_role("textbox", name="Your name").fill(alias)
    await page.get_by_role("button", name=re.compile("^Enter (the room|as )")).click()
    await expect_in_room(page)


async def expect_in_room(page: Page) -> None:
    """Wait until the room is joined: the number of people is known."""
    await expect(page.get_by_role("button", name=re.compile(r"[1-9]\d* here"))).to_be_visible()


async def say(page: Page, text: str) -> None:
    """Send a text with the button, which phones and desktops have."""
    PLAINTEXTS.add(text)
    await composer(page).fill(text)
    await page.get_by_role("button", name="Send").click()


async def text_of(shown: Locator) -> str:
    """Wait until it says something, and return that to the letter: the page may still be filling it."""
    await expect(shown).not_to_be_empty()
    return await shown.text_content() or ""


def composer(page: Page) -> Locator:
    return page.get_by_label("Message", exact=True)


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def messages(page: Page) -> Locator:
    return log(page).locator("li[data-kind=message]")


async def expect_texts(page: Page, texts: list[str]) -> None:
    """Expect exactly these messages, in this order."""
    await expect(messages(page).locator(".text")).to_have_text(texts)


async def expect_sent(page: Page, count: int, timeout: float | None = None) -> None:
    """Expect so many messages, all of them acknowledged. `timeout` is in ms."""
    await expect(messages(page).and_(page.locator("[data-state=sent]"))).to_have_count(count, timeout=timeout)
    await expect(messages(page)).to_have_count(count)


async def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression is true. (The page's policy forbids Playwright's own way of waiting.)"""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await page.evaluate(condition):
            await asyncio.sleep(0.05)


async def set_hidden(page: Page, hidden: bool) -> None:
    """Pretend that another tab is in front, or this one again."""
    await page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
