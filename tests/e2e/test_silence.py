"""A network that dies without a word: no reset, no close, and whoever only listens is to notice."""

from collections.abc import Callable

import pytest
from playwright.async_api import Page, WebSocket, expect

from local.chat import LocalChat
from tests.support.browser import NewPage
from tests.support.lost_rows import forget
from tests.support.member import member
from tests.support.page_actions import PLAINTEXTS, enter, expect_texts, new_link
from tests.support.page_proxy import through_proxy
from tests.support.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ENVIRON = {"HISTORY_SECONDS": "180"}
HALF = 90  # seconds of it
MINUTE = 60


class Listener:
    """Somebody who only listens: their sockets, and how much was asked and heard on them."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocket] = []
        self.asked = self.heard = 0
        self._page = page
        page.on("websocket", self._opened)

    async def enter(self, chat: LocalChat, link: str) -> None:
        await self._page.clock.install()
        await enter(self._page, chat.http_url, link, "Björn of Silence")

    async def pass_time(self, most: int, done: Callable[[], bool]) -> None:
        """Let a page's seconds go by until it is done."""
        for _ in range(most):
            if done():
                return
            await self._page.clock.run_for(1000)
        raise AssertionError(f"not within {most} s")

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, _: object) -> None:
        self.asked += 1

    def _received(self, _: object) -> None:
        self.heard += 1


def has_asked(listener: Listener, count: int) -> Callable[[], bool]:
    return lambda: listener.asked == count


def has_heard(listener: Listener, count: int) -> Callable[[], bool]:
    return lambda: listener.heard == count


@pytest.mark.promise(1)
async def test_a_dead_network_is_found_before_half_of_the_history_has_gone_by(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, page = new_link(), await new_page(expect_lost_sockets=True)
    async with through_proxy(page, chat) as proxy, member(chat, link, "Ada of Silence") as ada:
        bjorn = Listener(page)
        await bjorn.enter(chat, link)
        proxy.stall()
        PLAINTEXTS.add("said into the hole")
        await ada.say("said into the hole")
        await bjorn.pass_time(HALF, lambda: len(bjorn.sockets) > 1)
        await expect(page.locator("#status")).to_contain_text("Connecting…")
        proxy.restore()
        await expect_texts(page, ["said into the hole"])
        await expect(page.locator("#status")).to_be_empty()
        await expect(page.locator("[data-kind=gap]")).to_have_count(0)


async def test_who_asks_into_the_silence_is_answered_and_disturbs_nobody(chat: LocalChat, new_page: NewPage) -> None:
    link, page = new_link(), await new_page()
    async with member(chat, link, "Ada of Silence") as ada:
        bjorn = Listener(page)
        await bjorn.enter(chat, link)
        await ada.socket.receive("presence")
        for count in (2, 3):
            await bjorn.pass_time(HALF, has_asked(bjorn, count))
            await eventually(has_heard(bjorn, count))
        PLAINTEXTS.add("anybody there?")
        await ada.say("anybody there?")
        await expect_texts(page, ["anybody there?"])
        assert [frame["type"] for frame in ada.socket.frames] == ["joined", "presence", "message"]
        assert len(bjorn.sockets) == 1


@pytest.mark.promise(1)
@pytest.mark.parametrize("connection", [False, True])
async def test_whose_rows_are_gone_while_their_socket_stays_is_back_with_their_next_question(
    chat: LocalChat, new_page: NewPage, connection: bool
) -> None:
    """The row of the member, or that of the connection as well: then another socket is needed."""
    link, page = new_link(), await new_page()
    async with member(chat, link, "Ada of Silence") as ada:
        before = set(chat.gateway.connections)
        bjorn = Listener(page)
        await bjorn.enter(chat, link)
        [his] = set(chat.gateway.connections) - before
        await forget(chat, his, connection=connection)
        PLAINTEXTS.update(["said meanwhile", "and then"])
        await ada.say("said meanwhile")
        await bjorn.pass_time(HALF, has_asked(bjorn, 2))
        await expect_texts(page, ["said meanwhile"])
        await expect(page.locator("#status")).to_be_empty()
        await ada.say("and then")
        await expect_texts(page, ["said meanwhile", "and then"])
        assert len(bjorn.sockets) == 1 + connection


async def test_after_another_network_a_dead_socket_is_doubted_at_once_and_left_for_a_new_one(
    chat: LocalChat, new_page: NewPage
) -> None:
    link, page = new_link(), await new_page(expect_lost_sockets=True)
    async with through_proxy(page, chat) as proxy:
        bjorn = Listener(page)
        await bjorn.enter(chat, link)
        proxy.stall()
        await page.evaluate("dispatchEvent(new Event('online'))")
        await page.clock.run_for(1000)
        await expect(page.locator("#status")).to_have_text("Checking the connection…")
        proxy.restore()
        await expect(page.locator("#status")).to_be_empty()
        assert len(bjorn.sockets) == 1

        proxy.stall()
        await page.evaluate("dispatchEvent(new Event('online'))")
        await bjorn.pass_time(20, lambda: len(bjorn.sockets) == 2)
        proxy.restore()
        await expect(page.locator("#status")).to_be_empty()
