"""What joining and sending cost in messages, invocations and the table's units; in both ways of running functions."""

from contextlib import AsyncExitStack

import pytest

from anonchat import limits
from anonchat_client import RawClient
from local.chat import LocalChat, LocalOptions
from local.functions.function_set import Mode
from tests.support.raw_chat import OPERATIONS, join, new_room, present, refusal, send, settled

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("history_seconds", "write_units"), [("600", 2), ("0", 1)])
async def test_a_message_to_ten_costs_eleven_messages_and_one_invocation(
    mode: Mode, room: str, history_seconds: str, write_units: int
) -> None:
    room, aliases = room.ljust(64, "-"), [f"{number}".ljust(256, "a") for number in range(10)]  # the longest
    async with (
        LocalChat(LocalOptions(mode=mode, environ={"HISTORY_SECONDS": history_seconds})) as chat,
        present(chat, room, *aliases) as people,
    ):
        await settled(chat, connects=10, joins=10)
        with chat.meter.measure() as cost:
            await send(people[0], room, "Hello")
            await settled(chat, connects=10, joins=10, sends=1)
        total = cost["total"]
        assert (total["messagesIn"], total["messagesOut"], total["invocations"]) == (1, 10, 1)
        assert total["writeUnits"] == write_units
        assert total["readUnits"] <= 1
        assert set(total["operations"]) <= OPERATIONS
        assert not total["unmetered"]


async def test_a_join_costs_at_most_three_write_units_and_four_for_who_moves_again(mode: Mode) -> None:
    """Alone, told by name, told as a number; from one large room to another; a fresh snapshot; another alias."""
    async with LocalChat(LocalOptions(mode=mode)) as chat, AsyncExitStack() as stack:
        connects = joins = 0

        async def enter(room: str, alias: str) -> RawClient:
            nonlocal connects, joins
            person = await stack.enter_async_context(RawClient(chat.url))
            await join(person, room, alias)
            connects, joins = connects + 1, joins + 1
            return person

        async def affordable_join(person: RawClient, room: str, alias: str, units: int = 3) -> None:
            nonlocal joins
            await settled(chat, connects=connects, joins=joins)
            with chat.meter.measure() as cost:
                await join(person, room, alias)
                joins += 1
                await settled(chat, connects=connects, joins=joins)
            assert cost["total"]["writeUnits"] <= units
            assert set(cost["total"]["operations"]) <= OPERATIONS

        one_large_room, another = new_room(), new_room()
        await affordable_join(await enter(new_room(), "visitor"), new_room(), "alone")
        for room in (one_large_room, another):
            await enter(room, "first")
            await affordable_join(await enter(new_room(), "visitor"), room, "told by name")
            for number in range(limits.NAMED_PRESENCE_MEMBERS):
                await enter(room, f"{number}")
            mover = await enter(new_room(), "mover")
            await affordable_join(mover, room, "told as a number")
        await affordable_join(mover, one_large_room, "moves again", units=4)  # it leaves two rooms that its row names
        await affordable_join(mover, one_large_room, "moves again")
        await affordable_join(mover, one_large_room, "moved")


@pytest.mark.parametrize(
    ("sizes", "sent", "read_units"),
    [
        ([8192] * 10, 3, 12),  # three of its read units are the connection's row and the members, twice
        ([700] * 26, 26, 12),
        ([1] * 4 + [8192] * 16, 7, 30),  # the worst order: what is short promises that more fit
    ],
)
async def test_a_resume_reads_about_what_it_sends(room: str, sizes: list[int], sent: int, read_units: int) -> None:
    async with LocalChat(LocalOptions()) as chat, present(chat, room, "a" * 256) as [person]:
        for size in sizes:
            await send(person, room, "x" * size)
        await settled(chat, connects=1, joins=1, sends=len(sizes))
        with chat.meter.measure() as cost:
            snapshot = await join(person, room, "a" * 256, since="0" * 13)
            await settled(chat, connects=1, joins=2, sends=len(sizes))
        assert len(snapshot["history"]) == sent
        assert cost["total"]["readUnits"] == read_units


async def test_a_full_room_costs_who_asks_in_vain_one_write_unit(mode: Mode, room: str) -> None:
    async with (
        LocalChat(LocalOptions(mode=mode, environ={"ROOM_CAP": "1"})) as chat,
        present(chat, room, "Ada"),
        RawClient(chat.url) as grace,
    ):
        await settled(chat, connects=2, joins=1)
        with chat.meter.measure() as cost:
            assert (await refusal(grace, {"action": "join", "room": room, "alias": "Grace"}))["code"] == "room_full"
            await settled(chat, connects=2, joins=2)
        assert cost["total"]["writeUnits"] == 1
