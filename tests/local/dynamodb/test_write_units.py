"""What writes to the local table consume, counted over the wire by boto3 against the server."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.table_kit import KEY, LocalTable, item, refused, update


class TestWrites:
    pytestmark = pytest.mark.documented

    @pytest.mark.parametrize(("size", "units"), [(20, 1), (1024, 1), (1025, 2), (2049, 3)])
    def test_a_put_costs_a_unit_for_each_started_kilobyte(self, local: LocalTable, size: int, units: Any) -> None:
        with local.cost() as cost:
            local.put(**item(size))
        assert (cost.write, cost.read) == (units, 0)

    def test_a_put_over_a_larger_item_costs_the_larger(self, local: LocalTable) -> None:
        local.put(**item(3000))
        with local.cost() as cost:
            local.put(**item(20))
        assert cost.write == 3

    def test_an_update_that_makes_an_item_grow_costs_the_item_after_it(self, local: LocalTable) -> None:
        local.put(**item(20))
        with local.cost() as cost:
            update(local, "SET t = :t", {":t": {"S": "x" * 1500}})
        assert cost.write == 2

    def test_an_update_that_makes_an_item_shrink_costs_the_item_before_it(self, local: LocalTable) -> None:
        local.put(**item(3000))
        with local.cost() as cost:
            update(local, "SET t = :t", {":t": {"S": ""}})
        assert cost.write == 3

    def test_an_update_of_one_attribute_costs_the_whole_item(self, local: LocalTable) -> None:
        local.put(**item(5000))
        with local.cost() as cost:
            update(local, "SET n = :n", {":n": {"N": "1"}})
        assert cost.write == 5

    def test_an_update_that_creates_an_item_costs_that(self, local: LocalTable) -> None:
        with local.cost() as cost:
            update(local, "SET n = :n", {":n": {"N": "1"}})
        assert (cost.write, cost.read, cost.operations) == (1, 0, {"UpdateItem": 1})

    def test_a_delete_costs_the_deleted_item(self, local: LocalTable) -> None:
        local.put(**item(2500))
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY)
        assert cost.write == 3

    def test_deleting_nothing_costs_one_unit(self, local: LocalTable) -> None:
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY)
        assert cost.write == 1

    def test_asking_for_the_old_values_costs_nothing_more(self, local: LocalTable) -> None:
        local.put(**item(20))
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY, ReturnValues="ALL_OLD")
        assert (cost.write, cost.read) == (1, 0)

    def test_a_batch_costs_each_of_its_items(self, local: LocalTable) -> None:
        local.put(**item(2500, sk="c"))
        requests = [
            {"PutRequest": {"Item": item(500, sk="a")}},
            {"PutRequest": {"Item": item(3500, sk="b")}},
            {"DeleteRequest": {"Key": {"pk": {"S": "p"}, "sk": {"S": "c"}}}},
        ]
        with local.cost() as cost:
            local.client().batch_write_item(RequestItems={local.name: requests})
        assert (cost.write, cost.operations) == (1 + 4 + 3, {"BatchWriteItem": 1})

    def test_a_transaction_costs_twice_its_items(self, local: LocalTable) -> None:
        requests = [
            {"Put": {"TableName": local.name, "Item": item(1500, sk="a")}},
            {"Delete": {"TableName": local.name, "Key": KEY}},
        ]
        with local.cost() as cost:
            local.client().transact_write_items(TransactItems=requests)
        assert cost.write == 2 * (2 + 1)

    def test_a_write_that_is_no_valid_request_costs_nothing(self, local: LocalTable) -> None:
        with local.cost() as cost, pytest.raises(ClientError, match="ValidationException"):
            update(local, "SET t t", {":t": {"S": "x"}})
        assert (cost.write, cost.operations) == (0, {"UpdateItem": 1})

    def test_a_write_to_a_table_that_is_not_there_costs_nothing(self, local: LocalTable) -> None:
        with local.cost() as cost, pytest.raises(ClientError, match="ResourceNotFoundException"):
            local.client().put_item(TableName="nowhere", Item=item(20))
        assert (cost.write, cost.unmetered) == (0, {})


class TestRefusedWrites:
    pytestmark = pytest.mark.documented

    def test_a_refused_update_costs_the_item_there_is(self, local: LocalTable) -> None:
        local.put(**item(2500))
        with local.cost() as cost, refused():
            update(local, "SET t = :t", {":t": {"S": ""}}, condition="attribute_not_exists(pk)")
        assert cost.write == 3

    def test_a_refused_write_to_no_item_costs_one_unit(self, local: LocalTable) -> None:
        with local.cost() as cost, refused():
            update(local, "SET t = :t", {":t": {"S": ""}}, condition="attribute_exists(pk)")
        assert cost.write == 1

    def test_a_refused_put_costs_the_larger_of_the_item_there_is_and_the_one_it_brought(
        self, local: LocalTable
    ) -> None:
        local.put(**item(20))
        with local.cost() as cost, refused():
            local.client().put_item(
                TableName=local.name, Item=item(2500), ConditionExpression="attribute_not_exists(pk)"
            )
        assert cost.write == 3

    def test_a_refused_delete_costs_the_item_there_is(self, local: LocalTable) -> None:
        local.put(**item(2500))
        with local.cost() as cost, refused():
            local.client().delete_item(TableName=local.name, Key=KEY, ConditionExpression="attribute_not_exists(pk)")
        assert cost.write == 3

    def test_a_refused_transaction_costs_twice_its_items(self, local: LocalTable) -> None:
        local.put(**item(20))
        requests = [
            {"Put": {"TableName": local.name, "Item": item(1500, sk="a")}},
            {
                "ConditionCheck": {
                    "TableName": local.name,
                    "Key": KEY,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
        ]
        with local.cost() as cost, pytest.raises(ClientError, match="TransactionCanceledException"):
            local.client().transact_write_items(TransactItems=requests)
        assert cost.write == 2 * (2 + 1)
