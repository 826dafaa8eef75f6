"""A new version of the page is deployed while an older one is on its way, whose files are gone with that."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.versioned_site import VersionedSite, versioned_site

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


@pytest.mark.parametrize("gone", ["main.js", "words/text.js"])
async def test_a_page_whose_parts_stay_away_says_what_to_do_and_does_not_go_on_loading(
    site: VersionedSite, visitor: Page, gone: str
) -> None:
    body = site.files.pop(f"v/1/{gone}")
    await visit(visitor, site.address)
    await expect(visitor.get_by_role("alert").filter(has_text=NOT_WHOLE)).to_be_visible()
    await asyncio.sleep(1)
    assert site.pages == 2
    site.files[f"v/1/{gone}"] = body
    await visitor.reload()
    await expect_landing(visitor)


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

    del site.files["v/2/words/text.js"]  # on its way, or already gone for version 3
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
