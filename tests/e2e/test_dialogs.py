"""The dialogs of a room: share it, see who is here, look into a message, and the menu."""

import asyncio
import json
import re

import boto3
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from anonchat_client import RawClient, Room, Signer, new_client
from anonchat_client.encryption.base64url import b64encode
from local.chat import TABLE, LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.forgery import forger
from tests.support.log_view import settle
from tests.support.page_actions import (
    PLAINTEXTS,
    composer,
    enter,
    expect_in_room,
    expect_texts,
    messages,
    new_link,
    say,
    text_of,
)
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def dialog(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title)


async def open_menu(page: Page) -> Locator:
    await button(page, "Menu").click()
    return dialog(page, "Menu")


async def look_into_last_message(page: Page) -> Locator:
    await messages(page).last.get_by_role("button", name=re.compile("^Details, ")).click()
    return dialog(page, "Message details")


async def open_people(page: Page) -> Locator:
    await page.get_by_role("button", name=re.compile(r"\d+ here")).click()
    return dialog(page, "People")


def row(page: Page, alias: str) -> Locator:
    return page.locator("#people-list li").filter(has_text=alias)


# All of them


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_dialog_closes_by_its_button_by_escape_and_by_a_click_beside_it_and_hands_the_focus_back(
    chat: LocalChat, new_page: NewPage, device: dict[str, object]
) -> None:
    page = await new_page(device)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    for close in ("button", "escape", "beside"):
        await button(page, "Share").click()
        share = dialog(page, "Share this room")
        await expect(share).to_be_visible()
        if close == "button":
            await share.get_by_role("button", name="Close").click()
        elif close == "escape":
            await page.keyboard.press("Escape")
        else:
            await page.mouse.click(10, 10)
        await expect(share).to_be_hidden()
        await expect(button(page, "Share")).to_be_focused()


async def test_a_selection_that_ends_beside_a_dialog_does_not_close_it(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    await button(page, "Share").click()
    await settle(page)
    box = await page.get_by_label("The link to this room").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 40, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(10, 10)
    await page.mouse.up()
    await expect(dialog(page, "Share this room")).to_be_visible()


# Share


async def test_the_link_can_be_copied_and_scanned_and_comes_with_a_warning(chat: LocalChat, new_page: NewPage) -> None:
    page, link = await new_page(DESKTOP), new_link()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await enter(page, chat.http_url, link, "Ada Lovelace")
    await button(page, "Share").click()
    share = dialog(page, "Share this room")
    await expect(share.get_by_role("img", name="QR code of the link")).to_be_visible()
    await expect(share.get_by_text("Whoever has this link can read the room")).to_be_visible()
    await button(page, "Copy the link").click()
    await expect(share.get_by_role("status")).to_have_text("Copied.")
    await expect_to_become(lambda: page.evaluate("navigator.clipboard.readText()"), f"{chat.http_url}/{link}")


async def test_where_the_clipboard_is_closed_the_link_is_selected(chat: LocalChat, new_page: NewPage) -> None:
    page, link = await new_page(DESKTOP), new_link()
    await page.add_init_script("Clipboard.prototype.writeText = () => Promise.reject(new Error('closed'))")
    await enter(page, chat.http_url, link, "Ada Lovelace")
    await button(page, "Share").click()
    await button(page, "Copy the link").click()
    await expect(dialog(page, "Share this room").get_by_role("status")).to_contain_text("The link is selected")
    await expect_to_become(lambda: page.evaluate("getSelection().toString()"), f"{chat.http_url}/{link}")


async def test_sharing_with_another_app_is_offered_where_there_is_such_a_thing(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, link = await new_page(PHONE), new_link()
    await page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    await enter(page, chat.http_url, link, "Ada Lovelace")
    await button(page, "Share").click()
    await button(page, "Share…").click()
    shared = {"title": "anonchat", "url": f"{chat.http_url}/{link}"}
    await expect_to_become(lambda: page.evaluate("window.shared"), shared)


# People


async def test_a_person_with_two_tabs_is_one_person(chat: LocalChat, new_page: NewPage) -> None:
    link = new_link()
    ada, grace = await new_page(DESKTOP), await new_page(PHONE)
    await enter(ada, chat.http_url, link, "Ada Lovelace")
    await enter(grace, chat.http_url, link, "Grace Hopper")
    second = await ada.context.new_page()
    await second.goto(f"{chat.http_url}/{link}")
    await expect_in_room(second)
    await expect(row(ada, "Ada Lovelace")).to_contain_text("(you) ×2")
    await expect(row(ada, "Grace Hopper")).to_be_visible()
    people = await open_people(grace)
    await expect(people.get_by_role("listitem")).to_have_count(2)
    await expect(row(grace, "Ada Lovelace")).to_contain_text("×2")


async def muted_and_muter(chat: LocalChat, new_page: NewPage) -> tuple[Page, Page]:
    """Return Ada, who has said "First words", and Grace, who has muted her for it."""
    link = new_link()
    ada, grace = await new_page(DESKTOP), await new_page(DESKTOP)
    await enter(ada, chat.http_url, link, "Ada Lovelace")
    await enter(grace, chat.http_url, link, "Grace Hopper")
    await say(ada, "First words")
    await expect_texts(grace, ["First words"])
    await button(grace, "Mute Ada Lovelace").click()
    await expect_texts(grace, [])
    return ada, grace


async def test_who_is_muted_is_not_shown_until_they_are_unmuted(chat: LocalChat, new_page: NewPage) -> None:
    ada, grace = await muted_and_muter(chat, new_page)
    await say(ada, "Second words")
    await say(grace, "Nobody else talks")
    await expect_texts(grace, ["Nobody else talks"])
    await grace.reload()
    await expect_texts(grace, ["Nobody else talks"])
    await button(grace, "Unmute Ada Lovelace").click()
    await expect_texts(grace, ["First words", "Second words", "Nobody else talks"])


async def test_who_is_muted_can_be_unmuted_when_they_have_gone(chat: LocalChat, new_page: NewPage) -> None:
    ada, grace = await muted_and_muter(chat, new_page)
    await ada.goto("about:blank")
    await expect(grace.get_by_role("listitem").filter(has_text="Ada Lovelace")).to_contain_text("(not here)")
    await button(grace, "Unmute Ada Lovelace").click()
    await expect_texts(grace, ["First words"])
    await expect(grace.locator("#people-list li")).to_have_count(1)


async def test_the_list_moves_between_the_dialog_and_the_side(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    side = page.get_by_role("complementary", name="Who is here")
    await expect(side.get_by_role("listitem")).to_have_count(1)
    await page.set_viewport_size({"width": 390, "height": 800})
    await expect(side).to_be_hidden()
    people = await open_people(page)
    await expect(people.get_by_role("listitem")).to_have_count(1)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await expect(people).to_be_hidden()
    await expect(side.get_by_role("listitem")).to_have_count(1)


# Message details


async def test_what_the_server_sees_is_shown_to_the_letter(chat: LocalChat, new_page: NewPage) -> None:
    page, link = await new_page(DESKTOP), new_link()
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    await enter(page, chat.http_url, link, "Ada Lovelace")
    await say(page, "Nobody but us reads this")
    await expect(messages(page)).to_have_attribute("data-state", "sent")
    await look_into_last_message(page)
    [sent] = [frame for frame in frames if json.loads(frame)["action"] == "send"]
    assert await text_of(page.locator("#details-sent")) == sent
    await expect(page.locator("#details-sent-size")).to_have_text(f"{len(sent)} bytes")
    stored = json.loads(await text_of(page.locator("#details-stored")))
    assert stored == await asyncio.to_thread(stored_row, chat, stored["pk"], stored["sk"])


def stored_row(chat: LocalChat, pk: str, sk: str) -> dict[str, str | int]:
    table = boto3.client("dynamodb", endpoint_url=chat.table_endpoint, region_name="us-east-1")
    item = table.get_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})["Item"]
    return {name: int(value["N"]) if "N" in value else value["S"] for name, value in item.items()}


async def test_details_say_who_wrote_and_that_it_is_genuine(chat: LocalChat, new_page: NewPage) -> None:
    link = new_link()
    ada, grace = await new_page(DESKTOP), await new_page(PHONE)
    await enter(ada, chat.http_url, link, "Ada Lovelace")
    await enter(grace, chat.http_url, link, "Grace Hopper")
    await say(ada, "It was I who wrote this")
    await expect_texts(grace, ["It was I who wrote this"])
    handle = await text_of(messages(grace).locator(".handle"))
    details = await look_into_last_message(grace)
    await expect(details).to_contain_text(f"Genuine. It was sealed with this room’s key and signed by {handle}")
    await details.get_by_role("button", name="Mute Ada Lovelace").click()
    await grace.keyboard.press("Escape")
    await expect_texts(grace, [])
    mine = await look_into_last_message(ada)
    await expect(mine).to_contain_text("Sent. The server has passed it on")
    await expect(mine.get_by_role("button", name=re.compile("Mute"))).to_have_count(0)


async def test_details_of_what_cannot_be_opened_or_is_forged_say_so_and_blame_nobody(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, link = await new_page(DESKTOP), new_link()
    await enter(page, chat.http_url, link, "Ada Lovelace")
    room, somebody, another = Room.from_link(link), Signer.new(), Signer.new()
    client = new_client()
    texts = {
        "undecryptable": b64encode(bytes(476)),
        "forged": room.seal_message(forger(somebody, another), client, "Mallory", "I am she"),
    }
    async with RawClient(chat.url) as socket:
        await socket.send_json({"action": "join", "room": room.id, "alias": room.seal_alias(somebody, "Mallory")})
        await socket.receive("joined")
        for text in texts.values():
            await socket.send_json({"action": "send", "room": room.id, "client": client, "text": text})
            await socket.receive("message")
    for problem, sentence in (
        ("undecryptable", "This room’s key does not open it."),
        ("forged", "its signature is wrong"),
    ):
        await page.locator(f"[data-problem={problem}]").get_by_role("button", name="Details").click()
        details = dialog(page, "Message details")
        await expect(details).to_contain_text(sentence)
        await expect(details).to_contain_text("Nobody knows")
        await expect(page.locator("#details-sent")).to_contain_text(texts[problem])
        for offer in ("Mute", "Copy the text"):
            await expect(details.get_by_role("button", name=offer)).to_have_count(0)
        await page.keyboard.press("Escape")


# Menu


async def test_a_new_name_is_seen_by_others_and_an_empty_one_is_refused(chat: LocalChat, new_page: NewPage) -> None:
    link = new_link()
    ada, grace = await new_page(DESKTOP), await new_page(DESKTOP)
    await enter(ada, chat.http_url, link, "Ada Lovelace")
    await enter(grace, chat.http_url, link, "Grace Hopper")
    menu = await open_menu(ada)
    await menu.get_by_label("Name in all rooms").fill("  ")
    await button(ada, "Use this name").click()
    await expect(menu.get_by_text("A name has at least one letter or digit.")).to_be_visible()
    PLAINTEXTS.add("Countess Ada")
    await menu.get_by_label("Name in all rooms").fill("Countess Ada")
    await button(ada, "Use this name").click()
    await expect(row(grace, "Countess Ada")).to_be_visible()
    await expect(row(grace, "Ada Lovelace")).to_have_count(0)


async def test_a_name_that_is_too_long_is_told_wherever_one_writes_it(chat: LocalChat, new_page: NewPage) -> None:
    long, fits = "ศิริพรรณ นพรัตน์วัฒนา", "ศิริพรรณ"
    PLAINTEXTS.update({long, fits})
    page = await new_page(DESKTOP)
    await page.goto(f"{chat.http_url}{new_link()}")
    await expect(page.locator("#invitation")).to_be_visible()
    field, told = page.get_by_role("textbox", name="Your name"), page.locator("#alias-measure")
    await field.fill(long)
    await expect(told).to_have_text("This name is 7 letters too long.")
    await page.get_by_role("button", name=re.compile("^Enter (the room|as )")).click()
    await expect(field).to_be_focused()
    await expect(field).to_have_value(long)
    await field.fill(fits)
    await expect(told).to_have_text("")
    await field.press("Enter")
    await expect_in_room(page)
    menu = await open_menu(page)
    await menu.get_by_label("Name in all rooms").fill(long)
    await expect(page.locator("#menu-name-status")).to_have_text("This name is 7 letters too long.")
    await button(page, "Use this name").click()
    await expect(menu.get_by_label("Name in all rooms")).to_have_value(long)
    await page.keyboard.press("Escape")
    await composer(page).fill(f"/nick {long}")
    await expect(page.locator("#notice-text")).to_have_text("This name is 7 letters too long.")
    await composer(page).fill(f"/nick {fits}")
    await expect(page.locator("#notice")).to_be_hidden()
    await composer(page).fill(f"/nick {long}")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice-text")).to_have_text("This name is 7 letters too long.")
    await expect(composer(page)).to_have_value(f"/nick {long}")
    await expect(page.locator("#people-list .alias")).to_have_text([fits])


async def test_a_chosen_theme_holds_after_a_reload(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    light = await ground(page)
    await (await open_menu(page)).get_by_label("Dark").check()
    dark = await ground(page)
    assert dark != light
    await page.reload()
    await expect_in_room(page)
    await expect_to_become(lambda: ground(page), dark)
    await (await open_menu(page)).get_by_label("System").check()
    await expect_to_become(lambda: ground(page), light)


async def ground(page: Page) -> str:
    return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))


async def test_refused_notifications_stay_off_and_the_menu_says_so(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await page.add_init_script("Notification.requestPermission = async () => 'denied'")
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    menu = await open_menu(page)
    await menu.get_by_label("Show a notification").click()
    await expect(menu.get_by_text("Your browser does not allow it.")).to_be_visible()
    await expect(menu.get_by_label("Show a notification")).not_to_be_checked()


async def test_without_notifications_none_are_offered_and_nothing_breaks(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await page.add_init_script("delete window.Notification; delete Navigator.prototype.serviceWorker")
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    menu = await open_menu(page)
    await expect(menu.get_by_label("Play a sound")).to_be_visible()
    await expect(menu.get_by_label("Show a notification")).to_be_hidden()


async def test_a_room_is_forgotten_after_a_second_question_and_nothing_of_it_stays(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, link = await new_page(PHONE), new_link()
    await enter(page, chat.http_url, link, "Ada Lovelace")
    await composer(page).fill("half a thought")
    before = await fingerprint_of(page)
    menu = await open_menu(page)
    await button(page, "Forget this room on this device").click()
    await expect(button(page, "Keep it")).to_be_focused()
    await button(page, "Keep it").click()
    await button(page, "Forget this room on this device").click()
    await button(page, "Forget it now").click()
    await expect(menu).to_be_hidden()
    await expect(page.get_by_role("heading", name="anonchat")).to_be_visible()
    assert link[1:] not in await everything_stored(page.context)
    await enter(page, f"{chat.http_url}/", link, "Ada Lovelace")
    await expect(composer(page)).to_have_value("")
    assert await fingerprint_of(page) != before


async def fingerprint_of(page: Page) -> str:
    """Return one's own handle, as the list of people has it."""
    return await text_of(page.locator("#people-list .handle"))


async def everything_stored(context: BrowserContext) -> str:
    return json.dumps(await context.storage_state())
