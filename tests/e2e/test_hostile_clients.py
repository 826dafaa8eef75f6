"""Clients that keep to no contract: what each is answered, and that the others in the room notice nothing wrong.

There is no browser here: who writes such a client brings its own.
"""

import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from anonchat_client import Frame, RawClient
from local.chat import LocalChat, LocalOptions
from local.gateway.frames import BINARY
from tests.support.gateway_kit import CLOSE, FIN, BareClient, client_frame
from tests.support.hostile import UNTHROTTLED, a_room, answer_to, bomb, close_code, offers_deflate, text_of
from tests.support.raw_chat import connection_of, join, new_room, refusal, send
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

OURS = "https://chat.example"
MESSAGE = {"type", "id", "client", "from", "text", "at", "online"}
VISITS = 3
DISTINCT = 8  # characters at the beginning of ids that no two share by chance


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat() -> AsyncIterator[LocalChat]:
    """Run a chat that lets in one other page, and throttles nobody."""
    options = LocalOptions(environ={"ALLOWED_ORIGINS": OURS, "PER_MINUTE": "600"}, gateway=UNTHROTTLED)
    async with LocalChat(options) as chat:
        yield chat


@pytest.fixture
def room() -> str:
    return f"{new_room()}-with-a-long-name"


# --- another room's data ----------------------------------------------------------------------------------


async def test_who_is_not_in_a_room_can_neither_write_there_nor_read_it_by_any_way_round(
    chat: LocalChat, room: str
) -> None:
    async with a_room(chat, room) as target, RawClient(chat.url) as mallory:
        assert (await refusal(mallory, message_to(room)))["code"] == "not_joined"
        for other in (room[:-1], room.upper(), "MESSAGE"):
            joined = await join(mallory, other, "Mallory", since=target.said[0]["id"])
            assert (joined["online"], joined["history"], len(joined["members"])) == (1, [], 1)
            joined = await join(mallory, other, "Mallory", since="0000000000000")
            assert joined["history"] == []
            assert (await refusal(mallory, message_to(room)))["code"] == "not_joined"
        told = json.dumps(mallory.frames)
        assert "a word of ours" not in told
        assert not [each for each in target.said if each["id"] in told or each["from"]["id"] in told]


NO_ROOMS = [
    "",
    "..",
    "a/b",
    "ROOM#a",
    "a#MEMBER#",
    "a\u0000",
    "*",
    "a b",
    "ｒｏｏｍ",
    "rооm",
    "room\u200b",
    "é",
    "ı",
    "x" * 65,
]


async def test_no_name_of_a_room_leads_out_of_its_partition_or_folds_to_another(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room), RawClient(chat.url) as mallory:
        for name in [*NO_ROOMS, [room], {"S": room}, 5, None, True]:
            error = await refusal(mallory, {"action": "join", "room": name, "alias": "Mallory"})
            assert error["code"] == "bad_request", name


NO_CURSORS: list[Any] = ["", "0", "٠" * 13, "1" * 14, "1800000000000-" + "x" * 33, "1800000000000#", 5, [], {}]


async def test_a_cursor_that_is_none_is_refused_and_one_of_the_future_brings_nothing(
    chat: LocalChat, room: str
) -> None:
    async with a_room(chat, room), RawClient(chat.url) as mallory:
        for since in NO_CURSORS:
            frame = {"action": "join", "room": beside(room), "alias": "Mallory", "since": since}
            assert (await refusal(mallory, frame))["code"] == "bad_request", since
        joined = await join(mallory, beside(room), "Mallory", since="9999999999999")
        assert (joined["history"], joined["more"]) == ([], False)


# --- as somebody else -------------------------------------------------------------------------------------

EXTRA = {
    "from": {"id": "somebody", "alias": "Ada"},
    "memberId": "somebody",
    "self": "somebody",
    "id": "9999999999999-forged",
    "at": 9999999999999,
    "online": 999,
    "type": "joined",
    "connectionId": "AAAAAAAAAAAAAAA=",
    "requestContext": {"connectionId": "AAAAAAAAAAAAAAA=", "eventType": "DISCONNECT"},
    "missed": True,
    "joinId": 99,
    "expiresAt": 1,
    "__proto__": {"admin": True},
    "constructor": {"prototype": {"admin": True}},
}


async def test_fields_that_nobody_asked_for_change_nothing_of_what_the_others_get(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room) as target, RawClient(chat.url) as mallory:
        joined = await join(mallory, room, "Mallory", **EXTRA)
        for one in (target.ada, target.ben):
            [told] = (await one.receive("presence"))["joined"]
            assert told == {"id": joined["self"], "alias": "Mallory"}
        forged = EXTRA | {"alias": "Ada"} | message_to(room, "client-forged")
        echo = await answer_to(mallory, text_of(**forged))
        assert set(echo) == MESSAGE
        assert (echo["from"], echo["online"]) == ({"id": joined["self"], "alias": "Mallory"}, 3)
        assert echo["id"] != EXTRA["id"]
        assert echo["at"] < EXTRA["at"]
        for one in (target.ada, target.ben):
            assert await one.receive("message") == echo
        await leave(mallory)
        for one in (target.ada, target.ben):
            assert (await one.receive("presence"))["left"] == [echo["from"]]


async def test_what_somebody_else_has_sent_is_ones_own_when_one_sends_it_again(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room) as target, RawClient(chat.url) as mallory:
        mallorys = (await join(mallory, room, "Ada"))["self"]  # a name is anybody's, an id is not
        original = target.said[0]
        replayed = await send(mallory, room, original["text"], original["client"])
        assert replayed["from"]["id"] == mallorys != original["from"]["id"]
        assert replayed["id"] > original["id"]
        for one in (target.ada, target.ben):
            await one.receive("presence")
            assert await one.receive("message") == replayed
        await leave(mallory)
        for one in (target.ada, target.ben):
            await one.receive("presence")


async def test_frames_of_the_servers_own_kinds_are_no_requests(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room) as target, RawClient(chat.url) as mallory:
        for frame in target.said:
            assert (await refusal(mallory, frame))["code"] == "bad_request"
            assert (await refusal(mallory, frame | {"action": frame["type"]}))["code"] == "unknown_action"


LIFECYCLE = [
    "$connect",
    "$disconnect",
    "$default",
    "CONNECT",
    "DISCONNECT",
    "Send",
    "send ",
    "ѕend",
    "__proto__",
    "toString",
]


async def test_no_action_reaches_a_route_that_is_not_a_clients(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room), RawClient(chat.url) as mallory:
        await join(mallory, beside(room), "Mallory")
        for action in LIFECYCLE:
            assert (await refusal(mallory, {"action": action}))["code"] == "unknown_action", action
        assert (await send(mallory, beside(room), "still in"))["text"] == "still in"


# --- JSON -------------------------------------------------------------------------------------------------


async def test_of_a_key_that_comes_twice_the_last_counts_for_everybody_who_reads_it(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room), RawClient(chat.url) as mallory:
        await join(mallory, beside(room), "Mallory")
        twice = f'{{"action": "send", "room": "{beside(room)}", "text": "x", "client": "client-1", "room": "{room}"}}'
        assert (await answer_to(mallory, twice))["code"] == "not_joined"
        assert (await answer_to(mallory, '{"action": "leave", "action": "dance"}'))["code"] == "unknown_action"
        assert (await answer_to(mallory, '{"action": "dance", "action": "leave"}'))["type"] == "left"


NO_TEXTS = [
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\u001b[2J"',
    '"\\u0085"',
    "1e999",
    "-0",
    "9" * 5000,
    "[]",
    "{}",
]
NO_JSON = ['"\\ud8"', '"\x00"', "NaN", "-Infinity", "0x10", "'x'", "undefined", '"x" // no', "[" * 5000, '{"a":' * 5000]


async def test_what_is_no_text_is_refused_without_being_repeated(chat: LocalChat, room: str) -> None:
    async with RawClient(chat.url) as mallory:
        await join(mallory, room, "Mallory")
        for value in (*NO_TEXTS, *NO_JSON):
            frame = f'{{"action": "send", "room": "{room}", "client": "client-1", "text": {value}}}'
            answer = await answer_to(mallory, frame)
            assert (answer["type"], answer["code"]) == ("error", "bad_request"), value
            assert len(json.dumps(answer)) < 300


SAME_TO_SOME = ["Ada", "Ａｄａ", "Ad\u0430", "Ada\u200b", "\u202eadA", "\u212a"]


async def test_names_and_texts_arrive_as_they_were_written_whatever_folds_to_what(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room) as target, RawClient(chat.url) as mallory:
        await join(mallory, room, SAME_TO_SOME[-1])
        for alias in SAME_TO_SOME:
            await join(mallory, room, alias)
            echo = await send(mallory, room, alias)
            assert (echo["from"]["alias"], echo["text"]) == (alias, alias)
        await leave(mallory)
        for one in (target.ada, target.ben):
            while (await one.receive("presence"))["left"] == []:
                pass
            assert [(await one.receive("message"))["text"] for _ in SAME_TO_SOME] == SAME_TO_SOME


# --- ids --------------------------------------------------------------------------------------------------


async def test_no_id_tells_another_and_none_is_counted_up(chat: LocalChat) -> None:
    connections, members = [], []
    for _ in range(VISITS):
        async with RawClient(chat.url) as visitor:
            members += [(await join(visitor, room, "Visitor"))["self"] for room in ("one", "two", "one")]
            connections.append(await connection_of(chat, "one", "Visitor"))
        await eventually(lambda: not chat.gateway.connections)
    assert [members[at] for at in range(0, 3 * VISITS, 3)] == [members[at] for at in range(2, 3 * VISITS, 3)]
    distinct = [*{*members}, *connections]
    assert len(distinct) == 3 * VISITS, "one id in each room, and one of the connection"
    assert len({each[:DISTINCT] for each in distinct}) == len(distinct)
    assert len({each.rstrip("=")[-DISTINCT:] for each in distinct}) == len(distinct)
    for connection, member in itertools.product(connections, members):
        assert connection.rstrip("=") not in member


async def test_who_knows_an_id_can_post_to_nobody_without_a_signature(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room) as target, aiohttp.ClientSession() as session:
        known = [await connection_of(chat, room, "Ada"), target.said[0]["from"]["id"], "AAAAAAAAAAAAAAA="]
        forged = {"Authorization": "AWS4-HMAC-SHA256 Credential=send/20261128/us-east-1/execute-api/aws4_request"}
        for identity, method, headers in itertools.product(known, ("POST", "GET", "DELETE"), ({}, forged)):
            url = f"{chat.endpoint}/@connections/{identity}"
            async with session.request(method, url, data=b"{}", headers=headers) as answer:
                assert answer.status == 403


# --- frames -----------------------------------------------------------------------------------------------


async def test_compression_is_never_agreed_on_so_nothing_can_unpack(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room):
        client = await offers_deflate(chat)
        assert client.status == 101
        assert not {"Sec-WebSocket-Extensions", "Content-Encoding"} & set(client.headers)
        client.writer.write(bomb())
        assert await closing(client) == 1002


NO_FRAMES = [
    (client_frame(b'{"action": "ping"}', FIN | BINARY), 1003),
    (b'\x81\x12{"action": "ping"}', 1002),  # not masked
    (b"\x81\xff\x7f" + b"\xff" * 7 + bytes(4), 1009),  # a length that lies
    (client_frame(b'{"action": "join", "alias": "\xff"}'), 1007),
]


async def test_a_frame_that_is_none_ends_its_own_socket_and_no_other(chat: LocalChat, room: str) -> None:
    async with a_room(chat, room):
        for sent, code in NO_FRAMES:
            client = await BareClient.dial(chat.gateway)
            await client.read_answer()
            client.writer.write(sent)
            assert await closing(client) == code


async def closing(client: BareClient) -> int:
    """Return the code that a socket was closed with, and leave it."""
    opcode, payload = await client.receive()
    assert opcode == FIN | CLOSE
    await client.leave()
    return close_code(payload)


# --- pages ------------------------------------------------------------------------------------------------

NOT_OURS = [
    *("https://chat.example.evil", "https://evil.chat.example", "http://chat.example", "https://chat.example:444"),
    *("null", "https://chat.example@evil", "https://chat.example,https://evil"),
]


async def test_a_page_of_another_origin_gets_no_socket_and_the_listed_one_does(chat: LocalChat, room: str) -> None:
    for origin in NOT_OURS:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with RawClient(chat.url, headers={"Origin": origin}):
                pass
        assert refused.value.status == 403, origin
    async with RawClient(chat.url, headers={"Origin": OURS}) as page:
        assert (await join(page, room, "Page"))["type"] == "joined"


# --- helpers ----------------------------------------------------------------------------------------------


def beside(room: str) -> str:
    """Return the name of a room that only one test uses."""
    return f"{room}-2"


def message_to(room: str, client: str = "client-mallory") -> Frame:
    return {"action": "send", "room": room, "text": "mine", "client": client}


async def leave(person: RawClient) -> None:
    await person.send_json({"action": "leave"})
    await person.receive("left")
