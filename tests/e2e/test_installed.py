"""The page as an app: it can be installed, and its shell opens without a network."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from struct import unpack

import pytest
from playwright.async_api import Page, expect

from local.chat import LocalChat, LocalOptions
from tests.support.browser import PHONE, SITE, NewPage
from tests.support.page_actions import enter, new_link
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

MANIFEST = json.loads((SITE / "manifest.webmanifest").read_text())
KEPT = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const copies = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
  return copies.map(({ url }) => url);
}"""


def shell(site: Path) -> set[str]:
    """Return the paths of index.html and the files it names, but for languages: a page says which one it uses."""
    text = (site / "index.html").read_text()
    named = re.findall(r'\b(?:href|src)="([\w./-]+\.\w+)"', text)
    return {"index.html", *(name for name in named if not re.match(r"languages/(?!en\b)", name))}


async def kept(page: Page) -> set[str]:
    """Return the addresses of all copies that this browser keeps for itself."""
    return set(await page.evaluate(KEPT))


async def expect_kept(page: Page, addresses: set[str]) -> None:
    equal = "async (wanted) => String((await (KEPT)()).sort()) === String(wanted)".replace("KEPT", KEPT)
    await page.wait_for_function(equal, arg=sorted(addresses))


@asynccontextmanager
async def installed(chat: LocalChat, new_page: NewPage) -> AsyncIterator[tuple[Page, TcpProxy, str, str]]:
    """Yield somebody in a room, the proxy to the site, the site's address and the room's link."""
    page, link = await new_page(PHONE, expect_lost_sockets=True, installed=True), new_link()
    async with TcpProxy(chat.gateway.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        await enter(page, address, link, "Ada Lovelace")
        await page.evaluate("navigator.serviceWorker.ready")
        yield page, proxy, address, link


async def test_without_a_network_the_page_opens_from_copies_whose_addresses_hold_no_link(
    chat: LocalChat, new_page: NewPage
) -> None:
    async with installed(chat, new_page) as (page, proxy, address, link):
        copies = {f"{address}/{name}" for name in shell(SITE)}
        await expect_to_become(lambda: kept(page), copies)
        proxy.cut()
        await page.reload()
        await expect(page.get_by_role("button", name="Leave the room")).to_be_visible()
        await expect(page.get_by_role("status").filter(has_text="Connecting")).to_be_visible()
        await page.goto(f"{address}/?from=somewhere#key=nonsense")
        await expect(page.get_by_role("heading", name="anonchat")).to_be_visible()
        proxy.restore()
        await page.goto(f"{address}/{link}")
        await expect(page.get_by_role("button", name="1 here")).to_be_visible()
        await expect_to_become(lambda: kept(page), copies)


async def test_without_a_network_the_page_speaks_the_language_that_was_chosen(
    chat: LocalChat, new_page: NewPage
) -> None:
    async with installed(chat, new_page) as (page, proxy, address, _):
        await page.get_by_role("button", name="Menu").click()
        await page.get_by_role("combobox", name="Language").select_option(label="Deutsch")
        await expect(page.get_by_role("heading", name="Menü")).to_be_visible()

        async def has_german() -> bool:
            return f"{address}/languages/de.js" in await kept(page)

        await expect_to_become(has_german, True)
        proxy.cut()
        await page.reload()
        await expect(page.get_by_role("button", name="Raum verlassen")).to_be_visible()


async def test_where_the_network_takes_all_and_answers_nothing_the_page_opens_from_copies(
    chat: LocalChat, new_page: NewPage
) -> None:
    async with installed(chat, new_page) as (page, proxy, _, _):
        proxy.stall()
        await page.reload(wait_until="commit")
        await expect(page.get_by_role("button", name="Leave the room")).to_be_visible()
        await expect(page.get_by_role("status").filter(has_text="Connecting")).to_be_visible()
        proxy.restore()
        await expect(page.get_by_role("button", name=re.compile("[12] here"))).to_be_visible()


async def test_a_new_version_of_the_page_takes_the_place_of_the_copies(tmp_path: Path, new_page: NewPage) -> None:
    site = tmp_path / "site"
    shutil.copytree(SITE, site)
    async with LocalChat(LocalOptions(site=site)) as chat:
        page = await new_page(PHONE, installed=True)
        await page.goto(chat.http_url)
        await page.evaluate("navigator.serviceWorker.ready")
        before = await kept(page)
        (site / "icon.svg").rename(site / "symbol.svg")
        index = site / "index.html"
        index.write_text(index.read_text().replace('"icon.svg"', '"symbol.svg"'))
        await page.reload()
        await expect_kept(page, before - {f"{chat.http_url}/icon.svg"} | {f"{chat.http_url}/symbol.svg"})


async def test_other_pages_of_the_same_host_are_left_alone(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE, installed=True)
    await page.goto(chat.http_url)
    await page.evaluate("navigator.serviceWorker.ready")
    before = await kept(page)
    await page.goto(f"{chat.http_url}/_local/")
    assert await kept(page) == before


async def test_the_browser_finds_nothing_in_the_way_of_installing_it(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE, installed=True)
    await page.goto(chat.http_url)
    devtools = await page.context.new_cdp_session(page)
    assert (await devtools.send("Page.getAppManifest"))["errors"] == []
    assert (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []


async def test_the_icons_are_as_large_as_the_manifest_says() -> None:
    for icon in MANIFEST["icons"]:
        if icon["type"] == "image/png":
            width, height = unpack(">II", (SITE / icon["src"]).read_bytes()[16:24])
            assert icon["sizes"] == f"{width}x{height}"
