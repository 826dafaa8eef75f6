"""The wire contract: what is accepted, what is refused and how, and what the server's frames look like."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonchat import limits, protocol
from anonchat.model import Message, Person
from anonchat.protocol import Join, Leave, Refused, Send
from tests.support.frames import anything
from tests.support.handlers import answer_unknown

JOIN = {"action": "join", "room": "red", "alias": "Ann"}
SEND = {"action": "send", "room": "red", "text": "hello", "client": "client-1"}


def refusal(call: Any, *arguments: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        call(*arguments)
    return refused.value


def test_a_join_a_send_and_a_leave_are_understood() -> None:
    assert protocol.parse_join(JOIN) == Join("red", "Ann", None)
    assert protocol.parse_join(JOIN | {"since": "1800000000000"}) == Join("red", "Ann", "1800000000000")
    assert protocol.parse_join(JOIN | {"since": "1800000000000-abc_-"}).since == "1800000000000-abc_-"
    assert protocol.parse_send(SEND) == Send("red", "hello", "client-1")
    assert protocol.parse_leave({"action": "leave"}) == Leave()


def test_unknown_fields_are_ignored() -> None:
    assert protocol.parse_join(JOIN | {"colour": {"deep": [1]}}) == Join("red", "Ann", None)


def test_a_page_is_asked_for_behind_a_cursor() -> None:
    since = {"since": "1800000000000"}
    assert protocol.parse_join(JOIN | since | {"page": True}) == Join("red", "Ann", "1800000000000", page=True)
    assert not protocol.parse_join(JOIN | since | {"page": False}).page
    assert refusal(protocol.parse_join, JOIN | {"page": True}).code == protocol.BAD_REQUEST


@pytest.mark.parametrize("page", [1, "true", None, [], {}])
def test_whether_a_page_is_asked_for_is_true_or_false(page: object) -> None:
    assert refusal(protocol.parse_join, JOIN | {"since": "1800000000000", "page": page}).code == protocol.BAD_REQUEST


def test_a_roster_is_asked_for_from_the_first_member_on_or_behind_one() -> None:
    assert protocol.parse_join(JOIN | {"roster": ""}) == Join("red", "Ann", None, roster="")
    assert protocol.parse_join(JOIN | {"roster": "AbC-_123456"}).roster == "AbC-_123456"
    assert protocol.parse_join(JOIN | {"roster": None}).roster is None


@pytest.mark.parametrize("roster", [True, 0, [], {}, "no spaces", "x" * 33, "ü"])
def test_where_a_roster_goes_on_is_the_id_of_a_member(roster: object) -> None:
    assert refusal(protocol.parse_join, JOIN | {"roster": roster}).code == protocol.BAD_REQUEST


def test_what_a_client_accepts_is_kept_as_far_as_it_is_known() -> None:
    join = protocol.parse_join(JOIN | {"accepts": ["missed", "a word of a newer version"]})
    assert join.accepts == {"missed"}
    assert protocol.parse_join(JOIN | {"accepts": []}).accepts == frozenset()


@pytest.mark.parametrize("accepts", ["missed", True, {"missed": True}, [7], ["missed", None]])
def test_what_a_client_accepts_is_a_list_of_words(accepts: object) -> None:
    assert refusal(protocol.parse_join, JOIN | {"accepts": accepts}).code == protocol.BAD_REQUEST


@pytest.mark.parametrize("room", ["", "a b", "a/b", "é", "x" * 65, "red\n", 7, None, ["red"], "٣"])
def test_a_room_is_1_to_64_safe_characters(room: object) -> None:
    assert refusal(protocol.parse_join, JOIN | {"room": room}).code == protocol.BAD_REQUEST


@pytest.mark.parametrize(
    "since", ["", "1", "18000000000000", "1800000000000-", "1800000000000-a b", "x" * 13, 18, "١" * 13]
)
def test_a_cursor_is_13_digits_and_at_most_a_tail(since: object) -> None:
    assert refusal(protocol.parse_join, JOIN | {"since": since}).code == protocol.BAD_REQUEST


@pytest.mark.parametrize("client", ["short", "x" * 37, "with space", "", None, 12345678, "émoji-😀-x"])
def test_a_client_value_is_8_to_36_safe_characters(client: object) -> None:
    refused = refusal(protocol.parse_send, SEND | {"client": client})
    assert (refused.code, refused.client) == (protocol.BAD_REQUEST, None)


def test_a_failed_send_is_named_by_its_client_value() -> None:
    assert refusal(protocol.parse_send, SEND | {"text": ""}).client == "client-1"
    assert refusal(protocol.parse_send, SEND | {"room": "a b"}).client == "client-1"


@pytest.mark.parametrize(
    ("field", "most", "parse", "frame"),
    [
        ("alias", limits.ALIAS_BYTES, protocol.parse_join, JOIN),
        ("text", limits.TEXT_BYTES, protocol.parse_send, SEND),
    ],
)
def test_sizes_are_in_utf8_bytes(field: str, most: int, parse: Any, frame: dict[str, Any]) -> None:
    parse(frame | {field: "é" * (most // 2)})
    assert refusal(parse, frame | {field: "é" * (most // 2) + "a"}).code == protocol.TOO_LONG
    assert refusal(parse, frame | {field: ""}).code == protocol.BAD_REQUEST
    assert refusal(parse, frame | {field: 7}).code == protocol.BAD_REQUEST
    assert refusal(parse, frame | {field: "half \ud83d"}).code == protocol.BAD_REQUEST


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\r", "\x7f", "\x85", "\x9f"])
def test_control_characters_are_refused(character: str) -> None:
    assert refusal(protocol.parse_join, JOIN | {"alias": f"A{character}"}).code == protocol.BAD_REQUEST
    assert refusal(protocol.parse_send, SEND | {"text": f"A{character}"}).code == protocol.BAD_REQUEST


def test_newline_and_tab_are_text_but_no_alias() -> None:
    assert protocol.parse_send(SEND | {"text": "a\n\tb"}).text == "a\n\tb"
    assert refusal(protocol.parse_join, JOIN | {"alias": "a\nb"}).code == protocol.BAD_REQUEST


@pytest.mark.parametrize(
    "body",
    [
        *(None, "", "hello", "[1]", "null", "7", '"join"', "{", "{} {}", '{"a": NaN}', '{"a": -Infinity}'),
        *("[" * 100_000, '{"a":' * 100_000, "1" * 100_000),
    ],
)
def test_what_is_no_json_object_is_refused(body: str | None) -> None:
    assert refusal(protocol.decode, body).code == protocol.BAD_REQUEST


def test_an_unknown_action_is_named_so_and_a_missing_one_is_a_bad_request() -> None:
    assert refusal(answer_unknown, {"action": "dance"}).code == protocol.UNKNOWN_ACTION
    assert refusal(answer_unknown, {"action": "$connect"}).code == protocol.UNKNOWN_ACTION
    assert refusal(answer_unknown, {}).code == protocol.BAD_REQUEST
    assert refusal(answer_unknown, {"action": 7}).code == protocol.BAD_REQUEST


@given(st.text(st.characters(codec=None)) | anything.map(json.dumps))
def test_any_body_is_decoded_or_refused(body: str) -> None:
    try:
        frame = protocol.decode(body)
    except Refused as refused:
        assert refused.code == protocol.BAD_REQUEST
    else:
        assert isinstance(frame, dict)


@given(st.dictionaries(st.sampled_from(["room", "alias", "since", "text", "client", "action"]), anything))
def test_any_object_is_understood_or_refused_with_a_sentence(frame: dict[str, Any]) -> None:
    for parse in (protocol.parse_join, protocol.parse_send, answer_unknown):
        try:
            parse(frame)
        except Refused as refused:
            assert refused.message.endswith(".")
            protocol.encode(refused.frame())


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300))
def test_what_passes_is_passed_on_unchanged(text: str) -> None:
    try:
        sent = protocol.parse_send(SEND | {"text": text})
    except Refused:
        assert any(unicodedata.category(each) == "Cc" and each not in "\n\t" for each in text)
        return
    frame = protocol.message(Message("red", "1800000000000-x", sent.client, Person("id", "Ann"), sent.text), 2)
    assert json.loads(protocol.encode(frame))["text"] == text


def test_the_longest_message_fits_one_billed_frame() -> None:
    author = Person("x" * 11, '"' * limits.ALIAS_BYTES)
    for character in ('"', "\\", "\n", "é", "😀"):
        text = character * (limits.TEXT_BYTES // len(character.encode()))
        frame = protocol.message(Message("red", "1800000000000-abcdefgh", "c" * 36, author, text), 99_999)
        assert len(protocol.encode(frame)) < limits.FRAME_BYTES - limits.MEMBERS_BYTES


def test_an_error_frame_holds_only_what_is_known() -> None:
    assert Refused("room_full", "Full.").frame() == {"type": "error", "code": "room_full", "message": "Full."}
    assert Refused("x", "y", client="c", retry_after=7).frame() == {
        "type": "error",
        "code": "x",
        "message": "y",
        "client": "c",
        "retryAfter": 7,
    }
