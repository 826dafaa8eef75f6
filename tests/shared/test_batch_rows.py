"""The rows of batches: the same for the real Table on two stand-ins for DynamoDB and for the fake."""

import pytest

from anonchat import limits
from anonchat.model import Batch, Member, Message, Person
from anonchat.table import Table

NOW = 1_800_000_000_000
ANN = Member("red", "TXzPWdnOjoECGj-=", Person("memberid123", "Ann"), 1, NOW // 1000 + limits.ROW_SECONDS, 1)


def message(at: int, text: str = "hello", room: str = "red") -> Message:
    return Message(room, f"{at:013d}-abc_-123", "client-1", ANN.person, text)


@pytest.mark.promise(1)
def test_each_message_stands_in_one_batch_which_the_first_collects_and_one_takes(table: Table) -> None:
    first, second, third = message(NOW), message(NOW + 1), message(NOW + 2)
    assert table.members_and_batch("red", NOW) == ([], None)
    table.put_member(ANN, is_new=True)
    opened = table.add_to_batch(first, NOW + 250, NOW)
    assert opened == Batch(first.id, NOW + 250, frozenset({first.id}))
    both = Batch(first.id, NOW + 250, frozenset({first.id, second.id}))
    assert table.add_to_batch(second, NOW + 251, NOW) == both
    assert table.add_to_batch(second, NOW + 251, NOW) == both, "who asks again is in it once"
    assert table.members_and_batch("red", NOW) == ([ANN], both)
    assert table.members("red", NOW) == [ANN], "the batch's row is no member"
    assert table.take_batch("red", second.id, second.id) == frozenset(), "second is not the collector"
    assert table.take_batch("blue", first.id, first.id) == frozenset(), "there is no batch in this room"
    assert table.take_batch("red", first.id, second.id) == both.ids
    assert table.take_batch("red", first.id, second.id) == both.ids, "who asks again is given the same"
    assert table.take_batch("red", first.id, first.id) == frozenset(), "it was taken by another"
    after = Batch(None, 0, frozenset(), last_size=2, last_until=NOW + 250)
    assert table.members_and_batch("red", NOW) == ([ANN], after)
    next_one = after._replace(collector=third.id, until=NOW + 300, ids=frozenset({third.id}))
    assert table.add_to_batch(third, NOW + 300, NOW) == next_one


def test_messages_are_read_by_their_ids_and_the_newest_ids_by_themselves(table: Table) -> None:
    said = [message(NOW + number, str(number)) for number in range(4)]
    for each in reversed(said):
        table.put_message(each, NOW // 1000 + 600)
    table.put_message(message(NOW, room="blue"), NOW // 1000 + 600)
    assert table.messages_among("red", {said[0].id, said[2].id, f"{NOW + 1:013d}-other"}) == [said[0], said[2]]
    assert table.newest_ids("red", 3) == [each.id for each in reversed(said)][:3]
    assert table.newest_ids("green", 3) == []
