"""What the chat's own table relies on, the same on moto's DynamoDB and on MiniStack's."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.table_kit import KEY, LocalTable, get, item, query, refused, update


class TestTheDatabaseBehindIt:
    """What the chat's own table relies on, the same on both."""

    def test_a_condition_that_fails_can_return_the_item_there_is(self, local: LocalTable) -> None:
        local.put(**item(20, room={"S": "a"}))
        with pytest.raises(ClientError) as error:
            local.client().update_item(
                TableName=local.name,
                Key=KEY,
                UpdateExpression="SET #n = :one",
                ConditionExpression="attribute_exists(pk) AND #r = :b",
                ExpressionAttributeNames={"#n": "count", "#r": "room"},
                ExpressionAttributeValues={":one": {"N": "1"}, ":b": {"S": "b"}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        assert error.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
        assert error.value.response["Item"] == item(20, room={"S": "a"})

    def test_a_condition_that_fails_on_no_item_returns_none(self, local: LocalTable) -> None:
        with pytest.raises(ClientError) as error:
            local.client().update_item(
                TableName=local.name,
                Key=KEY,
                UpdateExpression="REMOVE t",
                ConditionExpression="attribute_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        assert not error.value.response.get("Item")

    def test_a_put_can_be_conditional_on_being_newer_and_returns_what_it_replaced(self, local: LocalTable) -> None:
        def put(join: int) -> Any:
            return local.client().put_item(
                TableName=local.name,
                Item={**KEY, "joinId": {"N": str(join)}},
                ConditionExpression="attribute_not_exists(pk) OR #j < :mine",
                ExpressionAttributeNames={"#j": "joinId"},
                ExpressionAttributeValues={":mine": {"N": str(join)}},
                ReturnValues="ALL_OLD",
            )

        assert "Attributes" not in put(9)
        assert put(10)["Attributes"] == {**KEY, "joinId": {"N": "9"}}  # as numbers, not as strings
        with refused():
            put(10)
        assert get(local)["joinId"] == {"N": "10"}

    def test_a_query_pages_backwards_through_a_range(self, local: LocalTable) -> None:
        for sk in "abcdefg":
            local.put(**item(20, sk=sk))
        seen: list[str] = []
        pages, start = 0, dict[str, Any]()
        while True:
            page = local.client().query(
                TableName=local.name,
                KeyConditionExpression="pk = :p AND sk BETWEEN :from AND :to",
                ExpressionAttributeValues={":p": {"S": "p"}, ":from": {"S": "b"}, ":to": {"S": "f"}},
                Limit=2,
                ScanIndexForward=False,
                ConsistentRead=True,
                **start,
            )
            pages += 1
            seen += [row["sk"]["S"] for row in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            assert page["LastEvaluatedKey"] == {"pk": {"S": "p"}, "sk": {"S": seen[-1]}}
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        assert (seen, pages) == (["f", "e", "d", "c", "b"], 3)

    def test_every_type_of_value_comes_back_as_it_was_written(self, local: LocalTable) -> None:
        values = {
            "text": {"S": "é🙂"},
            "empty": {"S": ""},
            "number": {"N": "-12.5"},
            "bytes": {"B": b"\x00\xff"},
            "yes": {"BOOL": True},
            "nothing": {"NULL": True},
            "list": {"L": [{"S": "a"}, {"L": []}, {"B": b"\x01"}]},
            "map": {"M": {"k": {"M": {"n": {"N": "1"}}}}},
            "texts": {"SS": ["a"]},
            "numbers": {"NS": ["1"]},
            "blobs": {"BS": [b"\x02"]},
        }
        local.put(**KEY, **values)
        assert get(local) == {**KEY, **values}
        assert query(local)["Items"] == [{**KEY, **values}]

    def test_an_update_returns_the_item_before_or_after_it(self, local: LocalTable) -> None:
        local.put(**item(20))
        old = update(local, "SET n = :n", {":n": {"N": "1"}}, ReturnValues="ALL_OLD")
        new = update(local, "SET n = n + :n", {":n": {"N": "1"}}, ReturnValues="ALL_NEW")
        assert old["Attributes"] == item(20)
        assert new["Attributes"] == item(20, n={"N": "2"})

    def test_conditional_counters_lose_no_step_under_sixteen_threads(self, local: LocalTable) -> None:
        local.put(**KEY, n={"N": "0"})

        def step(_: int) -> int:
            """Count one up, 1; or 0 if somebody was faster."""
            seen = get(local, ConsistentRead=True)["n"]["N"]
            values = {":seen": {"N": seen}, ":next": {"N": str(int(seen) + 1)}}
            try:
                update(local, "SET n = :next", values, condition="n = :seen")
            except local.client().exceptions.ConditionalCheckFailedException:
                return 0
            return 1

        with local.cost() as cost, ThreadPoolExecutor(16) as threads:
            steps = sum(threads.map(step, range(320)))
        assert get(local)["n"] == {"N": str(steps)}
        assert 0 < steps < 320  # otherwise nobody met anybody
        assert (cost.write, cost.read) == (320, 320)

    def test_of_sixteen_that_open_one_item_one_wins(self, local: LocalTable) -> None:
        def claim(_: int) -> int:
            try:
                local.client().put_item(TableName=local.name, Item=KEY, ConditionExpression="attribute_not_exists(pk)")
            except local.client().exceptions.ConditionalCheckFailedException:
                return 0
            return 1

        with ThreadPoolExecutor(16) as threads:
            assert sum(threads.map(claim, range(64))) == 1
