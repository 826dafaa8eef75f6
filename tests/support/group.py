"""A room with two people who read along on real pages, a friend of theirs, and somebody hostile."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from playwright.async_api import Dialog, Locator, Page, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, NARROW_PHONE, NewPage
from tests.support.member import Member, member
from tests.support.page_actions import (
    PLAINTEXTS,
    enter,
    log,
    messages,
    new_link,
    say,
)

FRIEND, HOSTILE = "Annie Easley", "Mallory Malone"
READERS = {"Ada Lovelace": NARROW_PHONE, "Grace Hopper": DESKTOP}

# What would be noticed, beside what the listeners of `watch` hear.
TRAP = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
"""
HARM = """() => [
    ...window.violations,
    ...("owned" in window ? ["a script ran"] : []),
    ...[document.scrollingElement, ...document.querySelectorAll("#people-aside, dialog[open]")]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ tagName, id }) => `${tagName} ${id} is too wide`),
    ...[...document.querySelectorAll("#log *")]
        .filter((each) => each.getBoundingClientRect().right > document.querySelector("#log").clientWidth)
        .map(({ tagName, className }) => `${tagName} ${className} sticks out of the log`),
]"""


class Group:
    """Two who read a room, a friend of theirs, and somebody hostile."""

    def __init__(
        self, address: str, link: str, incidents: dict[Page, list[str]], friend: Member, hostile: Member
    ) -> None:
        """Take who is in the room. `incidents` has both pages, each with what `watch` returned for it."""
        self.address, self.link = address, link
        self.room = friend.room
        self.incidents, self.readers = incidents, list(incidents)
        self.friend, self.hostile = friend, hostile
        self.phone, self.desktop = self.readers

    async def expect_problems(self, kind: str, count: int, *says: str) -> None:
        """Expect so many rows of this kind and no other, all of which say this; and why, to who asks."""
        for page in self.readers:
            await expect(problems(page).and_(page.locator(f"[data-problem={kind}]"))).to_have_count(count)
            await expect(problems(page)).to_have_count(count)
            for words in says:
                await expect(problems(page).filter(has_text=words)).to_have_count(count)
            await self.expect_explanation(page, problems(page).last.get_by_role("button", name="Details"))

    async def expect_explanation(self, page: Page, button: Locator) -> None:
        await button.press("Enter")
        details = page.get_by_role("dialog", name="Message details")
        await expect(details.locator("#details-verdict")).not_to_be_empty()
        assert await page.evaluate(HARM) == []
        await page.keyboard.press("Escape")
        await expect(details).to_be_hidden()

    async def expect_unharmed(self) -> None:
        text = "Are you all still there?"
        PLAINTEXTS.add(text)
        await self.friend.say(text)
        for page in self.readers:
            await expect(messages(page).last.locator(".text")).to_have_text(text)
        for page, answer in zip(self.readers, ("The phone is.", "So is the desktop."), strict=True):
            await say(page, answer)
            await self.friend.hear(answer)
            await expect(message(page, answer)).to_have_attribute("data-state", "sent")
            assert await page.evaluate(HARM) == []
            assert self.incidents[page] == []
            assert page.url == f"{self.address}/{self.link}"
            assert page.context.pages == [page]
            assert len(page.frames) == 1
            assert re.fullmatch(r"\w+ \w+ · anonchat", await page.title())


async def watch(page: Page, own: str) -> list[str]:
    """Return a list that grows by what a page that is not well would do: open boxes, send requests elsewhere."""
    incidents: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        incidents.append(dialog.message)
        await dialog.dismiss()

    def note(url: str) -> None:
        if urlsplit(url).netloc != urlsplit(own).netloc:
            incidents.append(url)

    page.on("dialog", dismiss)
    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    await page.add_init_script(TRAP)
    return incidents


Prepare = Callable[[Page], Awaitable[None]]


@asynccontextmanager
async def open_group(chat: LocalChat, new_page: NewPage, prepare: Prepare | None = None) -> AsyncIterator[Group]:
    """Open a room with everybody in it. At the end nobody may have come to harm.

    `prepare` gets each page before it is opened.
    """
    link = new_link()
    PLAINTEXTS.update({FRIEND, HOSTILE})

    async def read(alias: str) -> tuple[Page, list[str]]:
        page = await new_page(READERS[alias])
        incidents = await watch(page, chat.http_url)
        if prepare:
            await prepare(page)
        await enter(page, f"{chat.http_url}/", link, alias)
        return page, incidents

    incidents = dict(await asyncio.gather(*map(read, READERS)))
    async with member(chat, link, FRIEND) as friend, member(chat, link, HOSTILE) as hostile:
        for page in incidents:
            await expect(page.get_by_role("button", name="4 here")).to_be_visible()
        group = Group(chat.http_url, link, incidents, friend, hostile)
        yield group
        await group.expect_unharmed()


def problems(page: Page) -> Locator:
    return log(page).locator("li[data-kind=problem]")


def person(page: Page, handle: str) -> Locator:
    return page.locator("#people-list li").filter(has_text=handle)


def message(page: Page, text: str) -> Locator:
    return messages(page).filter(has=page.get_by_text(text, exact=True))
