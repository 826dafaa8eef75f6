"""Somebody's day in one page, as fast as the machine can: what is said, what goes wrong, what must hold then."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.async_api import CDPSession, Page, expect

from tests.support.browser import DESKTOP, NewPage
from tests.support.day_server import NOW, DayServer
from tests.support.dialogs import button
from tests.support.manual_server import write
from tests.support.page_actions import enter, enter_invited, expect_in_room, messages, set_hidden
from tests.support.page_time import HOUR, MINUTE, SECOND, PageTime, look_again
from tests.support.waiting import WAIT_SECONDS

ALIAS = "Ada of the Day"
ROWS = 1200  # messages that the log holds at most, while its reader is at the end: frontend/state/bound.js
LINES = 20  # more, of other kinds: days, gaps, what is new
QUIET = 100  # looks at the page in which nothing changes: what is still under way then was lost on its way
SOON = 3 * MINUTE  # of the page's time: whatever went wrong, the page is well by then
TEXTS = "() => Array.from(document.querySelectorAll('#messages [data-kind=message] .text'), (text) => text.textContent)"

# Not by a locator, whose own listeners would come into the page: they are counted.
KINDS = """() => Array.from(document.querySelectorAll("#messages li:not([data-kind=unread], [data-kind=day])"),
  (row) => row.dataset.kind)"""
LOADED = "document.querySelector('script[type=module]').src"


@dataclass(frozen=True)
class Weight:
    """What a page holds, when all that nobody needs any more is gone."""

    heap: int
    nodes: int
    listeners: int


class LongDay:
    def __init__(self, page: Page, server: DayServer, devtools: CDPSession, time: PageTime) -> None:
        self.page, self.server, self.time = page, server, time
        self._devtools = devtools
        self._number = count(1)
        self._keeps = True

    @classmethod
    async def begin(cls, new_page: NewPage, server: DayServer) -> "LongDay":
        page = await new_page(DESKTOP, expect_lost_sockets=True)
        time = await PageTime.of(page, NOW)
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        await enter(page, server.address, server.link, ALIAS)
        return cls(page, server, devtools, time)

    # --- what passes ---

    async def settle(self) -> None:
        """Wait until what page and server have said is with the other, or was lost on its way."""
        before, turns = None, 0
        while turns < QUIET:
            said = await self.time.said()
            now = (said, self.server.received, self.server.sent)
            if said.sent == self.server.received and said.heard == self.server.sent and not said.opening:
                return
            turns = turns + 1 if now == before else 0
            before = now
            await look_again(turns)

    async def pass_time(self, ms: int) -> None:
        while ms > 0:
            await self.settle()
            left = await self.time.pass_until_said(ms)
            await self.server.pass_time(ms - left)
            ms = left
        await self.settle()

    async def say(self, how_many: int = 1) -> None:
        """Let the other one say something."""
        await self.server.say(*(f"thought {next(self._number)}" for _ in range(how_many)))

    async def write(self) -> str:
        text = f"word {next(self._number)}"
        await write(self.page, text)
        return text

    async def talk(self) -> None:
        await self.say(2)
        await self.write()
        await self.pass_time(MINUTE)

    # --- what must hold ---

    async def expect_well(self) -> None:
        """Everything that was said is shown, once and in order; nothing waits, and nothing is complained of."""
        for _ in range(SOON // SECOND):
            if await self._is_well():
                break
            await self.pass_time(SECOND)
        async with asyncio.timeout(WAIT_SECONDS):
            while not await self._is_well():
                await asyncio.sleep(0.1)
        await expect(self.page.locator("#status")).to_be_empty()
        await expect(self.page.locator("[data-kind=problem]")).to_have_count(0)
        assert await self.page.locator("#messages li").count() <= ROWS + LINES

    async def _is_well(self) -> bool:
        shown: list[str] = await self.page.evaluate(TEXTS)
        said = self.server.texts
        whole = shown == said[-len(shown) :] and len(shown) >= min(len(said), ROWS - 200)
        return whole and not await self.page.locator("#status").text_content()

    async def expect_trouble(self, shown: int) -> None:
        """Expect that the person sees what is the matter, and all that was there before."""
        await expect(self.page.locator("#status")).to_contain_text("Connecting…")
        await expect(messages(self.page)).to_have_count(shown)

    async def weigh(self) -> Weight:
        await self._devtools.send("HeapProfiler.collectGarbage")
        answer: dict[str, Any] = await self._devtools.send("Performance.getMetrics")
        metrics = {each["name"]: int(each["value"]) for each in answer["metrics"]}
        return Weight(metrics["JSHeapUsedSize"], metrics["Nodes"], metrics["JSEventListeners"])

    # --- what goes wrong ---

    async def sleep(self, *, running: bool) -> None:
        """Close the lid for a while: nothing is lost."""
        self.server.kill()
        await self.say(3)
        await self.server.pass_time(5 * MINUTE)
        await self.time.sleep(5 * MINUTE, running=running)
        await self.say(3)
        await self.expect_well()

    async def oversleep(self) -> None:
        """Close the lid for longer than messages are kept."""
        self.server.kill()
        await self._miss(40 * MINUTE, self._sleep)
        await self._expect_gap()

    async def _sleep(self, ms: int) -> None:
        await self.server.pass_time(ms)
        await self.time.sleep(ms, running=False)

    async def _miss(self, ms: int, away: Callable[[int], Awaitable[None]]) -> None:
        """Let the other one say what nobody can have any more when one is back, and what one can."""
        place = len(self.server.said)
        await self.say(2)
        del self.server.said[place:]
        await away(ms)
        await self.say(3)

    async def _expect_gap(self) -> None:
        """Expect to be told of what nobody can have any more, before the first that one can."""
        await self.expect_well()
        kinds = await self.page.evaluate(KINDS)
        assert kinds[-4:] == ["gap", "message", "message", "message"]

    async def stay_behind_another_tab(self) -> None:
        """Look away until the connection has ended, and for longer than messages are kept."""
        await set_hidden(self.page, True)
        await self.talk()
        await self.pass_time(2 * HOUR + MINUTE)
        await self._miss(40 * MINUTE, self.pass_time)
        await set_hidden(self.page, False)
        await self._expect_gap()

    async def go_through_a_captive_portal(self) -> None:
        self.server.portal = True
        self.server.cut()
        await self.settle()
        await self.pass_time(5 * SECOND)
        shown = await messages(self.page).count()
        await self.expect_trouble(shown)
        waiting = await self.write()
        await self.look_away_and_back()
        await self.say(3)
        await self.pass_time(2 * MINUTE)
        await self.expect_trouble(shown + 1)
        await expect(messages(self.page).last).to_contain_text(waiting)
        await expect(messages(self.page).last).to_have_attribute("data-state", "sending")
        self.server.portal = False
        await self.expect_well()

    async def set_the_clock(self, ms: int) -> None:
        for step in (ms, -ms):
            await self.time.set_clock(step)
            await self.pass_time(MINUTE)
            await self.talk()
            await self.expect_well()

    async def lose_an_echo(self) -> None:
        self.server.loses_echo = True
        await self.write()
        await self.expect_well()

    async def fill_the_disk(self) -> None:
        """Write what cannot be kept: that is said, and it goes out all the same."""
        await self.page.evaluate(
            """() => {
              const full = () => { throw new DOMException("full", "QuotaExceededError"); };
              window.kept = [[Storage.prototype, "setItem"], [IDBObjectStore.prototype, "add"]]
                .map(([where, name]) => [where, name, where[name]]);
              for (const [where, name] of kept) where[name] = full;
            }"""
        )
        await self.write()
        await self.expect_not_kept()
        await self.expect_well()
        await self.page.evaluate("() => { for (const [where, name, kept] of window.kept) where[name] = kept; }")

    async def evict(self) -> None:
        """Let the browser throw away what it had kept, and another tab begin anew. Nobody is put out of the room."""
        await self.page.evaluate(
            """() => {
              localStorage.clear();
              sessionStorage.clear();
              indexedDB.deleteDatabase("anonchat");
            }"""
        )
        other = await self.page.context.new_page()
        await other.goto(self.server.address)
        await other.get_by_role("textbox", name="Your name").fill("Ada again")
        await other.get_by_role("button", name="New room").click()
        await expect_in_room(other)
        await other.close()
        await self.write()
        await self.expect_not_kept()
        self._keeps = False
        await self.expect_well()

    async def expect_not_kept(self) -> None:
        """Expect to be told so, once: what the browser has thrown away does not come back in this visit."""
        if self._keeps:
            await expect(self.page.locator("#notice")).to_contain_text("This browser keeps nothing for the page")

    async def update(self) -> None:
        """Put a newer version in the place of this one, whose files are gone then. It costs nobody a word."""
        self.server.site.deploy("2")
        self.server.closed = True
        self.server.cut()
        waiting = await self.write()
        await self.pass_time(MINUTE)
        await self.look_away_and_back()
        load = button(self.page, "Load it")
        await load.click()
        await expect(self.page.locator("#notice")).to_contain_text("Send what you have written first")
        await expect(messages(self.page).last).to_contain_text(waiting)
        await button(self.page, "Menu").click()
        await expect(self.page.get_by_role("dialog")).to_be_visible()
        await self.page.keyboard.press("Escape")
        self.server.closed = False
        await self.expect_well()
        await load.click()
        await enter_invited(self.page, ALIAS)
        await expect(messages(self.page).last).to_contain_text(waiting)
        assert await self.page.evaluate(LOADED) == f"{self.server.address}v/2/main.js"

    async def look_away_and_back(self) -> None:
        for hidden in (True, False):
            await set_hidden(self.page, hidden)
