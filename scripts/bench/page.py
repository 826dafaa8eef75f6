"""The page's part of `make bench`: what one more message costs in a room of 2,000, beside a room of 20, and scrolling.

A real Chromium (CHROMIUM names it) runs the real page. Behind the page stands as little as it needs: its files, and a
socket that brings sealed messages. The rooms take turns, round by round, so that whatever else the machine does meets
both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from playwright.async_api import Browser, Page, async_playwright

from anonchat_client import Room, Signer, key_link, new_client
from anonchat_client.encryption.link import SECRET_BYTES
from local.gateway.static_files import serve_file
from scripts import ROOT
from scripts.command_line import ProgressLine, whole_number

FRAME_MS = 1000 / 60
ROOMS = (20, 2_000)
TARGET_ROOM = 2_000
ADDED = 20  # messages in one visit of a room: few, so that a room of 20 stays one
WARM_UP = 5  # more of them, before anything counts
PAUSE_SECONDS = 0.1  # after each: it is painted, and nothing else is done meanwhile
TIMEOUT_SECONDS = 30
SCROLL_PX, SCROLL_FRAMES = 200, 300  # a fast swipe, for 5 seconds
PEOPLE = ("Ada", "Björn", "Cleo", "Dmitri", "Emeka")
WORDS = ("tea", "train", "fountain", "chestnut", "walnut", "cake", "bench", "river", "window", "evening", "lantern")
LONGEST_WORDS = 16  # of a message
APART_MS = 20_000  # from one message to the next
WORK = "the main thread's work, painting and all"
LIMITS = {"text": 8192, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15}

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


class Crowd:
    """Five people and what they say, sealed as their browsers would: the same words in every run."""

    def __init__(self, secret: bytes) -> None:
        self._room = Room.from_key(secret)
        self._people = [(f"member-{alias}", alias, Signer.new()) for alias in PEOPLE]
        self._sealed = {id: self._room.seal_alias(signer, alias) for id, alias, signer in self._people}
        self._chance = random.Random(1)
        self._at = time.time_ns() // 1_000_000 - sum(ROOMS) * APART_MS

    def joined(self, history: Sequence[Any]) -> dict[str, Any]:
        members = [{"id": id, "alias": alias} for id, alias in self._sealed.items()]
        frame = {"type": "joined", "room": self._room.id, "self": "me", "members": members, "online": len(members)}
        return frame | {"history": history, "more": False, "gap": False, "limits": LIMITS}

    def messages(self, count: int) -> list[dict[str, Any]]:
        return [self._message() for _ in range(count)]

    def _message(self) -> dict[str, Any]:
        id, alias, signer = self._chance.choice(self._people)
        text, client = " ".join(self._chance.choices(WORDS, k=self._chance.randint(1, LONGEST_WORDS))), new_client()
        self._at += APART_MS
        frame = {"type": "message", "id": f"{self._at:013d}-bench", "client": client, "at": self._at}
        sealed = self._room.seal_message(signer, client, alias, text, written=self._at)
        return frame | {"from": {"id": id, "alias": self._sealed[id]}, "text": sealed, "online": len(self._people)}


class Server:
    """The page's files and one socket at a time: it answers a join with `history`, and says what it is told."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.history: list[dict[str, Any]] = []
        self._socket = web.WebSocketResponse()
        self._shown = asyncio.Event()

    async def tell(self, frame: dict[str, Any]) -> None:
        """Send a frame and wait until the page shows it."""
        self._shown.clear()
        await self._socket.send_json(frame)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self._shown.wait()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade") == "websocket":
            return await self._talk(request)
        if request.path != "/config.js":
            return serve_file(ROOT / "frontend", request.path, request.method)
        body = f'export default {{ websocketUrl: "ws://{request.host}" }};'
        return web.Response(text=body, content_type="text/javascript")

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for packet in socket:
            action = json.loads(packet.data)["action"] if packet.type is WSMsgType.TEXT else ""
            if action == "join":
                await socket.send_json(self.crowd.joined(self.history))
            elif action == "shown":
                self._shown.set()
        return socket


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


# --- the run -------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """Milliseconds. Work is what the main thread itself did, whatever else the machine was busy with."""

    shown: list[float] = field(default_factory=list)  # of each message, from its frame's arrival to the end of layout
    work: list[float] = field(default_factory=list)  # for one message, painting and all: of each visit
    scrolling: list[float] = field(default_factory=list)  # for one frame of scrolling: of each visit
    gaps: list[float] = field(default_factory=list)  # from one such frame to the next

    def rows(self) -> dict[str, float]:
        return {
            "from its arrival to the end of layout": statistics.median(self.shown),
            "95 % of them within": sorted(self.shown)[int(len(self.shown) * 0.95)],
            WORK: statistics.median(self.work),
        }

    @property
    def scrolled(self) -> str:
        work, worst = statistics.median(self.scrolling), max(self.gaps)
        dropped = sum(round(gap / FRAME_MS) - 1 for gap in self.gaps if gap > FRAME_MS)
        of = len(self.gaps) + dropped
        return f"{dropped} of {of} frames dropped, {worst:.0f} ms at worst, {work:.1f} ms of work a frame"


async def measure(rounds: int) -> dict[int, Figures]:
    """Return the figures by the room's size in messages."""
    progress = ProgressLine()
    secret = os.urandom(SECRET_BYTES)
    server = Server(Crowd(secret))
    histories = {size: server.crowd.messages(size) for size in ROOMS}
    rooms = {size: Figures() for size in ROOMS}
    async with serving(server) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        for number in range(1, rounds + 1):
            for size in ROOMS:
                progress(f"round {number} of {rounds}, {size} messages")
                server.history = histories[size]
                async with visit(browser, address + key_link(secret), size) as page:
                    await add(page, server, rooms[size])
                    if size == TARGET_ROOM:
                        await scroll(page, rooms[size])
        progress.clear()
        await browser.close()
    return rooms


@asynccontextmanager
async def visit(browser: Browser, address: str, size: int) -> AsyncIterator[Page]:
    """Open the room in a browser context of its own, so that no visit inherits another's memory."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = await context.new_page()
    await page.add_init_script(WATCH)
    await page.goto(address)
    await page.get_by_role("textbox", name="Your name").fill("Reader")
    await page.get_by_role("button", name="Enter the room").click()
    await page.locator("[data-kind=message]").nth(size - 1).wait_for(state="attached")
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


def report(rooms: dict[int, Figures], rounds: int) -> bool:
    """Print the table; return False if the target is missed."""
    tables = {size: figures.rows() for size, figures in rooms.items()}
    few, many = tables[min(ROOMS)], tables[TARGET_ROOM]
    print(f"\nOne more message in the page: ms, medians of {rounds} rounds of {ADDED}")
    print(f"x: as a share of a frame, {FRAME_MS:.1f} ms\n")
    print(f"{'':<40}" + "".join(f"{f'{size} messages':>16}{'x':>6}" for size in tables) + f"{'ratio':>9}")
    for name in few:
        columns = "".join(f"{table[name]:>16.1f}{table[name] / FRAME_MS:>6.2f}" for table in tables.values())
        print(f"{name:<40}{columns}{many[name] / few[name]:>9.2f}")
    print(f"\nScrolling up through {TARGET_ROOM}, {SCROLL_PX} px a frame: {rooms[TARGET_ROOM].scrolled}")
    met = many[WORK] < FRAME_MS
    print(f"\nTarget at {TARGET_ROOM}: less work than a frame has time for: {'met' if met else 'MISSED'}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="page", description=__doc__.partition("\n")[0])
    positive = whole_number(range(1, sys.maxsize), "{text} is no whole number from 1 on")
    parser.add_argument("--rounds", type=positive, default=3, metavar="N")
    rounds = parser.parse_args().rounds
    return 0 if report(asyncio.run(measure(rounds)), rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
