"""What somebody does with the page in any engine, and what they see."""

from tests.support.engines.window import Window
from tests.support.page_actions import PLAINTEXTS

TEXTS = "() => [...document.querySelectorAll('#messages li[data-kind=message] .text')].map((each) => each.textContent)"
STATES = "() => [...document.querySelectorAll('#messages li.mine')].map((each) => each.dataset.state)"
COUNT = "() => document.querySelector('#people-count').textContent"
TEXT_OF = "(selector) => document.querySelector(selector)?.textContent ?? null"
HAS_FOCUS = "(selector) => document.activeElement?.matches(selector) ?? false"
# What a person sees of the focus: a line around what has it.
HAS_RING = """(selector) => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.querySelector(selector));
  return outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
}"""
IS_AT_END = """() => {
  const { scrollHeight, scrollTop, clientHeight } = document.querySelector("#log");
  return scrollHeight - scrollTop - clientHeight < 2;
}"""
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
  .filter((each) => each.checkVisibility() && !each.closest(".sr-only"))
  .map(({ tagName, id, className }) => `${tagName} ${id} ${className}`)"""


# To another room of a page that is there already.
GO = """(address, fragment) => {
  if (!location.href.startsWith(address)) return false;
  location.hash = fragment;
  return true;
}"""


class Person:
    """Somebody before a window."""

    def __init__(self, window: Window, address: str) -> None:
        """`address` is where the page is, with a slash at its end."""
        self.window, self.address = window, address

    async def enter(self, link: str, alias: str) -> None:
        """Follow a link to a room they have never been in: from the page, if it is there."""
        PLAINTEXTS.add(alias)
        if not await self.window.run(GO, self.address, link):
            await self.window.open(self.address + link)
        await self.window.until_shown("#invitation")
        await self.window.fill("#alias", alias)
        await self.window.click("#enter-link")
        await self.expect_people(1)

    async def say(self, text: str) -> None:
        PLAINTEXTS.add(text)
        await self.window.fill("#text", text)
        await self.window.click("#send")

    async def expect_people(self, count: int) -> None:
        await self.window.until_shown("#room")
        await self.window.expect(COUNT, str(count))

    async def expect_texts(self, *texts: str) -> None:
        """Expect exactly these messages, in this order."""
        await self.window.expect(TEXTS, list(texts))

    async def expect_states(self, *states: str) -> None:
        """Expect so many messages of their own, and how far each has got."""
        await self.window.expect(STATES, list(states))

    async def expect_text(self, selector: str, text: str) -> None:
        await self.window.expect(TEXT_OF, text, selector)

    async def expect_focus(self, selector: str) -> None:
        await self.window.until(HAS_FOCUS, selector)
