"""What the client does when the server is overloaded: it comes again later, not all at once, and loses nothing."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from anonchat_client import Frame, PlainClient, SiteError
from anonchat_client.core import pacing, session
from tests.support.scripted_chat import Scripted, Socket, drop, error, joined, message, obliging, talking_to
from tests.support.waiting import eventually

MISSED = {"missed": True}
PRESENCE = {"type": "presence", "online": 2, "joined": [], "left": []}


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pauses be as many hundredths of a second as they are seconds."""
    for name in ("EACH_SECONDS", "PAUSE_SECONDS"):
        monkeypatch.setattr(pacing, name, getattr(pacing, name) / 100)


@pytest.mark.promise(1)
@pytest.mark.parametrize("kind", ["message", "presence"])
async def test_after_a_frame_that_says_missed_what_is_missing_comes_from_before_it(kind: str) -> None:
    frame = PRESENCE if kind == "presence" else message("1700000300000-z")
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        await chat.sockets[0].send_json(message("1700000099000-x"))
        await ada.until(lambda: len(ada.log) == 1)
        chat.script = obliging(join=joined([message("1700000100000-y")]))
        await chat.sockets[0].send_json(frame | MISSED)
        await ada.until(lambda: "1700000100000-y" in [one["id"] for one in ada.log])
        assert chat.of("join")[1]["since"] == "1700000084000"
        assert (len(chat.sockets), ada.counters.missed, ada.counters.resumes) == (1, 1, 0)


@pytest.mark.usefixtures("brisk")
async def test_however_many_frames_say_missed_one_resume_follows() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        for _ in range(5):
            await chat.sockets[0].send_json(PRESENCE | MISSED)
        await ada.until(lambda: ada.counters.missed == 5)
        await asyncio.sleep(0.2)
        assert len(chat.of("join")) == 2


@pytest.mark.usefixtures("brisk")
async def test_what_is_missed_while_a_resume_fetches_its_pages_is_fetched_by_another_after_it() -> None:
    a, b, c = (message(f"170000000000{number}-{number}") for number in range(3))

    async def paging(socket: Socket, frame: Frame) -> None:
        tries = len(chat.of("join"))
        if tries == 2:
            await socket.send_json(PRESENCE | MISSED)
            await asyncio.sleep(0.1)  # the next resume is due long before
        await socket.send_json(joined([a] if tries == 1 else [b] if tries == 2 else [c], more=tries == 2))

    async with talking_to(paging) as (ada, chat):
        await ada.join("lobby", "Ada")
        await chat.sockets[0].send_json(PRESENCE | MISSED)
        await eventually(lambda: len(chat.of("join")) == 4)
        assert [join.get("since") for join in chat.of("join")] == [None, "1699999985000", b["id"], "1699999985002"]


@pytest.mark.usefixtures("brisk")
@pytest.mark.parametrize("anew", [False, True])
async def test_whoever_leaves_or_joins_anew_resumes_no_more(anew: bool) -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        await chat.sockets[0].send_json(PRESENCE | {"online": 100} | MISSED)
        await ada.until(lambda: ada.counters.missed == 1)
        await (ada.join("lobby", "Ada") if anew else ada.leave())
        await asyncio.sleep(0.2)
        assert len(chat.of("join")) == 1 + anew


@pytest.mark.usefixtures("brisk")
async def test_while_every_answer_is_followed_by_missed_there_is_a_pause_before_each_resume() -> None:
    async def marking(socket: Socket, frame: Frame) -> None:
        await socket.send_json(joined())
        await socket.send_json(PRESENCE | MISSED)

    async with talking_to(marking) as (ada, chat):
        await ada.join("lobby", "Ada")
        await asyncio.sleep(1.0)
        assert 4 <= len(chat.of("join")) <= 2 + 1.0 / 0.05


async def test_a_socket_lost_before_the_resume_brings_one_resume_and_not_two() -> None:
    async with talking_to(obliging(), retry_seconds=0.01) as (ada, chat):
        await ada.join("lobby", "Ada")
        await chat.sockets[0].send_json(PRESENCE | {"online": 50} | MISSED)
        await ada.until(lambda: ada.counters.missed == 1)
        await drop(chat.sockets[0])
        await ada.until(lambda: ada.counters.resumes == 1)
        await asyncio.sleep(0.3)
        assert len(chat.of("join")) == 2


@pytest.mark.promise(1)
async def test_a_join_without_an_answer_is_asked_again_on_its_socket_and_once_more_when_no_late_answer_can_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "DOUBT_MS", 200)
    monkeypatch.setattr("anonchat_client.plain_client.DOUBT_MS", 200)

    async def silent_once(socket: Socket, frame: Frame) -> None:
        if len(chat.of("join")) != 2:
            await socket.send_json(joined([message("1700000000000-a")]))

    async with talking_to(silent_once, echo_seconds=0.05) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.join("lobby", "Ada")
        assert len(chat.of("join")) == 3
        await chat.sockets[0].send_json(message("1700000900000-z"))
        await eventually(lambda: len(chat.of("join")) == 4)
        assert [join.get("since") for join in chat.of("join")] == [None] + ["1699999985000"] * 3
        assert len(chat.sockets) == 1


async def test_what_is_refused_for_a_while_is_asked_again_on_the_same_socket_and_not_at_once() -> None:
    async def failing_thrice(socket: Socket, frame: Frame) -> None:
        failing = len(chat.of(frame["action"])) <= 3
        refusal = error("server_error") if frame["action"] == "join" else {"message": "Too Many Requests"}
        await (socket.send_json(refusal) if failing else obliging()(socket, frame))

    async with talking_to(failing_thrice, retry_seconds=0.05) as (ada, chat):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await ada.join("lobby", "Ada")
        assert loop.time() - began >= 0.025 + 0.05 + 0.1
        await ada.send("Hello")
        assert loop.time() - began >= 2 * (0.025 + 0.05 + 0.1)
        assert len(chat.sockets) == 1


async def connect_to(*statuses: int, patience: float = 60.0) -> int:
    """Connect where the first handshakes are refused like this. Returns how many it took."""
    chat = Scripted(obliging())
    handshakes = 0

    async def serve(request: web.Request) -> Any:
        nonlocal handshakes
        handshakes += 1
        return (
            web.Response(status=statuses[handshakes - 1]) if handshakes <= len(statuses) else await chat.serve(request)
        )

    application = web.Application()
    application.router.add_get("/", serve)
    async with TestServer(application) as server:
        client = PlainClient(f"ws://127.0.0.1:{server.port}/", retry_seconds=0.01)
        await client.connect(patience)
        await client.close()
    return handshakes


async def test_a_handshake_that_is_refused_for_now_is_tried_again() -> None:
    handshakes = await connect_to(429, 500, 503)
    assert handshakes == 4


async def test_a_handshake_that_is_refused_for_good_or_for_whoever_has_no_patience_is_not() -> None:
    for patience, statuses in ((60.0, (429, 403)), (0.0, (429,))):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await connect_to(*statuses, patience=patience)
        assert refusal.value.status == statuses[-1]


@pytest.mark.parametrize(("status", "why"), [(429, "too many people enter at once"), (503, "it answers 503")])
async def test_in_the_end_a_sentence_says_why_nobody_gets_in(status: int, why: str) -> None:
    with pytest.raises(SiteError, match=rf"^127\.0\.0\.1:\d+ lets nobody in: .*{why}.*\.$"):
        await connect_to(*[status] * 1000, patience=0.2)
