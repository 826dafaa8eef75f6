"""Sound and notifications: quiet until asked for, and never a word of what was written."""

import json
import re

import pytest
from playwright.async_api import expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.log_view import numbered, scroll_to, settle
from tests.support.member import member
from tests.support.page_actions import enter, expect_texts, new_link, set_hidden, wait_until
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}


# What was granted to a browser without a screen, it grants to nobody: so it says in `permission`.
OBSERVE = """
  window.notified = [];
  window.tones = 0;
  const [Shown, Tone] = [Notification, OscillatorNode];
  window.onScreen = new Map();
  window.calls = 0;
  window.Notification = class extends Shown {
    static permission = "granted";
    constructor(title, options) {
      super(title, options);
      window.notified.push([title, options?.body ?? ""]);
      if (options.renotify || !window.onScreen.has(options.tag)) window.calls++;
      window.onScreen.set(options.tag, title);
      this.close = () => window.onScreen.delete(options.tag);
    }
  };
  window.OscillatorNode = class extends Tone {
    start(when) {
      super.start(when);
      window.tones++;
    }
  };
"""


async def test_a_page_that_nobody_asked_neither_sounds_nor_notifies(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(DESKTOP, permissions=["notifications"])
    await page.add_init_script(OBSERVE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    await set_hidden(page, True)
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("quietly")
    await expect_texts(page, ["quietly"])
    await settle(page)
    assert await page.evaluate("[window.notified, window.tones]") == [[], 0]


async def test_who_asks_hears_and_is_told_who_wrote_but_never_what(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page(DESKTOP, permissions=["notifications"])
    await page.add_init_script(OBSERVE)
    await enter(page, chat.http_url, link, "Ada of Reading")
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_label("Play a sound").check()
    await wait_until(page, "window.tones === 2")  # how it will be
    await page.get_by_label("Show a notification").check()
    await page.keyboard.press("Escape")
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("while one looks")
        await expect_texts(page, ["while one looks"])
        await settle(page)
        await expect_to_become(lambda: page.evaluate("[window.notified, window.tones]"), [[], 2])
        await bjorn.flood(numbered(20))
        await scroll_to(page, 0)
        await bjorn.say_in_turn("while one reads further up")
        await wait_until(page, "window.tones === 4")
        assert await page.evaluate("window.notified") == []
        await set_hidden(page, True)
        await bjorn.say_in_turn("while one looks elsewhere")
        await wait_until(page, "window.notified.length === 1 && window.tones === 6")
        await expect_to_become(lambda: page.evaluate("window.notified"), [["New message from Björn of Reading", ""]])
        await page.get_by_role("button", name="Mute Björn of Reading").dispatch_event("click")
        await bjorn.say_in_turn("while muted")
    async with member(chat, link, "Cleo of Reading") as cleo:
        await cleo.say_in_turn("somebody else, while one looks elsewhere")
        await wait_until(page, "window.notified.length === 2")
    await expect_to_become(lambda: page.evaluate("window.notified.at(-1)"), ["New message from Cleo of Reading", ""])
    # One on the screen, which has called each time; and none to who is back.
    await expect_to_become(lambda: page.evaluate("[window.calls, window.onScreen.size]"), [2, 1])
    await set_hidden(page, False)
    await expect_to_become(lambda: page.evaluate("window.onScreen.size"), 0)


@pytest.mark.parametrize(
    "device",
    [
        "delete window.Notification; delete window.AudioContext; delete window.webkitAudioContext;",
        "window.Notification = function () { throw new TypeError('Illegal constructor'); };"
        "window.Notification.permission = 'granted'; window.Notification.requestPermission = async () => 'granted';"
        "window.AudioContext = function () { throw new DOMException('none left', 'NotSupportedError'); };",
    ],
    ids=["none", "broken ones"],
)
async def test_without_notifications_and_sound_messages_come_as_ever(
    chat: LocalChat, new_page: NewPage, device: str
) -> None:
    link, page = new_link(), await new_page(PHONE)
    wishes = json.dumps(json.dumps({"sound": True, "notifications": True}))
    await page.add_init_script(f"{device} localStorage.setItem('anonchat.settings', {wishes});")
    await enter(page, chat.http_url, link, "Ada of Reading")
    await page.get_by_role("button", name="Menu").tap()
    await page.get_by_label("Play a sound").uncheck()
    await page.get_by_label("Play a sound").check()
    await page.keyboard.press("Escape")
    await set_hidden(page, True)
    async with member(chat, link, "Björn of Reading") as bjorn:
        await bjorn.say_in_turn("one that calls nobody", "and another")
    await expect_texts(page, ["one that calls nobody", "and another"])
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
