"""Two people talk while a cable is cut at random: both logs end up equal, in order, with nothing twice and nothing lost."""

import random

import pytest
from playwright.async_api import Page, expect

from local.stack import LocalChat
from tests.e2e.cable import Cable
from tests.e2e.conftest import DESKTOP, PHONE, Visit
from tests.e2e.people import SPOKEN, enter, expect_sent, messages, new_link

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
ENVIRON = {"PER_MINUTE": "10000"}  # the limit has its own tests

CUTS = 20
MESSAGES = 100  # of both people together, in each round
PATIENCE_MS = 90_000  # for one round, on a busy machine
# As fast as the page takes them: each text through the field and the form.
WRITE = """(texts) => {
  const field = document.querySelector("textarea");
  for (const text of texts) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.form.requestSubmit();
  }
}"""


async def test_twenty_cuts_amid_a_hundred_messages_lose_nothing_and_double_nothing(
    chat: LocalChat, visit: Visit
) -> None:
    link, dice = new_link(), random.Random(20)
    async with Cable(chat.gateway.port) as cable:
        near, far = await visit(DESKTOP), await visit(PHONE, expect_lost_sockets=True)
        await enter(near, chat.http_url, link, "Amber at her desk")
        await enter(far, f"http://127.0.0.1:{cable.port}", link, "Bruno on the train")
        written: dict[Page, list[str]] = {near: [], far: []}
        for round_number in range(CUTS):
            await one_round(cable, written, round_number, dice)
            total = (round_number + 1) * MESSAGES
            await expect_sent(near, total, PATIENCE_MS)
            await expect_sent(far, total, PATIENCE_MS)
            await expect_same_log(near, far, written)


async def one_round(cable: Cable, written: dict[Page, list[str]], number: int, dice: random.Random) -> None:
    """Both write half of the messages, while the cable is cut and mended after some random number of them."""
    cut, mend = sorted(dice.sample(range(MESSAGES // 2), 2))
    texts = [f"round {number}, message {turn}" for turn in range(MESSAGES)]
    SPOKEN.update(texts)
    for some, then in ((slice(0, cut), cable.cut), (slice(cut, mend), cable.mend), (slice(mend, None), None)):
        for offset, (page, said) in enumerate(written.items()):
            mine = texts[offset::2][some]
            said += mine
            await page.evaluate(WRITE, mine)
        if then:
            then()
    for page in written:  # who is back need not wait for the back-off to end
        await page.evaluate("dispatchEvent(new Event('online'))")


async def expect_same_log(near: Page, far: Page, written: dict[Page, list[str]]) -> None:
    await expect(near.locator("[data-kind=gap], [data-kind=problem]")).to_have_count(0)
    read = [await messages(page).locator(".text").all_text_contents() for page in (near, far)]
    assert read[0] == read[1]
    assert sorted(read[0]) == sorted(written[near] + written[far])
    for texts in written.values():
        assert [text for text in read[0] if text in set(texts)] == texts
