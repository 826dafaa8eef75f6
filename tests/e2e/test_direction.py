"""Each line runs as its own first letter does: in a message, in the composer, in what is quoted, in a notification."""

import pytest
from playwright.async_api import Locator, expect

from local.chat import LocalChat
from tests.support.browser import DESKTOP, NARROW_PHONE, NewPage
from tests.support.log_view import moment, settle
from tests.support.page_actions import composer, enter, expect_texts, messages, new_link, say
from tests.support.scripted_server import ScriptedServer, open_room

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HEBREW, ARABIC, ENGLISH = "שלום, זו שורה (2).", "مرحبا (3)!", "Third line!"
MIXED = [
    f"A first line that is longer than all others…\n{HEBREW}\n{ENGLISH}",
    f"{HEBREW} {HEBREW} {HEBREW}\n{ENGLISH}\n{ARABIC}",
    f"{ENGLISH}\n{HEBREW}",
    f"{HEBREW}\n{ENGLISH}",
]
# Of each line, on which side of its block it begins: where its first letter stands.
SIDES = """(block) => {
  const { left, right } = block.getBoundingClientRect();
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const sides = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const { index } of node.data.matchAll(/^./gmsu)) {
      const letter = document.createRange();
      letter.setStart(node, index);
      letter.setEnd(node, index + 1);
      const box = letter.getBoundingClientRect();
      sides.push(box.left - left < right - box.right ? "left" : "right");
    }
  return sides;
}"""
# Whether the time stands on words of its message.
COVERED = """(item) => {
  const time = item.querySelector(".moment").getBoundingClientRect();
  const words = document.createRange();
  words.selectNodeContents(item.querySelector(".text"));
  return [...words.getClientRects()].some(({ left, right, top, bottom }) =>
    left < time.right - 1 && right > time.left + 1 && top < time.bottom - 4 && bottom > time.top + 4);
}"""


async def sides(block: Locator) -> list[str]:
    return list(await block.evaluate(SIDES))


@pytest.mark.parametrize("device", [DESKTOP, NARROW_PHONE], ids=["desktop", "narrow phone"])
async def test_each_line_of_a_message_begins_where_its_own_script_does_and_the_time_stands_on_none(
    chat: LocalChat, new_page: NewPage, device: dict[str, object]
) -> None:
    page = await new_page(device)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    for text in MIXED:
        await say(page, text)
    await expect_texts(page, MIXED)
    await settle(page)
    texts = messages(page).locator(".text")
    assert await sides(texts.nth(0)) == ["left", "right", "left"]
    assert await sides(texts.nth(1)) == ["right", "left", "right"]
    for item in await messages(page).all():
        assert not await item.evaluate(COVERED)
    await moment(messages(page).nth(1)).click()
    quote = page.locator("#details-text")
    await expect(quote).to_be_visible()
    await settle(page)
    assert await sides(quote) == ["right", "left", "right"]


async def test_each_line_that_one_writes_runs_by_itself(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(DESKTOP)
    await enter(page, chat.http_url, new_link(), "Ada Lovelace")
    await composer(page).fill(MIXED[0])
    await expect(composer(page)).to_have_css("unicode-bidi", "plaintext")
    await expect(composer(page)).to_have_css("text-align", "start")


async def test_lines_of_words_that_were_sent_again_run_by_themselves(chat: LocalChat, new_page: NewPage) -> None:
    server = ScriptedServer()
    page = await open_room(chat, new_page, server)
    said = server.message("Ada", MIXED[1])
    again = server.frame(said["at"], said["client"], server.person("Mallory"), said["text"])
    server.send(said, again)
    quote = page.locator("[data-problem=replayed] q")
    await expect(quote).to_contain_text(ENGLISH)
    await settle(page)
    assert (await sides(quote))[1:] == ["left", "right"]
