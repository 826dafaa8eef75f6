"""The local table over the wire: who is metered for what, and what it refuses."""

import json
from typing import Any

import pytest

from tests.support.table_kit import KEY, LocalTable, item, post


class TestAttribution:
    def test_units_and_operations_are_those_of_the_function_that_signed(self, local: LocalTable) -> None:
        with local.cost("send") as send, local.cost("connect") as connect:
            local.put(**item(1500))
            local.client("connect").get_item(TableName=local.name, Key=KEY)
        assert (send.write, send.read, send.operations) == (2, 0, {"PutItem": 1})
        assert (connect.write, connect.read, connect.operations) == (0, 1 / 2, {"GetItem": 1})

    def test_the_total_is_the_sum_and_has_a_price(self, local: LocalTable) -> None:
        with local.cost() as cost:
            local.put(**item(1500))
            local.client("connect").get_item(TableName=local.name, Key=KEY)
        assert (cost.total["writeUnits"], cost.total["readUnits"]) == (2, 0.5)
        assert cost.total["dollars"]["total"] == pytest.approx(2 * 0.625e-6 + 0.5 * 0.125e-6)

    def test_a_function_without_a_route_is_metered_under_its_own_name(self, local: LocalTable) -> None:
        with local.cost("somebody") as cost:
            local.client("somebody").get_item(TableName=local.name, Key=KEY)
        assert cost.operations == {"GetItem": 1}

    def test_operations_on_tables_are_free_and_counted(self, local: LocalTable) -> None:
        with local.cost() as cost:
            local.client().describe_table(TableName=local.name)
            local.client().list_tables()
        assert (cost.write, cost.read) == (0, 0)
        assert cost.operations == {"DescribeTable": 1, "ListTables": 1}
        assert cost.unmetered == {}

    def test_what_nobody_here_can_count_is_said_to_be_unmetered(self, moto: LocalTable) -> None:
        with moto.cost() as cost:
            moto.client().execute_statement(Statement=f'SELECT * FROM "{moto.name}"')
        assert cost.unmetered == {"ExecuteStatement": 1}


class TestBadRequests:
    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
    def test_what_is_no_json_object_is_refused_in_dynamodbs_shape(self, moto: LocalTable, body: Any) -> None:
        status, answer = post(moto.server.endpoint, "PutItem", body)
        assert (status, answer["__type"].split("#")[1]) == (400, "SerializationException")

    def test_a_request_beyond_dynamodbs_limit_is_refused(self, moto: LocalTable) -> None:
        status, answer = post(moto.server.endpoint, "PutItem", b" " * (16 * 1024 * 1024 + 1))
        assert (status, answer["__type"].split("#")[1]) == (413, "RequestEntityTooLarge")

    @pytest.mark.parametrize("target", ["", "PutItem", "DynamoDB_20120810.", "DynamoDB_20120810.Fly"])
    def test_what_is_no_operation_is_refused(self, moto: LocalTable, target: str) -> None:
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
    def test_a_misshapen_request_is_refused_and_costs_nothing(self, moto: LocalTable, body: Any) -> None:
        body = body | ({"TableName": moto.name} if body.get("TableName") == "t" else {})
        with moto.meter.measure() as cost:
            status, answer = post(moto.server.endpoint, "PutItem", json.dumps(body).encode())
        assert (status, answer["__type"].split("#")[1]) == (400, "ValidationException")
        assert cost["total"]["writeUnits"] == 0

    def test_an_answer_carries_a_request_id_and_a_checksum(self, moto: LocalTable) -> None:
        headers = moto.client().list_tables()["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-amzn-requestid"]
        assert headers["x-amz-crc32"].isdecimal()
