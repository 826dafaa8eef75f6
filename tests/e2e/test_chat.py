"""The whole chat through its public door: real sockets, real handlers, a real table, under the deployed numbers.

In both ways of running the handlers, and by both readings of whether what they post counts for the stage's throttle.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from anonchat_client import Frame, PlainClient, RawClient
from local.chat import LocalChat, LocalOptions
from local.functions.function_set import Mode
from local.gateway import GatewayOptions
from scripts.bench.load import READINGS
from tests.support.raw_chat import (
    OPERATIONS,
    connection_of,
    drop_table,
    join,
    new_room,
    post,
    present,
    refusal,
    rows,
    send,
)
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNT, FREE = READINGS
CONDITIONS: list[tuple[Mode, str]] = [("threads", FREE), ("processes", COUNT)]
BEGINNING = "0000000000000"  # a cursor before everything


TRIED = [
    pytest.param(pair, id=", ".join(pair), marks=[pytest.mark.long] if number else [])
    for number, pair in enumerate(CONDITIONS)
]


@pytest.fixture(scope="module", params=TRIED)
def conditions(request: pytest.FixtureRequest) -> tuple[Mode, str]:
    """Return a way to run the functions, and a reading."""
    conditions: tuple[Mode, str] = request.param
    return conditions


@pytest.fixture(scope="module")
def mode(conditions: tuple[Mode, str]) -> Mode:
    return conditions[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(conditions: tuple[Mode, str]) -> AsyncIterator[LocalChat]:
    """Run one chat for the whole file: every test has a room of its own."""
    mode, reading = conditions
    async with LocalChat(LocalOptions(mode=mode, gateway=GatewayOptions(posts_count=READINGS[reading]))) as chat:
        yield chat


@pytest.fixture(autouse=True)
def full_buckets(chat: LocalChat) -> None:
    """Begin each test with all that the deployed throttles take at once, whatever the test before has used up."""
    chat.clock.advance(5)


# --- talking -------------------------------------------------------------------------------------------------


async def test_two_people_talk(chat: LocalChat, room: str) -> None:
    async with PlainClient(chat.url) as ada, PlainClient(chat.url) as grace:
        await ada.join(room, "Ada")
        await grace.join(room, "Grace")
        await ada.send("Hello")
        await grace.send("Hi\nthere 🦜")
        for one in (ada, grace):
            await one.until(has_heard(one, 2), 10)
            assert one.texts == ["Hello", "Hi\nthere 🦜"]
            assert set(one.members.values()) == {"Ada", "Grace"}
            assert one.online == 2


def has_heard(client: PlainClient, count: int) -> Callable[[], bool]:
    return lambda: len(client.log) == count


async def test_the_joiner_learns_who_is_here_and_what_the_limits_are(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada"), RawClient(chat.url) as grace:
        joined = await join(grace, room, "Grace")
        assert set(joined) == {
            *("type", "room", "self", "members", "online"),
            *("history", "more", "gap", "limits"),
        }
        assert sorted(member["alias"] for member in joined["members"]) == ["Ada", "Grace"]
        assert joined["self"] in [member["id"] for member in joined["members"] if member["alias"] == "Grace"]
        assert (joined["online"], joined["history"], joined["more"], joined["gap"]) == (2, [], False, False)
        assert joined["limits"] == {
            "text": 8192,
            "perMinute": 30,
            "room": 50,
            "historySeconds": 600,
            "overlapSeconds": 15,
        }


@pytest.mark.promise(1, 5)
async def test_everybody_gets_the_same_message(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace", "Alan") as (ada, grace, alan):
        echo = await send(ada, room, "Hello", "12345678-abcd")
        assert set(echo) == {"type", "id", "client", "from", "text", "at", "online"}
        assert (echo["client"], echo["text"], echo["online"]) == ("12345678-abcd", "Hello", 3)
        assert echo["from"]["alias"] == "Ada"
        assert echo["at"] == int(echo["id"][:13])
        assert abs(echo["at"] / 1000 - time.time()) < 10
        assert await grace.receive("message") == await alan.receive("message") == echo


async def test_the_echo_comes_last(chat: LocalChat, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends: four senders cannot all be last by the order of their rows."""
    aliases = ("Ada", "Grace", "Alan", "Edsger")
    async with present(chat, room, *aliases) as people:
        posted: list[str] = []
        names = {await connection_of(chat, room, alias): alias for alias in aliases}
        for id, name in names.items():
            send_on = chat.gateway.connections[id].send

            def record(payload: bytes, name: str = name, send_on: Callable[[bytes], None] = send_on) -> None:
                posted.append(name)
                send_on(payload)

            monkeypatch.setattr(chat.gateway.connections[id], "send", record)
        for sender, alias in zip(people, aliases, strict=True):
            posted.clear()
            await send(sender, room, "Hello")
            assert posted[-1] == alias
            assert sorted(posted) == sorted(aliases)
            for other in people:
                if other is not sender:
                    await other.receive("message")


async def test_nobody_learns_a_connection_id(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace") as people:
        await send(people[0], room, "Hello")
        await people[1].receive("message")
        told = json.dumps([frame for one in people for frame in one.frames])
        assert len(chat.gateway.connections) >= 2
        assert not [id for id in chat.gateway.connections if id.rstrip("=") in told]


async def test_a_ping_is_not_answered_and_runs_nothing(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada") as (ada,):
        with chat.meter.measure() as cost:
            await ada.send_json({"action": "ping"})
            await refusal(ada, {"action": "?"})
        assert cost["routes"]["ping"]["messagesIn"] == 1
        assert cost["routes"]["ping"].get("invocations", 0) == 0
        assert [frame["type"] for frame in ada.frames] == ["joined", "error"]


# --- coming and going ----------------------------------------------------------------------------------------


@pytest.mark.promise(5)
async def test_the_others_hear_who_comes_changes_its_name_and_goes(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada") as (ada,), RawClient(chat.url) as grace:
        me = (await join(grace, room, "Grace"))["self"]
        came = {"online": 2, "joined": [{"id": me, "alias": "Grace"}], "left": []}
        assert await ada.receive("presence") == {"type": "presence"} | came

        await join(grace, room, "Amazing Grace")
        renamed = {"online": 2, "joined": [{"id": me, "alias": "Amazing Grace"}], "left": []}
        assert await ada.receive("presence") == {"type": "presence"} | renamed

        await grace.send_json({"action": "leave"})
        assert await grace.receive("left") == {"type": "left", "room": room}
        went = {"online": 1, "joined": [], "left": [{"id": me, "alias": "Amazing Grace"}]}
        assert await ada.receive("presence") == {"type": "presence"} | went

        await join(grace, room, "Grace")  # the socket was kept
        await ada.receive("presence")


async def test_a_fresh_snapshot_is_no_news_to_the_others(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace") as (ada, grace):
        await join(grace, room, "Grace")
        await send(grace, room, "Hello")
        await ada.receive("message")
        assert ada.inbox == []


async def test_who_joins_another_room_leaves_the_first(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace") as (ada, grace):
        await join(grace, new_room(), "Grace")
        assert [person["alias"] for person in (await ada.receive("presence"))["left"]] == ["Grace"]
        assert (await refusal(grace, message_to(room)))["code"] == "not_joined"


async def test_who_hangs_up_has_left(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace") as (ada, grace):
        await grace.close()
        assert [person["alias"] for person in (await ada.receive("presence"))["left"]] == ["Grace"]
        assert (await send(ada, room, "Alone"))["online"] == 1


@pytest.mark.promise(4)
async def test_a_dead_peer_harms_nobody(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace", "Alan") as (ada, grace, alan):
        dead, sender = await connection_of(chat, room, "Grace"), await connection_of(chat, room, "Ada")
        chat.gateway.faults.drop_disconnect = lambda id: id == dead
        try:
            chat.gateway.faults.cut(dead)
            await grace.closed()
            await eventually(lambda: dead not in chat.gateway.connections)
        finally:
            chat.gateway.faults.drop_disconnect = 0.0
        assert await rows(chat, f"CONNECTION#{dead}")  # nobody knows yet

        await send(ada, room, "Is everybody here?")
        assert (await alan.receive("message"))["text"] == "Is everybody here?"
        for survivor in (ada, alan):
            presence = await survivor.receive("presence")
            assert [person["alias"] for person in presence["left"]] == ["Grace"]
            assert presence["online"] == 2
        assert await rows(chat, f"CONNECTION#{dead}") == []
        members = [row["sk"] for row in await rows(chat, f"ROOM#{room}") if row["sk"].startswith("MEMBER#")]
        assert f"MEMBER#{sender}" in members
        assert len(members) == 2

        assert (await send(ada, room, "Two of us."))["online"] == 2
        await alan.receive("message")
        assert ada.inbox == alan.inbox == []  # told once


# --- history -------------------------------------------------------------------------------------------------


@pytest.mark.promise(1)
async def test_who_comes_late_reads_what_was_said(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada") as (ada,):
        said = [await send(ada, room, text) for text in ("one", "two", "three")]
        await ada.send_json({"action": "leave"})
        await ada.receive("left")
        async with RawClient(chat.url) as grace:
            history = (await join(grace, room, "Grace"))["history"]
            assert [{**message, "online": 1} for message in history] == said


async def test_since_brings_what_came_after_it(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada") as (ada,):
        said = [await send(ada, room, text) for text in ("one", "two", "three")]
        joined = await join(ada, room, "Ada", since=said[0]["id"])
        assert [message["text"] for message in joined["history"]] == ["two", "three"]
        assert (joined["more"], joined["gap"]) == (False, False)


async def test_a_long_history_comes_in_frames_of_one_billed_unit(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada") as (ada,):
        said = [await send(ada, room, f"{number}" * 8000) for number in range(6)]
        newest = await join(ada, room, "Ada")
        assert newest["history"][-1]["id"] == said[-1]["id"]
        assert len(newest["history"]) < 6
        assert not newest["more"]

        read: list[Frame] = []
        since, pages = BEGINNING, 0
        while True:
            joined = await join(ada, room, "Ada", since=since)
            assert len(json.dumps(joined, ensure_ascii=False, separators=(",", ":")).encode()) <= 32 * 1024
            pages, read = pages + 1, read + joined["history"]
            if not joined["more"]:
                break
            since = read[-1]["id"]
        assert pages > 1
        assert [message["id"] for message in read] == [message["id"] for message in said]


@pytest.mark.promise(1)
async def test_a_member_reads_on_by_pages_which_nobody_else_is_told_of(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace") as (ada, grace):
        said = [await send(ada, room, f"{number}" * 8000) for number in range(6)]
        for _ in said:
            await grace.receive("message")
        page = await join(grace, room, "Grace", since=BEGINNING)
        read, reading_on = page["history"], {"action": "join", "room": room, "alias": "Grace", "page": True}
        while page["more"]:
            await grace.send_json({**reading_on, "since": read[-1]["id"]})
            page = await grace.receive()
            assert set(page) == {"type", "history", "more", "gap"}
            assert page["type"] == "page"
            read += page["history"]
        assert [message["text"] for message in read] == [message["text"] for message in said]
        await send(ada, room, "the next thing that she hears")
        assert not ada.inbox


async def test_a_member_reads_who_is_here_by_pages_which_nobody_else_is_told_of(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada", "Grace") as (ada, grace):
        ask = {"action": "join", "room": room, "alias": "Grace"}
        await grace.send_json({**ask, "roster": ""})
        first = await grace.receive("roster")
        assert (first["online"], first["more"]) == (2, False)
        assert {each["alias"] for each in first["members"]} == {"Ada", "Grace"}
        await grace.send_json({**ask, "roster": first["members"][0]["id"]})
        assert (await grace.receive("roster"))["members"] == first["members"][1:]
        await send(ada, room, "the next thing that she hears")
        assert not ada.inbox


@pytest.mark.promise(3)
async def test_a_gap_is_told_when_the_cursor_is_older_than_the_history(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Ada") as (ada,):
        now = int(time.time() * 1000)
        assert (await join(ada, room, "Ada", since=BEGINNING))["gap"]
        assert (await join(ada, room, "Ada", since=f"{now - 700_000:013d}"))["gap"]
        assert not (await join(ada, room, "Ada", since=f"{now - 500_000:013d}"))["gap"]


@pytest.mark.promise(1, 2)
async def test_a_client_that_was_cut_resumes_where_it_was(chat: LocalChat, room: str) -> None:
    async with PlainClient(chat.url) as ada, PlainClient(chat.url) as grace:
        await ada.join(room, "Ada")
        await grace.join(room, "Grace")
        await ada.send("before")
        await grace.until(lambda: grace.texts == ["before"], 10)
        grace.cut()
        await ada.send("meanwhile")
        await grace.until(lambda: grace.texts == ["before", "meanwhile"], 10)
        assert grace.gaps == []
        await ada.until(lambda: ada.online == 2, 10)


# --- refusals ------------------------------------------------------------------------------------------------


def message_to(room: str, **fields: Any) -> Frame:
    return {"action": "send", "room": room, "text": "Hello", "client": "the-client", **fields}


async def test_each_mistake_has_its_code_and_a_sentence(chat: LocalChat, room: str) -> None:
    join_frame = {"action": "join", "room": room, "alias": "Ada"}
    mistakes: dict[str, list[Frame]] = {
        "unknown_action": [{"action": "shout"}, {"action": ""}],
        "bad_request": [
            {"Action": "join"},
            join_frame | {"room": "with space"},
            join_frame | {"room": "r" * 65},
            join_frame | {"alias": ""},
            join_frame | {"alias": 5},
            join_frame | {"alias": "two\nlines"},
            join_frame | {"since": "yesterday"},
            message_to(room, client="short"),
            message_to(room, text=""),
            message_to(room, text="bell\u0007"),
        ],
        "too_long": [join_frame | {"alias": "é" * 129}, message_to(room, text="é" * 4097)],
        "not_joined": [message_to(room), {"action": "leave"}],
    }
    async with RawClient(chat.url) as ada:
        for code, frames in mistakes.items():
            for frame in frames:
                error = await refusal(ada, frame)
                assert error["code"] == code, frame
                assert error["message"].endswith(".")
        assert (await refusal(ada, message_to(room)))["client"] == "the-client"
        await join(ada, room, "é" * 128)
        assert (await send(ada, room, "é" * 4096))["text"] == "é" * 4096


GARBAGE = {
    "nothing": "",
    "no JSON": "hello",
    "half of JSON": '{"action": "send"',
    "a list": "[]",
    "a string": '"join"',
    "a number": "1e999",
    "null": "null",
    "NaN": "NaN",
    "NaN inside": '{"action": "join", "room": "a", "alias": NaN}',
    "an action that is a number": '{"action": 5}',
    "an action that is an object": '{"action": {"action": "join"}}',
    "no action": "{}",
    "the connect route": '{"action": "$connect"}',
    "the disconnect route": '{"action": "$disconnect"}',
    "the default route": '{"action": "$default"}',
    "missing fields": '{"action": "send"}',
    "wrong types": '{"action": "send", "room": [], "text": {}, "client": null}',
    "deep nesting": "[" * 30_000,
    "deep nesting behind an action": '{"action": "join", "room": ' + "[" * 30_000,
    "a lone surrogate": '{"action": "join", "room": "a", "alias": "\\ud800"}',
    "a control character": '{"action": "join", "room": "a", "alias": "\\u0000"}',
    "a huge number": '{"action": "join", "room": "a", "alias": ' + "9" * 10_000 + "}",
    "the same key twice": '{"action": "join", "action": "nonsense"}',
}


async def test_garbage_gets_an_error_frame_and_the_socket_stays_open(chat: LocalChat, room: str) -> None:
    async with RawClient(chat.url) as ada:
        for name, garbage in GARBAGE.items():
            chat.clock.advance(1)  # $default takes five a second
            error = await refusal(ada, garbage)
            assert error["code"] in ("bad_request", "unknown_action"), name
            assert len(ada.inbox) == 0, name
        await join(ada, room, "Ada")


async def test_a_megabyte_closes_the_socket_with_1009(chat: LocalChat) -> None:
    async with RawClient(chat.url) as ada:
        await ada.send_text("x" * 1024 * 1024)
        assert await ada.closed() == 1009


async def test_a_binary_frame_closes_the_socket_with_1003(chat: LocalChat) -> None:
    async with RawClient(chat.url) as ada:
        await ada.send_bytes(b'{"action": "ping"}')
        assert await ada.closed() == 1003


@pytest.mark.promise(7)
async def test_a_full_room_sheds_its_dead_before_it_refuses(mode: Mode, room: str) -> None:
    async with (
        LocalChat(LocalOptions(mode=mode, environ={"ROOM_CAP": "2"})) as small,
        present(small, room, "Ada", "Grace") as (ada, grace),
        RawClient(small.url) as alan,
    ):
        request = {"action": "join", "room": room, "alias": "Alan"}
        assert (await refusal(alan, request))["code"] == "room_full"
        assert ada.inbox == grace.inbox == []

        small.gateway.faults.drop_disconnect = 1.0
        dead = await connection_of(small, room, "Grace")
        small.gateway.faults.cut(dead)
        await eventually(lambda: dead not in small.gateway.connections)
        assert (await join(alan, room, "Alan"))["online"] == 2
        told = [await ada.receive("presence"), await ada.receive("presence")]
        assert [person["alias"] for frame in told for person in frame["left"]] == ["Grace"]
        assert [person["alias"] for frame in told for person in frame["joined"]] == ["Alan"]
        assert await rows(small, f"CONNECTION#{dead}") == []


@pytest.mark.promise(6)
async def test_message_31_of_a_minute_gets_a_polite_notice(chat: LocalChat, room: str) -> None:
    async with present(chat, room, "Grace", "Ada") as (grace, ada):
        error, told_at = await too_many(ada, room), time.monotonic()
        assert error["code"] == "rate_limited"
        assert 1 <= error["retryAfter"] <= 60
        assert error["client"] not in json.dumps(grace.frames)

        await ada.send_json({"action": "leave"})
        await ada.receive("left")
        history = (await join(ada, room, "Ada"))["history"]
        assert error["client"] not in [message["client"] for message in history]
        if time.monotonic() - told_at < error["retryAfter"] - 2:  # still in the same minute, and long enough
            assert (await refusal(ada, message_to(room)))["code"] == "rate_limited"


async def too_many(person: RawClient, room: str) -> Frame:
    """Send until a message is refused, which is the 31st of its clock minute. Return the refusal."""
    minutes: Counter[int] = Counter()
    while True:
        client = f"message-{minutes.total():04d}"
        await post(person, room, "again", client)
        answer = await person.receive()
        if answer["type"] == "error":
            assert answer["client"] == client
            assert minutes[max(minutes)] == 30
            return answer
        minutes[answer["at"] // 60_000] += 1


async def test_a_table_that_fails_is_told_politely(mode: Mode, room: str) -> None:
    async with (
        LocalChat(LocalOptions(mode=mode), log=lambda name, line: None) as broken,
        present(broken, room, "Ada") as (ada,),
    ):
        await asyncio.to_thread(drop_table, broken)
        error = await refusal(ada, message_to(room))
        assert (error["code"], error["client"]) == ("server_error", "the-client")


# --- costs ---------------------------------------------------------------------------------------------------


async def test_no_function_ever_scans_or_uses_a_transaction(chat: LocalChat) -> None:
    """Over all that the tests above did."""
    routes = chat.meter.snapshot()["routes"]
    used = {operation for name in routes if name != "onlooker" for operation in routes[name]["operations"]}
    assert used == OPERATIONS
