"""Delivery, by the page alone: a server that answers what the test says, and a clock that only the test moves."""

import re
from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from anonchat_client import Signer
from tests.support.browser import NewPage
from tests.support.manual_server import (
    ADDRESS,
    ALIAS,
    FIRST_BACKOFF_MS,
    NOW,
    ManualServer,
    cursor,
    open_page_at,
    reconnect,
    stamped,
    write,
    write_one,
)
from tests.support.page_actions import composer, enter, expect_sent, expect_texts, log, messages, set_hidden, wait_until
from tests.support.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ANSWER_MS, TROUBLE_MS, LIST_MS = 10_000, 2_000, 5_000
DOUBT_MS, NOTICE_MS, STALE_MS = 60_000, 12_000, 3_600_001
SILENCE_MS = (170_000, 215_000)  # a third of the history that the server tells of, or a little less
TRIES = 5


async def test_one_message_is_in_flight_at_a_time_and_the_order_holds(page: Page, server: ManualServer) -> None:
    texts = ["one", "two", "three"]
    for text in texts:
        await write(page, text)
    await expect_texts(page, texts)
    for number in range(3):
        await eventually(has_more_sends_than(server, number))
        assert len(server.sends) == number + 1
        server.send(server.echo(server.sends[number], number))
        await expect(messages(page).nth(number)).to_have_attribute("data-state", "sent")
    assert [server.words(sent).text for sent in server.sends] == texts


def has_more_sends_than(server: ManualServer, count: int) -> Callable[[], bool]:
    return lambda: len(server.sends) > count


def has_sends(server: ManualServer, count: int) -> Callable[[], bool]:
    return lambda: len(server.sends) == count


async def test_a_refused_message_shows_the_reason_and_can_be_tried_again_or_deleted(
    page: Page, server: ManualServer
) -> None:
    server.refuse(await write_one(page, server, "one"), "bad_request", "That did not work.")
    await expect(messages(page)).to_contain_text("Not sent. The server does not understand")
    await page.get_by_role("button", name="Retry").click()
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == server.sends[0]
    server.refuse(server.sends[1], "bad_request", "Still not.")
    await page.get_by_role("button", name="Delete").click()
    await expect_texts(page, [])


async def test_a_message_over_the_rate_limit_goes_out_by_itself_when_the_time_has_come(
    page: Page, server: ManualServer
) -> None:
    sent = await write_one(page, server, "one")
    await write(page, "two")
    server.refuse(sent, "rate_limited", "Not so fast, please.", retryAfter=7)
    await expect(page.locator("#notice")).to_contain_text("That was quick. What you write goes out by itself.")
    await expect(page.locator("#countdown")).to_have_text("7 s")
    await page.clock.run_for(5_000)
    await expect(page.locator("#countdown")).to_have_text("2 s")
    assert len(server.sends) == 1
    await page.clock.run_for(2_500)
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == sent
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_frame_without_type_acknowledges_nothing_and_after_five_tries_the_writer_decides(
    page: Page, server: ManualServer
) -> None:
    sent = await write_one(page, server, "one")
    for tries in range(1, TRIES + 1):
        await eventually(has_sends(server, tries))
        await page.clock.run_for(1)
        server.send({"message": "Internal server error", "connectionId": "x", "requestId": "y"})
        server.send(server.message(tries, f"meanwhile {tries}"))
        await expect(messages(page)).to_have_count(tries + 1)
        assert len(server.sends) == tries, "not at once"
        while len(server.sends) == tries < TRIES:
            await page.clock.run_for(500)
    await expect(messages(page).last).to_contain_text("Not sent. The server did not confirm it.")
    assert server.sends == [sent] * TRIES
    await page.get_by_role("button", name="Retry").click()
    await eventually(lambda: len(server.sends) > TRIES)
    server.send(server.echo(server.sends[-1], 100))
    await expect_sent(page, TRIES + 1)


async def test_a_socket_that_says_nothing_for_ten_seconds_is_replaced_and_the_message_sent_again(
    page: Page, server: ManualServer
) -> None:
    server.send(server.message(20_000, "hello"))
    await expect_texts(page, ["hello"])
    sent = await write_one(page, server, "one")
    await page.clock.run_for(ANSWER_MS)
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == sent
    assert server.joins[1]["since"] == cursor(5_000)


@pytest.mark.promise(2)
async def test_a_copy_in_the_history_counts_as_the_echo(page: Page, server: ManualServer) -> None:
    sent = await write_one(page, server, "one")
    server.answers = [{"self": "me again", "history": [server.echo(sent, 3)]}]
    await reconnect(page, server)
    await expect_sent(page, 1)
    assert server.words(await write_one(page, server, "two")).text == "two"


async def test_an_echo_that_this_browser_did_not_sign_acknowledges_nothing(page: Page, server: ManualServer) -> None:
    sent = await write_one(page, server, "one")
    await write(page, "two")
    forged = server.room.seal_message(server.bjorn, sent["client"], ALIAS, "one", written=NOW)
    server.send({**server.echo(sent, 1), "text": forged}, {**server.echo(sent, 2), "text": "A" * len(sent["text"])})
    problems = log(page).locator("li[data-kind=problem]")
    await expect(problems).to_contain_text(["Somebody sent again what", "this room’s key does not open"])
    await expect(messages(page).first).to_have_attribute("data-state", "sending")
    assert server.sends == [sent]
    server.send(server.echo(sent, 3))
    await eventually(lambda: len(server.sends) == 2)


@pytest.mark.promise(2)
async def test_copies_are_shown_once_and_a_late_message_slides_into_its_place(page: Page, server: ManualServer) -> None:
    first, third = server.message(10, "first"), server.message(30, "third")
    server.send(first, third, server.message(20, "second"), first)
    server.send(stamped(third, 40), stamped(third, 50, member="other, reconnected"), server.message(60, "fourth"))
    await expect_texts(page, ["first", "second", "third", "fourth"])
    await expect(log(page).locator("li[data-kind=problem]")).to_have_count(0)


@pytest.mark.promise(1)
async def test_resuming_follows_more_and_a_cut_between_two_pages_loses_nothing(
    page: Page, server: ManualServer
) -> None:
    server.send(server.message(20_000, "a"))
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
    server.send(live)
    await expect_texts(page, ["a", "b", "c", "e"])
    server.answers = [{"history": [server.message(50_000, "d"), live]}]
    await server.socket.close(code=1001)
    await page.clock.run_for(2 * FIRST_BACKOFF_MS)
    await expect_texts(page, ["a", "b", "c", "d", "e"])
    asked = [join.get("since") for join in server.joins]
    assert asked == [None, cursor(5_000), f"{cursor(30_000)}-x", f"{cursor(40_000)}-x", cursor(25_000)]


async def test_a_room_in_which_nothing_was_said_is_resumed_from_its_beginning(page: Page, server: ManualServer) -> None:
    server.answers = [{"gap": True, "history": [server.message(1, "first words")]}]
    await reconnect(page, server)
    await expect_texts(page, ["first words"])
    assert server.joins[1]["since"] == "0" * 13
    await expect(log(page).locator("li[data-kind=gap]")).to_have_count(0)


@pytest.mark.promise(3)
async def test_a_gap_is_admitted_where_it_is_and_only_when_there_may_be_one(page: Page, server: ManualServer) -> None:
    server.send(server.message(10, "old"))
    await expect_texts(page, ["old"])
    server.answers = [{"gap": True}, {"gap": True, "history": [server.message(900_000, "new")]}]
    await reconnect(page, server)  # heard a moment ago: the cursor is old, but nothing can be missing
    await expect(page.locator("#status")).to_be_empty()
    await expect(log(page).locator("li[data-kind=gap]")).to_have_count(0)
    await page.clock.fast_forward(700_000)  # the machine slept
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await expect(log(page).locator("li:not([data-kind=day])")).to_contain_text(["old", "may be missing", "new"])


async def test_earlier_messages_are_offered_where_the_history_was_cut_and_come_in_front(
    new_page: NewPage, server: ManualServer
) -> None:
    earlier, later = [f"thought {number}" for number in range(3)], [f"thought {number}" for number in range(3, 23)]
    page = await open_page_at(new_page, server)
    server.answers = [{"history": [server.message(1000 + at, text) for at, text in enumerate(later)]}]
    await enter(page, ADDRESS, server.link, ALIAS)
    await expect_texts(page, later)
    server.answers = [{"history": [server.message(at, text) for at, text in enumerate(earlier)]}]
    button = page.get_by_role("button", name="Earlier messages")
    await button.click()
    await expect_texts(page, earlier + later)
    await expect(button).to_be_hidden()


async def test_the_status_line_waits_two_seconds_and_goes_when_the_trouble_does(
    page: Page, server: ManualServer
) -> None:
    server.silent = True
    await server.socket.close(code=1001)
    await page.clock.run_for(TROUBLE_MS - 1)
    await expect(page.locator("#status")).to_be_empty()
    await page.clock.run_for(1)
    await expect(page.locator("#status")).to_contain_text("Connecting")
    await page.clock.run_for(FIRST_BACKOFF_MS)
    await eventually(lambda: len(server.joins) == 2)
    server.send(server.joined())
    await expect(page.locator("#status")).to_be_empty()


async def test_in_a_quiet_room_the_server_is_asked_whether_it_is_still_there_while_somebody_looks(
    page: Page, server: ManualServer
) -> None:
    await page.clock.run_for(SILENCE_MS[0])
    assert len(server.joins) == 1
    for _ in range((SILENCE_MS[1] - SILENCE_MS[0]) // 1000):
        if len(server.joins) == 1:  # no further: the answer takes no time of the page's
            await page.clock.run_for(1000)
    await eventually(lambda: len(server.joins) == 2)
    await set_hidden(page, True)
    await page.clock.run_for(SILENCE_MS[1])
    assert len(server.joins) == 2
    await set_hidden(page, False)
    await eventually(lambda: len(server.joins) == 3)  # nobody had looked: is it still there?


async def test_coming_back_to_a_page_long_silent_checks_its_socket(page: Page, server: ManualServer) -> None:
    await page.clock.fast_forward(DOUBT_MS // 2)
    await page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    assert len(server.joins) == 1
    await page.clock.fast_forward(DOUBT_MS // 2 + 1000)
    await page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    await eventually(lambda: len(server.joins) == 2)


async def test_after_another_network_the_socket_is_checked_at_once_and_the_page_says_so(
    page: Page, server: ManualServer
) -> None:
    server.silent = True
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await eventually(lambda: len(server.joins) == 2)
    await page.clock.run_for(1000)
    await expect(page.locator("#status")).to_have_text("Checking the connection…")
    await write(page, "said in doubt")
    server.send(server.joined())
    await expect(page.locator("#status")).to_be_empty()
    await eventually(lambda: len(server.sends) == 1)


async def test_a_change_of_the_kind_of_network_is_another_network_where_browsers_tell(
    page: Page, server: ManualServer
) -> None:
    change = """(type) => {
      Object.defineProperty(navigator.connection, "type", { value: type, configurable: true });
      navigator.connection.dispatchEvent(new Event("change"));
    }"""
    await page.evaluate(change, "cellular")
    await eventually(lambda: len(server.joins) == 2)
    await page.clock.run_for(10_000)
    await page.evaluate(change, "cellular")  # only its speed has changed
    await page.evaluate(change, "wifi")
    await eventually(lambda: len(server.joins) == 3)


async def test_who_comes_back_to_the_page_is_not_greeted_with_what_happened_meanwhile(
    page: Page, server: ManualServer
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


async def test_what_is_signed_is_the_writers_own_time_whatever_the_server_says(
    page: Page, server: ManualServer
) -> None:
    """Or the server could make a message look fresh that it has kept back for hours."""
    server.send(server.echo(await write_one(page, server, "one"), 3_600_000))
    await expect_sent(page, 1)
    assert abs(server.words(await write_one(page, server, "two")).written - NOW) < 120_000


async def test_a_command_leaves_no_draft_and_steady_typing_does(page: Page, server: ManualServer) -> None:
    await composer(page).fill("/help")
    await page.clock.run_for(1000)
    await composer(page).press("Enter")
    await page.clock.run_for(1000)
    await page.reload()
    await expect(composer(page)).to_have_value("")
    for text in ("s", "st", "ste", "stea", "stead", "steady"):
        await composer(page).fill(text)
        await page.clock.run_for(100)
    await wait_until(page, "Object.keys(sessionStorage).some((key) => key.endsWith('.draft'))")
    await page.reload()
    await expect(composer(page)).to_have_value(re.compile("^st"))


async def test_a_message_that_was_refused_stays_refused_after_a_reload(page: Page, server: ManualServer) -> None:
    server.refuse(await write_one(page, server, "one"), "bad_request", "That did not work.")
    await expect(messages(page)).to_contain_text("Not sent. The server does not understand")
    await page.reload()
    await expect(messages(page)).to_contain_text("Not sent. The server does not understand")
    assert len(server.sends) == 1


async def test_a_list_of_people_that_disagrees_with_their_number_is_fetched_anew(
    page: Page, server: ManualServer
) -> None:
    bjorn = {"id": "other", "alias": server.bjorns_alias}
    carol = {"id": "third", "alias": server.room.seal_alias(Signer.new(), "Carol Shaw")}
    server.send({"type": "presence", "online": 3, "joined": [bjorn], "left": []})
    await expect(page.get_by_role("button", name="3 here")).to_be_visible()
    people = page.locator("#people-list li")
    await expect(people).to_have_count(2)
    server.answers = [{"members": [server.me(), bjorn, carol], "online": 3}]
    await page.clock.run_for(LIST_MS)
    await expect(people).to_contain_text([ALIAS, "Björn Borg", "Carol Shaw"])


async def test_what_was_left_unsent_long_ago_goes_out_only_if_its_writer_still_wants_it(
    page: Page, server: ManualServer
) -> None:
    sent = await write_one(page, server, "one")
    await page.clock.fast_forward(STALE_MS)
    await page.reload()
    await expect(messages(page)).to_contain_text("Not sent. It was written a while ago.")
    assert server.sends == [sent]
    await page.get_by_role("button", name="Retry").click()
    await eventually(lambda: len(server.sends) == 2)
    assert server.sends[1] == sent


async def test_what_the_server_says_to_nobodys_request_is_shown(page: Page, server: ManualServer) -> None:
    server.send({"type": "error", "code": "server_error", "message": "Something went wrong here."})
    await expect(page.locator("#notice")).to_contain_text("Something went wrong on the server.")
    await expect(page.locator("#countdown")).to_be_empty()
    await page.clock.run_for(NOTICE_MS)
    await expect(page.locator("#notice")).to_be_hidden()
