"""A visit in which a lot is said: the log is bounded, and what was pushed off its beginning comes back on demand."""

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import NewPage
from tests.support.manual_server import ADDRESS, ALIAS, ManualServer, open_page_at
from tests.support.page_actions import enter, log, messages
from tests.support.waiting import eventually, expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SAID, SHOWN = 1250, 1000


async def first_text(page: Page) -> str:
    return str(await log(page).evaluate("(log) => log.querySelector('.text').textContent"))


async def test_a_long_log_is_cut_at_its_beginning_and_comes_back_from_the_server_as_long_as_that_has_it(
    new_page: NewPage, server: ManualServer
) -> None:
    page = await open_page_at(new_page, server)
    said = [server.message(at * 10, f"thought {at}") for at in range(SAID)]
    earlier = page.get_by_role("button", name="Earlier messages")
    server.answers = [{"history": said}]
    await enter(page, ADDRESS, server.link, ALIAS)
    await expect(messages(page).last).to_contain_text(f"thought {SAID - 1}")
    shown = await messages(page).count()
    assert shown == SHOWN
    assert await log(page).evaluate("(log) => log.scrollHeight - log.scrollTop - log.clientHeight <= 1")

    await log(page).evaluate("(log) => { log.scrollTop = 0; }")
    await expect(page.get_by_role("button", name="Newest messages")).to_be_visible()
    await expect_to_become(lambda: first_text(page), f"thought {SAID - shown}")
    server.answers = [{"history": said[SAID - shown - 20 : SAID - shown + 1]}, {"gap": True}]
    await earlier.click()
    await eventually(lambda: not server.answers)
    await expect(messages(page)).to_have_count(shown + 20)
    await expect_to_become(lambda: first_text(page), f"thought {SAID - shown - 20}")
    gone = log(page).get_by_text("What was said before is no longer kept by the server.")
    await expect(gone).to_be_visible()
    await expect(earlier).to_be_hidden()
