"""Ways into a room and out of it: new ones, typed names, links of others, and rooms visited before."""

import re

import pytest
from playwright.async_api import Page, expect

from anonchat_client import key_link
from anonchat_client.encryption.base64url import b64decode
from anonchat_client.encryption.room_name import normal_name
from local.chat import LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.dialogs import button
from tests.support.landing import heading, leave, open_new_room, recent, title, your_name
from tests.support.page_actions import (
    PLAINTEXTS,
    composer,
    enter,
    expect_in_room,
    expect_sent,
    expect_texts,
    new_link,
    say,
    text_of,
    wait_until,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ROOM_CAP = 2
ENVIRON = {"ROOM_CAP": str(ROOM_CAP)}
QUIET = 4  # modules of white around a QR code
EARLIER_SPELLING = """() => {
    const [room] = JSON.parse(localStorage.getItem("anonchat.recent"));
    Object.assign(room, { fragment: "name=teapots%E2%80%99+stra%C3%9Fe", title: "teapots’ straße" });
    localStorage.setItem("anonchat.recent", JSON.stringify([room]));
}"""
FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]  # in three of its corners


async def type_name(page: Page, address: str, name: str, alias: str, *, remember: bool = False) -> None:
    """Enter the room of this name."""
    PLAINTEXTS.update({name, normal_name(name), alias})
    await page.goto(address)
    await your_name(page).fill(alias)
    await page.get_by_label("Room name").fill(name)
    await page.get_by_label("Remember this room on this device").set_checked(remember)
    await button(page, "Enter the room").click()
    await expect_in_room(page)


# New rooms and typed names


async def test_a_new_room_is_a_secret_of_128_bits_and_whoever_has_its_link_is_in_it(
    chat: LocalChat, new_page: NewPage
) -> None:
    ada, bjorn = await new_page(DESKTOP), await new_page(PHONE)
    fragment = await open_new_room(ada, chat.http_url, "Ada of Rooms")
    assert len(b64decode(fragment.removeprefix("#key="))) == 128 // 8
    await expect(ada.get_by_text("Encrypted end to end")).to_be_visible()
    await enter(bjorn, chat.http_url, fragment, "Björn of Rooms")
    for page in (ada, bjorn):
        await expect(button(page, "2 here")).to_be_visible()
    assert await title(ada) == await title(bjorn)
    await say(bjorn, "the link has led me here")
    await expect_texts(ada, ["the link has led me here"])
    await leave(bjorn)
    await expect(button(ada, "1 here")).to_be_visible()
    assert await open_new_room(bjorn, chat.http_url, "Björn of Rooms") != fragment


async def test_a_typed_name_leads_to_the_same_room_however_it_is_spelt_and_is_called_guessable(
    chat: LocalChat, new_page: NewPage
) -> None:
    ada, bjorn = await new_page(DESKTOP), await new_page(PHONE)
    await ada.goto(chat.http_url)
    await expect(ada.get_by_text("Anyone who guesses the name can read along.")).to_be_visible()
    await type_name(ada, chat.http_url, "  Crooked Teapot   Society ", "Ada of Rooms")
    await type_name(bjorn, chat.http_url, "crooked TEAPOT society", "Björn of Rooms")
    for page in (ada, bjorn):
        await expect(button(page, "2 here")).to_be_visible()
        await expect(heading(page, "crooked teapot society")).to_be_visible()
        await expect(page.get_by_text("Guessable name")).to_be_visible()
    assert ada.url == bjorn.url
    await say(ada, "spelling never mattered")
    await expect_texts(bjorn, ["spelling never mattered"])
    await button(bjorn, "Share").click()
    await expect(bjorn.get_by_text("Whoever guesses this room’s name can read it")).to_be_visible()


async def test_a_name_that_is_none_gets_a_sentence_and_nothing_typed_is_lost(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page(DESKTOP)
    await page.goto(chat.http_url)
    await your_name(page).fill("Ada of Rooms")
    await button(page, "Enter the room").click()
    await expect(page.get_by_role("alert")).to_have_text("A room’s name needs at least one character.")
    await page.get_by_label("Room name").fill("long " * 20)
    await page.get_by_label("Remember this room on this device").check()
    await button(page, "Enter the room").click()
    await expect(page.get_by_role("alert")).to_have_text("A room’s name has at most 64 characters.")
    await expect(page.get_by_label("Room name")).to_have_value("long " * 20)
    await expect(page.get_by_label("Room name")).to_be_focused()
    await expect(page.get_by_label("Remember this room on this device")).to_be_checked()
    await expect(your_name(page)).to_have_value("Ada of Rooms")


# Names of people


async def test_a_friendly_name_is_offered_can_be_changed_and_is_remembered(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await page.goto(chat.http_url)
    await expect(your_name(page)).to_have_value(re.compile(r"^[A-Z][a-z]+ [A-Z][a-z]+$"))
    first = await your_name(page).input_value()
    await button(page, "Another name").click()
    await expect(your_name(page)).not_to_have_value(first)
    second = await your_name(page).input_value()
    PLAINTEXTS.update({first, second})
    await button(page, "New room").click()
    await expect_in_room(page)
    await expect(page.locator("#people-list li .alias")).to_have_text([second])
    await leave(page)
    await expect(your_name(page)).to_have_value(second)
    await page.reload()
    await expect(your_name(page)).to_have_value(second)


async def test_who_gives_no_name_gets_a_friendly_one(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await enter(page, chat.http_url, new_link(), " ")
    await expect(page.locator("#people-list li .alias")).to_have_text(re.compile(r"^[A-Z][a-z]+ [A-Z][a-z]+$"))


# Links


async def test_a_link_asks_whoever_has_not_been_there_and_leads_straight_in_later(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, fragment = await new_page(PHONE), new_link()
    PLAINTEXTS.update({"teapots of strangers", "Countess of Rooms"})
    await page.goto(chat.http_url + fragment)
    invitation = page.get_by_role("heading", name=re.compile("^You are invited to "))
    await expect(invitation).to_be_visible()
    await expect(button(page, "New room")).to_be_hidden()
    await expect(page.get_by_label("Room name")).to_be_hidden()
    called = (await text_of(invitation)).removeprefix("You are invited to ")
    await enter(page, chat.http_url, fragment, "Ada of Rooms")
    await expect(heading(page, called)).to_be_visible()
    await page.goto("about:blank")
    await page.goto(chat.http_url + fragment)
    await expect_in_room(page)

    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    for stranger in (new_link(), "#name=teapots+of+strangers"):
        await page.goto("about:blank")
        await page.goto(chat.http_url + stranger)
        await expect(button(page, "Enter as Ada of Rooms")).to_be_visible()
        await your_name(page).fill("  Countess of Rooms ")
        await expect(button(page, "Enter as Countess of Rooms")).to_be_visible()
        await your_name(page).fill("")
        await expect(button(page, "Enter the room")).to_be_visible()
    assert sockets == []
    await your_name(page).fill("Countess of Rooms")
    await button(page, "Enter as Countess of Rooms").click()
    await expect_in_room(page)
    await page.reload()  # of a room that is not on the list, and one is in
    await expect_in_room(page)


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        ("#key=", "This link is not whole"),
        ("#key=only-half-of-it", "This link is not whole"),
        (key_link(b"sixteen bytes ok")[:-1] + "!", "This link is not whole"),
        ("#name=%20", "A room’s name needs at least one character."),
        ("#utm_source=elsewhere", "it has neither a key nor a name"),
    ],
)
async def test_a_damaged_link_explains_itself_and_leaves_a_way_on(
    chat: LocalChat, new_page: NewPage, fragment: str, sentence: str
) -> None:
    page = await new_page(PHONE)
    await page.goto(chat.http_url + fragment)
    await expect(page.get_by_role("alert")).to_contain_text(sentence)
    await expect(page.get_by_label("Room name")).to_have_value("")
    await button(page, "New room").click()
    await expect_in_room(page)


async def test_an_old_or_handwritten_link_proposes_the_room_of_its_name(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await page.goto(f"{chat.http_url}#crooked-teapot")
    await expect(page.get_by_role("alert")).to_contain_text("This link leads to no room")
    await expect(page.get_by_label("Room name")).to_have_value("crooked-teapot")
    PLAINTEXTS.add("crooked-teapot")
    await button(page, "Enter the room").click()
    await expect_in_room(page)
    await expect(heading(page, "crooked-teapot")).to_be_visible()
    assert page.url.endswith("#name=crooked-teapot")


async def test_no_fragment_is_the_landing_page_and_no_fault(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    for fragment in ("", "#"):
        await page.goto(chat.http_url + fragment)
        await expect(button(page, "New room")).to_be_visible()
        await expect(page.get_by_role("alert")).to_be_hidden()


# From room to room


async def test_back_and_forward_lead_through_rooms_and_the_landing_page(chat: LocalChat, new_page: NewPage) -> None:
    ada, bjorn = await new_page(DESKTOP), await new_page(PHONE)
    here = await open_new_room(ada, chat.http_url, "Ada of Rooms")
    await enter(bjorn, chat.http_url, here, "Björn of Rooms")
    called = await title(ada)
    await say(bjorn, "said in the first room")
    await expect_texts(ada, ["said in the first room"])
    await leave(ada)
    await button(ada, "New room").click()
    await expect_in_room(ada)
    PLAINTEXTS.add(ada.url.partition("#key=")[2])
    await expect(button(bjorn, "1 here")).to_be_visible()
    await say(bjorn, "is anybody left here?")
    await say(ada, "so quiet in this one")
    await expect_texts(ada, ["so quiet in this one"])
    await expect_sent(ada, 1)

    await ada.go_back()
    await expect(heading(ada, "anonchat")).to_be_visible()
    await expect(ada).to_have_title("anonchat")
    await ada.go_back()
    await expect(heading(ada, called)).to_be_visible()
    await expect_texts(ada, ["said in the first room", "is anybody left here?"])
    await expect(button(bjorn, "2 here")).to_be_visible()
    await button(ada, "Share").click()
    await expect(ada.get_by_role("dialog")).to_be_visible()
    await ada.go_forward()
    await expect(ada.get_by_role("dialog")).to_be_hidden()  # it was about the other room
    await ada.go_forward()
    await expect_texts(ada, ["so quiet in this one"])


async def test_another_link_in_the_address_is_another_conversation(chat: LocalChat, new_page: NewPage) -> None:
    page, here, there = await new_page(PHONE), new_link(), new_link()
    await enter(page, chat.http_url, here, "Ada of Rooms")
    await say(page, "said in the first room")
    await expect_sent(page, 1)
    await page.evaluate(f"location.hash = '{there}'")
    await button(page, "Enter as Ada of Rooms").click()
    await expect_in_room(page)
    await expect_texts(page, [])
    await page.evaluate("location.hash = '#key=broken'")
    await expect(page.get_by_role("alert")).to_contain_text("This link is not whole")
    await page.evaluate(f"location.hash = '{here}'")
    await expect_texts(page, ["said in the first room"])


async def test_a_full_room_says_so_and_can_be_tried_again(chat: LocalChat, new_page: NewPage) -> None:
    fragment = new_link()
    inside = [await new_page(DESKTOP) for _ in range(ROOM_CAP)]
    for page in inside:
        await enter(page, chat.http_url, fragment, "Ada of Rooms")
    late = await new_page(PHONE)
    PLAINTEXTS.add("Björn of Rooms")
    await late.goto(chat.http_url + fragment)
    await your_name(late).fill("Björn of Rooms")
    await button(late, "Enter the room").click()
    await expect(late.get_by_role("alert")).to_contain_text(re.compile("full", re.IGNORECASE))
    await expect(your_name(late)).to_have_value("Björn of Rooms")
    await leave(inside[0])
    await expect(button(inside[1], "1 here")).to_be_visible()
    await button(late, "Enter as Björn of Rooms").click()
    await expect_in_room(late)


# The link as a QR code. What else its dialog does is in test_dialogs.py.


async def test_the_qr_code_stands_upright_with_white_around_it(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await enter(page, chat.http_url, new_link(), "Ada of Rooms")
    await button(page, "Share").click()
    code = page.get_by_role("img", name="QR code of the link")
    _, _, side, _ = map(int, str(await code.get_attribute("viewBox")).split())
    path = str(await code.locator("path").last.get_attribute("d"))
    dark = {(int(x) - QUIET, int(y) - QUIET) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    size = side - 2 * QUIET
    assert size % 4 == 1  # 21, 25, 29…
    assert all(0 <= x < size and 0 <= y < size for x, y in dark)
    far = size - len(FINDER)
    finders = [corner(dark, *place) == FINDER for place in ((0, 0), (far, 0), (0, far), (far, far))]
    assert finders == [True, True, True, False]
    assert (8, size - 8) in dark  # as in every code, but in its mirror image only by chance


def corner(dark: set[tuple[int, int]], left: int, top: int) -> list[str]:
    size = range(len(FINDER))
    return ["".join("#" if (left + x, top + y) in dark else "." for x in size) for y in size]


# What this device remembers


async def test_rooms_with_a_secret_are_listed_and_named_ones_only_if_one_wishes(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page(DESKTOP)
    await page.goto(chat.http_url)
    await expect(recent(page)).to_be_hidden()
    await open_new_room(page, chat.http_url, "Ada of Rooms")
    called = await title(page)
    await leave(page)
    await type_name(page, chat.http_url, "Unlisted Teapots", "Ada of Rooms")
    await leave(page)
    await type_name(page, chat.http_url, "Listed Teapots", "Ada of Rooms", remember=True)
    await leave(page)
    await expect(recent(page).get_by_role("link")).to_have_text(["listed teapots", called])
    await page.reload()
    await recent(page).get_by_role("link", name=called).click()
    await expect(heading(page, called)).to_be_visible()
    await leave(page)
    await expect(recent(page).get_by_role("link")).to_have_text([called, "listed teapots"])
    await recent(page).get_by_role("link", name="listed teapots").click()
    await expect(heading(page, "listed teapots")).to_be_visible()
    await leave(page)
    await expect(recent(page).get_by_role("link")).to_have_text(["listed teapots", called])


async def test_a_listed_room_whose_name_an_older_version_has_spelt_otherwise_is_entered_and_listed_as_today(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page(DESKTOP)
    await type_name(page, chat.http_url, "Teapots’ Straße", "Ada of Rooms", remember=True)
    await leave(page)
    await expect(recent(page).get_by_role("link")).to_have_text(["teapots' strasse"])
    await page.evaluate(EARLIER_SPELLING)
    await page.reload()
    await recent(page).get_by_role("link", name="teapots’ straße").click()
    await expect_in_room(page)
    await leave(page)
    await expect(recent(page).get_by_role("link")).to_have_text(["teapots' strasse"])


async def test_the_name_on_the_landing_page_is_the_one_used_in_a_room_from_the_list(
    chat: LocalChat, new_page: NewPage
) -> None:
    page = await new_page(DESKTOP)
    await enter(page, chat.http_url, new_link(), "Ada of Rooms")
    await leave(page)
    PLAINTEXTS.add("Countess of Rooms")
    await page.get_by_role("textbox", name="Your name").fill("Countess of Rooms")
    await recent(page).get_by_role("link").click()
    await expect_in_room(page)
    await expect(page.locator("#people-list .alias")).to_have_text(["Countess of Rooms"])


async def test_a_forgotten_room_is_listed_again_only_if_one_wishes_again(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await type_name(page, chat.http_url, "Listed Teapots", "Ada of Rooms", remember=True)
    await leave(page)
    await button(page, "Forget listed teapots").click()
    await expect(recent(page)).to_be_visible()  # it may be the last place that has the link
    await button(page, "Forget it?").click()
    await expect(recent(page)).to_be_hidden()
    await page.get_by_label("Room name").fill("listed teapots")
    await page.get_by_label("Remember this room on this device").uncheck()
    await button(page, "Enter the room").click()
    await expect_in_room(page)
    await leave(page)
    await expect(recent(page)).to_be_hidden()


async def test_everything_is_forgotten_and_nothing_stays(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await open_new_room(page, chat.http_url, "Ada of Rooms")
    await composer(page).fill("half a thought")
    await wait_until(page, "Object.keys(sessionStorage).length > 0")
    await leave(page)
    assert await stored(page) != NOTHING
    await button(page, "Forget everything on this device").click()
    await button(page, "Keep it").click()
    assert await stored(page) != NOTHING
    await button(page, "Forget everything on this device").click()
    await button(page, "Forget everything").click()
    await expect(recent(page)).to_be_hidden()
    await expect(button(page, "Forget everything on this device")).to_be_hidden()
    assert await stored(page) == NOTHING
    await page.reload()
    await expect(your_name(page)).not_to_have_value("Ada of Rooms")
    assert await stored(page) == NOTHING


NOTHING: dict[str, list[str]] = {"kept": [], "tab": [], "identities": [], "cookies": []}


async def stored(page: Page) -> dict[str, list[str]]:
    """Return the keys of what this browser keeps for the page."""
    found = await page.evaluate(
        """async () => {
          const request = indexedDB.open("anonchat", 1);
          request.onupgradeneeded = () => request.result.createObjectStore("identities");
          await new Promise((resolve) => (request.onsuccess = resolve));
          const keys = request.result.transaction("identities").objectStore("identities").getAllKeys();
          await new Promise((resolve) => (keys.onsuccess = resolve));
          request.result.close();
          return { kept: Object.keys(localStorage), tab: Object.keys(sessionStorage), identities: keys.result };
        }"""
    )
    return {**found, "cookies": [each["name"] for each in await page.context.cookies()]}
