"""For who may be looked at: to leave and forget in one tap, the quick exit, and keys that are explained."""

import pytest
from playwright.async_api import Page, Route, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.dialogs import button
from tests.support.manual_server import ADDRESS, ALIAS, ManualServer, open_page_at, write
from tests.support.page_actions import (
    composer,
    enter,
    expect_in_room,
    expect_texts,
    log,
    new_link,
    set_hidden,
    wait_until,
)
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HARMLESS = "https://www.wikipedia.org/"
ALWAYS = "Quick exit beside the menu, and by Esc three times"
# What is on the device of any room. (A page that has been left may still be deleting its keys.)
LEFT = """async () => {
  const names = [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => /[.].+[.]/.test(name));
  const recent = localStorage.getItem("anonchat.recent");
  const databases = await indexedDB.databases();
  const keys = await Promise.all(databases.map(({ name }) => new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => {
      const database = opening.result;
      const stores = [...database.objectStoreNames];
      if (!stores.length) { database.close(); return resolve(0); }
      const counting = database.transaction(stores).objectStore(stores[0]).count();
      counting.onsuccess = () => { database.close(); resolve(counting.result); };
    };
  })));
  return [...names, ...(recent ? [recent] : []), ...keys.filter(Boolean)];
}"""


async def serve_harmless(page: Page) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(body="<!doctype html><title>An encyclopedia</title>", content_type="text/html")

    await page.context.route(f"{HARMLESS}**", answer)


async def turn_on(page: Page) -> None:
    await button(page, "Menu").click()
    await page.get_by_label(ALWAYS).check()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_leave_and_forget_leaves_nothing_of_the_room_and_says_so(new_page: NewPage, server: ManualServer) -> None:
    page = await open_page_at(new_page, server, PHONE)
    await enter(page, ADDRESS, server.link, ALIAS)
    server.send(server.message(10, "hello"))
    await expect_texts(page, ["hello"])
    await composer(page).fill("half a thought")
    await page.clock.run_for(1000)
    await page.get_by_role("button", name="Send").click()
    await composer(page).fill("half a thought")
    await page.clock.run_for(1000)
    assert await page.evaluate(LEFT) != []
    await button(page, "Menu").click()
    await button(page, "Leave and forget").click()
    await expect(page.get_by_text("You have left the room, and it is forgotten on this device")).to_be_visible()
    await expect(button(page, "New room")).to_be_visible()
    await expect_to_become(lambda: page.evaluate(LEFT), [])
    assert server.link not in page.url
    await enter(page, ADDRESS, server.link, ALIAS)
    await expect(composer(page)).to_have_value("")
    await button(page, "Leave the room").click()
    await expect(page.get_by_text("You have left the room, and")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "key"])
async def test_the_quick_exit_shows_another_page_forgets_the_room_and_the_way_back_leads_elsewhere(
    chat: LocalChat, new_page: NewPage, way: str
) -> None:
    page, link = await new_page(DESKTOP, expect_lost_sockets=True), new_link()
    await serve_harmless(page)
    await enter(page, f"{chat.http_url}/", link, "Ada Lovelace")
    await expect(button(page, "Quick exit")).to_have_count(0)
    await turn_on(page)
    await button(page, "Leave the room").click()
    await page.get_by_role("region", name="Rooms on this device").get_by_role("link").click()
    await expect_in_room(page)
    if way == "button":
        await button(page, "Quick exit").click()
    else:
        for _ in range(3):
            await page.keyboard.press("Escape")
    await page.wait_for_url(HARMLESS)
    await expect(page).to_have_title("An encyclopedia")
    await page.go_back()
    if page.url.startswith(chat.http_url):  # the start page, where one was before it was switched on
        assert link not in page.url
        await expect(page.locator("#room")).to_be_hidden()
        await expect(page.get_by_text("Ada Lovelace")).to_have_count(0)
    there = await page.context.new_page()
    await there.goto(chat.http_url)
    await expect(button(there, "New room")).to_be_visible()
    await expect_to_become(lambda: there.evaluate(LEFT), [])


async def test_three_times_escape_does_nothing_for_who_has_not_switched_it_on_or_takes_their_time(
    new_page: NewPage, server: ManualServer
) -> None:
    page = await open_page_at(new_page, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    await expect(page.locator("link[href='later.css'][rel=stylesheet]")).to_have_count(1)
    for _ in range(3):
        await page.keyboard.press("Escape")
    await turn_on(page)
    for key in ("a", "Escape", "Escape", "a", "Escape", "Escape"):
        await page.keyboard.press(key)
    await write(page, "still here")
    await expect_texts(page, ["still here"])
    assert await page.evaluate("document.documentElement.hidden") is False


async def test_keys_are_explained_to_who_asks_but_a_question_mark_can_be_written(
    new_page: NewPage, server: ManualServer
) -> None:
    page = await open_page_at(new_page, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    keys = page.get_by_role("dialog", name="Keys and commands")
    await button(page, "Menu").click()
    await button(page, "Keys and commands").click()
    await expect(keys).to_contain_text("/nick Ada")
    await page.keyboard.press("Escape")
    await expect(button(page, "Menu")).to_be_focused()
    for key, focus in (("F1", composer(page)), ("Control+/", composer(page)), ("?", log(page))):
        await focus.focus()
        await page.keyboard.press(key)
        await expect(keys).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(keys).to_be_hidden()
        await expect(focus).to_be_focused()
    await composer(page).press("?")
    await expect(composer(page)).to_have_value("?")
    await button(page, "Share").focus()
    await page.keyboard.press("?")
    await expect(keys).to_be_hidden()


NOTE = """() => {
  window.notified = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { body }) { window.notified.push([title, body]); }
    close() {}
  };
}"""


async def test_a_notification_shows_words_to_who_wants_them_only(new_page: NewPage, server: ManualServer) -> None:
    page = await open_page_at(new_page, server)
    await page.evaluate(NOTE)
    await enter(page, ADDRESS, server.link, ALIAS)
    await button(page, "Menu").click()
    await expect(page.get_by_label("Show in it what was written")).to_be_disabled()
    await page.get_by_label("Show a notification").check()
    await expect(page.get_by_label("Show in it what was written")).not_to_be_checked()
    await page.keyboard.press("Escape")
    await set_hidden(page, True)
    server.send(server.message(10, "a secret"))
    await wait_until(page, "window.notified.length === 1")
    assert await page.evaluate("window.notified") == [["New message from Björn Borg", ""]]
    await set_hidden(page, False)
    await button(page, "Menu").click()
    await page.get_by_label("Show in it what was written").check()
    await page.keyboard.press("Escape")
    await set_hidden(page, True)
    server.send(server.message(20, "שלום\nno secret"))
    await wait_until(page, "window.notified.length === 2")
    assert (await page.evaluate("window.notified"))[1] == ["New message from Björn Borg", "שלום\nno secret"]


async def test_the_menu_says_what_leaving_at_once_cannot_do(new_page: NewPage, server: ManualServer) -> None:
    page = await open_page_at(new_page, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    await button(page, "Menu").click()
    section = page.get_by_role("region", name="Leave at once")
    for limit in ("browser’s history still lists this page", "whoever runs your network", "what others have stays"):
        await expect(section).to_contain_text(limit)
    await expect(section).to_contain_text("asks nothing")
