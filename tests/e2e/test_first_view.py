"""Whatever fails before there is anything to see: a sentence, and a way on."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from local.chat import LocalChat
from tests.support.browser import NewPage
from tests.support.page_actions import enter, expect_in_room, new_link
from tests.support.versioned_site import Fault, VersionedSite, versioned_site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NOT_WHOLE = "A part of this page did not come, does not suit this browser"
PREFIX = "v/1/"
TABS = 3  # at the same time


async def gone(_: bytes) -> web.StreamResponse:
    return web.Response(status=404)


async def another_language(body: bytes) -> web.StreamResponse:
    return web.Response(body=body + b"\n}{", content_type="text/javascript")


async def throwing(body: bytes) -> web.StreamResponse:
    return web.Response(body=b'throw new Error("broken");\n' + body, content_type="text/javascript")


async def another_version(_: bytes) -> web.StreamResponse:
    """Answer with a module that has nothing of what others import from it."""
    return web.Response(body=b"export const other = 1;", content_type="text/javascript")


FAULTS = [gone, another_language, throwing, another_version]


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[VersionedSite]:
    async with versioned_site() as site:
        site.deploy("1")
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def new_visitor(browser: Browser) -> AsyncIterator[Callable[[], Awaitable[Page]]]:
    """Open pages whose consoles may say what is wrong, and which keep nothing of what they have loaded."""

    async def open_page(**options: bool) -> Page:
        context = await browser.new_context(service_workers="block", **options)  # type: ignore[arg-type]
        return await context.new_page()

    yield open_page
    for context in browser.contexts:
        await context.close()


def first_load(site: VersionedSite) -> list[str]:
    """Return the modules that a first view needs, by their paths on the site."""
    index = site.files["index.html"].decode()
    return [*re.findall(r'rel="modulepreload" href="([^"]+)"', index), f"{PREFIX}main.js"]


async def visit(page: Page, address: str) -> None:
    """Go there and wait for nothing: the page may load itself anew before this visit is over."""
    await page.evaluate("(address) => { setTimeout(() => { location.href = address; }); }", address)


async def expect_landing(page: Page) -> None:
    await expect(page.get_by_role("button", name="New room")).to_be_visible()
    await expect(page.get_by_text(NOT_WHOLE)).to_be_hidden()


async def test_whichever_module_of_the_first_load_fails_and_however_it_is_said_and_can_be_loaded_again(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    waiting = list(enumerate(first_load(site)))
    assert len(waiting) > 30

    async def try_them() -> None:
        page = await new_visitor()
        while waiting:
            number, name = waiting.pop()
            own = f"{site.address}?{number}"
            fault = FAULTS[number % len(FAULTS)]
            site.faults[name] = Fault(fault, 2)
            await visit(page, own)
            await expect(page.get_by_text(NOT_WHOLE), f"{name}: {fault.__name__}").to_be_visible()
            await page.get_by_role("button", name="Load it again").click()
            await expect_landing(page)

    await try_them()
