"""A member who seals, signs or names wrongly, or speaks for somebody else: the reader is told, and nothing breaks."""

import re
import secrets
import time
from functools import partial

import pytest
from playwright.async_api import Page, expect

from anonchat_client import Room, new_client
from anonchat_client.encryption.base64url import b64encode
from anonchat_client.encryption.envelope import (
    ALIAS_BYTES,
    BUCKETS,
    NONCE_BYTES,
    TAG_BYTES,
    TEXT,
    body,
    message_context,
    proof,
    to_bucket,
)
from anonchat_client.encryption.signer import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from local.chat import LocalChat
from tests.support.browser import NewPage
from tests.support.forgery import forger
from tests.support.group import FRIEND, HOSTILE, READERS, Group, message, open_group, person, problems
from tests.support.hostile_text import ALIAS_LIMIT, MARKUP, OVERRIDE
from tests.support.page_actions import (
    expect_in_room,
    expect_texts,
    log,
    messages,
    new_link,
    say,
    set_hidden,
    wait_until,
)
from tests.support.scripted_server import MINUTE
from tests.support.socket_interceptor import SocketInterceptor
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}  # nobody hostile is slowed down
DAY = 24 * 60 * MINUTE


# What is sealed wrongly, signed wrongly, or sent by the wrong person


async def test_what_the_rooms_key_does_not_open_is_shown_as_such(group: Group) -> None:
    room, signer, client = group.room, group.hostile.signer, new_client()
    where = message_context(room.id, client)

    def seal(content: bytes, filling: bytes = b"") -> str:
        return room.seal(where, to_bucket(proof(signer, where, content) + content + filling))

    good = room.seal_message(signer, client, HOSTILE, "This would open.")
    name, text = HOSTILE.encode(), b"text"
    head = bytes([TEXT]) + bytes(6)
    wrong = {
        "plain text": "Hello from wscat",
        "markup": MARKUP[0],
        "noise": b64encode(secrets.token_bytes(NONCE_BYTES + BUCKETS[0] + TAG_BYTES)),
        "nearly nothing": "A",
        "cut": good[:-4],
        "cut to its nonce": good[:16],
        "longer": good + "AAAA",
        "with padding": good + "=",
        "another spelling": good[:-1] + chr(ord(good[-1]) + 1),
        "another room's key": Room.from_link(new_link()).seal_message(signer, client, HOSTILE, "elsewhere"),
        "another number": room.seal_message(signer, new_client(), HOSTILE, "elsewhere"),
        "an alias": group.hostile.sealed_alias,
        "empty": room.seal(where, b""),
        "no size that there is": room.seal(where, proof(signer, where, body(name, text)) + body(name, text)),
        "no name": seal(body(b"", text)),
        "a name too long": seal(body(b"w" * (ALIAS_BYTES + 1), text)),
        "a name beyond the end": seal(head + b"\xff" + name),
        "no words": seal(body(name, b"")),
        "words beyond the end": seal(head + bytes([len(name)]) + name + b"\xff\xff" + text),
        "a name of half characters": seal(body(b"\xc3", text)),
        "words of half characters": seal(body(name, b"\xf0\x9f")),
        "half a surrogate pair": seal(body(name, b"\xed\xa0\x80")),
        "something behind the end": seal(body(name, text), filling=b"\1"),
    }
    for sealed in wrong.values():
        await group.hostile.post(sealed, client)
    await group.expect_problems("undecryptable", len(wrong), "this room’s key does not open")
    for page in group.readers:
        await expect_texts(page, [])


async def test_what_only_a_newer_page_knows_is_no_attack_and_asks_for_a_reload(group: Group) -> None:
    room, signer, client = group.room, group.hostile.signer, new_client()
    where = message_context(room.id, client)
    unknown = [
        bytes([kind]) + bytes(6) + inside for kind in (2, 3, 4, 255) for inside in (b"", secrets.token_bytes(200))
    ]
    for content in unknown:
        await group.hostile.post(room.seal(where, to_bucket(proof(signer, where, content) + content)), client)
    await group.expect_problems("newer", len(unknown), "from a newer version of this page: reload")
    for page in group.readers:
        await expect_texts(page, [])
        await problems(page).last.get_by_role("button", name="Details").press("Enter")
        await expect(page.locator("#details-verdict")).to_contain_text("This version cannot read it: reload the page.")
        await page.keyboard.press("Escape")


async def test_a_false_signature_is_shown_as_such(group: Group) -> None:
    room, me, friend, client = group.room, group.hostile.signer, group.friend.signer, new_client()
    where, content = message_context(room.id, client), body(FRIEND.encode(), b"Send me money.")
    elsewhere = message_context(room.id, new_client())
    proofs = {
        "somebody else's key": proof(forger(me, friend), where, content),
        "another number": proof(me, elsewhere, content),
        "other words": proof(me, where, body(FRIEND.encode(), b"I owe you money.")),
        "no signature": me.public + bytes(SIGNATURE_BYTES),
        "noise": me.public + secrets.token_bytes(SIGNATURE_BYTES),
        "no key": bytes(PUBLIC_KEY_BYTES) + secrets.token_bytes(SIGNATURE_BYTES),
        "no point of the curve": b"\xff" * PUBLIC_KEY_BYTES + secrets.token_bytes(SIGNATURE_BYTES),
    }
    for each in proofs.values():
        await group.hostile.post(room.seal(where, to_bucket(each + content)), client)
    await group.expect_problems("forged", len(proofs), "whose signature is false")
    for page in group.readers:
        await expect_texts(page, [])
        await expect(page.get_by_text("Send me money.")).to_have_count(0)


async def test_words_sent_again_by_somebody_else_are_shown_as_that_and_the_original_stays(group: Group) -> None:
    said = await group.friend.say("Meet me at the fountain.")
    await group.hostile.post(said["text"], said["client"])
    await group.hostile.join("somebody with wscat")
    await group.hostile.post(said["text"], said["client"])
    await group.expect_problems("replayed", 2, FRIEND, group.friend.signer.handle, "Meet me at the fountain.")
    for page in group.readers:
        await expect_texts(page, ["Meet me at the fountain."])

    await say(group.phone, "I am on my way.")
    said = await group.hostile.hear("I am on my way.")
    await group.hostile.post(said["text"], said["client"])
    for page in group.readers:
        await expect(problems(page).last).to_contain_text("Somebody sent again what Ada Lovelace")
        await expect_texts(page, ["Meet me at the fountain.", "I am on my way."])
    await expect(messages(group.phone).last).to_have_attribute("data-state", "sent")


async def test_who_takes_somebody_elses_sealed_name_can_repeat_words_unseen_but_say_none(group: Group) -> None:
    said = await group.friend.say("Meet me at the fountain.")
    await group.hostile.join(group.friend.sealed_alias)
    await group.hostile.post(said["text"], said["client"])
    await group.hostile.say("Meet me at the station.")
    await group.expect_problems("replayed", 1, HOSTILE, group.hostile.signer.handle, "Meet me at the station.")
    for page in group.readers:
        await expect_texts(page, ["Meet me at the fountain."])
        await page.reload()
        await expect(problems(page)).to_have_count(1)
        await expect_texts(page, ["Meet me at the fountain."])


async def test_two_messages_signed_as_one_are_a_contradiction(group: Group) -> None:
    client, now = new_client(), time.time_ns() // 1_000_000
    await group.hostile.say("I shall come.", client, written=now)
    await group.hostile.say("I shall not come.", client, written=now)
    await group.hostile.say("I shall come.", client, written=now + 1)
    await group.hostile.say("I shall come.", client, "Mallory M.", written=now)
    await group.hostile.say("I shall come.", client, written=now, action=True)
    await group.expect_problems("conflict", 4, "signed two different messages as one", group.hostile.signer.handle)
    for page in group.readers:
        await expect_texts(page, ["I shall come."])


BORROWED = [FRIEND, "annie easley", "\u202eAnnie\u200b\u00a0 Easley", "Аnnіe Eаsley", "Ａnnie Ｅasley", "ANN1E EAS1EY"]


async def test_a_name_that_is_somebody_elses_or_looks_like_it_comes_with_a_warning(group: Group) -> None:
    await group.friend.say("I am the first of this name.")
    for name in [*BORROWED, *READERS]:
        await group.hostile.rename(name)
        await group.hostile.say("I am she.", alias=name)
        for page in group.readers:
            await expect(messages(page).last.locator(".borrowed")).to_contain_text("another key")
            await expect(messages(page).last.locator(".handle")).to_have_text(group.hostile.signer.handle)
    await group.friend.say("So am I.")
    # The last name was that of the one at the desktop.
    for page, told in ((group.phone, "not the first of this name"), (group.desktop, "has your name")):
        await expect(log(page).locator(".borrowed")).to_have_count(len(BORROWED) + len(READERS))
        await expect(message(page, "So am I.").locator(".borrowed")).to_have_count(0)
        await page.get_by_role("button", name="4 here").click()
        await expect(page.locator("#people-list .borrowed").filter(visible=True)).to_have_count(1)
        await expect(person(page, group.hostile.signer.handle)).to_contain_text(told)
        await page.keyboard.press("Escape")


MANY_NAMES = 210  # more than a page remembers
MEMORY_IS_FULL = "Object.keys(localStorage).some((key) => key.endsWith('.names') && localStorage[key].length > 10_000)"


async def test_a_flood_of_names_makes_nobody_forget_whose_a_name_was(chat: LocalChat, new_page: NewPage) -> None:
    interceptor = SocketInterceptor()
    async with open_group(chat, new_page, interceptor.attach) as group:
        await group.friend.socket.send_json({"action": "leave"})
        for page in group.readers:
            await expect(page.get_by_role("button", name="3 here")).to_be_visible()
        for number in range(MANY_NAMES):
            name, client = f"Name number {number}", new_client()
            text = group.room.seal_message(group.hostile.signer, client, name, "Who is who?")
            interceptor.inject(group.hostile, client, text)
        for page in group.readers:
            await expect(messages(page)).to_have_count(MANY_NAMES)
            await wait_until(page, MEMORY_IS_FULL)
            await page.reload()
            await expect_in_room(page)
        await group.hostile.say("I am she.", alias=FRIEND)
        for page in group.readers:
            await expect(messages(page).last.locator(".borrowed")).to_contain_text(FRIEND)
        await group.friend.join()


NOTIFICATIONS = """
    localStorage.setItem("anonchat.settings", JSON.stringify({ notifications: true }));
    window.notifications = [];
    window.Notification = class {
        static permission = "granted";
        constructor(text) {
            window.notifications.push(text);
        }
        close() {}
    };
"""


async def test_a_notification_shows_a_name_as_harmless_as_the_log_does(chat: LocalChat, new_page: NewPage) -> None:
    async def listen(page: Page) -> None:
        await page.add_init_script(NOTIFICATIONS)

    async with open_group(chat, new_page, listen) as group:
        for page in group.readers:
            await set_hidden(page, True)
        await group.hostile.say("Look here!", alias=f"{OVERRIDE}A\u200bda\u2028<b>Byron</b>")
        for page in group.readers:
            await wait_until(page, "window.notifications.length === 1")
            await expect_to_become(
                partial(page.evaluate, "window.notifications"), ["New message from Ada <b>Byron</b>"]
            )
            await expect(page).to_have_title(re.compile(r"^\(1\) \w+ \w+ · anonchat$"))
            await set_hidden(page, False)


async def test_what_was_written_long_before_or_after_it_came_is_marked(group: Group) -> None:
    now = time.time_ns() // 1_000_000
    late = {
        "eleven minutes ago": now - 11 * MINUTE,
        "three days ago": now - 3 * DAY,
        "fifty years ago": 0,
        "in eleven minutes": now + 11 * MINUTE,
        "in three days": now + 3 * DAY,
        "in nine thousand years": 2**48 - 1,
    }
    for text, written in late.items():
        await group.hostile.say(text, written=written)
    for text, written in {"a little slow": now - 9 * MINUTE, "a little fast": now + 9 * MINUTE}.items():
        await group.hostile.say(text, written=written)
    for page in group.readers:
        await expect(messages(page)).to_have_count(len(late) + 2)
        for text in late:
            mark = "By its writer’s clock" if text.startswith("in") else "arrived later"
            await expect(message(page, text).locator(".late")).to_contain_text(mark)
            await group.expect_explanation(page, message(page, text).get_by_role("button", name=re.compile("^Details")))
        await expect(log(page).locator(".late")).to_have_count(len(late))


async def test_who_brings_no_genuine_name_is_listed_as_unverified_and_vouches_for_nothing(group: Group) -> None:
    names = {
        "plain": "somebody with wscat",
        "markup": "<img src=x onerror=owned=1>",
        "endless": "W" * ALIAS_LIMIT,
        "turned round": "\u202e" * (ALIAS_LIMIT // 3),
        "another's key": group.room.seal_alias(forger(group.hostile.signer, group.friend.signer), FRIEND),
        "another room": Room.from_link(new_link()).seal_alias(group.hostile.signer, FRIEND),
    }
    for number, name in enumerate(names.values(), 1):
        await group.hostile.join(name)
        await group.hostile.say(f"Words without a name, number {number}")
        await group.expect_problems("replayed", number)
        for page in group.readers:
            nobody = page.locator("#people-list .unverified")
            await expect(nobody.locator(".alias")).to_have_text(["Unverified"])
            await expect(person(page, group.hostile.signer.handle)).to_have_count(0)
            await expect(person(page, group.friend.signer.handle).locator(".alias")).to_have_text(FRIEND)
            await expect(page.get_by_role("button", name="4 here")).to_be_visible()
