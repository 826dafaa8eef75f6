"""A new version of the page is deployed while an older one is on its way, whose files are gone with that."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.manual_server import write
from tests.support.page_actions import messages, new_link, set_hidden
from tests.support.versioned_site import VersionedSite, versioned_site
from tests.support.waiting import WAIT_SECONDS, eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });"""
NOT_WHOLE = "A part of this page did not come"  # and what else may be wrong


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[VersionedSite]:
    async with versioned_site() as site:
        site.deploy("1")
        yield site


@pytest_asyncio.fixture(loop_scope="module", params=["", NO_STORAGE], ids=["storage", "no storage"])
async def visitor(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Open a page whose console may say what is gone."""
    context = await browser.new_context(service_workers="block")
    await context.add_init_script(request.param)
    yield await context.new_page()
    await context.close()


async def visit(page: Page, address: str) -> None:
    """Go there and wait for nothing: the page may load itself anew before this visit is over."""
    await page.evaluate("(address) => { setTimeout(() => { location.href = address; }); }", address)


async def expect_landing(page: Page, button: str = "New room") -> None:
    await expect(page.get_by_role("button", name=button)).to_be_visible()
    await expect(page.get_by_text(NOT_WHOLE)).to_be_hidden()


async def test_a_page_whose_parts_are_gone_loads_itself_anew_once_and_is_there(
    site: VersionedSite, visitor: Page
) -> None:
    site.stale.append(site.files["index.html"])
    site.deploy("2")
    await visit(visitor, f"{site.address}#name=tea%20corner")
    await expect_landing(visitor, "Enter the room")
    assert site.pages == 2
    assert visitor.url.endswith("#name=tea%20corner"), "the link is still what it was"


@pytest.mark.parametrize(
    ("gone", "address", "button"),
    [("main.js", "", "New room"), ("words/text.js", "#name=tea%20corner", "Enter the room")],
)
async def test_a_page_whose_parts_stay_away_says_what_to_do_and_does_not_go_on_loading(
    site: VersionedSite, visitor: Page, gone: str, address: str, button: str
) -> None:
    body = site.files.pop(f"v/1/{gone}")
    await visit(visitor, site.address + address)
    await expect(visitor.get_by_role("alert").filter(has_text=NOT_WHOLE)).to_be_visible()
    await asyncio.sleep(1)
    assert site.pages == 2
    site.files[f"v/1/{gone}"] = body
    await visitor.reload()
    await expect_landing(visitor, button)


async def test_the_worker_keeps_a_version_whole_whatever_is_deployed_and_lost_meanwhile(
    site: VersionedSite, browser: Browser
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(site.address)
    await page.evaluate("navigator.serviceWorker.ready")
    await expect_landing(page)

    site.stale.append(site.files["index.html"])  # the page of version 1, and none of its parts
    site.deploy("2")
    await page.goto(site.address)
    await expect_landing(page)
    assert site.pages == 3, "the worker's own visit, and one for each of ours"

    del site.files["v/2/view/dom.js"]  # on its way, or already gone for version 3
    await page.reload()
    await expect(page.get_by_text(NOT_WHOLE)).to_be_visible()
    site.down = True
    await page.reload()
    await expect_landing(page)
    versions = await page.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => name.match(/v.(.)/)?.[1])"
    )
    assert set(versions) - {None} == {"1"}
    await context.close()


# A page that is open


OFFER = "A new version of this page is here."


async def come_back(page: Page) -> None:
    await set_hidden(page, True)
    await set_hidden(page, False)


async def come_back_until(page: Page, site: VersionedSite, pages: int) -> None:
    """Come back until the page was fetched so often: it may not listen yet, and looks once a minute at the most."""
    async with asyncio.timeout(WAIT_SECONDS):
        while site.pages < pages:
            await come_back(page)
            await asyncio.sleep(0.05)


async def test_a_page_that_is_open_offers_the_new_version_to_who_comes_back_and_forces_nothing(
    site: VersionedSite, visitor: Page
) -> None:
    await visitor.clock.install()
    await visitor.goto(site.address)
    await expect_landing(visitor)
    await come_back_until(visitor, site, 2)
    site.files["index.html"], page = b"<title>Log in to our network</title>", site.files["index.html"]
    await visitor.clock.run_for(60_000)
    await come_back_until(visitor, site, 3)
    site.files["index.html"] = page
    await visitor.clock.run_for(60_000)
    await come_back_until(visitor, site, 4)
    await expect(visitor.get_by_text(OFFER)).to_have_count(2)
    await expect(visitor.get_by_text(OFFER).first).to_be_hidden()

    site.deploy("2")
    await come_back(visitor)  # too soon after the last look
    await visitor.clock.run_for(60_000)
    await come_back(visitor)
    await expect(visitor.get_by_text(OFFER).first).to_be_visible()
    assert site.pages == 5
    await visitor.get_by_role("button", name="Load it").click()
    await expect_landing(visitor)
    await expect(visitor.get_by_text(OFFER).first).to_be_hidden()
    loaded = "document.querySelector('script[type=module]').src"
    assert await visitor.evaluate(loaded) == f"{site.address}v/2/main.js"


async def test_words_that_wait_are_not_lost_to_a_new_version(site: VersionedSite, visitor: Page) -> None:
    await visitor.goto(f"{site.address}{new_link()}")
    await visitor.get_by_role("textbox", name="Your name").fill("Ada of Yesterday")
    await visitor.get_by_role("button", name="Enter the room").click()
    await write(visitor, "it waits for a connection")
    await expect(messages(visitor)).to_have_attribute("data-state", "sending")
    site.deploy("2")
    await come_back(visitor)
    await visitor.get_by_role("button", name="Load it").click()
    if await visitor.evaluate(NOTHING_IS_KEPT):
        await expect(visitor.locator("#notice")).to_contain_text("Send what you have written first")
        assert site.pages == 2
    else:
        await eventually(lambda: site.pages == 3)
    await expect(messages(visitor)).to_contain_text("it waits for a connection")


NOTHING_IS_KEPT = "(() => { try { return !window.localStorage; } catch { return true; } })()"
