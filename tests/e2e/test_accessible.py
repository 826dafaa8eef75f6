"""For eyes, ears and fingers of every kind: what is read aloud, a visit without a mouse, and settings of the system.

Most pages here talk to a `ScriptedServer`: a server that says what the test wants.
"""

import asyncio
import re
import time
from typing import Any

import pytest
from playwright.async_api import Page, expect

from anonchat_client import RawClient, Room, Signer, new_client
from local.chat import LocalChat
from tests.support.browser import DESKTOP, NewPage
from tests.support.dialogs import DIALOGS, LONGEST_TEXT, button
from tests.support.manual_server import ManualServer, write_one
from tests.support.page_actions import (
    PLAINTEXTS,
    composer,
    enter,
    expect_in_room,
    expect_sent,
    expect_texts,
    log,
    messages,
    say,
    text_of,
    wait_until,
)
from tests.support.scripted_server import MINUTE, ScriptedServer, fill_room, open_page, open_room
from tests.support.waiting import WAIT_SECONDS, expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

REFUSED = "Message not sent. The server does not understand what this page asks. Please load it again."


AT_ONCE_SECONDS = 0.01


# Read aloud: others' words, once, and nothing that nobody wants to listen to

# What a screen reader says by itself in a room: whatever comes into an element that asks for it, unless hidden from it.
LISTEN = """
  window.heard = [];
  const LIVE = "#room :is([role=status], [role=alert], [role=log], [aria-live]):not([aria-live=off])";
  const hear = (node, text) => {
    const element = node instanceof Element ? node : node.parentElement;
    const region = element?.closest(LIVE);
    if (region && text && !element.closest("[aria-hidden=true], [hidden]")) heard.push(`${region.role ?? ""}: ${text}`);
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      if (target instanceof Text) hear(target, target.data);
      for (const node of addedNodes) hear(target, node.textContent);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
"""


async def expect_heard(page: Page, *lines: str) -> None:
    """Expect exactly this since the last time."""
    await wait_until(page, f"heard.length >= {len(lines)}")
    assert await page.evaluate("heard.splice(0)") == [*lines]


async def listen(chat: LocalChat, new_page: NewPage, server: ScriptedServer) -> Page:
    """Open a room with somebody in it who only listens, and whose clock only the test moves."""
    page = await open_page(chat, new_page, server, script=LISTEN)
    await page.clock.install()
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    await page.clock.pause_at(time.time() + 60)
    return page


async def test_what_others_say_is_read_aloud_once_with_their_name_and_ones_own_is_not(
    chat: LocalChat, new_page: NewPage
) -> None:
    server = ScriptedServer()
    page = await listen(chat, new_page, server)
    await expect_heard(page)
    server.send(server.message("Ada", "Is anybody here?"))
    await expect_texts(page, ["Is anybody here?"])
    await say(page, "I am.")
    await expect_sent(page, 2)
    server.send(server.message("Björn", "waves", action=True))
    server.send(server.message("Mallory", "Me too.", alias="Ada"))
    await expect_texts(page, ["Is anybody here?", "I am.", "waves", "Me too."])
    warned = "Ada, not the one who spoke before under this name: Me too."
    await expect_heard(page, ": Ada: Is anybody here?", ": Björn waves", f": {warned}")


async def test_history_is_read_aloud_as_one_line(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    server.history = [server.message("Ada", f"Thought number {number}.", MINUTE - number) for number in range(30)]
    page = await listen(chat, new_page, server)
    await expect_heard(page, ": 30 messages")
    server.history.insert(0, server.message("Ada", "The first thought.", 2 * MINUTE))
    await button(page, "Earlier messages").click()
    await expect(messages(page)).to_have_count(31)
    await expect_heard(page, ": 1 earlier message")
    server.history += [server.message("Ada", f"Afterthought number {number}.") for number in range(3)]
    await server.socket.close(code=1001)
    await page.evaluate("window.dispatchEvent(new Event('online'))")  # so soon that there is no trouble to tell
    await expect(messages(page)).to_have_count(34)
    await expect_heard(page, ": 3 new messages")


async def test_a_burst_of_messages_is_read_aloud_as_its_number(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await listen(chat, new_page, server)
    texts = [f"Thought number {number}." for number in range(20)]
    for text in texts:
        server.send(server.message("Ada", text))
    await expect_texts(page, texts)
    await page.clock.run_for(6000)
    await expect_heard(page, *(f": Ada: {text}" for text in texts[:5]), ": 15 new messages")
    server.send(server.message("Ada", "That was all."))
    await expect_heard(page, ": Ada: That was all.")


async def test_a_failure_is_told_at_once_and_a_countdown_does_not_go_on_and_on(
    chat: LocalChat, new_page: NewPage
) -> None:
    server = ScriptedServer()
    page = await listen(chat, new_page, server)
    server.outcome = "failed"
    await say(page, "This one fails.")
    await expect_heard(page, f"alert: {REFUSED}")
    await button(page, "Delete").click()
    server.outcome = "waiting"
    await say(page, "This one waits.")
    await expect(page.locator("#countdown")).to_have_text("55 s")
    await page.clock.run_for(10_000)
    await expect(page.locator("#countdown")).to_have_text("45 s")
    [notice] = await page.evaluate("heard.splice(0)")
    assert notice.endswith("That was quick. What you write goes out by itself.")


async def audible(page: Page) -> list[str]:
    """Return what stands in live regions as a screen reader has it: nothing that an open dialog makes inert."""
    devtools = await page.context.new_cdp_session(page)
    nodes = (await devtools.send("Accessibility.getFullAXTree"))["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def live(node: dict[str, Any] | None) -> bool:
        while node:
            properties = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
            if not node["ignored"] and properties.get("live", "off") != "off":
                return True
            node = by_id.get(node.get("parentId", ""))
        return False

    texts = [node for node in nodes if node.get("role", {}).get("value") == "StaticText" and not node["ignored"]]
    return [node["name"]["value"] for node in texts if live(node)]


async def expect_audible(page: Page, words: str) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while words not in await audible(page):
            await asyncio.sleep(0.05)


async def test_an_open_dialog_keeps_nothing_from_being_heard(page: Page, server: ManualServer) -> None:
    sent = await write_one(page, server, "one")
    await button(page, "Share").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    server.send(server.message(10, "Is anybody here?"))
    await expect_audible(page, "Björn Borg: Is anybody here?")
    server.refuse(sent, "bad_request", "That did not work.")
    await expect_audible(page, REFUSED)
    server.silent = True
    await server.socket.close(code=1001)
    await page.clock.run_for(2001)
    await expect_audible(page, "Connecting… What you write is kept and goes out by itself.")
    await page.keyboard.press("Escape")
    await page.clock.run_for(5000)
    assert await audible(page) == ["Connecting… What you write is kept and goes out by itself."]


async def test_the_limit_is_told_when_it_is_near_and_when_it_is_passed(chat: LocalChat, new_page: NewPage) -> None:
    page = await listen(chat, new_page, ScriptedServer())
    for length in (10, LONGEST_TEXT - 100, LONGEST_TEXT - 90, LONGEST_TEXT + 1, LONGEST_TEXT + 2):
        await composer(page).fill("a" * length)
    near, over = await page.evaluate("heard.splice(0)")
    assert re.fullmatch(r": Room for \d+ more characters\.", near)
    assert over == ": This is too long for one message."


async def test_what_is_to_be_read_aloud_has_its_place_before_it_comes(chat: LocalChat, new_page: NewPage) -> None:
    """A region that appears together with its words stays silent in some screen readers."""
    page = await open_room(chat, new_page, ScriptedServer())
    regions = "#room :is([role=status], [aria-live=polite])"
    silent = "(regions) => regions.filter((region) => !region.checkVisibility()).map(({ id }) => id)"
    await expect_to_become(lambda: page.locator(regions).evaluate_all(silent), [])


async def test_the_log_has_the_name_of_the_room_and_each_message_says_whose_it_is(
    chat: LocalChat, new_page: NewPage
) -> None:
    """To the eye, messages of one person share a heading."""
    server = ScriptedServer()
    server.history = [server.message("Ada", text, MINUTE) for text in ("One.", "Two.")]
    page = await open_room(chat, new_page, server)
    title = await text_of(page.get_by_role("heading", level=1))
    await expect(page.get_by_role("log", name=title).get_by_role("listitem")).to_have_count(3)
    for text in ("One.", "Two."):
        tree = await messages(page).filter(has_text=text).aria_snapshot()
        assert re.search(rf"paragraph: Ada \w{{3}}-\w{{3}}\n.*paragraph: {text}", tree), tree


# Without a mouse

MARKED = """(element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
}"""


async def expect_focus(page: Page, name: str | re.Pattern[str]) -> None:
    """Expect it on what is called so, where one sees it."""
    focused = page.locator(":focus")
    await expect(focused).to_have_accessible_name(name)
    assert await focused.evaluate(MARKED), name


async def press(page: Page, key: str, name: str | re.Pattern[str]) -> None:
    await page.keyboard.press(key)
    await expect_focus(page, name)


async def go(page: Page, name: str, key: str = "Tab") -> None:
    """Go from one stop to the next: every one of them is somewhere, and seen."""
    for _ in range(20):
        await page.keyboard.press(key)
        focused = page.locator(":focus")
        assert await focused.evaluate(MARKED)
        if name in await focused.aria_snapshot():
            return
    raise AssertionError(f"{key} does not lead to {name}")


async def test_a_whole_visit_needs_no_mouse(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(chat.http_url)
    await press(page, "Tab", "Your name")
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("Grace Hopper")
    await press(page, "Tab", "Another name")
    await press(page, "Tab", "New room")
    await page.keyboard.press("Enter")
    await expect_in_room(page)
    await expect_focus(page, "Message")
    link = await page.evaluate("location.hash")
    PLAINTEXTS.update((link.partition("=")[2], "Grace Hopper", "Ada Lovelace", "Good morning"))
    await page.keyboard.type("Good morning, Ada.")
    await press(page, "Enter", "Message")
    await expect_sent(page, 1)

    ada, room = Signer.new(), Room.from_link(link)
    async with RawClient(chat.url) as socket:
        alias, client = room.seal_alias(ada, "Ada Lovelace"), new_client()
        await socket.send_json({"action": "join", "room": room.id, "alias": alias})
        await socket.receive("joined")
        text = room.seal_message(ada, client, "Ada Lovelace", "Good morning, Grace.")
        await socket.send_json({"action": "send", "room": room.id, "client": client, "text": text})
        await expect_texts(page, ["Good morning, Ada.", "Good morning, Grace."])

        hers, mine = re.compile(r"^Ada Lovelace: Good morning, Grace\., "), re.compile(r"^You: Good morning, Ada\., ")
        await press(page, "Shift+Tab", re.compile("^Details, "))
        await press(page, "Shift+Tab", hers)
        await press(page, "ArrowUp", mine)
        await press(page, "Home", "Today")
        await press(page, "End", hers)
        await press(page, "Tab", re.compile("^Details, "))
        await press(page, "Enter", "Close")
        await expect(page.get_by_role("dialog", name="Message details")).to_be_visible()
        await press(page, "Escape", re.compile("^Details, "))
        await press(page, "Escape", "Message")

        await go(page, "2 here", "Shift+Tab")
        await press(page, "Enter", "Who is here")
        await press(page, "Tab", "Mute Ada Lovelace")
        await press(page, "Enter", "Unmute Ada Lovelace")
        await expect_texts(page, ["Good morning, Ada."])

    await go(page, "Menu", "Shift+Tab")
    await press(page, "Enter", "Close")
    await go(page, "System")
    await press(page, "ArrowDown", "Light")
    await press(page, "ArrowDown", "Dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await press(page, "Escape", "Menu")
    await press(page, "Shift+Tab", "Share")
    await press(page, "Enter", "Close")
    await go(page, "Copy the link")
    await press(page, "Enter", "Copy the link")
    await expect_to_become(lambda: page.evaluate("navigator.clipboard.readText()"), f"{chat.http_url}/{link}")
    await press(page, "Escape", "Share")
    await go(page, "Leave the room", "Shift+Tab")
    await press(page, "Enter", "New room")


async def test_of_all_messages_one_at_a_time_is_a_stop_for_the_tab_key(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    server.members = [server.person("Ada")]
    server.history = [server.message("Ada", f"Thought number {number}.", MINUTE - number) for number in range(5)]
    page = await open_room(chat, new_page, server)
    title = await text_of(page.get_by_role("heading", level=1))
    stops: list[str | re.Pattern[str]] = ["Leave the room", "2 here", "Share", "Menu", title]
    stops += [re.compile(r"^Ada: Thought number 4\., "), re.compile("^Details, "), "Message", "Send", "Mute Ada"]
    await button(page, "Leave the room").focus()
    for stop in stops[1:]:
        await press(page, "Tab", stop)
    for stop in reversed(stops[:-1]):
        await press(page, "Shift+Tab", stop)


async def test_where_the_focus_was_and_is_no_more_it_goes_nearby(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    server.history = [server.message("Ada", "One.", MINUTE), server.message("Ada", "Two.", MINUTE - 1)]
    page = await listen(chat, new_page, server)
    server.outcome = "failed"
    await say(page, "This one fails.")
    await button(page, "Delete").focus()
    await press(page, "Enter", re.compile(r"^Ada: Two\., "))

    await messages(page).last.get_by_role("button", name=re.compile("^Details, ")).focus()
    await page.keyboard.press("Enter")
    await button(page, "Mute Ada").click()
    title = await text_of(page.get_by_role("heading", level=1))
    await press(page, "Escape", title)

    for leave in ("Enter", "time"):
        await composer(page).focus()
        await page.keyboard.type("/dance")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notice")).to_contain_text("There is no command /dance.")
        await button(page, "Dismiss").focus()
        if leave == "Enter":
            await page.keyboard.press("Enter")
        else:
            await page.clock.run_for(15_000)
        await expect(page.locator("#notice")).to_be_hidden()
        await expect_focus(page, "Message")
        await composer(page).fill("")

    await page.keyboard.type("/leave")
    await press(page, "Enter", "New room")
    await button(page, f"Forget {title}").focus()
    await press(page, "Enter", "Forget it?")
    await press(page, "Enter", "New room")


# What a person has told their system

EDGELESS = """(elements) => elements.filter((element) => {
  const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(element);
  return borderTopStyle === "none" || parseFloat(borderTopWidth) < 1 || /^rgba.* 0\\)$/.test(borderTopColor);
}).map((element) => element.outerHTML)"""
BUTTONS_AND_FIELDS = "button:visible:not(.moment), input[type=text]:visible, textarea:visible, .bubble:visible"


async def test_where_the_system_chooses_the_colours_everything_has_an_edge_and_the_focus_is_seen(
    chat: LocalChat, new_page: NewPage
) -> None:
    server = ScriptedServer()
    page = await open_page(chat, new_page, server)
    await page.emulate_media(forced_colors="active")
    await expect_to_become(lambda: page.locator(BUTTONS_AND_FIELDS).evaluate_all(EDGELESS), [])
    for _ in range(5):
        await page.keyboard.press("Tab")
        assert await page.locator(":focus").evaluate(MARKED)
    await enter(page, f"{chat.http_url}/", server.link, "Grace")
    await fill_room(page, server)
    await expect_to_become(lambda: page.locator(BUTTONS_AND_FIELDS).evaluate_all(EDGELESS), [])
    await go(page, "Leave the room", "Shift+Tab")
    for state in DIALOGS.values():
        await state(page)
        await expect_to_become(
            lambda: page.locator(f"dialog[open] :is({BUTTONS_AND_FIELDS})").evaluate_all(EDGELESS), []
        )
        await page.keyboard.press("Escape")


MOVING = """(most) => {
  const longest = (times) => Math.max(...times.split(",").map(parseFloat));
  const moves = (style) => {
    const turns = style.animationName === "none" ? 0 : parseFloat(style.animationIterationCount) || Infinity;
    return longest(style.transitionDuration) > most || (turns && longest(style.animationDuration) * turns > most);
  };
  const parts = (element) => ["", "::before", "::after"].map((part) => getComputedStyle(element, part));
  return [...document.querySelectorAll("*")].filter((element) => parts(element).some(moves)).map(String);
}"""


async def test_who_wants_less_motion_sees_none(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server)
    await fill_room(page, server)
    server.silent = True
    await server.socket.close(code=1001)
    await expect(page.locator("#status")).to_contain_text("Connecting…")
    await log(page).evaluate("(log) => log.scrollTo(0, 0)")
    await button(page, "Share").click()
    assert await page.evaluate(MOVING, AT_ONCE_SECONDS) != []
    await page.emulate_media(reduced_motion="reduce")
    await expect_to_become(lambda: page.evaluate(MOVING, AT_ONCE_SECONDS), [])
    lasting = "document.getAnimations().filter((animation) => animation.effect.getComputedTiming().activeDuration > 10)"
    assert await page.evaluate(f"{lasting}.length") == 0
