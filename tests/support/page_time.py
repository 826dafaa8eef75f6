"""Time in a page that only the test moves, hour by hour, and that stops whenever the page says something to its server.

Playwright's own clock cannot stop there, and what is asked would be overdue before it has left the machine.
"""

import asyncio
from dataclasses import dataclass

from playwright.async_api import Page

SECOND = 1000  # ms
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# The time of day outlives a reload in the tab's own name: storages are emptied by some tests.
SCRIPT = """((start) => {
  const time = { wall: Number(window.name) || start, run: 0, sent: 0, heard: 0, made: 0, opening: 0 };
  const [timers, channel, OwnDate, OwnSocket] = [new Map(), new MessageChannel(), Date, WebSocket];
  let last = 0;
  const turn = () => new Promise((go) => { channel.port1.onmessage = go; channel.port2.postMessage(0); });
  const move = (ms) => { time.run += ms; time.wall += ms; window.name = String(time.wall); };
  const set = (every) => (action, ms = 0, ...what) => {
    const wait = Math.max(1, ms);
    timers.set(++last, { action: () => action(...what), at: time.run + wait, every: every && wait });
    return last;
  };
  [window.setTimeout, window.setInterval] = [set(false), set(true)];
  window.clearTimeout = window.clearInterval = (timer) => timers.delete(timer);
  Performance.prototype.now = () => time.run;
  window.Date = class extends OwnDate {
    constructor(...when) { if (when.length) super(...when); else super(time.wall); }
    static now() { return Math.floor(time.wall); }
  };
  window.WebSocket = class extends OwnSocket {
    constructor(...where) {
      super(...where);
      let opening = true;
      const settled = () => { time.opening -= Number(opening); opening = false; };
      for (const end of ["open", "close"]) this.addEventListener(end, settled);
      this.addEventListener("message", () => { time.heard++; });
      time.opening++;
      time.made++;
    }
    send(data) { time.sent++; super.send(data); }
  };
  function fire([timer, { action, at, every }]) {
    if (every) timers.set(timer, { action, at: at + every, every });
    else timers.delete(timer);
    action();
  }
  time.pass = async (ms) => {
    const [end, said] = [time.run + ms, time.sent + time.made];
    while (time.sent + time.made === said) {
      const [due] = [...timers].filter(([, { at }]) => at <= end).sort(([, one], [, other]) => one.at - other.at);
      move(Math.max(0, (due ? due[1].at : end) - time.run));
      if (!due) return 0;
      fire(due);
      await turn();
    }
    return end - time.run;
  };
  // Some machines' running time goes on while they sleep, others' stands still.
  time.sleep = (ms, running) => { time.wall += ms; time.run += running ? ms : 0; };
  window.time = time;
})(%d)"""


@dataclass(frozen=True)
class Said:
    """What a page has said to its server, and heard, so far."""

    sent: int
    heard: int
    opening: int


class PageTime:
    """`await PageTime.of(page, start)` before the page is opened. Times are ms, `start` epoch ms."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    async def of(cls, page: Page, start: int) -> "PageTime":
        await page.add_init_script(SCRIPT % start)
        return cls(page)

    async def pass_until_said(self, ms: int) -> int:
        """Let time pass, at most until the page says something or opens a socket. Return what is left of it."""
        return int(await self._page.evaluate("(ms) => time.pass(ms)", ms))

    async def sleep(self, ms: int, *, running: bool) -> None:
        """Let time pass in which no timer runs. `running`: the machine's running time goes on."""
        await self._page.evaluate("([ms, running]) => time.sleep(ms, running)", [ms, running])

    async def set_clock(self, ms: int) -> None:
        """Set the clock on the wall forward, or back; nothing passes."""
        await self._page.evaluate("(ms) => { time.wall += ms; }", ms)

    async def said(self) -> Said:
        sent, heard, opening = await self._page.evaluate("[time.sent, time.heard, time.opening]")
        return Said(sent, heard, opening)


async def look_again(turns: int) -> None:
    """Give the machine a moment; a longer one the longer nothing has changed."""
    await asyncio.sleep(min(0.05, 0.002 * (turns + 1)))
