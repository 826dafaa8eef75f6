"""What a story needs of a browser: one window with the page in it, whichever engine draws it.

Elements are named by CSS selectors, and each is the first that matches. JavaScript is a function's source.
"""

from abc import ABC, abstractmethod
from typing import Any

from tests.support.waiting import expect_to_become

LOOK_SECONDS = 0.05  # every look into a page costs three processes some work
# What goes wrong in a page that no console tells of: for `complaints`.
LISTEN = """
  window.harm = [];
  addEventListener("securitypolicyviolation", (event) =>
    harm.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
  addEventListener("unhandledrejection", ({ reason }) => harm.push(`rejection: ${reason?.stack ?? reason}`));
  addEventListener("error", ({ message, filename, lineno }) => harm.push(`error: ${message} ${filename}:${lineno}`));
"""
IS_SHOWN = "(selector) => Boolean(document.querySelector(selector)?.checkVisibility())"


class Window(ABC):
    """A browser of one person's own, which keeps what pages store until `close`."""

    @abstractmethod
    async def open(self, address: str) -> None:
        """Load an address anew, also where only its fragment is another."""

    @abstractmethod
    async def reload(self) -> None: ...

    @abstractmethod
    async def restart(self) -> None:
        """Quit the browser, all of it, and start it again with what it has kept. No page is open then."""

    @abstractmethod
    async def close(self) -> None:
        """Quit the browser and leave nothing of it."""

    @abstractmethod
    async def run(self, function: str, *arguments: Any) -> Any:
        """Call a JavaScript function in the page and return what it returns, or what its promise comes to."""

    @abstractmethod
    async def click(self, selector: str) -> None:
        """Click on an element with the pointer, as soon as it is there to be clicked."""

    @abstractmethod
    async def press(self, keys: str) -> None:
        """Press keys at once, such as "Shift+Enter"."""

    @abstractmethod
    async def type(self, text: str) -> None:
        """Press the key of each character."""

    @abstractmethod
    async def resize(self, width: int, height: int) -> None:
        """Give the page so many CSS pixels."""

    @abstractmethod
    async def picture(self) -> bytes:
        """Return how the page looks, as a PNG."""

    @abstractmethod
    def consoled(self) -> list[str]:
        """Return the warnings and errors of the console so far."""

    async def fill(self, selector: str, text: str) -> None:
        """Put a text into a field as an input method or a paste does: at once."""
        await self.until_shown(selector)
        await self.run(
            """(selector, text) => {
              const field = document.querySelector(selector);
              field.focus();
              field.value = text;
              field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }""",
            selector,
            text,
        )

    async def until(self, function: str, *arguments: Any) -> None:
        """Wait until a JavaScript function returns true."""
        await self.expect(function, True, *arguments)

    async def expect(self, function: str, expected: object, *arguments: Any) -> None:
        """Wait until a JavaScript function returns this."""
        await expect_to_become(lambda: self.run(function, *arguments), expected, LOOK_SECONDS)

    async def until_shown(self, selector: str) -> None:
        await self.until(IS_SHOWN, selector)

    async def until_hidden(self, selector: str) -> None:
        await self.expect(IS_SHOWN, False, selector)

    async def complaints(self) -> list[str]:
        """Return what has gone wrong: in this page, and by the console in all pages of this window."""
        return self.consoled() + list(await self.run("() => window.harm ?? []"))
