"""The `joined` frame: who is here, what was said, and one billed frame at the most."""

from collections.abc import Iterator
from typing import Any

import pytest

from anonchat import limits, protocol, rules, snapshot
from anonchat.model import Member, Message, Person
from anonchat.settings import Settings

NOW = 1_800_000_000_000
SETTINGS = Settings()
ANN = Member("red", "conn-1=", Person("ann", "Ann"), 1, NOW // 1000 + 100, 1)


def message(number: int, text: str = "hello") -> Message:
    return Message("red", rules.message_id(NOW + number, "x"), "client-1", ANN.person, text)


def joined(messages: list[Message], since: str | None = None, members: list[Member] | None = None) -> dict[str, Any]:
    return snapshot.joined_frame(ANN, members or [ANN], messages, since, NOW, SETTINGS)


def test_a_snapshot_says_who_is_here_and_what_was_said() -> None:
    frame = joined([message(2), message(1)])
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
    people = [ANN._replace(person=Person(f"{number:011d}", '"' * limits.ALIAS_BYTES)) for number in range(50)]
    messages = [message(number, '"' * size) for number in range(2000)]
    frame = joined(messages, since=f"{NOW - 1}", members=people)
    assert len(protocol.encode(frame)) <= limits.FRAME_BYTES
    assert frame["more"]
    assert frame["online"] == 50
    assert frame["history"][0]["id"] == messages[0].id, "with a cursor the oldest come first"
    assert (
        len(protocol.encode(frame)) > limits.FRAME_BYTES - len(protocol.encode(protocol.message(messages[0], 50))) - 10
    )


def test_without_a_cursor_the_newest_messages_win_and_there_is_no_more() -> None:
    messages = [message(number, "x" * 1000) for number in range(2000)][::-1]
    frame = joined(messages)
    assert frame["history"][-1]["id"] == messages[0].id
    assert not frame["more"]


@pytest.mark.parametrize("size", [1, 300, limits.TEXT_BYTES])
def test_a_page_is_as_much_of_what_was_said_as_one_billed_frame_holds_and_nothing_else(size: int) -> None:
    messages = [message(number, '"' * size) for number in range(2000)]
    frame = snapshot.page_frame(messages, f"{NOW - 1}", NOW, SETTINGS)
    assert frame.keys() == {"type", "history", "more", "gap"}
    assert (frame["type"], frame["more"], frame["gap"]) == ("page", True, False)
    assert [each["id"] for each in frame["history"]] == [each.id for each in messages[: len(frame["history"])]]
    assert all("online" not in each for each in frame["history"])
    assert len(protocol.encode(frame)) <= limits.FRAME_BYTES
    assert len(protocol.encode(frame)) > limits.FRAME_BYTES - len(protocol.encode(protocol.said(messages[0]))) - 10
    assert snapshot.page_frame(messages[:3], "1", NOW, SETTINGS)["gap"], "what was said before is not held any more"


def test_messages_are_read_only_as_far_as_they_fit() -> None:
    read = 0

    def endless() -> Iterator[Message]:
        nonlocal read
        while True:
            read += 1
            yield message(read, "x" * 1000)

    snapshot.joined_frame(ANN, [ANN], endless(), f"{NOW}", NOW, SETTINGS)
    assert read < 40
