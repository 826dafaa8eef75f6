"""Look at the log of a room and scroll it."""

import re

from playwright.async_api import Locator, Page

from tests.support.page_actions import (
    PLAINTEXTS,
    log,
    messages,
)


def numbered(count: int) -> list[str]:
    """Return texts that nobody mistakes for one another, each of two lines."""
    PLAINTEXTS.update(("thought number", "and what follows"))
    return [f"thought number {number:03d}\nand what follows from it" for number in range(count)]


def rows(page: Page) -> Locator:
    return log(page).get_by_role("listitem")


def message(page: Page, text: str) -> Locator:
    return messages(page).filter(has_text=text)


def moment(item: Locator) -> Locator:
    return item.get_by_role("button", name=re.compile("^Details, "))


async def headings(page: Page) -> list[bool]:
    """Return, for each message, whether it shows who wrote it."""
    seen = "(items) => items.map((item) => item.querySelector('.who').offsetHeight > 1)"
    return list(await messages(page).evaluate_all(seen))


SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}"""


async def settle(page: Page) -> None:
    """Wait for two frames, for what the first has changed is laid out in the second, and for each animation that ends.

    (An animation of no length too is at its first keyframe until the browser starts it.)
    """
    await page.evaluate(SETTLED)


async def scroll_to(page: Page, top: int) -> None:
    await log(page).evaluate("(log, top) => { log.scrollTop = top; }", top)
    await settle(page)
