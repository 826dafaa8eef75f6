"""What moto's DynamoDB keeps in a day: what can still be read, and nothing else."""

import gc
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from local.dynamodb.moto_backend import EXPIRED_SECONDS, SWEEP_SECONDS, MotoBackend


def requests(backend: MotoBackend, *, seconds: int = 0) -> None:
    """Ask all that the chat's functions ask of a connection that comes, says something and goes."""
    for number in range(20):
        row = {"pk": {"S": f"CONNECTION#{number}-{seconds}"}, "sk": {"S": "CONNECTION"}}
        key = {"TableName": "chat", "Key": row}
        item = {**row, "expiresAt": {"N": str(1000 + seconds)}}
        for operation, body in (
            ("PutItem", {"TableName": "chat", "Item": item}),
            ("GetItem", key),
            ("UpdateItem", {**key, "UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}),
            (
                "Query",
                {
                    "TableName": "chat",
                    "KeyConditionExpression": "pk = :p",
                    "ExpressionAttributeValues": {":p": row["pk"]},
                },
            ),
            *([("DeleteItem", key)] if number % 2 else []),
            ("GetItem", {**key, "Key": {**row, "sk": {"S": "nothing"}}}),
        ):
            assert backend.call(operation, body)[0] == 200


def kept() -> Counter[str]:
    """Count the objects of moto that are alive."""
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects() if str(type(each).__module__).startswith("moto."))


def rows_of(backend: MotoBackend) -> list[Any]:
    return list(backend.call("Scan", {"TableName": "chat"})[1]["Items"])


@pytest.fixture
def aging() -> Iterator[tuple[MotoBackend, list[float]]]:
    """Return a backend with the chat's own table, and the one number that is its time."""
    time = [1000.0]
    backend = MotoBackend(lambda: time[0])
    keys = {"pk": "HASH", "sk": "RANGE"}
    schema = [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()]
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in keys]
    table: dict[str, Any] = {"TableName": "chat", "KeySchema": schema, "AttributeDefinitions": attributes}
    backend.call("CreateTable", {**table, "BillingMode": "PAY_PER_REQUEST"})
    expiry = {"Enabled": True, "AttributeName": "expiresAt"}
    backend.call("UpdateTimeToLive", {"TableName": "chat", "TimeToLiveSpecification": expiry})
    yield backend, time
    backend.close()


def test_a_day_of_requests_leaves_nothing_behind(aging: tuple[MotoBackend, list[float]]) -> None:
    backend, time = aging
    requests(backend)
    time[0] += 3600
    backend.call("ListTables", {})
    before = kept()
    for hour in range(1, 25):
        requests(backend, seconds=3600 * hour)
        time[0] += 3600
    backend.call("ListTables", {})
    assert kept() == before
    assert rows_of(backend) == []


def test_what_has_expired_can_be_read_for_a_while_as_on_aws_and_what_never_expires_stays(
    aging: tuple[MotoBackend, list[float]],
) -> None:
    backend, time = aging
    requests(backend)
    lasting = [{"pk": {"S": name}, "sk": {"S": "s"}, **more} for name, more in LASTING.items()]
    for item in lasting:
        backend.call("PutItem", {"TableName": "chat", "Item": item})
    time[0] += EXPIRED_SECONDS - 1
    assert len(rows_of(backend)) == 10 + len(lasting)
    time[0] += SWEEP_SECONDS + 2
    assert sorted(row["pk"]["S"] for row in rows_of(backend)) == sorted(LASTING)


LASTING: dict[str, dict[str, Any]] = {
    "without a time": {},
    "by a text": {"expiresAt": {"S": "1000"}},
    "in another attribute": {"expires": {"N": "1000"}},
    "later": {"expiresAt": {"N": "9000"}},
}
