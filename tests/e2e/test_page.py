"""The page alone: a server that answers what the test says, and a clock that only the test moves."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from anonchat_client import Room, Signer
from anonchat_client.encryption.envelope import Words, longest_text
from tests.e2e.conftest import DESKTOP, PHONE, SITE, Visit
from tests.e2e.patience import eventually
from tests.e2e.people import composer, enter, expect_sent, expect_texts, log, messages, new_link, set_hidden, until
from tests.e2e.stage import Frame, ScriptedServer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ADDRESS = "http://localhost/"
ALIAS = "Ada Lovelace"
NOW = 1_800_000_000_000  # epoch ms
ANSWER_MS, FIRST_BACKOFF_MS, TROUBLE_MS, LIST_MS = 10_000, 500, 2_000, 5_000
PING_MS, DOUBT_MS, NOTICE_MS, STALE_MS = 510_000, 60_000, 12_000, 3_600_001
TRIES = 5
LIMIT = 700  # characters of a sealed message: the smallest of the sizes that there are
LINES = 6  # that the composer grows to


class Server(ScriptedServer):
    """Joins everybody at once and keeps what else it is sent in `sends`; the test says what it answers.

    It has the room's key, and Björn's: it can say what only a member can.
    """

    def __init__(self) -> None:
        self.link = new_link()
        self.room = Room.from_link(self.link)
        self.bjorn = Signer.new()
        self.bjorns_alias = self.room.seal_alias(self.bjorn, "Björn Borg")
        self.joins: list[Frame] = []
        self.sends: list[Frame] = []
        self.pings = 0
        self.answers: list[Frame] = []  # what the next answers to `join` say differently
        self.silent = False

    def joined(self) -> Frame:
        limits = {"text": LIMIT, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15}
        who = {"room": self.room.id, "self": "me", "members": [self.me()], "online": 1}
        return {"type": "joined", **who, "history": [], "more": False, "gap": False, "limits": limits}

    def me(self, member: str = "me") -> Frame:
        return {"id": member, "alias": self.joins[-1]["alias"]}

    def refuse(self, sent: Frame, code: str, text: str, **more: Any) -> None:
        self.tell({"type": "error", "code": code, "message": text, "client": sent["client"], **more})

    def message(self, at: int, text: str) -> Frame:
        """Björn's, stamped `at` ms after NOW."""
        client = f"client-{at}"
        sealed = self.room.seal_message(self.bjorn, client, "Björn Borg", text, written=NOW + at)
        return _message(at, client, {"id": "other", "alias": self.bjorns_alias}, sealed)

    def echo(self, sent: Frame, at: int, member: str = "me") -> Frame:
        return _message(at, sent["client"], self.me(member), sent["text"])

    def words(self, sent: Frame) -> Words:
        """What a `send` says."""
        words = self.room.open_message(sent["client"], sent["text"]).words
        assert words
        return words

    def _receive(self, data: str | bytes) -> None:
        frame = json.loads(data)
        if frame["action"] == "ping":
            self.pings += 1
        elif frame["action"] == "send":
            self.sends.append(frame)
        else:
            self.joins.append(frame)
            if not self.silent:
                self.tell({**self.joined(), **(self.answers.pop(0) if self.answers else {})})


def _message(at: int, client: str, author: Frame, sealed: str) -> Frame:
    rest = {"client": client, "from": author, "text": sealed, "at": NOW + at, "online": 1}
    return {"type": "message", "id": f"{cursor(at)}-x", **rest}


def stamped(frame: Frame, at: int, member: str | None = None) -> Frame:
    """The same message again: at another time, perhaps from another socket of its writer."""
    author = {**frame["from"], "id": member or frame["from"]["id"]}
    return _message(at, frame["client"], author, frame["text"])


def cursor(at: int) -> str:
    return f"{NOW + at:013d}"


async def arrive(visit: Visit, server: Server, device: dict[str, Any] = DESKTOP) -> Page:
    """Somebody in front of a page that talks to `server`."""

    async def file(route: Route) -> None:
        if route.request.url.endswith("/config.js"):
            body = 'export default { websocketUrl: "ws://localhost/socket" };'
            await route.fulfill(content_type="text/javascript", body=body)
        else:
            await route.fulfill(path=file_of(route.request.url))

    page = await visit(device)
    await page.clock.install(time=NOW / 1000)
    await page.route(f"{ADDRESS}**", file)
    await page.route_web_socket("ws://localhost/socket", server.accept)
    await page.goto(ADDRESS)
    await page.clock.pause_at(NOW / 1000 + 60)
    return page


def file_of(url: str) -> Path:
    return SITE / (urlsplit(url).path.lstrip("/") or "index.html")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest_asyncio.fixture(loop_scope="module")
async def page(visit: Visit, server: Server) -> Page:
    """Somebody in the room."""
    page = await arrive(visit, server)
    await enter(page, ADDRESS, server.link, ALIAS)
    return page


async def write(page: Page, text: str) -> None:
    await composer(page).fill(text)
    await page.keyboard.press("Enter")


async def write_one(page: Page, server: Server, text: str) -> Frame:
    """Write it; what arrives at the server."""
    count = len(server.sends)
    await write(page, text)
    await eventually(lambda: len(server.sends) > count)
    return server.sends[-1]


async def reconnect(page: Page, server: Server) -> None:
    joins = len(server.joins)
    await server.socket.close(code=1001)
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await eventually(lambda: len(server.joins) > joins)


# Delivery


async def test_one_message_is_in_flight_at_a_time_and_the_order_holds(page: Page, server: Server) -> None:
    texts = ["one", "two", "three"]
    for text in texts:
        await write(page, text)
    await expect_texts(page, texts)
    for number in range(3):
        await eventually(lambda number=number: len(server.sends) > number)
        assert len(server.sends) == number + 1
        server.tell(server.echo(server.sends[number], number))
        await expect(messages(page).nth(number)).to_have_attribute("data-state", "sent")
    assert [server.words(sent).text for sent in server.sends] == texts


async def test_a_refused_message_shows_the_reason_and_can_be_tried_again_or_deleted(page: Page, server: Server) -> None:
    server.refuse(await write_one(page, server, "one"), "bad_request", "That did not work.")
    await expect(messages(page)).to_contain_text("Not sent. That did not work.")
    await page.get_by_role("button", name="Retry").click()
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == server.sends[0]
    server.refuse(server.sends[1], "bad_request", "Still not.")
    await page.get_by_role("button", name="Delete").click()
    await expect_texts(page, [])


async def test_a_message_over_the_rate_limit_goes_out_by_itself_when_the_time_has_come(
    page: Page, server: Server
) -> None:
    sent = await write_one(page, server, "one")
    await write(page, "two")
    server.refuse(sent, "rate_limited", "Not so fast, please.", retryAfter=7)
    await expect(page.locator("#notice")).to_contain_text("That was quick. What you write is kept")
    await expect(page.locator("#countdown")).to_have_text("7 s")
    await page.clock.run_for(5_000)
    await expect(page.locator("#countdown")).to_have_text("2 s")
    assert len(server.sends) == 1
    await page.clock.run_for(2_500)
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == sent
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_frame_without_type_acknowledges_nothing_and_after_five_tries_the_writer_decides(
    page: Page, server: Server
) -> None:
    sent = await write_one(page, server, "one")
    for tries in range(1, TRIES + 1):
        await eventually(lambda tries=tries: len(server.sends) == tries)
        await page.clock.run_for(1)
        server.tell({"message": "Internal server error", "connectionId": "x", "requestId": "y"})
        server.tell(server.message(tries, f"meanwhile {tries}"))
        await expect(messages(page)).to_have_count(tries + 1)
        await page.clock.run_for(ANSWER_MS)
    await expect(messages(page).last).to_contain_text("Not sent. The server did not confirm it.")
    assert server.sends == [sent] * TRIES
    await page.get_by_role("button", name="Retry").click()
    await eventually(lambda: len(server.sends) > TRIES)
    server.tell(server.echo(server.sends[-1], 100))
    await expect_sent(page, TRIES + 1)


async def test_a_socket_that_says_nothing_for_ten_seconds_is_replaced_and_the_message_sent_again(
    page: Page, server: Server
) -> None:
    server.tell(server.message(20_000, "hello"))
    await expect_texts(page, ["hello"])
    sent = await write_one(page, server, "one")
    await page.clock.run_for(ANSWER_MS)
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == sent
    assert server.joins[1]["since"] == cursor(5_000)


async def test_a_copy_in_the_history_counts_as_the_echo(page: Page, server: Server) -> None:
    sent = await write_one(page, server, "one")
    server.answers = [{"self": "me again", "history": [server.echo(sent, 3)]}]
    await reconnect(page, server)
    await expect_sent(page, 1)
    assert server.words(await write_one(page, server, "two")).text == "two"


async def test_an_echo_that_this_browser_did_not_sign_acknowledges_nothing(page: Page, server: Server) -> None:
    sent = await write_one(page, server, "one")
    await write(page, "two")
    forged = server.room.seal_message(server.bjorn, sent["client"], ALIAS, "one", written=NOW)
    server.tell({**server.echo(sent, 1), "text": forged}, {**server.echo(sent, 2), "text": "A" * len(sent["text"])})
    problems = log(page).locator("li[data-kind=problem]")
    await expect(problems).to_contain_text(["Somebody sent again what", "this room’s key does not open"])
    await expect(messages(page).first).to_have_attribute("data-state", "sending")
    assert server.sends == [sent]
    server.tell(server.echo(sent, 3))
    await eventually(lambda: len(server.sends) == 2)


async def test_copies_are_shown_once_and_a_late_message_slides_into_its_place(page: Page, server: Server) -> None:
    first, third = server.message(10, "first"), server.message(30, "third")
    server.tell(first, third, server.message(20, "second"), first)
    server.tell(stamped(third, 40), stamped(third, 50, member="other, reconnected"), server.message(60, "fourth"))
    await expect_texts(page, ["first", "second", "third", "fourth"])
    await expect(log(page).locator("li[data-kind=problem]")).to_have_count(0)


async def test_resuming_follows_more_and_a_cut_between_two_pages_loses_nothing(page: Page, server: Server) -> None:
    server.tell(server.message(20_000, "a"))
    await expect_texts(page, ["a"])
    live = server.message(90_000, "e")
    # The third page never comes: the socket is cut, and only a live message was there.
    server.answers = [
        {"history": [server.message(30_000, "b")], "more": True},
        {"history": [server.message(40_000, "c")], "more": True},
        {"type": "ignored"},
    ]
    await reconnect(page, server)
    await eventually(lambda: len(server.joins) == 4)
    server.tell(live)
    await expect_texts(page, ["a", "b", "c", "e"])
    server.answers = [{"history": [server.message(50_000, "d"), live]}]
    await server.socket.close(code=1001)
    await page.clock.run_for(2 * FIRST_BACKOFF_MS)
    await expect_texts(page, ["a", "b", "c", "d", "e"])
    asked = [join.get("since") for join in server.joins]
    assert asked == [None, cursor(5_000), f"{cursor(30_000)}-x", f"{cursor(40_000)}-x", cursor(25_000)]


async def test_a_room_in_which_nothing_was_said_is_resumed_from_its_beginning(page: Page, server: Server) -> None:
    server.answers = [{"gap": True, "history": [server.message(1, "first words")]}]
    await reconnect(page, server)
    await expect_texts(page, ["first words"])
    assert server.joins[1]["since"] == "0" * 13
    await expect(log(page).locator("li[data-kind=gap]")).to_have_count(0)


async def test_a_gap_is_admitted_where_it_is_and_only_when_there_may_be_one(page: Page, server: Server) -> None:
    server.tell(server.message(10, "old"))
    await expect_texts(page, ["old"])
    server.answers = [{"gap": True}, {"gap": True, "history": [server.message(900_000, "new")]}]
    await reconnect(page, server)  # heard a moment ago: the cursor is old, but nothing can be missing
    await expect(page.locator("#status")).to_be_empty()
    await expect(log(page).locator("li[data-kind=gap]")).to_have_count(0)
    await page.clock.fast_forward(700_000)  # the machine slept
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await expect(log(page).locator("li:not([data-kind=day])")).to_contain_text(["old", "may be missing", "new"])


async def test_earlier_messages_are_offered_where_the_history_was_cut_and_come_in_front(
    visit: Visit, server: Server
) -> None:
    earlier, later = [f"thought {number}" for number in range(3)], [f"thought {number}" for number in range(3, 23)]
    page = await arrive(visit, server)
    server.answers = [{"history": [server.message(1000 + at, text) for at, text in enumerate(later)]}]
    await enter(page, ADDRESS, server.link, ALIAS)
    await expect_texts(page, later)
    server.answers = [{"history": [server.message(at, text) for at, text in enumerate(earlier)]}]
    button = page.get_by_role("button", name="Earlier messages")
    await button.click()
    await expect_texts(page, earlier + later)
    await expect(button).to_be_hidden()


async def test_the_status_line_waits_two_seconds_and_goes_when_the_trouble_does(page: Page, server: Server) -> None:
    server.silent = True
    await reconnect(page, server)
    await page.clock.run_for(TROUBLE_MS - FIRST_BACKOFF_MS - 1)
    await expect(page.locator("#status")).to_be_empty()
    await page.clock.run_for(1)
    await expect(page.locator("#status")).to_contain_text("Connecting")
    server.tell(server.joined())
    await expect(page.locator("#status")).to_be_empty()


async def test_a_quiet_socket_is_kept_alive_while_somebody_looks(page: Page, server: Server) -> None:
    await page.clock.fast_forward(PING_MS - 1000)
    assert server.pings == 0
    await page.clock.fast_forward(1000)
    await eventually(lambda: server.pings == 1)
    await set_hidden(page, True)
    await page.clock.fast_forward(PING_MS)
    await set_hidden(page, False)
    await eventually(lambda: len(server.joins) == 2)  # nobody had looked: is it still alive?
    assert server.pings == 1


async def test_coming_back_to_a_page_long_silent_checks_its_socket(page: Page, server: Server) -> None:
    await page.clock.fast_forward(DOUBT_MS // 2)
    await page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    assert len(server.joins) == 1
    await page.clock.fast_forward(DOUBT_MS // 2 + 1000)
    await page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    await eventually(lambda: len(server.joins) == 2)


async def test_after_another_network_the_socket_is_checked_at_once(page: Page, server: Server) -> None:
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await eventually(lambda: len(server.joins) == 2)


async def test_who_comes_back_to_the_page_is_not_greeted_with_what_happened_meanwhile(
    page: Page, server: Server
) -> None:
    await set_hidden(page, True)
    await server.socket.close(code=1001)
    await page.clock.run_for(10 * TROUBLE_MS)
    server.silent = True
    await set_hidden(page, False)
    await page.clock.run_for(TROUBLE_MS - 1)
    await expect(page.locator("#status")).to_be_empty()
    await page.clock.run_for(1)
    await expect(page.locator("#status")).to_contain_text("Connecting")


async def test_what_is_signed_is_the_writers_own_time_whatever_the_server_says(page: Page, server: Server) -> None:
    """Or the server could make a message look fresh that it has kept back for hours."""
    server.tell(server.echo(await write_one(page, server, "one"), 3_600_000))
    await expect_sent(page, 1)
    assert abs(server.words(await write_one(page, server, "two")).written - NOW) < 120_000


async def test_a_command_leaves_no_draft_and_steady_typing_does(page: Page, server: Server) -> None:
    await composer(page).fill("/help")
    await page.clock.run_for(1000)
    await composer(page).press("Enter")
    await page.clock.run_for(1000)
    await page.reload()
    await expect(composer(page)).to_have_value("")
    for text in ("s", "st", "ste", "stea", "stead", "steady"):
        await composer(page).fill(text)
        await page.clock.run_for(100)
    await until(page, "Object.keys(sessionStorage).some((key) => key.endsWith('.draft'))")
    await page.reload()
    await expect(composer(page)).to_have_value(re.compile("^st"))


async def test_a_message_that_was_refused_stays_refused_after_a_reload(page: Page, server: Server) -> None:
    server.refuse(await write_one(page, server, "one"), "bad_request", "That did not work.")
    await expect(messages(page)).to_contain_text("Not sent. That did not work.")
    await page.reload()
    await expect(messages(page)).to_contain_text("Not sent. That did not work.")
    assert len(server.sends) == 1


async def test_a_list_of_people_that_disagrees_with_their_number_is_fetched_anew(page: Page, server: Server) -> None:
    bjorn = {"id": "other", "alias": server.bjorns_alias}
    carol = {"id": "third", "alias": server.room.seal_alias(Signer.new(), "Carol Shaw")}
    server.tell({"type": "presence", "online": 3, "joined": [bjorn], "left": []})
    await expect(page.get_by_role("button", name="3 here")).to_be_visible()
    people = page.locator("#people-list li")
    await expect(people).to_have_count(2)
    server.answers = [{"members": [server.me(), bjorn, carol], "online": 3}]
    await page.clock.run_for(LIST_MS)
    await expect(people).to_contain_text([ALIAS, "Björn Borg", "Carol Shaw"])


async def test_what_was_left_unsent_long_ago_goes_out_only_if_its_writer_still_wants_it(
    page: Page, server: Server
) -> None:
    sent = await write_one(page, server, "one")
    await page.clock.fast_forward(STALE_MS)
    await page.reload()
    await expect(messages(page)).to_contain_text("Not sent. It was written a while ago.")
    assert server.sends == [sent]
    await page.get_by_role("button", name="Retry").click()
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == sent


async def test_what_the_server_says_to_nobodys_request_is_shown(page: Page, server: Server) -> None:
    server.tell({"type": "error", "code": "server_error", "message": "Something went wrong here."})
    await expect(page.locator("#notice")).to_contain_text("Something went wrong here.")
    await expect(page.locator("#countdown")).to_be_empty()
    await page.clock.run_for(NOTICE_MS)
    await expect(page.locator("#notice")).to_be_hidden()


# Writing


async def test_enter_sends_and_with_shift_makes_a_new_line(page: Page, server: Server) -> None:
    await composer(page).press_sequentially("two")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("lines")
    assert server.sends == []
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_have_value("")
    await expect_texts(page, ["two\nlines"])
    await eventually(lambda: len(server.sends) == 1)
    assert server.words(server.sends[0]) == Words(ALIAS, "two\nlines", False, NOW + 60_000)


async def test_with_touch_enter_makes_a_new_line_and_the_button_sends(visit: Visit, server: Server) -> None:
    page = await arrive(visit, server, PHONE)
    await enter(page, ADDRESS, server.link, ALIAS)
    await composer(page).tap()
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await page.keyboard.type("lines")
    await page.get_by_role("button", name="Send").tap()
    await expect_texts(page, ["two\nlines"])
    await expect(composer(page)).to_be_focused()  # and the keyboard stays


async def test_enter_that_chooses_among_characters_does_not_send(page: Page, server: Server) -> None:
    box = composer(page)
    await box.fill("nihon")
    for event in ({"isComposing": True}, {"keyCode": 229}):
        await box.dispatch_event("keydown", {"key": "Enter", **event})
    # Safari tells of the key only after the end of the composition.
    await box.dispatch_event("compositionstart")
    await box.dispatch_event("compositionend")
    await box.dispatch_event("keydown", {"key": "Enter"})
    await expect(box).to_have_value("nihon")
    await page.clock.run_for(1)
    await page.keyboard.press("Enter")
    await expect_texts(page, ["nihon"])


async def test_an_input_method_of_the_system_composes_in_peace(page: Page, server: Server) -> None:
    devtools = await page.context.new_cdp_session(page)
    await composer(page).focus()
    composition = {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    await devtools.send("Input.imeSetComposition", composition)
    await expect(composer(page)).to_have_value("にほん")
    enter_key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter_key})
    await devtools.send("Input.insertText", {"text": "日本"})
    await devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter_key})
    await expect(composer(page)).to_have_value("日本")
    await expect_texts(page, [])
    await page.clock.run_for(1)
    await page.keyboard.press("Enter")
    await expect_texts(page, ["日本"])


@pytest.mark.parametrize("by_itself", [True, False], ids=["field-sizing", "older browsers"])
async def test_the_composer_grows_to_six_lines_and_then_scrolls(visit: Visit, server: Server, by_itself: bool) -> None:
    page = await arrive(visit, server)
    if not by_itself:
        await page.add_init_script("CSS.supports = () => false")
        await page.reload()
        await page.evaluate("document.querySelector('#text').style.fieldSizing = 'fixed'")
    await enter(page, ADDRESS, server.link, ALIAS)
    heights = []
    for lines in range(1, LINES + 3):
        await composer(page).fill("\n".join("line" for _ in range(lines)))
        heights.append(await composer(page).evaluate("(box) => box.clientHeight"))
        scrolls = await composer(page).evaluate("(box) => box.scrollHeight > box.clientHeight + 1")
        assert scrolls == (lines > LINES)
    assert heights == sorted(heights)
    assert len(set(heights)) == LINES
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(1)
    assert await composer(page).evaluate("(box) => box.clientHeight") == heights[0]


async def test_the_counter_shows_only_near_the_limit_and_what_is_too_long_stays_in_the_box(
    page: Page, server: Server
) -> None:
    longest = longest_text(LIMIT, ALIAS)
    counter = page.locator("#counter")
    await composer(page).fill("a" * (longest * 9 // 10))
    await expect(counter).to_be_empty()
    await composer(page).fill("a" * (longest - 7) + "é")  # two bytes
    await expect(counter).to_have_text("5 left")
    too_long = "a" * longest + "é"
    await write(page, too_long)
    await expect(counter).to_have_text("2 too long")
    await expect(page.locator("#notice")).to_contain_text("too long for one message, by 2 bytes")
    await expect(composer(page)).to_have_value(too_long)
    assert server.sends == []
    sent = await write_one(page, server, "a" * longest)
    assert server.words(sent).text == "a" * longest
    assert len(sent["text"]) <= LIMIT


@pytest.mark.parametrize("kind", ["paste", "drop"])
async def test_a_picture_is_declined_politely(page: Page, kind: str) -> None:
    await composer(page).fill("a thought")
    declined = await composer(page).evaluate(
        """(box, kind) => {
          const data = new DataTransfer();
          data.items.add(new File(["picture"], "picture.png", { type: "image/png" }));
          const rest = { bubbles: true, cancelable: true };
          const paste = () => new ClipboardEvent("paste", { clipboardData: data, ...rest });
          const drop = () => new DragEvent("drop", { dataTransfer: data, ...rest });
          return !box.dispatchEvent(kind === "paste" ? paste() : drop());
        }""",
        kind,
    )
    assert declined
    await expect(page.locator("#notice")).to_contain_text("Pictures and files cannot be sent here, only text.")
    await expect(composer(page)).to_have_value("a thought")


async def test_of_what_is_pasted_the_plain_text_is_kept(page: Page) -> None:
    """Office programs copy a picture of the text along with it."""
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await composer(page).focus()
    await page.evaluate(
        """async () => {
          const [plain, html] = [["bold words", "text/plain"], ["<b>bold</b> words", "text/html"]]
            .map(([text, type]) => new Blob([text], { type }));
          const picture = await (await fetch("icon-192.png")).blob();
          const copied = { "text/plain": plain, "text/html": html, "image/png": picture };
          await navigator.clipboard.write([new ClipboardItem(copied)]);
        }"""
    )
    await page.keyboard.press("ControlOrMeta+V")
    await expect(composer(page)).to_have_value("bold words")
    await expect(page.locator("#notice")).to_be_hidden()
