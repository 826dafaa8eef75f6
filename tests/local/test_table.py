"""The metered table over the wire: boto3 against the server, on moto's DynamoDB and on MiniStack's."""

import asyncio
import json
import logging
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import urllib3
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import ClientError

from local.meter import Meter
from local.table import MotoEngine, RemoteEngine, TableServer, create_chat_table
from scripts.deploy.ministack import ministack

OVERHEAD = len("pk") + len("p") + len("sk") + len("s") + len("t")  # bytes of `item` beside its text
KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
ROUTES = {"send": "send", "connect": "$connect"}


def item(size: int, sk: str = "s", **more: dict) -> dict:
    """An item of `size` bytes (and `more`), with a one-character sort key."""
    return {"pk": {"S": "p"}, "sk": {"S": sk}, "t": {"S": "x" * (size - OVERHEAD)}, **more}


@contextmanager
def event_loop() -> Iterator[Callable[[Any], Any]]:
    """An event loop in a thread of its own; gives a function that runs a coroutine there."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass
class Local:
    """A running server, and clients that sign as functions."""

    server: TableServer
    meter: Meter
    run: Callable[[Any], Any]
    name: str
    clients: dict

    def client(self, function: str = "send") -> Any:
        if function not in self.clients:
            self.clients[function] = boto3.client(
                "dynamodb",
                endpoint_url=self.server.endpoint,
                region_name="us-east-1",
                aws_access_key_id=function,
                aws_secret_access_key="local",
                config=Config(retries={"total_max_attempts": 1}, max_pool_connections=32),
            )
        return self.clients[function]

    def put(self, **item_: Any) -> None:
        self.client().put_item(TableName=self.name, Item=item_)

    @contextmanager
    def cost(self, function: str = "send") -> Iterator[SimpleNamespace]:
        """Write and read units and operations of what happens in the block."""
        cost = SimpleNamespace()
        with self.meter.measure() as measured:
            yield cost
        counts = measured["routes"].get(ROUTES.get(function, function), {})
        cost.write, cost.read = counts.get("writeUnits", 0), counts.get("readUnits", 0)
        cost.operations, cost.unmetered = counts.get("operations", {}), counts.get("unmetered", {})
        cost.total = measured["total"]


@contextmanager
def serving(engine: Any) -> Iterator[Local]:
    meter = Meter()
    server = TableServer(engine, meter, ROUTES)
    clients: dict = {}
    with event_loop() as run:
        run(server.start())
        try:
            yield Local(server, meter, run, "", clients)
        finally:
            for client in clients.values():
                client.close()
            run(server.stop())


@pytest.fixture(scope="module")
def other_dynamodb() -> Iterator[str]:
    with ministack(services="dynamodb") as emulator:
        yield emulator.endpoint


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Local]:
    with serving(MotoEngine()) as local:
        yield local


@pytest.fixture(scope="module")
def remote(other_dynamodb) -> Iterator[Local]:
    with serving(RemoteEngine(other_dynamodb)) as local:
        yield local


@pytest.fixture(params=["in_memory", "remote"])
def local(request) -> Local:
    """A server on either database, with a chat table of the test's own."""
    return with_table(request.getfixturevalue(request.param))


@pytest.fixture
def moto(in_memory) -> Local:
    return with_table(in_memory)


def with_table(local: Local) -> Local:
    local = replace(local, name=f"chat-{uuid.uuid4().hex}")
    local.run(create_chat_table(local.server.endpoint, local.name))
    return local


class TestWrites:
    pytestmark = pytest.mark.documented

    @pytest.mark.parametrize(("size", "units"), [(20, 1), (1024, 1), (1025, 2), (2049, 3)])
    def test_a_put_costs_a_unit_for_each_started_kilobyte(self, local, size, units):
        with local.cost() as cost:
            local.put(**item(size))
        assert (cost.write, cost.read) == (units, 0)

    def test_a_put_over_a_larger_item_costs_the_larger(self, local):
        local.put(**item(3000))
        with local.cost() as cost:
            local.put(**item(20))
        assert cost.write == 3

    def test_an_update_that_makes_an_item_grow_costs_the_item_after_it(self, local):
        local.put(**item(20))
        with local.cost() as cost:
            update(local, "SET t = :t", {":t": {"S": "x" * 1500}})
        assert cost.write == 2

    def test_an_update_that_makes_an_item_shrink_costs_the_item_before_it(self, local):
        local.put(**item(3000))
        with local.cost() as cost:
            update(local, "SET t = :t", {":t": {"S": ""}})
        assert cost.write == 3

    def test_an_update_of_one_attribute_costs_the_whole_item(self, local):
        local.put(**item(5000))
        with local.cost() as cost:
            update(local, "SET n = :n", {":n": {"N": "1"}})
        assert cost.write == 5

    def test_an_update_that_creates_an_item_costs_that(self, local):
        with local.cost() as cost:
            update(local, "SET n = :n", {":n": {"N": "1"}})
        assert (cost.write, cost.read, cost.operations) == (1, 0, {"UpdateItem": 1})

    def test_a_delete_costs_the_deleted_item(self, local):
        local.put(**item(2500))
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY)
        assert cost.write == 3

    def test_deleting_nothing_costs_one_unit(self, local):
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY)
        assert cost.write == 1

    def test_asking_for_the_old_values_costs_nothing_more(self, local):
        local.put(**item(20))
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY, ReturnValues="ALL_OLD")
        assert (cost.write, cost.read) == (1, 0)

    def test_a_batch_costs_each_of_its_items(self, local):
        local.put(**item(2500, sk="c"))
        requests = [
            {"PutRequest": {"Item": item(500, sk="a")}},
            {"PutRequest": {"Item": item(3500, sk="b")}},
            {"DeleteRequest": {"Key": {"pk": {"S": "p"}, "sk": {"S": "c"}}}},
        ]
        with local.cost() as cost:
            local.client().batch_write_item(RequestItems={local.name: requests})
        assert (cost.write, cost.operations) == (1 + 4 + 3, {"BatchWriteItem": 1})

    def test_a_transaction_costs_twice_its_items(self, local):
        requests = [
            {"Put": {"TableName": local.name, "Item": item(1500, sk="a")}},
            {"Delete": {"TableName": local.name, "Key": KEY}},
        ]
        with local.cost() as cost:
            local.client().transact_write_items(TransactItems=requests)
        assert cost.write == 2 * (2 + 1)

    def test_a_write_that_is_no_valid_request_costs_nothing(self, local):
        with local.cost() as cost, pytest.raises(ClientError, match="ValidationException"):
            update(local, "SET t t", {":t": {"S": "x"}})
        assert (cost.write, cost.operations) == (0, {"UpdateItem": 1})

    def test_a_write_to_a_table_that_is_not_there_costs_nothing(self, local):
        with local.cost() as cost, pytest.raises(ClientError, match="ResourceNotFoundException"):
            local.client().put_item(TableName="nowhere", Item=item(20))
        assert (cost.write, cost.unmetered) == (0, {})


class TestRefusedWrites:
    pytestmark = pytest.mark.documented

    def test_a_refused_update_costs_the_item_there_is(self, local):
        local.put(**item(2500))
        with local.cost() as cost, refused():
            update(local, "SET t = :t", {":t": {"S": ""}}, condition="attribute_not_exists(pk)")
        assert cost.write == 3

    def test_a_refused_write_to_no_item_costs_one_unit(self, local):
        with local.cost() as cost, refused():
            update(local, "SET t = :t", {":t": {"S": ""}}, condition="attribute_exists(pk)")
        assert cost.write == 1

    def test_a_refused_put_costs_the_larger_of_the_item_there_is_and_the_one_it_brought(self, local):
        local.put(**item(20))
        with local.cost() as cost, refused():
            local.client().put_item(
                TableName=local.name, Item=item(2500), ConditionExpression="attribute_not_exists(pk)"
            )
        assert cost.write == 3

    def test_a_refused_delete_costs_the_item_there_is(self, local):
        local.put(**item(2500))
        with local.cost() as cost, refused():
            local.client().delete_item(TableName=local.name, Key=KEY, ConditionExpression="attribute_not_exists(pk)")
        assert cost.write == 3

    def test_a_refused_transaction_costs_twice_its_items(self, local):
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


class TestReads:
    pytestmark = pytest.mark.documented

    @pytest.mark.parametrize(("size", "units"), [(20, 1), (4096, 1), (4097, 2), (10 * 1024, 3)])
    def test_a_get_costs_a_unit_for_each_started_four_kilobytes(self, local, size, units):
        local.put(**item(size))
        with local.cost() as cost:
            get(local, ConsistentRead=True)
        assert (cost.write, cost.read) == (0, units)

    def test_an_eventually_consistent_get_costs_half(self, local):
        local.put(**item(5000))
        with local.cost() as cost:
            get(local)
        assert cost.read == 1

    def test_getting_nothing_costs_as_much_as_something_small(self, local):
        with local.cost() as strong:
            get(local, ConsistentRead=True)
        with local.cost() as eventual:
            get(local)
        assert (strong.read, eventual.read) == (1, 0.5)

    def test_getting_one_attribute_costs_the_whole_item(self, local):
        local.put(**item(5000, n={"N": "1"}))
        with local.cost() as cost:
            found = get(local, ConsistentRead=True, ProjectionExpression="n")
        assert (found, cost.read, cost.operations) == ({"n": {"N": "1"}}, 2, {"GetItem": 1})

    def test_a_query_costs_the_sum_of_the_items_it_read_rounded_up_once(self, local):
        for sk in "abcde":
            local.put(**item(1000, sk=sk))
        with local.cost() as strong:
            query(local, ConsistentRead=True)
        with local.cost() as eventual:
            query(local)
        assert (strong.read, eventual.read) == (2, 1)  # 5,000 bytes

    def test_a_query_that_finds_nothing_costs_the_least_there_is(self, local):
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
    def test_what_a_query_leaves_out_of_its_answer_was_read_nevertheless(self, local, narrowing):
        for sk in "abcde":
            local.put(**item(1000, sk=sk))
        with local.cost() as cost:
            query(local, ConsistentRead=True, **narrowing)
        assert (cost.read, cost.operations) == (2, {"Query": 1})

    def test_a_limited_query_costs_what_it_read_up_to_the_limit(self, local):
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

    def test_a_scan_costs_what_it_read(self, local):
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

    def test_a_batch_costs_each_of_its_items(self, local):
        local.put(**item(1500, sk="a"))
        local.put(**item(6500, sk="b"))
        keys = [{"pk": {"S": "p"}, "sk": {"S": sk}} for sk in ("a", "b", "missing")]
        with local.cost() as cost:
            local.client().batch_get_item(RequestItems={local.name: {"Keys": keys, "ConsistentRead": True}})
        assert cost.read == 1 + 2 + 1

    def test_a_transaction_costs_twice_its_items(self, local):
        local.put(**item(1500, sk="a"))
        get_ = {"TableName": local.name, "Key": {"pk": {"S": "p"}, "sk": {"S": "a"}}}
        with local.cost() as cost:
            local.client().transact_get_items(TransactItems=[{"Get": get_}])
        assert cost.read == 2


class TestIndexes:
    """A table with an index on `room` that holds the keys and `alias`."""

    pytestmark = pytest.mark.documented

    @pytest.fixture(autouse=True)
    def _indexed(self, local):
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

    def test_a_new_entry_costs_one_write_more(self, local):
        with local.cost() as cost:
            local.put(**item(20, room={"S": "a"}))
        assert cost.write == 1 + 1

    def test_an_item_without_the_index_key_costs_nothing_more(self, local):
        with local.cost() as cost:
            local.put(**item(20))
        assert cost.write == 1

    def test_the_entry_counts_with_what_it_holds_of_the_item(self, local):
        with local.cost() as cost:
            local.put(**item(5000, room={"S": "a"}))
        assert cost.write == 5 + 1

    def test_a_change_that_the_index_does_not_hold_costs_nothing_more(self, local):
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            update(local, "SET t = :t", {":t": {"S": "other"}})
        assert cost.write == 1

    def test_a_change_that_the_index_holds_costs_one_write_more(self, local):
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            update(local, "SET alias = :a", {":a": {"S": "Ann"}})
        assert cost.write == 1 + 1

    def test_a_new_index_key_costs_two_writes_more(self, local):
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            update(local, "SET room = :r", {":r": {"S": "b"}})
        assert cost.write == 1 + 2

    def test_a_deleted_entry_costs_one_write_more(self, local):
        local.put(**item(20, room={"S": "a"}))
        with local.cost() as cost:
            local.client().delete_item(TableName=local.name, Key=KEY)
        assert cost.write == 1 + 1

    def test_a_query_on_the_index_reads_what_the_index_holds(self, local):
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


class TestAttribution:
    def test_units_and_operations_are_those_of_the_function_that_signed(self, local):
        with local.cost("send") as send, local.cost("connect") as connect:
            local.put(**item(1500))
            local.client("connect").get_item(TableName=local.name, Key=KEY)
        assert (send.write, send.read, send.operations) == (2, 0, {"PutItem": 1})
        assert (connect.write, connect.read, connect.operations) == (0, 1 / 2, {"GetItem": 1})

    def test_the_total_is_the_sum_and_has_a_price(self, local):
        with local.cost() as cost:
            local.put(**item(1500))
            local.client("connect").get_item(TableName=local.name, Key=KEY)
        assert (cost.total["writeUnits"], cost.total["readUnits"]) == (2, 0.5)
        assert cost.total["dollars"]["total"] == pytest.approx(2 * 0.625e-6 + 0.5 * 0.125e-6)

    def test_a_function_without_a_route_is_metered_under_its_own_name(self, local):
        with local.cost("somebody") as cost:
            local.client("somebody").get_item(TableName=local.name, Key=KEY)
        assert cost.operations == {"GetItem": 1}

    def test_operations_on_tables_are_free_and_counted(self, local):
        with local.cost() as cost:
            local.client().describe_table(TableName=local.name)
            local.client().list_tables()
        assert (cost.write, cost.read) == (0, 0)
        assert cost.operations == {"DescribeTable": 1, "ListTables": 1}
        assert cost.unmetered == {}

    def test_what_nobody_here_can_weigh_is_said_to_be_unmetered(self, moto):
        with moto.cost() as cost:
            moto.client().execute_statement(Statement=f'SELECT * FROM "{moto.name}"')
        assert cost.unmetered == {"ExecuteStatement": 1}


class TestTheDatabaseBehindIt:
    """What the chat's own table relies on, the same on both."""

    def test_a_condition_that_fails_can_return_the_item_there_is(self, local):
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

    def test_a_condition_that_fails_on_no_item_returns_none(self, local):
        with pytest.raises(ClientError) as error:
            local.client().update_item(
                TableName=local.name,
                Key=KEY,
                UpdateExpression="REMOVE t",
                ConditionExpression="attribute_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        assert not error.value.response.get("Item")

    def test_a_put_can_be_conditional_on_being_newer_and_returns_what_it_replaced(self, local):
        def put(join: int) -> dict:
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

    def test_a_query_pages_backwards_through_a_range(self, local):
        for sk in "abcdefg":
            local.put(**item(20, sk=sk))
        seen, pages, start = [], 0, {}
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

    def test_every_type_of_value_comes_back_as_it_was_written(self, local):
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

    def test_an_update_returns_the_item_before_or_after_it(self, local):
        local.put(**item(20))
        old = update(local, "SET n = :n", {":n": {"N": "1"}}, ReturnValues="ALL_OLD")
        new = update(local, "SET n = n + :n", {":n": {"N": "1"}}, ReturnValues="ALL_NEW")
        assert old["Attributes"] == item(20)
        assert new["Attributes"] == item(20, n={"N": "2"})

    def test_conditional_counters_lose_no_step_under_sixteen_threads(self, local):
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

    def test_of_sixteen_that_open_one_item_one_wins(self, local):
        def claim(_: int) -> int:
            try:
                local.client().put_item(TableName=local.name, Item=KEY, ConditionExpression="attribute_not_exists(pk)")
            except local.client().exceptions.ConditionalCheckFailedException:
                return 0
            return 1

        with ThreadPoolExecutor(16) as threads:
            assert sum(threads.map(claim, range(64))) == 1


class TestTheChatTable:
    def test_it_is_paid_per_request_and_expires(self, local):
        table = local.client().describe_table(TableName=local.name)["Table"]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
        ttl = local.client().describe_time_to_live(TableName=local.name)["TimeToLiveDescription"]
        assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expiresAt")

    def test_making_it_again_leaves_it_as_it_is(self, local):
        local.put(**item(20))
        local.run(create_chat_table(local.server.endpoint, local.name))
        assert get(local) == item(20)

    def test_two_databases_in_memory_share_nothing(self, moto):
        with serving(MotoEngine()) as other:
            assert other.client().list_tables()["TableNames"] == []

    def test_rooms_are_counted_by_their_living_members_beside_the_meter(self, local):
        def row(pk: str, sk: str, expires: int) -> None:
            local.put(pk={"S": pk}, sk={"S": sk}, expiresAt={"N": str(expires)})

        row("ROOM#a", "MEMBER#1", 2000)
        row("ROOM#a", "MEMBER#2", 2000)
        row("ROOM#a", "MEMBER#late", 999)
        row("ROOM#a", "MESSAGE#1", 2000)
        row("ROOM#b#c", "MEMBER#3", 2000)
        row("CONNECTION#1", "CONNECTION", 2000)
        with local.cost() as cost:
            assert local.run(local.server.rooms(local.name, now=1000)) == {"a": 2, "b#c": 1}
        assert cost.operations == {}

    def test_without_a_table_there_are_no_rooms(self, local):
        assert local.run(local.server.rooms("nowhere")) == {}


class TestBadRequests:
    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
    def test_what_is_no_json_object_is_refused_in_dynamodbs_shape(self, moto, body):
        status, answer = post(moto.server.endpoint, "PutItem", body)
        assert (status, answer["__type"].split("#")[1]) == (400, "SerializationException")

    def test_a_request_beyond_dynamodbs_limit_is_refused(self, moto):
        status, answer = post(moto.server.endpoint, "PutItem", b" " * (16 * 1024 * 1024 + 1))
        assert (status, answer["__type"].split("#")[1]) == (413, "RequestEntityTooLarge")

    @pytest.mark.parametrize("target", ["", "PutItem", "DynamoDB_20120810.", "DynamoDB_20120810.Fly"])
    def test_what_is_no_operation_is_refused(self, moto, target):
        status, answer = post(moto.server.endpoint, target, b"{}", prefix="")
        assert (status, answer["__type"].split("#")[1]) == (400, "UnknownOperationException")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"TableName": "t"},
            {"TableName": "t", "Item": "x"},
            {"TableName": "t", "Item": {"pk": 1}},
        ],
    )
    def test_a_misshapen_request_is_refused_and_costs_nothing(self, moto, body):
        body = body | ({"TableName": moto.name} if body.get("TableName") == "t" else {})
        with moto.meter.measure() as cost:
            status, answer = post(moto.server.endpoint, "PutItem", json.dumps(body).encode())
        assert (status, answer["__type"].split("#")[1]) == (400, "ValidationException")
        assert cost["total"]["writeUnits"] == 0

    def test_an_answer_carries_a_request_id_and_a_checksum(self, moto):
        headers = moto.client().list_tables()["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-amzn-requestid"]
        assert headers["x-amz-crc32"].isdecimal()


class TestAnotherDynamoDBThatFails:
    def test_one_that_is_not_there_is_named_in_a_clear_error_and_a_log_line(self, caplog):
        with serving(RemoteEngine(f"http://127.0.0.1:{closed_port()}")) as local:
            status, answer = post(local.server.endpoint, "ListTables", b"{}")
            assert status == 503
            assert local.server.engine.endpoint in answer["message"]
            assert local.run(local.server.rooms("chat")) == {}
            assert "does not answer" in answer["message"]
        assert [record.levelno for record in caplog.records if "does not answer" in record.message] == [logging.ERROR]

    def test_one_that_never_answers_does_not_hang_the_caller(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            endpoint = f"http://127.0.0.1:{mute.getsockname()[1]}"
            with serving(RemoteEngine(endpoint, patience=0.1)) as local:
                status, answer = post(local.server.endpoint, "ListTables", b"{}")
        assert (status, answer["__type"].split("#")[1]) == (503, "ServiceUnavailable")

    def test_something_that_is_no_dynamodb_is_called_so(self):
        async def page(_: web.Request) -> web.Response:
            return web.Response(text="<html>")

        app = web.Application()
        app.router.add_post("/", page)
        runner = web.AppRunner(app)
        with event_loop() as run:
            run(runner.setup())
            run(web.TCPSite(runner, "127.0.0.1", 0).start())
            endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
            with serving(RemoteEngine(endpoint)) as local:
                status, answer = post(local.server.endpoint, "ListTables", b"{}")
            run(runner.cleanup())
        assert (status, answer["message"]) == (503, f"what answers at {endpoint} is no DynamoDB")


def get(local: Local, **options: Any) -> dict:
    return local.client().get_item(TableName=local.name, Key=KEY, **options).get("Item", {})


def query(local: Local, **options: Any) -> dict:
    values = {":p": {"S": "p"}} | options.pop("ExpressionAttributeValues", {})
    return local.client().query(
        TableName=local.name,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues=values,
        **options,
    )


def update(local: Local, expression: str, values: dict, condition: str | None = None, **options: Any) -> dict:
    if condition:
        options["ConditionExpression"] = condition
    return local.client().update_item(
        TableName=local.name,
        Key=KEY,
        UpdateExpression=expression,
        ExpressionAttributeValues=values,
        **options,
    )


def refused() -> Any:
    return pytest.raises(ClientError, match="ConditionalCheckFailedException")


def post(endpoint: str, target: str, body: bytes, prefix: str = "DynamoDB_20120810.") -> tuple[int, dict]:
    with urllib3.PoolManager(retries=False, timeout=10) as pool:
        response = pool.request("POST", endpoint + "/", body=body, headers={"X-Amz-Target": prefix + target})
        return response.status, json.loads(response.data)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
