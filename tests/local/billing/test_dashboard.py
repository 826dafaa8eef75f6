"""The page /_local/ and the JSON behind it."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from playwright.async_api import async_playwright, expect

from local.billing.dashboard import dashboard_routes
from local.billing.meter import Meter
from tests.support.browser import chromium

BILLING = Path(__file__).parents[3] / "local/billing"
PAGES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}


class Site:
    """The dashboard on a port of its own."""

    def __init__(self, inspect: Any) -> None:
        self.meter = Meter()
        app = web.Application()
        app.add_routes(dashboard_routes(self.meter, inspect))
        self.runner = web.AppRunner(app)

    async def __aenter__(self) -> "Site":
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        self.session = ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self.runner.cleanup()

    async def get(self, path: str, **options: Any) -> Any:
        response = await self.session.get(self.url + path, **options)
        await response.read()
        return response


def quiet() -> dict[str, Any]:
    return {"connections": 0, "rooms": {}}


async def test_the_json_is_a_snapshot_with_connections_and_rooms() -> None:
    async with Site(lambda: {"connections": 3, "rooms": {"a": 2, "b": 1}}) as site:
        site.meter.message_in("send", 10)
        shown = await (await site.get("/_local/meter")).json()
    assert shown["routes"]["send"]["messagesIn"] == 1
    assert shown["total"]["dollars"]["total"] == pytest.approx(1e-6)
    assert (shown["connections"], shown["rooms"]) == (3, {"a": 2, "b": 1})


async def test_whoever_inspects_may_take_time() -> None:
    async def inspect() -> dict[str, Any]:
        return {"connections": 1, "rooms": {}}

    async with Site(inspect) as site:
        assert (await (await site.get("/_local/meter")).json())["connections"] == 1


async def test_an_inspection_that_takes_long_is_not_made_for_every_poll() -> None:
    asked = []

    async def inspect() -> dict[str, Any]:
        asked.append(1)
        await asyncio.sleep(0.05)
        return {"connections": len(asked), "rooms": {}}

    async with Site(inspect) as site:
        shown = [(await (await site.get("/_local/meter")).json())["connections"] for _ in range(5)]
    assert shown[0] == 1
    assert len(asked) < 5


async def test_only_numbers_of_what_was_inspected_get_out() -> None:
    seen = {"connections": 1, "rooms": {"a": 1}, "aliases": ["Ann"], "texts": ["secret"]}
    async with Site(lambda: seen) as site:
        text = await (await site.get("/_local/meter")).text()
    assert "Ann" not in text
    assert "secret" not in text


async def test_the_page_and_what_it_needs_are_served_under_a_strict_policy() -> None:
    async with Site(quiet) as site:
        for path, kind in [
            ("/_local/", "text/html"),
            ("/_local/dashboard.css", "text/css"),
            ("/_local/dashboard.js", "text/javascript"),
            ("/_local/prices.json", "application/json"),
            ("/_local/meter", "application/json"),
        ]:
            response = await site.get(path)
            assert (response.status, response.content_type) == (200, kind), path
            assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert response.headers["Cache-Control"] == "no-store"


async def test_the_address_without_its_slash_leads_to_the_page() -> None:
    async with Site(quiet) as site:
        response = await site.get("/_local", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (302, "/_local/")


def test_the_page_loads_nothing_from_elsewhere_and_writes_text_only() -> None:
    source = "".join((BILLING / f"dashboard.{ending}").read_text() for ending in PAGES)
    assert not re.search(r"https?:|(?<!:)//[a-z]|innerHTML|outerHTML|insertAdjacent|document\.write", source)
    page = (BILLING / "dashboard.html").read_text()
    assert not re.search(r"<script(?![^>]*src)|<style|\sstyle=|\son\w+=", page)


def test_every_element_the_script_writes_to_is_on_the_page() -> None:
    wanted = set(re.findall(r'element\("([\w-]+)"\)', (BILLING / "dashboard.js").read_text()))
    assert wanted <= set(re.findall(r'id="([\w-]+)"', (BILLING / "dashboard.html").read_text()))


@pytest.mark.browser
async def test_the_page_shows_the_meter_live() -> None:
    seen = {"connections": 2, "rooms": {"<b>den</b>": 2}}
    async with Site(lambda: seen) as site, async_playwright() as playwright:
        site.meter.message_in("send", 10)
        browser = await playwright.chromium.launch(executable_path=chromium())
        page = await browser.new_page(viewport={"width": 360, "height": 800})
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        await page.goto(f"{site.url}/_local/")
        await expect(page.locator("#dollars")).to_have_text("$0.000001")
        await expect(page.locator("#connections")).to_have_text("2")
        await expect(page.locator("#rooms tr")).to_have_text(["<b>den</b>2"])
        await expect(page.locator("#prices")).to_contain_text("us-east-1")
        for _ in range(11):
            site.meter.message_out("send", 10)
        seen["connections"] = 3
        await expect(page.locator("#dollars")).to_have_text("$0.000012")
        await expect(page.locator("#connections")).to_have_text("3")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert troubles == []
        await browser.close()
