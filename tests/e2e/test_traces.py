"""What a visit leaves on a device: of a room that is not to be remembered nothing, of a forgotten one neither."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from anonchat_client import Room
from local.chat import LocalChat
from tests.support import held_encryption
from tests.support.browser import DESKTOP, NewPage
from tests.support.device import on_device, traces_of
from tests.support.dialogs import button
from tests.support.landing import leave, open_new_room, recent, title
from tests.support.manual_server import ADDRESS, ALIAS, ManualServer, open_page_at, write, write_one
from tests.support.page_actions import composer, enter, expect_in_room, expect_texts, new_link, text_of, wait_until
from tests.support.waiting import WAIT_SECONDS, eventually, expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NAME = "teapots nobody is to know of"


@pytest.fixture
def named() -> ManualServer:
    """Return a server with a room whose name somebody may type."""
    server = ManualServer()
    server.link = f"#name={NAME.replace(' ', '+')}"
    server.room = Room.from_link(server.link)
    server.bjorns_alias = server.room.seal_alias(server.bjorn, "Björn Borg")
    return server


async def kept_beside_the_tab(page: Page) -> list[object]:
    found = await on_device(page)
    return [list(found["kept"]), found["databases"], found["copies"], found["cookies"]]


async def handle(page: Page) -> str:
    return await text_of(page.locator("#people-list .person:has(.you:not([hidden])) .handle"))


async def test_a_visit_that_is_not_to_be_remembered_survives_a_reload_and_leaves_nothing(
    new_page: NewPage, named: ManualServer
) -> None:
    page = await open_page_at(new_page, named)
    await enter(page, ADDRESS, named.link, ALIAS)
    named.send(named.message(10, "Some of Björn's words"))
    await expect_texts(page, ["Some of Björn's words"])
    await mute_bjorn(page, named)
    sent = await write_one(page, named, "words that wait")
    await composer(page).fill("half a thought")
    await page.clock.run_for(1000)
    await eventually_kept(page, "tab", "draft", "outbox", "muted", "names", "signer")
    await expect_to_become(lambda: kept_beside_the_tab(page), [["anonchat.alias"], {}, [], ""])
    await expect_to_become(
        lambda: traces_of(page, NAME, "half a thought", "words that wait", "Björn", "privateKey"), {}
    )

    me = await handle(page)
    await page.reload()
    await expect_in_room(page)
    await eventually(lambda: named.sends[-1]["client"] == sent["client"] and len(named.sends) > 1)
    await expect(composer(page)).to_have_value("half a thought")
    await expect_texts(page, ["words that wait"])  # and nothing of Björn's, who is muted
    assert await handle(page) == me

    await page.evaluate("history.back()")
    await expect(page.locator("#notice")).to_contain_text(
        "1 message waits to be sent, and this room is not remembered."
    )
    await expect(page).to_have_url(re.compile("#name="))
    await expect(composer(page)).to_have_value("half a thought")
    await leave(page)
    after = await on_device(page)
    assert [list(after["kept"]), after["tab"], after["databases"]] == [["anonchat.alias"], {}, {}]
    await expect_to_become(lambda: traces_of(page, NAME, named.room.id, me), {})
    await page.goto(f"{ADDRESS}{named.link}")
    await expect(button(page, f"Enter as {ALIAS}")).to_be_visible()


async def test_what_is_pushed_off_the_list_is_forgotten_whole(new_page: NewPage, server: ManualServer) -> None:
    page = await open_page_at(new_page, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    await write_one(page, server, "words that wait")
    await wait_until(page, KEPT % "names")
    await leave(page)
    assert set(await traces_of(page, server.room.id)) == {"kept", "databases"}
    # Nineteen others were visited since, by an older version of the page, which has kept no ids.
    others = [{"fragment": new_link()[1:], "title": f"Room {number}", "at": number} for number in range(19)]
    await page.evaluate(
        """(others) => {
          const list = "anonchat.recent";
          localStorage[list] = JSON.stringify([...others, ...JSON.parse(localStorage[list])]);
          localStorage[`anonchat.${"B".repeat(22)}.names`] = "of a room that an older version has pushed off";
        }""",
        others,
    )
    await page.reload()
    await expect(recent(page).get_by_role("link")).to_have_count(20)
    await wait_until(page, "!Object.keys(localStorage).some((key) => key.includes('BBBB'))")
    assert set(await traces_of(page, server.room.id)) == {"kept", "databases"}
    await button(page, "New room").click()
    await expect_in_room(page)
    await eventually_gone(page, server.room.id)


async def test_what_is_being_sealed_for_a_forgotten_room_does_not_come_back(
    new_page: NewPage, server: ManualServer
) -> None:
    page = await held_encryption.enter_prepared(new_page, server)
    server.send(server.message(10, "hello"))
    await expect_texts(page, ["hello"])
    await wait_until(page, KEPT % "names")
    await held_encryption.hold(page)
    await mute_bjorn(page, server)
    await composer(page).fill("half a thought")
    await page.clock.run_for(1000)
    await write(page, "words that wait")
    await wait_until(page, "window.held.length >= 3")
    await button(page, "Menu").click()
    await button(page, "Forget this room on this device").click()
    await button(page, "Forget it now").click()
    await expect(button(page, "New room")).to_be_visible()
    assert await held_encryption.free(page) >= 3
    await eventually_gone(page, server.room.id)


async def test_the_landing_page_follows_what_another_tab_enters_and_forgets(chat: LocalChat, new_page: NewPage) -> None:
    here = await new_page(DESKTOP)
    await here.goto(chat.http_url)
    await expect(button(here, "New room")).to_be_visible()
    there = await here.context.new_page()
    await open_new_room(there, chat.http_url, "Ada of Traces")
    called, third = await title(there), await here.context.new_page()
    await expect(recent(here).get_by_role("link")).to_have_text([called])
    await third.goto(there.url)
    await expect_in_room(third)
    await button(here, f"Forget {called}").click()
    await button(here, "Forget it?").click()
    for page in (there, third):
        await expect(button(page, "New room")).to_be_visible()
        await expect(recent(page)).to_be_hidden()
    assert [key for key in (await on_device(here))["kept"] if key.count(".") > 1] == []
    await open_new_room(there, chat.http_url, "Ada of Traces")
    await button(there, "Menu").click()
    await expect(recent(here).get_by_role("link")).to_have_count(1)
    await button(there, "Forget this room on this device").click()
    await button(there, "Forget it now").click()
    await expect(recent(here)).to_be_hidden()


async def test_a_question_whether_to_forget_is_asked_no_more_after_anything_else(
    new_page: NewPage, server: ManualServer
) -> None:
    page = await open_page_at(new_page, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    called = await title(page)
    await leave(page)
    forget, sure = button(page, f"Forget {called}"), button(page, "Forget it?")
    everything, now = button(page, "Forget everything on this device"), button(page, "Forget everything")
    for ask, armed in ((forget, sure), (everything, now)):
        for elsewhere in (
            page.keyboard.press("Escape"),
            page.get_by_label("Room name").focus(),
            page.get_by_role("heading", name="anonchat").click(),
            page.clock.run_for(61_000),
            page.evaluate("document.activeElement.blur()"),
        ):
            await ask.click()
            await expect(armed).to_be_visible()
            await elsewhere
            await expect(armed).to_have_count(0)
            await expect(ask).to_be_visible()
    await forget.click()
    await everything.click()
    await expect(sure).to_have_count(0)
    await button(page, "Keep it").click()
    await everything.click()
    await expect(now).to_be_visible()
    await recent(page).get_by_role("link").click()
    await expect_in_room(page)
    await button(page, "Menu").click()
    await button(page, "Forget this room on this device").click()
    await page.get_by_label("Dark").check()
    await expect(button(page, "Forget it now")).to_be_hidden()
    await page.keyboard.press("Escape")
    await leave(page)
    await expect(everything).to_be_visible()
    await forget.click()
    await sure.click()
    await expect(recent(page)).to_be_hidden()


KEPT = "Object.keys(localStorage).some((key) => key.endsWith('.%s'))"


async def mute_bjorn(page: Page, server: ManualServer) -> None:
    server.send(
        {"type": "presence", "online": 2, "joined": [{"id": "other", "alias": server.bjorns_alias}], "left": []}
    )
    await button(page, "Mute Björn Borg").click()


async def eventually_gone(page: Page, room: str) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while await traces_of(page, room) != {}:
            await asyncio.sleep(0.05)


async def eventually_kept(page: Page, storage: str, *items: str) -> None:
    """Wait until a storage has items of these names."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not set(items) <= {key.split(".")[2] for key in (await on_device(page))[storage] if key.count(".") > 1}:
            await asyncio.sleep(0.05)
