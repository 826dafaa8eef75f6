"""The page at an overloaded server, by one that answers what the test says, and a clock that only the test moves."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.support.manual_server import ManualServer, cursor, reconnect
from tests.support.page_actions import expect_texts, log
from tests.support.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SPREAD_MS = 200  # in a room of two
LIMITED = {"type": "error", "code": "rate_limited", "message": "That was quick.", "retryAfter": 12}


@pytest.mark.promise(1)
async def test_what_has_not_reached_the_page_comes_in_where_it_belongs_and_nothing_else_shows(
    page: Page, server: ManualServer
) -> None:
    server.send(server.message(10_000, "first"))
    await expect_texts(page, ["first"])
    server.answers = [{"history": [server.message(20_000, "second")]}]
    server.send({**server.message(300_000, "third"), "online": 2, "missed": True})
    await expect_texts(page, ["first", "third"])
    assert server.joins[-1]["accepts"] == ["missed", "batch"]
    await page.clock.run_for(SPREAD_MS)
    await expect_texts(page, ["first", "second", "third"])
    assert [join.get("since") for join in server.joins] == [None, cursor(-5_000)]
    await expect(page.locator("#status")).to_be_empty()
    await expect(page.locator("#notice")).to_be_hidden()
    await expect(log(page).locator("li:not([data-kind=day], [data-kind=message])")).to_have_count(0)


async def test_a_page_over_the_limit_of_joins_says_what_it_waits_for_and_for_how_long(
    page: Page, server: ManualServer
) -> None:
    server.answers = [LIMITED]
    await reconnect(page, server)
    notice = page.locator("#notice")
    await expect(notice).to_contain_text("Too many attempts to enter at once. This page tries again by itself.")
    await expect(notice).to_contain_text(re.compile(r"1[234] s"))
    await page.clock.run_for(14_000)
    await eventually(lambda: len(server.joins) == 3)
    await expect(notice).to_be_hidden()
    await expect(page.locator("#status")).to_be_empty()


async def test_a_page_that_api_gateway_does_not_let_join_says_so_and_stays_on_its_socket(
    page: Page, server: ManualServer
) -> None:
    server.silent = True
    await reconnect(page, server)
    socket = server.socket
    server.send({"message": "Too Many Requests", "connectionId": "x", "requestId": "y"})
    await expect(page.locator("#notice")).to_contain_text("Too many attempts")
    await expect(page.locator("#notice")).to_contain_text(re.compile(r"\b[2-4] s"))
    server.silent = False
    await page.clock.run_for(4_000)
    await expect(page.locator("#status")).to_be_empty()
    assert server.socket is socket
