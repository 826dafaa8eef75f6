"""A page whose encryption ends when the test says so, the last that began first."""

from playwright.async_api import Page

from tests.support.browser import NewPage
from tests.support.manual_server import ADDRESS, ALIAS, ManualServer, open_page_at
from tests.support.page_actions import enter

_HOLD = """
  window.held = null;
  const { encrypt } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.encrypt = async function (...what) {
    if (!window.held) return encrypt.apply(this, what);
    let ended;
    const through = new Promise((end) => (ended = end));
    await new Promise((free) => window.held.push(() => (free(), through)));
    try {
      return await encrypt.apply(this, what);
    } finally {
      ended();
    }
  };
"""
_FREE = """async () => {
  const waiting = window.held.reverse();
  window.held = null;
  for (const free of waiting) {
    await free(); // through, before the next one
  }
  return waiting.length;
}"""


async def enter_prepared(new_page: NewPage, server: ManualServer) -> Page:
    """Open a page whose encryption can be held, in the room of `server`."""
    page = await open_page_at(new_page, server)
    await page.add_init_script(_HOLD)
    await page.reload()
    await enter(page, ADDRESS, server.link, ALIAS)
    return page


async def hold(page: Page) -> None:
    """From now on, encryption begins and does not end."""
    await page.evaluate("window.held = []")


async def free(page: Page) -> int:
    """Let all of it end, the last that began first. Return how many there were."""
    return int(await page.evaluate(_FREE))
