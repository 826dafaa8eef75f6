"""What a secondary index adds to reads and writes, counted over the wire by boto3 against the server."""

from typing import Any

import pytest

from tests.support.table_kit import KEY, LocalTable, item, update


class TestIndexes:
    """A table with an index on `room` that holds the keys and `alias`."""

    pytestmark = pytest.mark.documented

    @pytest.fixture(autouse=True)
    def _indexed(self, local: LocalTable) -> Any:
        local.name += "-indexed"
        local.client("setup").create_table(
            TableName=local.name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "room")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-room",
                    "KeySchema": [{"AttributeName": "room", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["alias"]},
                }
            ],
        )

    def test_a_new_entry_costs_one_write_more(self, local: LocalTable) -> None:
        with local.cost() as cost:
            local.put(**item(20, room={"S": "a"}))
        assert cost.write == 1 + 1

    def test_an_item_without_the_index_key_costs_nothing_more(self, local: LocalTable) -> None:
        with local.cost() as cost:
            local.put(**item(20))
        assert cost.write == 1

    def test_the_entry_counts_with_what_it_holds_of_the_item(self, local: LocalTable) -> None:
        with local.cost() as cost:
            local.put(**item(5000, room={"S": "a"}))
        assert cost.write == 5 + 1

    def test_a_change_that_the_index_does_not_hold_costs_nothing_more(self, local: LocalTable) -> None:
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            update(local, "SET t = :t", {":t": {"S": "other"}})
        assert cost.write == 1

    def test_a_change_that_the_index_holds_costs_one_write_more(self, local: LocalTable) -> None:
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            update(local, "SET alias = :a", {":a": {"S": "Ann"}})
        assert cost.write == 1 + 1

    def test_a_new_index_key_costs_two_writes_more(self, local: LocalTable) -> None:
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            update(local, "SET room = :r", {":r": {"S": "b"}})
        assert cost.write == 1 + 2

    def test_a_deleted_entry_costs_one_write_more(self, local: LocalTable) -> None:
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY)
        assert cost.write == 1 + 1

    def test_a_query_on_the_index_reads_what_the_index_holds(self, local: LocalTable) -> None:
        for sk in "abcde":
            local.put(**item(3000, sk=sk, room={"S": "a"}))
        with local.cost() as cost:
            found = local.client().query(
                TableName=local.name,
                IndexName="by-room",
                KeyConditionExpression="room = :r",
                ExpressionAttributeValues={":r": {"S": "a"}},
            )
        assert (found["Count"], cost.read) == (5, 0.5)
