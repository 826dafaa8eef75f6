"""Two people talk while connections are cut at random: both logs end up equal, in order, nothing lost or doubled."""

import random
import re

import pytest
from playwright.async_api import Page, expect

from local.chat import LocalChat
from scripts.bench.load import READINGS
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.page_actions import PLAINTEXTS, enter, expect_in_room, expect_sent, messages, new_link, wait_until
from tests.support.tcp_proxy import TcpProxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ENVIRON = {"PER_MINUTE": "10000"}  # the limit has its own tests

# How many cuts, by which reading of whether posts count.
SHORT = pytest.param(True, 2, id="short")
COMPLETE = [pytest.param(reading, 10, id=name, marks=pytest.mark.long) for name, reading in READINGS.items()]
MESSAGES = 100  # of both people together, around each cut
PHRASE = "the kettle whistles"  # in every text, so that it is one thing to search for
WAIT_MS = 90_000  # for all of them to arrive, on a busy machine
# As fast as the page takes them: each text through the field and the form.
WRITE = """(texts) => {
  const field = document.querySelector("textarea");
  for (const text of texts) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.form.requestSubmit();
  }
}"""
SENT = "document.querySelectorAll('li[data-kind=message][data-state=sent]').length"


@pytest.mark.promise(1, 2)
@pytest.mark.parametrize(("chat", "cuts"), [SHORT, *COMPLETE], indirect=["chat"], scope="module")
async def test_cuts_amid_a_hundred_messages_each_lose_nothing_and_double_nothing(
    chat: LocalChat, new_page: NewPage, cuts: int
) -> None:
    dice = random.Random(f"cuts {chat.options.gateway.posts_count}")
    PLAINTEXTS.add(PHRASE)
    async with TcpProxy(chat.gateway.port) as proxy:
        near, far = await new_page(DESKTOP), await new_page(PHONE, expect_lost_sockets=True)
        link = new_link()
        await enter(near, chat.http_url, link, "Amber at her desk")
        await enter(far, f"http://127.0.0.1:{proxy.port}", link, "Bruno on the train")
        for number in range(cuts):
            if number:
                await go_to_a_new_room(near, far)
            written = await talk(near, far, number)
            await cut_at_random(proxy, near, far, dice)
            await expect_same_log(near, far, written)


async def go_to_a_new_room(near: Page, far: Page) -> None:
    link = new_link()
    for page in (near, far):
        await page.evaluate("(link) => { location.hash = link; }", link)
        await page.get_by_role("button", name=re.compile("^Enter as ")).click()
        await expect_in_room(page)
        await expect(messages(page)).to_have_count(0)


async def talk(near: Page, far: Page, number: int) -> list[list[str]]:
    """Let each write half of the messages, at once. Return what they wrote."""
    texts = [f"{PHRASE}, cut {number}, {turn}" for turn in range(MESSAGES)]
    halves = [texts[0::2], texts[1::2]]
    for page, half in zip((near, far), halves, strict=True):
        await page.evaluate(WRITE, half)
    return halves


async def cut_at_random(proxy: TcpProxy, near: Page, far: Page, dice: random.Random) -> None:
    """Cut one of them off when some messages have arrived, and restore it when the other one has got further."""
    await wait_until(far, f"{SENT} >= {dice.randrange(MESSAGES // 2)}")
    proxy.cut()
    meanwhile = min(await near.evaluate(SENT) + dice.randrange(20), MESSAGES // 2)  # near writes no more than that
    await wait_until(near, f"{SENT} >= {meanwhile}")
    proxy.restore()
    await far.evaluate("dispatchEvent(new Event('online'))")  # who is back need not wait for the back-off to end


async def expect_same_log(near: Page, far: Page, written: list[list[str]]) -> None:
    for page in (near, far):
        await expect_sent(page, MESSAGES, WAIT_MS)
        await expect(page.locator("[data-kind=gap], [data-kind=problem]")).to_have_count(0)
    read = [await messages(page).locator(".text").all_text_contents() for page in (near, far)]
    assert read[0] == read[1]
    assert sorted(read[0]) == sorted(written[0] + written[1])
    for texts in written:
        assert [text for text in read[0] if text in set(texts)] == texts
