"""A window of Chromium or of Firefox, which Playwright drives."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Playwright

from tests.support.engines.window import LISTEN, Window

RELAY = Path(__file__).with_name("firefox_relay.py")
MOUSE = 2 + 4  # a fine pointer that can hover, which Firefox without a screen has not
PREFERENCES = {
    **dict.fromkeys(("ui.primaryPointerCapabilities", "ui.allPointerCapabilities"), MOUSE),
    # As few processes as there may be: each takes a second to start.
    "fission.autostart": False,
    "dom.ipc.processCount": 1,
    "dom.ipc.processPrelaunch.enabled": False,
}


class PlaywrightWindow(Window):
    """Made by `chromium` and `firefox`."""

    def __init__(self, launch: Any, options: dict[str, Any]) -> None:
        self._launch, self._options = launch, options
        self._profile = tempfile.TemporaryDirectory(prefix="anonchat-browser-", ignore_cleanup_errors=True)
        self._console: list[str] = []

    @classmethod
    async def chromium(cls, playwright: Playwright, program: str) -> "PlaywrightWindow":
        return await cls(playwright.chromium.launch_persistent_context, {"executable_path": program}).start()

    @classmethod
    async def firefox(cls, playwright: Playwright, program: str, **preferences: Any) -> "PlaywrightWindow":
        # Playwright's channel speaks BiDi to a Firefox as it is released. The relay starts it.
        environ = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "FIREFOX": program}
        prefs = PREFERENCES | preferences
        how = {"channel": "moz-firefox", "executable_path": RELAY, "env": environ, "firefox_user_prefs": prefs}
        return await cls(playwright.firefox.launch_persistent_context, how).start()

    async def start(self) -> "PlaywrightWindow":
        self._context: BrowserContext = await self._launch(self._profile.name, **self._options, locale="en-GB")
        await self._context.add_init_script(LISTEN)
        self._context.on("console", self._listen)
        self._context.on("weberror", lambda error: self._console.append(str(error.error)))
        self._page: Page = await self._context.new_page()
        await self._page.bring_to_front()  # or keys go nowhere
        return self

    async def open(self, address: str) -> None:
        await self._page.goto("about:blank")
        await self._page.goto(address)

    async def reload(self) -> None:
        await self._page.reload()

    async def restart(self) -> None:
        await self._context.close()
        await self.start()

    async def close(self) -> None:
        await self._context.close()
        self._profile.cleanup()

    async def run(self, function: str, *arguments: Any) -> Any:
        return await self._page.evaluate(f"(arguments) => ({function})(...arguments)", list(arguments))

    async def click(self, selector: str) -> None:
        await self._page.locator(selector).first.click()

    async def press(self, keys: str) -> None:
        await self._page.keyboard.press(keys)

    async def type(self, text: str) -> None:
        await self._page.keyboard.type(text)

    async def resize(self, width: int, height: int) -> None:
        await self._page.set_viewport_size({"width": width, "height": height})

    async def picture(self) -> bytes:
        return await self._page.screenshot(caret="initial")  # hiding it takes a style that the policy forbids

    def consoled(self) -> list[str]:
        return list(self._console)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._console.append(message.text)
