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

MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}

Visit = Callable[..., Awaitable[Page]]

# A page that reconnects may rest for some seconds first, on a busy machine for some more.
expect.set_options(timeout=20_000)


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


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Open a page in a browser context of its own. At the end nothing may have gone wrong in any of them.

    `visit(device)`; `visit.complaints` lists what the consoles said. Failing sockets are logged by Chromium itself:
    a test that cuts cables says `expect_lost_sockets=True`.
    """
    complaints: list[str] = []

    async def open_page(device: dict[str, Any] = DESKTOP, *, expect_lost_sockets: bool = False) -> Page:
        context = await browser.new_context(**device, locale="en-GB")

        def listen(message: ConsoleMessage) -> None:
            lost_socket = message.text.startswith("WebSocket connection to")
            if message.type in ("error", "warning") and not (expect_lost_sockets and lost_socket):
                complaints.append(message.text)

        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return await context.new_page()

    yield open_page
    for context in browser.contexts:
        await context.close()
    assert complaints == []
