"""Whatever fails before there is anything to see: a sentence, and a way on."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, Route, expect

from local.chat import LocalChat
from tests.support.browser import NewPage
from tests.support.page_actions import enter, expect_in_room, new_link
from tests.support.versioned_site import VersionedSite, versioned_site
from tests.support.waiting import eventually, expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NOT_WHOLE = "A part of this page did not come, does not suit this browser"
PREFIX = "v/1/"
ROOM = "#name=tea%20corner"


def gone(_: bytes) -> web.Response:
    return web.Response(status=404)


def another_language(body: bytes) -> web.Response:
    return web.Response(body=body + b"\n}{", content_type="text/javascript")


def throwing(body: bytes) -> web.Response:
    return web.Response(body=b'throw new Error("broken");\n' + body, content_type="text/javascript")


FAULTS = [gone, another_language, throwing]


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[VersionedSite]:
    async with versioned_site() as site:
        site.deploy("1")
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def new_visitor(browser: Browser) -> AsyncIterator[Callable[[], Awaitable[Page]]]:
    """Open pages whose consoles may say what is wrong, and which keep nothing of what they have loaded."""

    async def open_page(**options: bool) -> Page:
        context = await browser.new_context(service_workers="block", **options)  # type: ignore[arg-type]
        return await context.new_page()

    yield open_page
    for context in browser.contexts:
        await context.close()


def first_view(site: VersionedSite, rel: str) -> list[str]:
    """Return modules that a first view needs, by their paths on the site."""
    return re.findall(rf'rel="{rel}" href="([^"]+)"', site.files["index.html"].decode())


async def visit(page: Page, address: str) -> None:
    """Go there and wait for nothing: the page may load itself anew before this visit is over."""
    await page.evaluate("(address) => { setTimeout(() => { location.href = address; }); }", address)


async def expect_landing(page: Page, button: str = "New room") -> None:
    await expect(page.get_by_role("button", name=button)).to_be_visible()
    await expect(page.get_by_text(NOT_WHOLE)).to_be_hidden()


@pytest.mark.parametrize("every", [pytest.param(7, id="short"), pytest.param(1, id="complete", marks=pytest.mark.long)])
async def test_whichever_module_of_the_first_load_fails_and_however_it_is_said_and_can_be_loaded_again(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]], every: int
) -> None:
    landing, rooms = [f"{PREFIX}main.js", *first_view(site, "modulepreload")], first_view(site, "room")
    assert len(landing) > 5
    assert len(rooms) > 30
    page, names = await new_visitor(), [*landing[::every], *rooms[::every]]
    site.uncached = set(names)
    await page.add_init_script("performance.getEntriesByType = () => [{ type: 'reload' }];")  # so it says it at once
    for number, name in enumerate(names):
        fault = FAULTS[number % len(FAULTS)]
        site.faults = {name: fault}
        await visit(page, f"{site.address}?{number}{'' if name in landing else ROOM}")
        await expect(page.get_by_text(NOT_WHOLE), f"{name}: {fault.__name__}").to_be_visible()
        site.faults = {}
        site.uncached.remove(name)
        await page.get_by_role("button", name="Load it again").click()
        await expect_landing(page, "New room" if name in landing else "Enter the room")


async def test_the_landing_page_asks_for_what_a_room_needs_behind_it_and_for_all_of_it_at_once(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    page, needed = await new_visitor(), first_view(site, "room")
    asked: list[str] = []
    may_come = asyncio.Event()

    async def keep_waiting(route: Route) -> None:
        asked.append(route.request.url.removeprefix(site.address))
        await hold(route, may_come)

    await page.route(re.compile("|".join(map(re.escape, needed))), keep_waiting)
    await visit(page, site.address)
    await expect_landing(page)
    await page.get_by_role("textbox", name="Your name").fill("Ada of a Slow Line")
    await eventually(lambda: set(asked) == set(needed))
    await page.get_by_role("button", name="New room").click()
    await expect(page.get_by_role("status").filter(has_text="Opening the room…")).to_be_visible()
    may_come.set()
    await expect(page.get_by_role("button", name="Leave the room")).to_be_visible()
    assert await page.evaluate("localStorage.getItem('anonchat.alias')") == "Ada of a Slow Line"


async def test_a_link_that_is_put_into_the_address_before_a_room_s_parts_are_there_is_followed(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    page, may_come = await new_visitor(), asyncio.Event()
    await page.route("**/visits.js", lambda route: hold(route, may_come))
    await visit(page, site.address)
    await expect_landing(page)
    await page.evaluate(f"location.hash = '{ROOM}'")
    await expect(page.get_by_role("status").filter(has_text="Opening the room…")).to_be_visible()
    may_come.set()
    await expect(page.get_by_role("heading", name="You are invited to tea corner")).to_be_visible()


async def test_a_room_whose_parts_are_gone_when_somebody_wants_to_enter_loads_the_page_anew(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    page = await new_visitor()
    site.faults = {f"{PREFIX}room.js": gone}
    site.uncached = {f"{PREFIX}room.js"}
    await visit(page, site.address)
    await expect_landing(page)
    site.deploy("2")
    site.pages = 0
    await page.get_by_role("button", name="New room").click()
    await eventually(lambda: site.pages == 1)
    await expect_landing(page)
    await page.get_by_role("button", name="New room").click()
    await expect(page.get_by_role("button", name="Leave the room")).to_be_visible()


async def test_a_browser_without_modules_is_told_so(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    page = await new_visitor()
    await page.add_init_script("delete HTMLScriptElement.prototype.noModule")
    site.files[f"{PREFIX}main.js"] = b""  # as such a browser ignores it
    await visit(page, site.address)
    await expect(page.get_by_text(NOT_WHOLE)).to_be_visible()


async def test_a_browser_without_javascript_is_told_what_it_is_for(site: VersionedSite, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site.address)
    await expect(page.locator("noscript > p")).to_contain_text("This chat needs JavaScript")
    await expect(page.locator("noscript > p")).to_be_visible()
    await context.close()


@pytest.mark.parametrize(
    ("address", "late", "button"), [("", "view/dom.js", "New room"), (ROOM, "words/text.js", "Enter the room")]
)
async def test_where_nothing_comes_for_long_that_is_said_and_taken_back_when_it_does(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]], address: str, late: str, button: str
) -> None:
    page = await new_visitor()
    await page.clock.install()
    comes = asyncio.Event()
    await page.route(f"**/{late}", lambda route: hold(route, comes))
    await visit(page, site.address + address)
    await page.wait_for_url(site.address + address, wait_until="commit")
    await page.clock.run_for(20_000)
    await expect(page.get_by_text(NOT_WHOLE)).to_be_visible()
    comes.set()
    await expect_landing(page, button)


async def hold(route: Route, until: asyncio.Event) -> None:
    await until.wait()
    await route.continue_()


async def test_what_an_earlier_version_has_left_can_be_forgotten_to_start_afresh(
    site: VersionedSite, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    page = await new_visitor()
    site.uncached = {f"{PREFIX}main.js"}
    await page.goto(site.address)
    await expect_landing(page)
    await page.evaluate("localStorage.setItem('anonchat.alias', 'of old'), localStorage.setItem('other', 'app')")
    refused = "if (localStorage.getItem('anonchat.alias')) throw new Error('an earlier version');"
    site.files[f"{PREFIX}main.js"] = refused.encode() + site.files[f"{PREFIX}main.js"]
    await visit(page, f"{site.address}?")
    await page.get_by_role("button", name="Forget everything on this device and start afresh").click()
    await expect_landing(page)
    await expect_to_become(lambda: page.evaluate("Object.keys(localStorage)"), ["other"])


# What is stored and does not suit


async def test_a_stored_name_that_does_not_suit_is_said_and_another_one_can_be_used(
    chat: LocalChat, new_visitor: Callable[[], Awaitable[Page]]
) -> None:
    page = await new_visitor()
    await enter(page, f"{chat.http_url}/", new_link(), "Ada of Yesterday")
    await page.evaluate("localStorage.setItem('anonchat.alias', 'Ada '.repeat(100))")
    await page.reload()
    await expect(page.locator("#alias-measure")).to_have_text("This name is 364 letters too long.")
    await expect(page.get_by_role("alert").filter(has_text="This room did not open.")).to_have_count(0)
    await page.get_by_role("textbox", name="Your name").fill("Ada of Today")
    await page.get_by_role("button", name=re.compile("^Enter")).click()
    await expect_in_room(page)


async def test_what_was_kept_of_a_room_and_does_not_suit_is_left_aside_and_said(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, link = await new_page(), new_link()
    await enter(page, f"{chat.http_url}/", link, "Ada of Yesterday")
    await expect(page.get_by_label("Message", exact=True)).to_be_visible()
    await page.add_init_script(OTHER_NAMES)
    await page.reload()
    await expect(page.locator("#notice")).to_contain_text("does not suit this version of the page")
    await expect_in_room(page)


# Lists of names are something else in another version.
OTHER_NAMES = """{
  const { parse } = JSON;
  JSON.parse = (text, ...more) => (text.startsWith("[[") ? 7 : parse(text, ...more));
}"""


# A database that says nothing


async def test_a_database_that_never_answers_is_done_without_and_that_is_said(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page()
    await page.clock.install()
    await page.add_init_script("IDBFactory.prototype.open = () => ({});")
    await page.goto(f"{chat.http_url}/{new_link()}")
    await page.get_by_role("textbox", name="Your name").fill("Ada of No Database")
    await page.get_by_role("button", name="Enter the room").click()
    await expect(page.get_by_text("Opening the room…")).to_be_visible()
    await page.clock.run_for(5000)
    await expect_in_room(page)
    await expect(page.locator("#notice")).to_contain_text("This browser keeps no key for the page")
