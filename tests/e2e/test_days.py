"""A day in one page: connections end, the machine sleeps, clocks are set, the disk is full, files are replaced."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.support.browser import NewPage
from tests.support.day_server import day_server
from tests.support.long_day import LongDay, Weight
from tests.support.page_time import DAY, HOUR, MINUTE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Event = Callable[[LongDay], Awaitable[None]]
EVENTS: list[Event] = [
    lambda day: day.sleep(running=False),
    lambda day: day.sleep(running=True),
    lambda day: day.oversleep(),
    lambda day: day.stay_behind_another_tab(),
    lambda day: day.go_through_a_captive_portal(),
    lambda day: day.set_the_clock(HOUR),
    lambda day: day.set_the_clock(DAY),
    lambda day: day.lose_an_echo(),
    lambda day: day.fill_the_disk(),
    lambda day: day.evict(),
]
HOURS = 24
AT_ONCE = 70  # messages, every five minutes: 20,000 in a day
VISITORS = 5  # an hour
FULL = 2  # hours after which the log has all the rows that it may have
# What may be more after 24 hours than after 2. Rows: the log is cut back to 1,000 whenever it has more than 1,200.
ROWS = 1.25
# Of 20,000 messages that were pushed off the log, key, id and a number for the words are remembered: 300 bytes each.
HEAP = 300 * 20_000 + 2_000_000
LISTENERS = 5  # of whatever is just open


@pytest_asyncio.fixture(loop_scope="module")
async def day(new_page: NewPage) -> AsyncIterator[LongDay]:
    async with day_server() as server:
        yield await LongDay.begin(new_page, server)


async def test_through_everything_that_a_day_brings_a_page_loses_nothing_shows_nothing_twice_and_is_never_blank(
    day: LongDay,
) -> None:
    for event in EVENTS:
        await day.talk()
        await event(day)
    await day.update()


@pytest.mark.long
async def test_24_hours_and_20_000_messages_leave_no_more_in_a_page_than_two_hours_do(day: LongDay) -> None:
    weights: list[Weight] = []
    for hour in range(HOURS):
        for _ in range(12):
            await day.say(AT_ONCE)
            await day.write()
            await day.pass_time(5 * MINUTE)
        for number in range(VISITORS):
            await day.server.visit(hour * VISITORS + number)
        await EVENTS[hour % len(EVENTS)](day)
        await day.talk()
        await day.expect_well()
        weights.append(await day.weigh())
        print(f"hour {hour + 1}: {weights[-1]}", flush=True)
    before, after = weights[FULL - 1], weights[-1]
    assert len(day.server.said) > 20_000
    assert day.server.opened > HOURS / 2
    assert after.nodes <= before.nodes * ROWS
    assert after.listeners <= before.listeners + LISTENERS
    assert after.heap <= before.heap + HEAP
    await day.update()
