"""An old phone, a bad line, few data, an ear in place of an eye: a chat all the same."""

import random

import pytest
from playwright.async_api import Page, expect

from local.chat import LocalChat
from tests.support.bad_line import BadLine
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.page_actions import composer, enter, expect_sent, expect_texts, new_link, say
from tests.support.waiting import WAIT_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WAY_SECONDS = 0.5  # and as long back
LOSS = 0.02
SLOWER = 4  # times, as a phone of many years ago
SMALL_PHONE = {**PHONE, "viewport": {"width": 320, "height": 568}}
SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true, addEventListener() {} } });"


async def slow_down(page: Page) -> None:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


async def test_by_an_old_phone_and_a_bad_line_all_is_there_once_in_order_and_by_one_socket(
    chat: LocalChat, new_page: NewPage
) -> None:
    dice, link = random.Random("a train in the mountains"), new_link()
    async with BadLine(chat.gateway.port, dice, way_seconds=WAY_SECONDS, loss=LOSS) as line:
        ada, ben = await new_page(SMALL_PHONE), await new_page(DESKTOP)
        await slow_down(ada)
        await enter(ben, chat.http_url, link, "Ben at his desk")
        await enter(ada, f"http://127.0.0.1:{line.port}", link, "Ada in a train")
        for number in range(3):
            await say(ada, f"Ada's {number} from the mountains")
            await say(ben, f"Ben's {number} from his desk")
        for page in (ada, ben):
            await expect_sent(page, 6, timeout=WAIT_SECONDS * 1000)
        said = await ben.locator("li[data-kind=message] .text").all_inner_texts()
        await expect_texts(ada, said)
        assert [text for text in said if text.startswith("Ada")] == [f"Ada's {n} from the mountains" for n in range(3)]

        line.stall()  # a tunnel
        await say(ada, "Said in the tunnel")
        await composer(ada).fill("Half a sentence")
        line.restore()
        await expect_sent(ada, 7, timeout=WAIT_SECONDS * 1000)
        await expect_texts(ben, [*said, "Said in the tunnel"])
        await expect(composer(ada)).to_have_value("Half a sentence")


async def test_who_saves_data_is_sent_a_room_only_when_they_want_one(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(chat.http_url)))
    await page.add_init_script(SAVES_DATA)
    await page.goto(chat.http_url)
    await page.get_by_role("textbox", name="Your name").fill("Ada with a small contract")
    await page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    assert not [url for url in asked if url.endswith(("/visits.js", "/sw.js"))]
    await page.get_by_role("button", name="New room").click()
    await say(page, "The room has come.")
    await expect_sent(page, 1)
    assert [url for url in asked if url.endswith("/visits.js")]
