"""`make bench ONLY=first_view`: how soon the page is there on a slow line, beside one that waits for all of it.

A real Chromium (CHROMIUM names it) loads the page as compressed as deployed, over HTTP/1.1, through a line like a bad
4G's. Beside it stands a copy whose landing page imports what a room needs, so that nothing is seen before all has come.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Page, async_playwright

from anonchat_client import key_link
from anonchat_client.encryption.link import SECRET_BYTES
from scripts.bench.lighthouse import compress
from scripts.bench.page_room import Crowd, Server, serving
from scripts.bench.results import Comparison, Result
from scripts.command_line import ProgressLine

ROUNDS = 5
LINE = {  # milliseconds, and bytes a second
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
WAIT_MS = 240_000
OURS, WHOLE = "anonchat", "a page that waits for all of it"
LANDING, FIRST_WORDS = "landing page usable", "first message out, by a link"
MOST = {LANDING: 0.6, FIRST_WORDS: 1.1}  # shares: the landing page without a room's parts; a room is no later for that

Times = dict[str, dict[str, list[float]]]  # seconds, by what is waited for and by page


def measure(rounds: int) -> Result:
    """Compare the page with one that is loaded whole."""
    times = asyncio.run(taking_turns(rounds))
    return Result([compared(what, times[what]) for what in times])


def compared(what: str, times: dict[str, list[float]]) -> Comparison:
    ours, theirs = (statistics.median(times[page]) for page in (OURS, WHOLE))
    return Comparison(what, "seconds on slow 4G", ours, WHOLE, theirs, most=MOST[what])


async def taking_turns(rounds: int) -> Times:
    progress, secret = ProgressLine(), os.urandom(SECRET_BYTES)
    times: Times = {what: {OURS: [], WHOLE: []} for what in (LANDING, FIRST_WORDS)}
    with TemporaryDirectory(prefix="anonchat-first-view-") as folder:
        sites = {OURS: Path(folder) / "ours", WHOLE: Path(folder) / "whole"}
        compress(sites[OURS])
        compress(sites[WHOLE], all_at_once)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
            for number in range(1, rounds + 1):
                for name, site in sites.items():
                    progress(f"the first view, round {number} of {rounds}: {name}")
                    server = Server(Crowd(secret, 1), site)
                    async with serving(server) as address:
                        times[LANDING][name].append(await timed(browser, address, see_landing))
                        times[FIRST_WORDS][name].append(await timed(browser, address + key_link(secret), say(server)))
            progress.clear()
            await browser.close()
    return times


def all_at_once(site: Path) -> None:
    """Change this copy of the page: main.js imports a room's parts, and index.html preloads all."""
    main, index = site / "main.js", site / "index.html"
    main.write_text('import "./visits.js";\n' + main.read_text())
    index.write_text(index.read_text().replace('rel="room"', 'rel="modulepreload"'))


async def timed(browser: Browser, address: str, use: Callable[[Page], Awaitable[None]]) -> float:
    """Visit for the first time. Return how many seconds it takes until the page has been used."""
    async with slow_page(browser) as page:
        began = time.monotonic()
        await page.goto(address, wait_until="commit", timeout=WAIT_MS)
        await use(page)
        return time.monotonic() - began


@asynccontextmanager
async def slow_page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    context.set_default_timeout(WAIT_MS)
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", LINE)
    yield page
    await context.close()


async def see_landing(page: Page) -> None:
    await page.get_by_role("button", name="New room").wait_for()


def say(server: Server) -> Callable[[Page], Awaitable[None]]:
    """Return how somebody who follows a link says something."""

    async def use(page: Page) -> None:
        await page.get_by_role("textbox", name="Your name").fill("Reader")
        await page.get_by_role("button", name="Enter the room").click()
        await page.get_by_label("Message", exact=True).fill("Hello")
        await page.get_by_role("button", name="Send").click()
        async with asyncio.timeout(WAIT_MS / 1000):
            await server.said.wait()

    return use
