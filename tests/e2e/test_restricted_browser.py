"""Where the browser gives less than the page would like: no storage, no encryption, a frame around it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, async_playwright, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, NewPage, chromium
from tests.support.dialogs import button
from tests.support.landing import leave, open_new_room, recent, title, your_name
from tests.support.page_actions import expect_sent, expect_texts, messages, new_link, say
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ENVIRON = {"ALLOWED_ORIGINS": "http://chat.example"}  # by which name one test reaches this machine


@pytest.mark.parametrize("how", ["absent", "closed", "full"])
async def test_without_storage_the_page_works_for_as_long_as_it_lives(
    chat: LocalChat, new_page: NewPage, how: str
) -> None:
    page = await new_page(DESKTOP)
    await page.add_init_script(BLOCKED[how])
    await open_new_room(page, chat.http_url, "Ada of Rooms")
    await say(page, "nothing of this is kept here")
    await expect(page.locator("#notice")).to_contain_text("This browser keeps nothing for the page")
    await expect_sent(page, 1)
    await expect(messages(page)).to_have_class(re.compile("mine"))
    called = await title(page)
    await leave(page)
    await expect(your_name(page)).to_have_value("Ada of Rooms")
    if how != "full":
        await expect(recent(page).get_by_role("link")).to_have_text([called])
    await page.go_back()
    await expect_texts(page, ["nothing of this is kept here"])
    await expect(messages(page)).to_have_class(re.compile("mine"))


KEYS = """() => new Promise((resolve) => {
  indexedDB.open("anonchat").onsuccess = ({ target: { result } }) => {
    const keys = result.transaction("identities").objectStore("identities").count();
    keys.onsuccess = () => (result.close(), resolve(keys.result));
  };
})"""
_NO_DATABASE = "IDBFactory.prototype.open = () => { throw new DOMException('closed', 'SecurityError'); };"
BLOCKED = {
    "absent": f"delete window.localStorage; delete window.sessionStorage; {_NO_DATABASE}",
    "closed": f"""for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, {{ get() {{ throw new DOMException("closed", "SecurityError"); }} }});
      {_NO_DATABASE}""",
    "full": f"""Storage.prototype.setItem = () => {{ throw new DOMException("full", "QuotaExceededError"); }};
      {_NO_DATABASE}""",
}


async def test_who_forgets_a_room_sees_that_it_takes_its_time_where_the_database_does_not_answer(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page(DESKTOP)
    await page.clock.install()
    await open_new_room(page, chat.http_url, "Ada of Patience")
    await expect_to_become(lambda: page.evaluate(KEYS), 1)
    await page.evaluate(
        """() => {
          IDBFactory.prototype.databases = () => new Promise(() => {});
          IDBFactory.prototype.open = () => ({});
        }"""
    )
    await button(page, "Menu").click()
    await button(page, "Forget this room on this device").click()
    await button(page, "Forget it now").click()
    await expect(page.get_by_text("Forgetting…")).to_be_visible()
    await page.clock.run_for(5000)
    await expect(button(page, "New room")).to_be_visible()
    await expect(page.get_by_text("Forgetting…")).to_be_hidden()
    await expect(page.get_by_role("alert").filter(has_text="Your keys may still be on this device")).to_be_visible()
    await page.reload()  # as it says there
    await page.wait_for_function(f"async () => (await ({KEYS})()) === 0")


@pytest_asyncio.fixture(loop_scope="module")
async def elsewhere() -> AsyncIterator[Browser]:
    """Open a browser that takes this machine for chat.example: a host without https, and not the browser's own."""
    async with async_playwright() as playwright:
        rules = "--host-resolver-rules=MAP chat.example 127.0.0.1"
        browser = await playwright.chromium.launch(executable_path=chromium(), args=[rules])
        yield browser
        await browser.close()


async def test_without_encryption_the_page_refuses_and_names_the_https_address(
    chat: LocalChat, elsewhere: Browser
) -> None:
    page = await elsewhere.new_page()
    sockets: list[object] = []
    complaints: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    port, fragment = chat.gateway.port, new_link()
    await page.goto(f"http://chat.example:{port}/{fragment}")
    await expect(page.get_by_role("heading", name="This address is not safe to chat on")).to_be_visible()
    secure = f"https://chat.example:{port}/{fragment}"
    await expect(page.get_by_role("link", name=secure)).to_have_attribute("href", secure)
    await expect(page.get_by_role("textbox")).to_have_count(0)
    assert sockets == []
    assert complaints == []
    assert json.loads(await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")) == {}


async def test_the_page_does_not_run_inside_somebody_elses(chat: LocalChat, new_page: NewPage) -> None:
    page, address = await new_page(), f"{chat.http_url}/{new_link()}"
    async with site(f'<!doctype html><iframe src="{address}" width="800" height="600"></iframe>') as trap:
        await page.goto(trap)
        inside = page.frame_locator("iframe")
        await expect(inside.get_by_text("It is shown inside another page")).to_be_visible()
        await expect(inside.locator("#refusal-link")).to_have_attribute("href", address)
        await expect(inside.get_by_role("button")).to_have_count(0)


@asynccontextmanager
async def site(page: str) -> AsyncIterator[str]:
    """Serve another site on this machine, of one page. Yield its address."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()
