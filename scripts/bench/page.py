"""`make bench ONLY=page`: what one more message costs where 2,000 or 20,000 were said, beside 20, and scrolling there.

A real Chromium (CHROMIUM names it) runs the real page. Behind the page stands as little as it needs: its files, and a
socket that brings sealed messages. The rooms take turns, round by round, so that whatever else the machine does meets
both.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, async_playwright

from anonchat_client import key_link
from anonchat_client.encryption.link import SECRET_BYTES
from scripts.bench.page_room import LAST, Crowd, Server, serving
from scripts.bench.results import Comparison, Result
from scripts.command_line import ProgressLine

FRAME_MS = 1000 / 60
ROUNDS = 3
FEW, MANY = 20, (2_000, 20_000)  # messages
ADDED = 20  # messages in one visit of a room: few, so that a room of 20 stays one
WARM_UP = 5  # more of them, before anything counts
PAUSE_SECONDS = 0.1  # after each: it is painted, and nothing else is done meanwhile
OPENING_MS = 240_000  # all signatures of a history are checked before it is shown
SCROLL_PX, SCROLL_FRAMES = 200, 300  # a fast swipe, for 5 seconds
DROPPED = 0.01  # of the frames while scrolling, at most
A_FRAME = "a frame"
LINE = "<p>" + "tea train fountain chestnut walnut " * 3
PLAIN = f"<style>#log {{ height: 700px; overflow-y: scroll }}</style><div id='log'>{LINE * 1000}</div>"
PLAIN_PAGE = 0  # in place of a number of messages

# Registered before the page's own listener, so that all the page does is counted. What it changes on the screen is laid
# out before the clock stops; then the server hears of it.
WATCH = """
  const Usual = WebSocket;
  let [arrived, socket] = [0, null];
  window.WebSocket = class extends Usual {
    constructor(address) {
      super(address);
      socket = this;
      this.addEventListener("message", () => { arrived = performance.now(); });
    }
  };
  window.costs = [];
  addEventListener("DOMContentLoaded", () => {
    const [log, list] = [document.querySelector("#log"), document.querySelector("#messages")];
    const shown = new MutationObserver(() => {
      log.getBoundingClientRect();
      window.costs.push(performance.now() - arrived);
      socket?.send('{"action": "shown"}');
    });
    shown.observe(list, { childList: true, subtree: true });
  });
"""
SCROLL = """([step, frames]) => new Promise((done) => {
  const log = document.querySelector("#log");
  const gaps = [];
  let before = 0;
  const frame = (now) => {
    if (before) gaps.push(now - before);
    before = now;
    if (gaps.length === frames) return done(gaps);
    log.scrollTop -= step;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


# --- the run -------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """Milliseconds. Work is what the main thread itself did, whatever else the machine was busy with."""

    shown: list[float] = field(default_factory=list)  # of each message, from its frame's arrival to the end of layout
    work: list[float] = field(default_factory=list)  # for one message, painting and all: of each visit
    scrolling: list[float] = field(default_factory=list)  # for one frame of scrolling: of each visit
    gaps: list[float] = field(default_factory=list)  # from one such frame to the next

    @property
    def slowest(self) -> float:
        """Return within how many milliseconds 95 % of the messages are shown."""
        return sorted(self.shown)[int(len(self.shown) * 0.95)]

    @property
    def dropped(self) -> float:
        """Return how many of a hundred frames of scrolling did not come."""
        dropped = sum(round(gap / FRAME_MS) - 1 for gap in self.gaps if gap > FRAME_MS)
        return 100 * dropped / (len(self.gaps) + dropped)


def measure(rounds: int) -> Result:
    """Compare rooms of many messages with a frame, and with one of few."""
    return Result(comparisons(asyncio.run(taking_turns(rounds))))


async def taking_turns(rounds: int) -> dict[int, Figures]:
    """Return the figures by the room's size in messages."""
    progress, secret, sizes = ProgressLine(), os.urandom(SECRET_BYTES), (FEW, *MANY)
    server = Server(Crowd(secret, sum(sizes)))
    progress(f"sealing {sum(sizes):,} messages")
    histories = {size: server.crowd.history(size) for size in sizes}
    rooms = {size: Figures() for size in (*sizes, PLAIN_PAGE)}
    async with serving(server) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        for number in range(1, rounds + 1):
            for size in sizes:
                progress(f"the page, round {number} of {rounds}, {size:,} messages")
                server.history = histories[size]
                async with visit(browser, address + key_link(secret)) as page:
                    await add(page, server, rooms[size])
                    if size in MANY:
                        await scroll(page, rooms[size])
            await scroll_plain(browser, rooms[PLAIN_PAGE])
        progress.clear()
        await browser.close()
    return rooms


@asynccontextmanager
async def visit(browser: Browser, address: str) -> AsyncIterator[Page]:
    """Open the room in a browser context of its own, so that no visit inherits another's memory."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = await context.new_page()
    await page.add_init_script(WATCH)
    await page.goto(address)
    await page.get_by_role("textbox", name="Your name").fill("Reader")
    await page.get_by_role("button", name="Enter the room").click()
    await page.locator("[data-kind=message]").get_by_text(LAST).wait_for(timeout=OPENING_MS)
    yield page
    await context.close()


async def add(page: Page, server: Server, figures: Figures) -> None:
    """Measure one message after the other, to a reader at the end of the log."""
    await tell(server, WARM_UP)
    await page.evaluate("window.costs = []")
    async with at_work(page) as spent:
        await tell(server, ADDED)
    costs: list[float] = await page.evaluate("window.costs")
    if len(costs) != ADDED:
        sys.exit(f"{ADDED} messages have changed the page {len(costs)} times: nothing to compare.")
    figures.shown += costs
    figures.work.append(spent[0] / ADDED)


async def tell(server: Server, count: int) -> None:
    for frame in server.crowd.messages(count):
        await server.tell(frame)
        await asyncio.sleep(PAUSE_SECONDS)


async def scroll_plain(browser: Browser, figures: Figures) -> None:
    """Measure the same in a page of lines and nothing else: what it drops is the machine's doing."""
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.set_content(PLAIN)
    await page.evaluate("document.querySelector('#log').scrollTop = 1e9")
    await scroll(page, figures)
    await page.close()


async def scroll(page: Page, figures: Figures) -> None:
    """Measure scrolling from the end upwards."""
    async with at_work(page) as spent:
        gaps: list[float] = await page.evaluate(SCROLL, [SCROLL_PX, SCROLL_FRAMES])
    figures.gaps += gaps
    figures.scrolling.append(spent[0] / len(gaps))


@asynccontextmanager
async def at_work(page: Page) -> AsyncIterator[list[float]]:
    """Yield a list which after the block holds the milliseconds for which the page's main thread worked in it."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def worked() -> float:
        metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")

    spent: list[float] = []
    before = await worked()
    yield spent
    spent.append((await worked() - before) * 1000)
    await devtools.detach()


def comparisons(rooms: dict[int, Figures]) -> Sequence[Comparison]:
    """Compare each room of many messages with a frame's time, and with the room of few."""
    found, few, plain = [], f"{FEW} messages", rooms[PLAIN_PAGE]
    for size in MANY:
        many, added, scrolled = rooms[size], f"one more after {size:,}", f"scrolling in {size:,}"
        found += [
            Comparison(added, "ms until 95 % are shown", many.slowest, A_FRAME, FRAME_MS, most=1),
            Comparison(added, "ms of work", statistics.median(many.work), A_FRAME, FRAME_MS, most=1),
            Comparison(added, "ms of work", statistics.median(many.work), few, statistics.median(rooms[FEW].work)),
            Comparison(scrolled, "ms of work", statistics.median(many.scrolling), A_FRAME, FRAME_MS, most=1),
            Comparison(scrolled, "% of frames dropped", many.dropped, "all frames", 100, most=DROPPED),
            Comparison(scrolled, "% of frames dropped", many.dropped, "a plain page", plain.dropped),
        ]
    return found
