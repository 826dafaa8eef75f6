"""The engines that draw the page in tests, and which of them are there."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright

from scripts import ROOT
from tests.support.engines.playwright_window import PlaywrightWindow
from tests.support.engines.webkit_window import WebKitWindow
from tests.support.engines.window import Window

ENGINES = ("chromium", "firefox", "webkit")


def program(engine: str) -> str:
    """Return the path of the program; skip the test, with the script's sentence, where there is none."""
    found = subprocess.run([ROOT / "scripts/setup/browser", "--find", engine], capture_output=True, text=True)
    if found.returncode:
        pytest.skip(found.stderr.strip())
    return found.stdout.strip()


@asynccontextmanager
async def open_window(engine: str) -> AsyncIterator[Window]:
    """Start a browser of this engine; end it, and remove its profile, whatever happens."""
    path = program(engine)
    async with async_playwright() as playwright:
        match engine:
            case "chromium":
                window: Window = await PlaywrightWindow.chromium(playwright, path)
            case "firefox":
                window = await PlaywrightWindow.firefox(playwright, path)
            case _:
                window = await WebKitWindow(path).start()
        try:
            yield window
        finally:
            await window.close()
