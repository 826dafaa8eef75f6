"""The landing page: make a room, and leave it."""

from playwright.async_api import Locator, Page, expect

from tests.support.dialogs import button
from tests.support.page_actions import PLAINTEXTS, expect_in_room, text_of


def your_name(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your name")


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True)


def recent(page: Page) -> Locator:
    return page.get_by_role("region", name="Rooms on this device")


async def open_new_room(page: Page, address: str, alias: str) -> str:
    """Open a new room from the landing page; return the link's fragment."""
    PLAINTEXTS.add(alias)
    await page.goto(address)
    await your_name(page).fill(alias)
    await button(page, "New room").click()
    await expect_in_room(page)
    fragment = "#" + page.url.partition("#")[2]
    PLAINTEXTS.add(fragment.removeprefix("#key="))
    return fragment


async def leave(page: Page) -> None:
    await button(page, "Leave the room").click()
    await expect(heading(page, "anonchat")).to_be_visible()


async def title(page: Page) -> str:
    return await text_of(page.get_by_role("heading", level=1))
