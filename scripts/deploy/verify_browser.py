"""One person in a real browser: enters a new room, says something, and hears it come back."""

from __future__ import annotations

import asyncio
import re
import secrets
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from anonchat_client.proxies import proxy_for
from scripts import ROOT
from scripts.deploy.traffic import Traffic
from scripts.deploy.verify_report import Finding, failed, look, ok

if TYPE_CHECKING:
    from playwright.async_api import Page, ProxySettings, WebSocket

STEP_MS = 30_000  # for one step; a function that starts cold behind a far site takes a few seconds
TEXT = "make verify was here"
BY_HAND = "open the page yourself and say something"


async def try_browser(site: str, traffic: Traffic) -> Finding:
    """Use the page at `site` as a person does, if this machine has a browser and Playwright."""
    try:
        import playwright.async_api as playwright
    except ImportError:
        return look("browser", f"not tried: Playwright is not installed here (make check installs it). {BY_HAND}")
    browser = find_browser()
    if not browser:
        return look("browser", f"not tried: there is no Chrome or Chromium on this machine. {BY_HAND}")
    steps = ["starting the browser"]
    try:
        async with playwright.async_playwright() as driver:
            process = await driver.chromium.launch(executable_path=browser, proxy=_proxy(site))
            page = await process.new_page()
            page.set_default_timeout(STEP_MS)
            page.on("websocket", lambda socket: _count(socket, traffic))
            seconds = await _talk(page, site, steps.append)
            await process.close()
    except playwright.Error as failure:
        why = str(failure).partition("\n")[0].strip().rstrip(".:")
        return failed("browser", f"stuck at {steps[-1]} ({why}): {BY_HAND}, with the browser's console open")
    return ok("browser", f"a new room was entered in Chromium, and a message there was back after {seconds:.1f} s")


def find_browser() -> str:
    """Return the path of a browser of this machine, "" if there is none."""
    found = subprocess.run([str(ROOT / "scripts/setup/browser"), "--find"], capture_output=True, text=True)
    return found.stdout.strip()


async def _talk(page: Page, site: str, begin: Callable[[str], None]) -> float:
    """Return the seconds from sending a message until it was acknowledged. `begin` is told what is tried next."""
    begin("opening the page")
    await page.goto(f"{site}#key={secrets.token_urlsafe(16)}")
    begin("entering a room")
    await page.get_by_role("textbox", name="Your name").fill("Verify")
    await page.get_by_role("button", name="Enter the room").click()
    await page.get_by_role("button", name=re.compile(r"[1-9]\d* here")).wait_for()
    begin("saying something")
    await page.get_by_label("Message", exact=True).fill(TEXT)
    clock = asyncio.get_running_loop()
    sent = clock.time()
    await page.get_by_role("button", name="Send").click()
    await page.locator("li[data-kind=message][data-state=sent]").wait_for()
    return clock.time() - sent


def _proxy(site: str) -> ProxySettings | None:
    """Return the shell's proxy for the site as Playwright wants it: a browser takes no password in its address."""
    proxy = proxy_for(site)
    if proxy is None:
        return None
    parts = urlsplit(proxy)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return {"server": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", "username": user, "password": password}


def _count(socket: WebSocket, traffic: Traffic) -> None:
    def sent(frame: object) -> None:
        traffic.sent += 1

    def received(frame: object) -> None:
        traffic.received += 1

    traffic.sockets += 1
    socket.on("framesent", sent)
    socket.on("framereceived", received)
