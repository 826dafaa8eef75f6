"""Fixtures of the browser tests: a real Chromium, pages in it whose consoles must stay clean, and a chat.

One browser serves a whole module, so its tests share one event loop: `pytest.mark.asyncio(loop_scope="module")`.
"""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from local.chat import LocalChat, LocalOptions
from local.functions.function_set import Mode
from local.gateway import GatewayOptions
from scripts.bench.load import MODES
from tests.support.browser import DESKTOP, SITE, NewPage, chromium
from tests.support.group import Group, open_group
from tests.support.manual_server import ADDRESS, ALIAS, ManualServer, open_page_at
from tests.support.page_actions import PLAINTEXTS, enter
from tests.support.raw_chat import new_room
from tests.support.recorder import TrafficRecorder
from tests.support.waiting import WAIT_SECONDS

expect.set_options(timeout=WAIT_SECONDS * 1000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium())
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(request: pytest.FixtureRequest) -> AsyncIterator[LocalChat]:
    """Run the whole chat, shared by the tests of a module, which may set the functions' ENVIRON.

    A module that is to hold by both readings of whether posts count gives them as parameters.

    Whatever those tests did: at the end the server has seen no name of a room, no alias and no text.
    """
    recorder = TrafficRecorder()
    environ = getattr(request.module, "ENVIRON", {})
    gateway = GatewayOptions(posts_count=getattr(request, "param", True))
    chat = LocalChat(LocalOptions(site=SITE, environ=environ, gateway=gateway), log=recorder.print)
    async with recorder.running(chat):
        yield chat
    assert recorder.recorded, "nothing at all was recorded"
    if recorder.find({"joinId"}):  # a module may get by without a room of this chat
        assert recorder.find({"@connections"}), "no post was recorded"
    assert recorder.find(PLAINTEXTS) == set()


@pytest_asyncio.fixture(loop_scope="module")
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """Open a page in a browser context of its own. At the end nothing may have gone wrong in any of them.

    Chromium itself logs sockets that fail: a test that cuts connections says `expect_lost_sockets=True`. The service
    worker runs for `installed` pages only. What else is given goes to the context.
    """
    complaints: list[str] = []

    async def open_page(
        device: dict[str, Any] = DESKTOP,
        *,
        expect_lost_sockets: bool = False,
        installed: bool = False,
        locale: str = "en-GB",
        **more: Any,
    ) -> Page:
        # Where the page's service worker is in control, a test sees no request of the page.
        workers: Literal["allow", "block"] = "allow" if installed else "block"
        context = await browser.new_context(**device, locale=locale, service_workers=workers, **more)

        def listen(message: ConsoleMessage) -> None:
            # A page that is left while its socket opens closes that socket: Chromium warns of it, and nothing is lost.
            expected = message.text.endswith("WebSocket is closed before the connection is established.")
            expected |= expect_lost_sockets and message.text.startswith("WebSocket connection to")
            expected |= message.text == "Service Worker registration blocked by Playwright"
            if message.type in ("error", "warning") and not expected:
                complaints.append(message.text)

        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return await context.new_page()

    yield open_page
    for context in browser.contexts:
        await context.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def group(chat: LocalChat, new_page: NewPage) -> AsyncIterator[Group]:
    """Open a room with two readers, a friend of theirs and somebody hostile, who may do them no harm."""
    async with open_group(chat, new_page) as group:
        yield group


@pytest.fixture
def server() -> ManualServer:
    """Return what stands in place of a chat: it answers what the test says."""
    return ManualServer()


@pytest_asyncio.fixture(loop_scope="module")
async def page(new_page: NewPage, server: ManualServer) -> Page:
    """Open a page in the room of `server`."""
    page = await open_page_at(new_page, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    return page


@pytest.fixture(scope="module", params=[MODES[0], *(pytest.param(mode, marks=pytest.mark.long) for mode in MODES[1:])])
def mode(request: pytest.FixtureRequest) -> Mode:
    """Return both ways to run the functions, one after the other."""
    mode: Mode = request.param
    return mode


@pytest.fixture
def room() -> str:
    """Return the id of a room of its own for every test."""
    return new_room()
