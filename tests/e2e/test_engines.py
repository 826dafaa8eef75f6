"""Ten stories in each engine that there is: Chromium, Firefox, WebKit. One browser of each tells them all."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from anonchat_client.encryption.link import name_link
from local.chat import LocalChat
from tests.support.engines.engines import ENGINES, open_window
from tests.support.engines.person import HAS_RING, IS_AT_END, TOO_WIDE, Person
from tests.support.engines.qr_code import scanned
from tests.support.engines.window import Window
from tests.support.member import member
from tests.support.page_actions import PLAINTEXTS, new_link
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ME, OTHER = "Ada of Engines", "Björn of Engines"
# What browsers themselves write down: where a line is cut; of a rule of the policy that WebKit does not know; of the
# style by which Playwright takes pictures of Firefox.
EXPECTED = re.compile(
    r"WebSocket connection to|connection to (the server at )?ws://|Error receiving data|Connection terminated"
    r"|Cannot load \S+#key=|'manifest-src'|settings blocked an inline style|policy: style-src-elem inline"
)
DESKTOP, PHONE, NARROW = (1280, 800), (390, 844), (320, 640)  # CSS pixels
KEEPS = "(room) => Object.keys(localStorage).filter((key) => key.startsWith(`anonchat.${room}.outbox.`)).length"

ONLINE = "() => dispatchEvent(new Event('online'))"  # who is back need not wait for the back-off to end
HAS_COPIES = "async () => (await (await caches.open('anonchat')).keys()).some(({ url }) => url.endsWith('index.html'))"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def window(request: pytest.FixtureRequest) -> AsyncIterator[Window]:
    async with open_window(request.param) as window:
        yield window


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(chat: LocalChat) -> AsyncIterator[TcpProxy]:
    """Yield what everybody's requests go through, page and socket."""
    async with TcpProxy(chat.gateway.port) as line:
        yield line


@pytest_asyncio.fixture(loop_scope="module")
async def person(window: Window, line: TcpProxy) -> AsyncIterator[Person]:
    """Yield somebody before an open window. At the end nothing may have gone wrong in it."""
    before = len(window.consoled())
    line.restore()
    yield Person(window, f"http://127.0.0.1:{line.port}/")
    complaints = (await window.complaints())[before:]
    await window.press("Escape")  # out of a dialog
    await window.resize(*DESKTOP)
    unexpected = [each for each in complaints if not EXPECTED.search(each)]
    assert not unexpected, "\n".join(unexpected)


async def test_two_people_talk(person: Person, chat: LocalChat) -> None:
    link = new_link()
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        await person.expect_people(2)
        await person.say("Hello from here,\n  in two lines ☕️ שלום")
        await other.hear("Hello from here,\n  in two lines ☕️ שלום")
        await other.say_in_turn("And hello back.")
        await person.expect_texts("Hello from here,\n  in two lines ☕️ שלום", "And hello back.")
        await person.expect_states("sent")
        await person.expect_text("#messages li:not(.mine) .alias", OTHER)
    await person.expect_people(1)
    await person.window.until("() => !document.querySelector('[data-kind=problem], [data-kind=gap]')")


async def test_who_is_cut_off_misses_nothing_and_what_they_wrote_goes_out_once(
    person: Person, chat: LocalChat, line: TcpProxy
) -> None:
    link = new_link()
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        await person.expect_people(2)
        line.cut()
        await other.say_in_turn("Said while you were away.")
        await person.say("Written in a tunnel.")
        await person.window.until_shown("#status:not(:empty)")
        line.restore()
        await person.window.run(ONLINE)
        await other.hear("Written in a tunnel.")
        await person.expect_texts("Said while you were away.", "Written in a tunnel.")
        await person.expect_states("sent")
        await person.window.expect("() => document.querySelector('#status').textContent", "")


async def test_what_waits_survives_a_reload_and_goes_out_once(person: Person, chat: LocalChat, line: TcpProxy) -> None:
    link = new_link()
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        await person.expect_people(2)
        line.cut()
        await person.say("The first that waits.")
        await person.say("The second that waits.")
        await person.window.expect(KEEPS, 2, other.room.id)
        line.restore()
        await person.window.reload()
        await other.hear("The first that waits.")
        await other.hear("The second that waits.")
        await person.expect_texts("The first that waits.", "The second that waits.")
        await person.expect_states("sent", "sent")


async def test_a_browser_that_quits_without_a_network_comes_back_with_page_and_words(
    person: Person, chat: LocalChat, line: TcpProxy
) -> None:
    link, window = new_link(), person.window
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        await window.until(HAS_COPIES)
        line.cut()
        await person.say("Before the battery was empty.")
        await window.expect(KEEPS, 1, other.room.id)
        await window.restart()
        await window.open(person.address + link)
        await person.expect_texts("Before the battery was empty.")
        line.restore()
        await window.run(ONLINE)
        await other.hear("Before the battery was empty.")
        await person.expect_states("sent")
        await person.expect_people(2)


async def test_the_link_is_shared_by_a_code_that_scans(person: Person) -> None:
    link = new_link()
    await person.enter(link, ME)
    await person.window.click("#share-button")
    await person.window.until_shown("#share-qr svg")
    await person.window.expect("() => document.querySelector('#share-link').value", person.address + link)
    await expect_to_become(lambda: scanned(person.window, "#share-qr"), person.address + link)
    await person.window.click("#share [data-close]")
    await person.window.until_hidden("#share")
    await person.expect_focus("#share-button")


async def test_details_show_that_a_message_is_genuine_and_what_the_server_sees(person: Person, chat: LocalChat) -> None:
    link = new_link()
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        await other.say_in_turn("Look at me closely.")
        await person.window.click("#messages .moment")
        await person.window.until_shown("#details")
        await person.expect_text("#details-text", "Look at me closely.")
        await person.window.until("() => document.querySelector('#details-verdict').textContent.startsWith('Genuine.')")
        sealed = await person.window.run("() => document.querySelector('#details-stored').textContent")
        assert other.room.id in sealed
        assert "closely" not in sealed
        await person.window.press("Escape")
        await person.window.until_hidden("#details")
        await person.expect_focus("#messages .moment")


async def test_who_is_muted_is_not_seen_until_they_are_heard_again(person: Person, chat: LocalChat) -> None:
    link = new_link()
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other, member(chat, link, "Cleo of Engines") as third:
        await other.say_in_turn("Buy, buy, buy!")
        await person.expect_texts("Buy, buy, buy!")
        mute = "#people-list li:nth-child(2) .button"
        await person.window.click(mute)
        await person.expect_texts()
        await other.say_in_turn("And buy more!")
        await third.say_in_turn("Is it not quiet here?")
        await person.expect_texts("Is it not quiet here?")
        await person.window.click(mute)
        await person.expect_texts("Buy, buy, buy!", "And buy more!", "Is it not quiet here?")


async def test_a_name_leads_to_the_room_of_all_who_type_it(person: Person, chat: LocalChat) -> None:
    name = "Crooked Teapots of Engines"
    PLAINTEXTS.update({ME, name, name.lower()})
    await person.window.open(person.address)
    await person.window.fill("#alias", ME)
    await person.window.fill("#room-name", f"  {name.upper()} ")
    await person.window.click("#name-form button")
    await person.expect_people(1)
    await person.expect_text("#title", name.lower())
    async with member(chat, name_link(name), OTHER) as other:
        await person.say("Tea is ready.")
        await other.hear("Tea is ready.")
    await person.window.click("#leave")
    await person.window.until_shown("#landing")


async def test_on_a_phone_nothing_sticks_out_and_the_log_stays_at_its_end_while_one_writes(
    person: Person, chat: LocalChat
) -> None:
    link, window = new_link(), person.window
    await window.resize(*PHONE)
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        texts = [f"Thought number {number}," + " and what follows from it," * 3 for number in range(10)]
        await other.say_in_turn(*texts)
        await person.expect_texts(*texts)
        await window.until(IS_AT_END)
        await window.click("#text")
        for number in range(5):
            await window.type(f"line {number}")
            await window.press("Shift+Enter")
            await window.until(IS_AT_END)
        await window.until_hidden("#newer")
        await window.click("#send")
        await person.expect_states("sent")
        for size in (PHONE, NARROW):
            await window.resize(*size)
            await window.until(IS_AT_END)
            await window.expect(TOO_WIDE, [])
        await window.click("#menu-button")
        await window.until_shown("#menu")
        await window.expect(TOO_WIDE, [])


async def test_all_of_it_works_by_keyboard_alone_and_shows_where_one_is(person: Person, chat: LocalChat) -> None:
    link, window = new_link(), person.window
    await person.enter(link, ME)
    async with member(chat, link, OTHER) as other:
        await other.say_in_turn("Where are you?")
        await person.expect_texts("Where are you?")
        await person.expect_focus("#text")
        await window.type("At the keyboard.")
        await window.press("Enter")
        await other.hear("At the keyboard.")
        await person.expect_states("sent")
        await window.press("Shift+Tab")
        await person.expect_focus("#messages li:last-child .moment")
        await window.press("ArrowUp")
        await person.expect_focus("#messages li:nth-last-child(2)")
        await window.until(HAS_RING, "#messages li:nth-last-child(2)")
        await window.press("Escape")
        await person.expect_focus("#text")
        await window.run("() => document.querySelector('#menu-button').focus()")
        await window.press("Enter")
        await window.until_shown("#menu")
        await window.press("Escape")
        await window.until_hidden("#menu")
        await person.expect_focus("#menu-button")
