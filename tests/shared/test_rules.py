"""The rules of a room: ids, limits in time, snapshots that fit, and what may be missing."""

from dataclasses import replace

import pytest

from anonchat import limits, protocol, rules
from anonchat.protocol import Person
from anonchat.rules import Connection, Member, Message
from anonchat.settings import Settings

NOW = 1_800_000_000_000
SETTINGS = Settings()
ANN = Member("red", "conn-1=", Person("ann", "Ann"), 1, NOW // 1000 + 100, 1)


def message(number: int, text: str = "hello") -> Message:
    return Message("red", rules.message_id(NOW + number, "x"), "client-1", ANN.person, text)


def snapshot(messages: list[Message], since: str | None = None, members: list[Member] | None = None) -> dict:
    return rules.joined_frame(ANN, members or [ANN], messages, since, NOW, SETTINGS)


def test_message_ids_sort_by_time_and_hold_13_digits() -> None:
    assert rules.message_id(5, "z") == "0000000000005-z"
    assert rules.message_id(NOW, "z") < rules.message_id(NOW + 1, "a")


def test_a_member_id_is_the_same_in_its_room_and_another_elsewhere() -> None:
    connection = Connection("conn-1=", "salt", None, None, 0)
    red = connection.person("red", "Ann").id
    assert red == connection.person("red", "Bob").id
    assert red != connection.person("blue", "Ann").id
    assert red != replace(connection, salt="pepper").person("red", "Ann").id
    assert "conn-1" not in red


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (1, 59), (59, 1)])
def test_a_polite_notice_says_when_the_clock_minute_ends(second: int, wait: int) -> None:
    refused = rules.rate_limited(NOW // 60_000 * 60_000 + second * 1000 + 999, 30)
    assert (refused.code, refused.retry_after) == (protocol.RATE_LIMITED, wait)


def test_a_gap_is_told_when_and_only_when_the_cursor_is_older_than_what_is_held() -> None:
    oldest = NOW - (600 + 15) * 1000
    assert rules.has_gap(f"{oldest - 1}", NOW, SETTINGS)
    assert not rules.has_gap(f"{oldest}", NOW, SETTINGS)
    assert not rules.has_gap(f"{oldest}-abc", NOW, SETTINGS)
    assert not rules.has_gap(None, NOW, SETTINGS)


def test_without_history_every_cursor_has_a_gap() -> None:
    assert rules.has_gap(f"{NOW - 1}", NOW, Settings(history_seconds=0))


def test_a_row_outlives_what_is_served() -> None:
    id = rules.message_id(NOW + 1, "x")
    assert rules.message_expiry(id, SETTINGS) * 1000 >= NOW + 1 + SETTINGS.held_ms


def test_a_snapshot_says_who_is_here_and_what_was_said() -> None:
    frame = snapshot([message(2), message(1)])
    assert frame["self"] == "ann"
    assert frame["members"] == [{"id": "ann", "alias": "Ann"}]
    assert [each["at"] - NOW for each in frame["history"]] == [1, 2], "newest first comes in, oldest first goes out"
    assert (frame["online"], frame["more"], frame["gap"]) == (1, False, False)
    assert frame["limits"] == {
        "text": 8192,
        "perMinute": 30,
        "room": 50,
        "historySeconds": 600,
        "overlapSeconds": 15,
    }


@pytest.mark.parametrize("size", [1, 300, limits.TEXT_BYTES])
def test_a_snapshot_never_exceeds_one_billed_frame_and_always_moves_on(size: int) -> None:
    people = [replace(ANN, person=Person(f"{number:011d}", '"' * limits.ALIAS_BYTES)) for number in range(50)]
    messages = [message(number, '"' * size) for number in range(2000)]
    frame = snapshot(messages, since=f"{NOW - 1}", members=people)
    assert len(protocol.encode(frame)) <= limits.FRAME_BYTES
    assert frame["more"]
    assert frame["online"] == 50
    assert frame["history"][0]["id"] == messages[0].id, "with a cursor the oldest come first"
    assert len(protocol.encode(frame)) > limits.FRAME_BYTES - len(protocol.encode(messages[0].frame(50))) - 10


def test_without_a_cursor_the_newest_messages_win_and_there_is_no_more() -> None:
    messages = [message(number, "x" * 1000) for number in range(2000)][::-1]
    frame = snapshot(messages)
    assert frame["history"][-1]["id"] == messages[0].id
    assert not frame["more"]


def test_messages_are_read_only_as_far_as_they_fit() -> None:
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1
            yield message(read, "x" * 1000)

    rules.joined_frame(ANN, [ANN], endless(), f"{NOW}", NOW, SETTINGS)
    assert read < 40


def test_those_who_came_last_yield_first() -> None:
    members = [replace(ANN, connection_id=f"c{number}=", expires_at=ANN.expires_at + number) for number in range(4)]
    assert [rules.must_back_out(each, members, 2) for each in members] == [False, False, True, True]
