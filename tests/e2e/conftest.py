"""A real browser for the tests of this folder, and people in it whose consoles must stay clean.

One browser serves a whole module, so its tests share one event loop: `pytest.mark.asyncio(loop_scope="module")`.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from local.stack import ROOT, LocalChat
from tests.e2e.patience import WAIT_SECONDS
from tests.e2e.people import PLAINTEXTS
from tests.e2e.wiretap import TrafficRecorder

SITE = ROOT / "frontend"
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}

NewPage = Callable[..., Awaitable[Page]]

expect.set_options(timeout=WAIT_SECONDS * 1000)


def chromium() -> str | None:
    """The browser to drive: CHROMIUM, or what is installed. The headless shell starts fastest."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, names), MAC_CHROME]
    return next((path for path in candidates if path and Path(path).exists()), None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("No Chromium found: install one, or name it in CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(request: pytest.FixtureRequest) -> AsyncIterator[LocalChat]:
    """The whole chat, shared by the tests of a module, which may set the functions' ENVIRON.

    Whatever those tests did: at the end it knows no name of a room, no alias and no text.
    """
    tap = TrafficRecorder()
    chat = LocalChat(port=0, site=SITE, environ=getattr(request.module, "ENVIRON", {}), log=tap.print, tell=tap.print)
    tap.attach(chat)
    async with chat:
        yield chat
    assert tap.finds({"@connections"}), "the wiretap heard nothing at all"
    assert tap.finds(PLAINTEXTS) == set()


@pytest_asyncio.fixture(loop_scope="module")
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """Open a page in a browser context of its own. At the end nothing may have gone wrong in any of them.

    Failing sockets are logged by Chromium itself: a test that cuts cables says `expect_lost_sockets=True`. The service
    worker runs for `installed` pages only. What else is given goes to the context.
    """
    complaints: list[str] = []

    async def open_page(
        device: dict[str, Any] = DESKTOP, *, expect_lost_sockets: bool = False, installed: bool = False, **more: Any
    ) -> Page:
        # Where the page's service worker is in control, a test sees no request of the page.
        workers = "allow" if installed else "block"
        context = await browser.new_context(**device, locale="en-GB", service_workers=workers, **more)

        def listen(message: ConsoleMessage) -> None:
            expected = expect_lost_sockets and message.text.startswith("WebSocket connection to")
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
