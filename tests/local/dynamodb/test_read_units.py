"""What reads from the local table consume, counted over the wire by boto3 against the server."""

from typing import Any

import pytest

from tests.support.table_kit import LocalTable, get, item, query


class TestReads:
    pytestmark = pytest.mark.documented

    @pytest.mark.parametrize(("size", "units"), [(20, 1), (4096, 1), (4097, 2), (10 * 1024, 3)])
    def test_a_get_costs_a_unit_for_each_started_four_kilobytes(self, local: LocalTable, size: int, units: Any) -> None:
        local.put(**item(size))
        with local.cost() as cost:
            get(local, ConsistentRead=True)
        assert (cost.write, cost.read) == (0, units)

    def test_an_eventually_consistent_get_costs_half(self, local: LocalTable) -> None:
        local.put(**item(5000))
        with local.cost() as cost:
            get(local)
        assert cost.read == 1

    def test_getting_nothing_costs_as_much_as_something_small(self, local: LocalTable) -> None:
        with local.cost() as strong:
            get(local, ConsistentRead=True)
        with local.cost() as eventual:
            get(local)
        assert (strong.read, eventual.read) == (1, 0.5)

    def test_getting_one_attribute_costs_the_whole_item(self, local: LocalTable) -> None:
        local.put(**item(5000, n={"N": "1"}))
        with local.cost() as cost:
            found = get(local, ConsistentRead=True, ProjectionExpression="n")
        assert (found, cost.read, cost.operations) == ({"n": {"N": "1"}}, 2, {"GetItem": 1})

    def test_a_query_costs_the_sum_of_the_items_it_read_rounded_up_once(self, local: LocalTable) -> None:
        for sk in "abcde":
            local.put(**item(1000, sk=sk))
        with local.cost() as strong:
            query(local, ConsistentRead=True)
        with local.cost() as eventual:
            query(local)
        assert (strong.read, eventual.read) == (2, 1)  # 5,000 bytes

    def test_a_query_that_finds_nothing_costs_the_least_there_is(self, local: LocalTable) -> None:
        with local.cost() as strong:
            query(local, ConsistentRead=True)
        with local.cost() as eventual:
            query(local)
        assert (strong.read, eventual.read) == (1, 0.5)

    @pytest.mark.parametrize(
        "narrowing",
        [
            {"FilterExpression": "sk_ = :none", "ExpressionAttributeValues": {":none": {"S": "none"}}},
            {
                "FilterExpression": "#n = :none",
                "ExpressionAttributeNames": {"#n": "count"},
                "ExpressionAttributeValues": {":none": {"S": "none"}},
            },
            {"ProjectionExpression": "#n", "ExpressionAttributeNames": {"#n": "sk"}},
            {"Select": "COUNT"},
        ],
        ids=["filter", "filter by a named attribute", "projection", "count"],
    )
    def test_what_a_query_leaves_out_of_its_answer_was_read_nevertheless(
        self, local: LocalTable, narrowing: Any
    ) -> None:
        for sk in "abcde":
            local.put(**item(1000, sk=sk))
        with local.cost() as cost:
            query(local, ConsistentRead=True, **narrowing)
        assert (cost.read, cost.operations) == (2, {"Query": 1})

    def test_a_limited_query_costs_what_it_read_up_to_the_limit(self, local: LocalTable) -> None:
        for sk in "abcdefghi":
            local.put(**item(1000, sk=sk))
        with local.cost() as cost:
            query(
                local,
                ConsistentRead=True,
                Limit=4,
                FilterExpression="sk_ = :none",
                ExpressionAttributeValues={":none": {"S": "none"}},
            )
        assert cost.read == 1  # 4,000 of 9,000 bytes

    def test_a_scan_costs_what_it_read(self, local: LocalTable) -> None:
        for sk in "abcde":
            local.put(**item(1000, sk=sk))
        with local.cost() as cost:
            found = local.client().scan(
                TableName=local.name,
                ConsistentRead=True,
                FilterExpression="sk = :sk",
                ExpressionAttributeValues={":sk": {"S": "a"}},
            )
        assert (found["Count"], cost.read, cost.operations) == (1, 2, {"Scan": 1})

    def test_a_batch_costs_each_of_its_items(self, local: LocalTable) -> None:
        local.put(**item(1500, sk="a"))
        local.put(**item(6500, sk="b"))
        keys = [{"pk": {"S": "p"}, "sk": {"S": sk}} for sk in ("a", "b", "missing")]
        with local.cost() as cost:
            local.client().batch_get_item(RequestItems={local.name: {"Keys": keys, "ConsistentRead": True}})
        assert cost.read == 1 + 2 + 1

    def test_a_transaction_costs_twice_its_items(self, local: LocalTable) -> None:
        local.put(**item(1500, sk="a"))
        get_ = {"TableName": local.name, "Key": {"pk": {"S": "p"}, "sk": {"S": "a"}}}
        with local.cost() as cost:
            local.client().transact_get_items(TransactItems=[{"Get": get_}])
        assert cost.read == 2
