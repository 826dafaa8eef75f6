"""Who is here, who is muted, and what the commands of the composer do."""

import json
import re
from contextlib import AsyncExitStack
from functools import partial

import pytest
from playwright.async_api import expect

from anonchat_client import RawClient, Room, Signer
from local.chat import LocalChat
from tests.support import held_encryption
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.log_view import headings
from tests.support.manual_server import ManualServer, write
from tests.support.member import member
from tests.support.page_actions import (
    PLAINTEXTS,
    composer,
    enter,
    expect_sent,
    expect_texts,
    log,
    messages,
    new_link,
    say,
    set_hidden,
    text_of,
    wait_until,
)
from tests.support.raw_chat import join
from tests.support.waiting import eventually, expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}


# People


@pytest.mark.promise(5)
async def test_the_members_are_listed_and_counted_as_they_come_and_go(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(DESKTOP)
    await enter(page, chat.http_url, link, "Ada of Reading")
    people = page.get_by_role("complementary", name="Who is here").get_by_role("listitem")
    await expect(page.get_by_role("button", name="1 here")).to_be_visible()
    async with member(chat, link, "Björn of Reading"):
        async with member(chat, link, "Cleo of Reading"):
            await expect(page.get_by_role("button", name="3 here")).to_be_visible()
            names = [re.compile(name) for name in (r"Ada of Reading.*\(you\)", "Björn of Reading", "Cleo of Reading")]
            await expect(people).to_have_text(names)
        await expect(page.get_by_role("button", name="2 here")).to_be_visible()
        await expect(people).to_have_count(2)
    await expect(page.get_by_role("button", name="1 here")).to_be_visible()
    await expect(people).to_have_count(1)


async def test_who_looks_at_the_people_of_a_large_room_is_told_who_all_are(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(PHONE)
    async with AsyncExitStack() as others:
        for number in range(45):  # with the longest names: a snapshot has no place for all of them
            person = await others.enter_async_context(RawClient(chat.url))
            await join(person, Room.from_link(link).id, f"{number:0256d}")
        await enter(page, chat.http_url, link, "Ada of Reading")
        await page.get_by_role("button", name="46 here").click()
        people = page.get_by_role("dialog").get_by_role("listitem")
        await expect(people).to_have_text([re.compile(r"Ada of Reading.*\(you\)"), re.compile("Unverified.*×45")])
        await expect(page.locator("#people-more")).to_be_empty()


async def test_a_muted_person_stays_so_when_they_come_back_under_another_name_and_when_one_reloads(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, page, signer = new_link(), await new_page(DESKTOP), Signer.new()
    await enter(page, chat.http_url, link, "Ada of Reading")
    title = await page.title()
    async with member(chat, link, "Cleo of Reading") as cleo:
        async with member(chat, link, "Björn of Reading", signer) as bjorn:
            await bjorn.say_in_turn("before he is muted")
            await expect_texts(page, ["before he is muted"])
            await page.get_by_role("button", name="Mute Björn of Reading").click()
            await expect_texts(page, [])
        async with member(chat, link, "Somebody of Reading", signer) as bjorn:
            await expect(page.get_by_role("button", name="Unmute Somebody of Reading")).to_be_visible()
            await set_hidden(page, True)
            await bjorn.say_in_turn("after he has come back")
            await cleo.say_in_turn("a voice that is heard")
            await expect_texts(page, ["a voice that is heard"])
            await expect(page).to_have_title(f"(1) {title}")
            await page.reload()
            await bjorn.say_in_turn("after the reload")
            await cleo.say_in_turn("and once more")
            await expect_texts(page, ["a voice that is heard", "and once more"])
            await page.get_by_role("button", name="Unmute Somebody of Reading").click()
            await expect(messages(page)).to_have_count(5)
            await bjorn.say_in_turn("and now he is heard")
            await expect(messages(page).last).to_contain_text("and now he is heard")


# Commands


async def test_a_new_name_stands_over_ones_messages_and_in_the_list_of_the_others(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, ada, bjorn = new_link(), await new_page(DESKTOP), await new_page(DESKTOP)
    await enter(ada, chat.http_url, link, "Ada of Reading")
    await enter(bjorn, chat.http_url, link, "Björn of Reading")
    await say(ada, "under my old name")
    PLAINTEXTS.add("Countess of Reading")
    await say(ada, "/nick Countess of Reading")
    await expect(ada.locator("li[data-kind=note]")).to_have_text("You are Countess of Reading now.")
    await expect(bjorn.locator("#people-list .alias")).to_have_text(["Björn of Reading", "Countess of Reading"])
    await say(ada, "under my new name")
    await expect(messages(bjorn).locator(".alias")).to_have_text(["Ada of Reading", "Countess of Reading"])
    await expect_to_become(lambda: headings(bjorn), [True, True])
    handle = await text_of(messages(bjorn).locator(".handle").first)
    await expect(messages(bjorn).locator(".handle")).to_have_text([handle, handle])
    await expect(log(bjorn).locator(".borrowed")).to_have_count(0)
    await ada.reload()
    myself = ada.locator("#people-list li").filter(has=ada.locator(".you:visible"))
    await expect(myself.locator(".alias")).to_have_text("Countess of Reading")


async def test_of_two_quick_names_the_last_wins_and_what_is_written_keeps_its_order(
    new_page: NewPage, server: ManualServer
) -> None:
    """Whichever of them is encrypted first: what the server sees, and what a reload finds."""
    page = await held_encryption.enter_prepared(new_page, server)
    await held_encryption.hold(page)
    for name in ("Ada the First", "Ada the Last"):
        await write(page, f"/nick {name}")
    await wait_until(page, "window.held.length >= 1")
    await held_encryption.free(page)
    await eventually(lambda: last_name(server) == "Ada the Last")

    await held_encryption.hold(page)
    for text in ("one", "two"):
        await write(page, text)
    await wait_until(page, "window.held.length === 2")
    await held_encryption.free(page)
    await eventually(lambda: server.sends)
    await page.reload()
    await expect_texts(page, ["one", "two"])
    await eventually(lambda: len(server.sends) == 2)
    assert [server.words(sent).text for sent in server.sends] == ["one", "one"]
    assert last_name(server) == "Ada the Last"


def last_name(server: ManualServer) -> str | None:
    return server.room.open_alias(server.joins[-1]["alias"]).alias


async def test_what_one_does_is_told_as_such_and_two_slashes_send_one(chat: LocalChat, new_page: NewPage) -> None:
    link, ada, bjorn = new_link(), await new_page(DESKTOP), await new_page(PHONE)
    await enter(ada, chat.http_url, link, "Ada of Reading")
    await enter(bjorn, chat.http_url, link, "Björn of Reading")
    await say(ada, "/me waves from the bench")
    await say(ada, "//me is how to say it")
    await say(ada, "/ME in capitals")
    for page in (ada, bjorn):
        await expect_texts(page, ["waves from the bench", "/me is how to say it", "in capitals"])
        await expect_sent(page, 3)
        styles = "(texts) => texts.map((text) => getComputedStyle(text).fontStyle)"
        await expect_to_become(
            partial(messages(page).locator(".text").evaluate_all, styles), ["italic", "normal", "italic"]
        )


async def test_help_and_what_is_no_command_stay_on_this_page(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(DESKTOP)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    await enter(page, chat.http_url, link, "Ada of Reading")
    await say(page, "/help")
    await expect(page.locator("li[data-kind=note]")).to_contain_text("/nick Ada")
    await expect(composer(page)).to_have_value("")
    for text in ("/msg Björn a secret of mine", "/usr/bin/secrets", "/", "/ me waves", "/nick   "):
        await say(page, text)
        await expect(page.locator("#notice")).to_be_visible()
        await expect(composer(page)).to_have_value(text)
        await page.get_by_role("button", name="Dismiss").click()
    await say(page, "//usr/bin/secrets")
    await expect_texts(page, ["/usr/bin/secrets"])
    await expect_sent(page, 1)
    assert [json.loads(frame)["action"] for frame in sent].count("send") == 1


async def test_leave_leads_to_the_landing_page_and_out_of_the_room(chat: LocalChat, new_page: NewPage) -> None:
    link, ada, bjorn = new_link(), await new_page(DESKTOP), await new_page(PHONE)
    await enter(ada, chat.http_url, link, "Ada of Reading")
    await enter(bjorn, chat.http_url, link, "Björn of Reading")
    await expect(ada.get_by_role("button", name="2 here")).to_be_visible()
    await say(bjorn, "/leave")
    await expect(bjorn.get_by_role("button", name="New room")).to_be_visible()
    assert link not in bjorn.url
    await expect(bjorn).to_have_title("anonchat")
    await expect(ada.get_by_role("button", name="1 here")).to_be_visible()
    await expect(messages(ada)).to_have_count(0)
