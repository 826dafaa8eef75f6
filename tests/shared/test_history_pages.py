"""How many messages of the history are read at once, by a table over DynamoDB's way to cut a Query into pages."""

from typing import Any

import pytest

from anonchat import rows
from anonchat.dynamodb import DynamoDB
from anonchat.dynamodb_client import Parameters, Reply
from anonchat.model import Message, Person
from anonchat.table import Table

NOW = 1_800_000_000_000


class Stored:
    """Messages of a room, of so many letters each. `asked` are the limits of its Queries."""

    def __init__(self, sizes: list[int]) -> None:
        said = [
            Message("red", f"{NOW + number:013d}-x", "client-1", Person("memberid123", "Ann"), "x" * size)
            for number, size in enumerate(sizes)
        ]
        self._rows = [rows.message_item(each, NOW // 1000 + 600) for each in said]
        self.asked: list[int] = []

    def request(self, operation: str, parameters: Parameters) -> Reply:
        limit: Any = parameters["Limit"]
        start: Any = parameters.get("ExclusiveStartKey", {"at": 0})
        self.asked.append(limit)
        end = start["at"] + limit
        more = {"LastEvaluatedKey": {"at": end}} if end < len(self._rows) else {}
        return Reply({"Items": self._rows[start["at"] : end], **more}, is_repeated=False)


@pytest.mark.parametrize(
    ("sizes", "asked"),
    [
        ([8192] * 6, [4, 1, 1]),  # the longest: a frame has no place for the fourth
        ([3800] * 11, [4, 5, 1]),
        ([700] * 40, [4, 12, 12]),
        ([1] * 4 + [8192] * 14, [4, 12, 1]),  # what came before promises too much
    ],
)
def test_a_page_of_the_history_has_about_as_many_messages_as_a_frame_still_holds(
    sizes: list[int], asked: list[int]
) -> None:
    stored = Stored(sizes)
    messages = [*Table(DynamoDB(stored, "chat")).messages("red", "0", newest_first=False)]
    assert [len(message.text) for message in messages] == sizes
    assert stored.asked[: len(asked)] == asked
