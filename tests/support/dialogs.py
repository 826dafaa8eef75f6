"""Ways to open every dialog of a room that `fill_room` of scripted_server.py has filled."""

import re

from playwright.async_api import Locator, Page, expect

LONGEST_TEXT = 5686  # bytes, under the name that the tests write with


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def show_people(page: Page) -> None:
    await page.get_by_role("button", name=re.compile(r"\d+ here")).click()
    mute = page.get_by_role("button", name="Mute Björn")
    if await mute.count():
        await mute.click()
    await expect(page.get_by_text("Unverified")).to_be_visible()


async def show_share(page: Page) -> None:
    await button(page, "Share").click()
    await button(page, "Copy the link").click()
    await expect(page.locator("#share-status")).not_to_be_empty()


async def show_details(page: Page) -> None:
    await _show_details_of(page.locator("li:has(.borrowed)"), re.compile("^Details, "))


async def show_details_of_a_failure(page: Page) -> None:
    await _show_details_of(page.locator("[data-state=failed]"), re.compile("^Details, "))


async def show_details_of_a_problem(page: Page) -> None:
    await _show_details_of(page.locator("[data-problem=replayed]"), "Details")


async def _show_details_of(message: Locator, name: str | re.Pattern[str]) -> None:
    """Open them and wait until they are there: keys that are pressed before reach the room."""
    await message.get_by_role("button", name=name).click()
    await expect(message.page.locator("dialog[open]")).to_be_visible()


async def show_menu(page: Page) -> None:
    await button(page, "Menu").click()
    await page.get_by_label("Name in all rooms").fill(" ")
    await button(page, "Use this name").click()


async def show_confirmation(page: Page) -> None:
    await button(page, "Menu").click()
    await button(page, "Forget this room on this device").click()


async def show_keys(page: Page) -> None:
    await button(page, "Menu").click()
    await button(page, "Keys and commands").click()


DIALOGS = {
    "people, one of them muted": show_people,
    "share": show_share,
    "details of a message": show_details,
    "details of a message that failed": show_details_of_a_failure,
    "details of a problem": show_details_of_a_problem,
    "menu": show_menu,
    "keys": show_keys,
    "menu with a question": show_confirmation,
}
