"""A page whose encryption ends when the test says so, the last that began first."""

from playwright.async_api import Page

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


async def prepare(page: Page) -> None:
    """To be called before the page is opened, or loaded anew."""
    await page.add_init_script(_HOLD)


async def hold(page: Page) -> None:
    """From now on, encryption begins and does not end."""
    await page.evaluate("window.held = []")


async def free(page: Page) -> int:
    """Let all of it end, the last that began first. Return how many there were."""
    return int(await page.evaluate(_FREE))
