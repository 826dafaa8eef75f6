"""The client's own rules, against a server that misbehaves on purpose."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from anonchat_client import Frame, PlainClient, RawClient, RequestRefused
from tests.support.scripted_chat import (
    THROTTLED,
    Scripted,
    Socket,
    drop,
    echo,
    error,
    joined,
    message,
    obliging,
    talking_to,
)


async def test_a_send_returns_with_its_echo() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        assert (await ada.send("Hello"))["text"] == "Hello"
        assert ada.texts == ["Hello"]
        assert chat.of("join") == [{"action": "join", "room": "lobby", "alias": "Ada", "accepts": ["missed", "batch"]}]


async def test_a_message_without_an_echo_is_sent_again_with_the_same_client() -> None:
    async def silent_once(socket: Socket, frame: Frame) -> None:
        if frame["action"] != "send" or len(chat.of("send")) > 1:
            await obliging()(socket, frame)

    async with talking_to(silent_once, echo_seconds=0.05) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        first, second = chat.of("send")
        assert first == second
        assert len(chat.sockets) == 1
        assert ada.counters.timeouts == 1


async def test_a_socket_that_stays_silent_is_given_up_for_a_new_one() -> None:
    async def silent_on_the_first(socket: Socket, frame: Frame) -> None:
        if frame["action"] != "send" or socket is not chat.sockets[0]:
            await obliging()(socket, frame)

    async with talking_to(silent_on_the_first, echo_seconds=0.05) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        assert len(chat.sockets) == 2
        assert len({frame["client"] for frame in chat.of("send")}) == 1


async def test_a_frame_without_type_means_not_acknowledged() -> None:
    async def throttling(socket: Socket, frame: Frame) -> None:
        tries = len(chat.of(frame["action"]))
        await (socket.send_json(THROTTLED) if tries < 3 else obliging()(socket, frame))

    async with talking_to(throttling) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        assert len(chat.of("join")) == 3
        assert len(chat.of("send")) == 3
        assert len({frame["client"] for frame in chat.of("send")}) == 1
        assert ada.counters.unacknowledged == 4


async def test_too_fast_a_client_waits_as_long_as_it_is_told() -> None:
    async def limiting(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "send" and len(chat.of("send")) == 1:
            await socket.send_json(error("rate_limited", client=frame["client"], retryAfter=0.2))
        else:
            await obliging()(socket, frame)

    async with talking_to(limiting) as (ada, chat):
        await ada.join("lobby", "Ada")
        loop = asyncio.get_running_loop()
        before = loop.time()
        await ada.send("Hello")
        assert loop.time() - before >= 0.19
        assert ada.counters.rate_limited == 1


async def test_only_one_message_is_in_flight() -> None:
    release = asyncio.Event()

    async def slow(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "send":
            assert len(chat.of("send")) == 1 or release.is_set()
            await release.wait()
        await obliging()(socket, frame)

    async with talking_to(slow) as (ada, chat):
        await ada.join("lobby", "Ada")
        sends = [asyncio.create_task(ada.send(text)) for text in ("one", "two")]
        while not chat.of("send"):
            await asyncio.sleep(0)
        await ada.ping()
        release.set()
        await asyncio.gather(*sends)
        assert [frame["text"] for frame in chat.of("send")] == ["one", "two"]


async def test_after_a_cut_it_asks_from_the_overlap_before_its_last_message() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        await chat.sockets[0].send_json(message("1700000099000-x"))
        await ada.until(lambda: len(ada.log) == 1)
        ada.cut()
        await ada.until(lambda: len(chat.of("join")) == 2 and ada.in_room)
        assert chat.of("join")[1]["since"] == "1700000084000"
        assert ada.counters.resumes == 1


async def test_a_message_cut_off_is_sent_again_on_the_next_socket() -> None:
    async def dying(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "send" and len(chat.of("send")) == 1:
            await drop(socket)
        else:
            await obliging()(socket, frame)

    async with talking_to(dying) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        first, second = chat.of("send")
        assert first == second
        assert len(chat.sockets) == 2


@pytest.mark.promise(2)
async def test_a_copy_in_the_history_counts_as_the_echo() -> None:
    async def stored_then_cut(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "send":
            await drop(socket)
        else:
            await socket.send_json(joined([echo(sent) for sent in chat.of("send")]))

    async with talking_to(stored_then_cut) as (ada, chat):
        await ada.join("lobby", "Ada")
        assert (await ada.send("Hello"))["text"] == "Hello"
        assert len(chat.of("send")) == 1


async def test_it_follows_more_to_the_last_page() -> None:
    pages = {"1700000000002-b": [message("1700000000003-c")], "1699999985001": [message("1700000000002-b")]}

    async def paging(socket: Socket, frame: Frame) -> None:
        history = pages.get(frame.get("since", ""), [message("1700000000001-a")])
        await socket.send_json(joined(history, more=frame.get("since") == "1699999985001"))

    async with talking_to(paging) as (ada, chat):
        await ada.join("lobby", "Ada")
        ada.cut()
        await ada.until(lambda: len(ada.log) == 3)
        assert [one["id"][-1] for one in ada.log] == ["a", "b", "c"]
        assert [frame.get("since") for frame in chat.of("join")] == [None, "1699999985001", "1700000000002-b"]


@pytest.mark.promise(1)
async def test_a_cut_between_two_pages_skips_none_though_newer_messages_came_live() -> None:
    async def cut_between_pages(socket: Socket, frame: Frame) -> None:
        match len(chat.of("join")):
            case 1:
                await socket.send_json(joined([message("1700000000000-a")]))
            case 2:
                await socket.send_json(message("1700000900000-z"))
                await socket.send_json(joined([message("1700000100000-b")], more=True))
            case 3:
                await drop(socket)
            case _:
                await socket.send_json(joined())

    async with talking_to(cut_between_pages) as (ada, chat):
        await ada.join("lobby", "Ada")
        ada.cut()
        await ada.until(lambda: len(chat.of("join")) == 4 and ada.in_room)
        assert chat.of("join")[3]["since"] == "1700000085000"  # before b, not before z


@pytest.mark.promise(2)
async def test_of_copies_under_one_client_the_smaller_id_stays_at_every_member() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        for id, author in (("1700000000002-b", "m2"), ("1700000000001-a", "m1"), ("1700000000002-b", "m2")):
            await chat.sockets[0].send_json(message(id, client="the-same", author=author))
        await ada.until(lambda: ada.counters.duplicates == 2)
        assert [one["id"] for one in ada.log] == ["1700000000001-a"]


async def test_a_message_before_its_joined_is_kept() -> None:
    async def hasty(socket: Socket, frame: Frame) -> None:
        await socket.send_json(message("1700000000001-a"))
        await socket.send_json(joined())

    async with talking_to(hasty) as (ada, _):
        await ada.join("lobby", "Ada")
        assert len(ada.log) == 1


@pytest.mark.promise(3)
async def test_a_gap_is_remembered() -> None:
    async with talking_to(obliging(join=joined([message("1700000000000-a")], gap=True))) as (ada, _):
        await ada.join("lobby", "Ada")
        assert ada.gaps == []  # a first visit misses nothing
        ada.cut()
        await ada.until(lambda: ada.gaps == ["1699999985000"])


async def test_presence_tells_who_is_here() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        grace = {"id": "m2", "alias": "Grace"}
        await chat.sockets[0].send_json({"type": "presence", "online": 2, "joined": [grace], "left": []})
        await ada.until(lambda: ada.online == 2)
        assert ada.members == {"m1": "Ada", "m2": "Grace"}
        await chat.sockets[0].send_json({"type": "presence", "online": 1, "joined": [], "left": [grace]})
        await ada.until(lambda: ada.online == 1)
        assert ada.members == {"m1": "Ada"}


async def test_a_refusal_that_no_other_try_can_help_is_raised() -> None:
    async with talking_to(obliging(join=error("room_full"))) as (ada, _):
        with pytest.raises(RequestRefused) as refusal:
            await ada.join("lobby", "Ada")
        assert refusal.value.code == "room_full"
        assert not ada.in_room


async def test_a_refusal_on_coming_back_is_told_to_whoever_waits() -> None:
    async def full_later(socket: Socket, frame: Frame) -> None:
        await socket.send_json(joined() if len(chat.sockets) == 1 else error("room_full"))

    async with talking_to(full_later) as (ada, chat):
        await ada.join("lobby", "Ada")
        ada.cut()
        with pytest.raises(RequestRefused):
            await ada.send("Hello")


async def test_a_server_that_lost_the_member_gets_it_back() -> None:
    async def forgetful(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "send" and len(chat.sockets) == 1:
            await socket.send_json(error("not_joined", client=frame["client"]))
        else:
            await obliging()(socket, frame)

    async with talking_to(forgetful) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        assert len(chat.of("join")) == 2


async def test_a_join_that_a_later_one_overtook_is_tried_again() -> None:
    async def overtaking(socket: Socket, frame: Frame) -> None:
        await socket.send_json(joined() if len(chat.of("join")) == 2 else error("not_joined"))

    async with talking_to(overtaking) as (ada, chat):
        await ada.join("lobby", "Ada")
        assert ada.in_room


async def test_leaving_keeps_the_socket() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        await ada.leave()
        assert not ada.in_room
        await ada.join("lobby", "Ada")
        assert len(chat.sockets) == 1


async def test_what_is_no_frame_of_the_protocol_changes_nothing() -> None:
    async def babbling(socket: Socket, frame: Frame) -> None:
        for text in ("", "[]", '{"type": "joined"}', '{"type": "error"}', '{"type": "message", "id": 7}', "[" * 10_000):
            await socket.send_str(text)
        await socket.send_bytes(b"bytes")
        await obliging()(socket, frame)

    async with talking_to(babbling) as (ada, _):
        await ada.join("lobby", "Ada")
        await ada.send("Hello")
        assert ada.texts == ["Hello"]


async def test_a_server_that_hangs_up_at_once_is_not_dialled_without_pause() -> None:
    async def hanging_up_on_all_but_the_first(socket: Socket, frame: Frame) -> None:
        await (obliging()(socket, frame) if len(chat.sockets) == 1 else drop(socket))

    async with talking_to(hanging_up_on_all_but_the_first, retry_seconds=0.05) as (ada, chat):
        await ada.join("lobby", "Ada")
        ada.cut()
        await asyncio.sleep(0.5)
        assert 2 <= len(chat.sockets) <= 15


def roster(*ids: str, more: bool = False) -> Frame:
    members = [{"id": id, "alias": f"alias of {id}"} for id in ids]
    return {"type": "roster", "members": members, "more": more, "online": 3}


async def test_who_is_in_a_large_room_is_asked_for_page_by_page() -> None:
    async def paging(socket: Socket, frame: Frame) -> None:
        pages = {"": roster("m1", "m2", more=True), "m2": roster("m3")}
        await (socket.send_json(pages[frame["roster"]]) if "roster" in frame else obliging()(socket, frame))

    async with talking_to(paging) as (ada, chat):
        await ada.join("lobby", "Ada")
        assert await ada.roster() == {id: f"alias of {id}" for id in ("m1", "m2", "m3")}
        assert [frame.get("roster") for frame in chat.of("join")] == [None, "", "m2"]


async def test_a_late_answer_about_who_is_here_costs_nobody_a_place_in_the_list() -> None:
    async def late(socket: Socket, frame: Frame) -> None:
        asked = [each["roster"] for each in chat.of("join") if "roster" in each]
        if not asked:
            await obliging()(socket, frame)
        elif asked != [""]:  # the first is answered when it has been asked again, and so one late each time
            pages = {"": roster("m1", "m2", more=True), "m2": roster("m3", more=True), "m3": roster("m4")}
            await socket.send_json(pages[asked[-2]])

    async with talking_to(late, echo_seconds=0.05) as (ada, chat):
        await ada.join("lobby", "Ada")
        assert list(await ada.roster()) == ["m1", "m2", "m3", "m4"]


async def test_a_server_that_cannot_go_on_with_who_is_here_is_not_asked_for_ever() -> None:
    async def stuck(socket: Socket, frame: Frame) -> None:
        await (socket.send_json(roster("m1", more=True)) if "roster" in frame else obliging()(socket, frame))

    async with talking_to(stuck) as (ada, _):
        await ada.join("lobby", "Ada")
        assert list(await ada.roster()) == ["m1"]


async def test_a_server_that_knows_no_rosters_tells_who_fits_a_snapshot() -> None:
    async with talking_to(obliging()) as (ada, _):
        await ada.join("lobby", "Ada")
        assert await ada.roster() == {"m1": "Ada"}


async def test_who_asks_for_all_and_is_cut_asks_on_the_next_socket() -> None:
    async def cutting(socket: Socket, frame: Frame) -> None:
        if "roster" not in frame:
            await obliging()(socket, frame)
        elif socket is chat.sockets[0]:
            await drop(socket)
        elif len(chat.sockets) == 2:
            await socket.send_json(error("not_joined"))  # as after rows that are lost: it comes back as after any cut
        else:
            await socket.send_json(roster("m1", "m2"))

    async with talking_to(cutting) as (ada, chat):
        await ada.join("lobby", "Ada")
        assert list(await ada.roster()) == ["m1", "m2"]
        assert len(chat.sockets) == 3


async def test_a_name_for_a_message_may_be_brought_along_and_is_sent_once() -> None:
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        for _ in range(2):
            assert (await ada.send("Hello", client="my-own-name"))["client"] == "my-own-name"
        assert [frame["client"] for frame in chat.of("send")] == ["my-own-name"]


async def test_a_refused_handshake_is_an_error_at_once() -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=403)

    application = web.Application()
    application.router.add_get("/", refuse)
    async with TestServer(application) as server:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await PlainClient(f"ws://127.0.0.1:{server.port}/").connect()


async def test_a_raw_client_takes_frames_by_type_and_tells_the_close_code() -> None:
    async def three_frames_and_goodbye(socket: Socket, frame: Frame) -> None:
        for letter in "aba":
            await socket.send_json({"type": letter})
        await socket.close(code=4000)

    chat = Scripted(three_frames_and_goodbye)
    application = web.Application()
    application.router.add_get("/", chat.serve)
    async with (
        TestServer(application) as server,
        RawClient(f"ws://127.0.0.1:{server.port}/") as raw,
    ):
        await raw.send_json({"action": "x"})
        assert await raw.receive("b") == {"type": "b"}
        assert await raw.closed() == 4000
        assert raw.inbox == [{"type": "a"}, {"type": "a"}]
        with pytest.raises(ConnectionError):
            await raw.receive("b")
