"""A network that dies without a word: a client that only listens finds it out, and costs nobody anything for that."""

import asyncio
from functools import partial

import pytest

from anonchat_client import Frame, Gap, PlainClient, connection
from anonchat_client.core import pacing
from tests.support.scripted_chat import LIMITS, Socket, echo, joined, message, obliging, talking_to
from tests.support.waiting import eventually

SCALE = 1 / 1000  # a second takes a millisecond


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "LEAST_SILENCE_SECONDS", 60 * SCALE)
    monkeypatch.setattr(pacing, "MOST_SILENCE_SECONDS", 8.5 * 60 * SCALE)
    monkeypatch.setattr(connection, "MOST_SILENCE_SECONDS", 8.5 * 60 * SCALE)
    monkeypatch.setattr(connection, "LOOK_SECONDS", 10 * SCALE)


@pytest.mark.parametrize(
    ("history", "least", "most"),
    [(0, 446, 510), (1, 52, 60), (60, 52, 60), (180, 52, 60), (600, 175, 200), (86_400, 446, 510)],
)
def test_a_silence_lasts_a_third_of_the_history_and_less_than_a_silent_socket_lives(
    history: int, least: float, most: float
) -> None:
    drawn = [pacing.silence_seconds(history) for _ in range(100)]
    assert least <= min(drawn) < max(drawn) <= most


@pytest.mark.usefixtures("brisk")
async def test_a_silent_death_is_found_and_what_was_said_meanwhile_is_fetched() -> None:
    async def dies(socket: Socket, frame: Frame) -> None:
        if socket is not chat.sockets[0]:
            await socket.send_json(joined([message("1700000100000-y")]))
        elif len(chat.of("join")) == 1:
            await socket.send_json(joined())

    async with talking_to(dies, echo_seconds=0.05) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.until(lambda: bool(ada.log))
        assert ada.in_room
        assert len(chat.sockets) == 2
        assert chat.of("ping") == []


@pytest.mark.usefixtures("brisk")
async def test_a_quiet_server_that_answers_is_asked_again_and_again_and_nothing_is_told() -> None:
    events: list[object] = []
    answer = joined(gap=True) | {"limits": LIMITS | {"historySeconds": 0}}  # the cursor is older than what is kept
    async with talking_to(obliging(join=answer), announce=events.append) as (ada, chat):
        await ada.join("lobby", "Ada")
        await eventually(lambda: len(chat.of("join")) == 4)
        assert events == []
        assert len(chat.sockets) == 1


@pytest.mark.usefixtures("brisk")
async def test_messages_that_a_server_says_it_missed_are_a_gap_where_it_keeps_none() -> None:
    events: list[object] = []
    answer = joined(gap=True) | {"limits": LIMITS | {"historySeconds": 0}}
    async with talking_to(obliging(join=answer), announce=events.append) as (ada, chat):
        await ada.join("lobby", "Ada")
        await chat.sockets[0].send_json({"type": "presence", "online": 1, "joined": [], "left": [], "missed": True})
        await eventually(lambda: any(isinstance(event, Gap) for event in events))


def has_heard(client: PlainClient, count: int) -> bool:
    return len(client.log) == count


async def test_where_others_talk_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(connection, "_now", lambda: now[0])  # a machine that stands still is no silence
    monkeypatch.setattr(connection, "LOOK_SECONDS", 0.001)
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        for number in range(20):
            now[0] += 60
            await chat.sockets[0].send_json(message(f"17000000000{number:02d}-x"))
            await ada.until(partial(has_heard, ada, number + 1))
        assert len(chat.heard) == 1
        now[0] += 200
        await eventually(lambda: len(chat.heard) == 2)


@pytest.mark.usefixtures("brisk")
async def test_who_is_in_no_room_pings() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.leave()
        await eventually(lambda: len(chat.of("ping")) == 2)
        assert len(chat.of("join")) == 1


@pytest.mark.usefixtures("brisk")
async def test_what_waits_for_an_echo_is_not_disturbed_by_the_silence() -> None:
    async def slow(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "send":
            await asyncio.sleep(0.5)
            await socket.send_json(echo(frame))
        else:
            await obliging()(socket, frame)

    async with talking_to(slow) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        assert len(chat.of("send")) == 1
