"""What the tests of the local table share: a running server, clients that sign as functions, items of a known size."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.billing.meter import Meter
from local.dynamodb.server import TableServer
from tests.support.waiting import WAIT_SECONDS

OVERHEAD = len("pk") + len("p") + len("sk") + len("s") + len("t")  # bytes of `item` beside its text
KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
ROUTES = {"send": "send", "connect": "$connect"}


def item(size: int, sk: str = "s", **more: dict[str, Any]) -> dict[str, Any]:
    """Return an item of `size` bytes (and `more`), with a one-character sort key."""
    return {"pk": {"S": "p"}, "sk": {"S": sk}, "t": {"S": "x" * (size - OVERHEAD)}, **more}


@contextmanager
def event_loop() -> Iterator[Callable[[Any], Any]]:
    """Run an event loop in a thread of its own; give a function that runs a coroutine there."""
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
class LocalTable:
    """A running server, and clients that sign as functions."""

    server: TableServer
    meter: Meter
    run: Callable[[Any], Any]
    name: str
    clients: dict[str, Any]

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
        """Yield write and read units and operations of what happens in the block."""
        cost = SimpleNamespace()
        with self.meter.measure() as measured:
            yield cost
        counts = measured["routes"].get(ROUTES.get(function, function), {})
        cost.write, cost.read = counts.get("writeUnits", 0), counts.get("readUnits", 0)
        cost.operations, cost.unmetered = counts.get("operations", {}), counts.get("unmetered", {})
        cost.total = measured["total"]


@contextmanager
def serving(backend: Any) -> Iterator[LocalTable]:
    meter = Meter()
    server = TableServer(backend, meter, ROUTES)
    clients: dict[str, Any] = {}
    with event_loop() as run:
        run(server.start())
        try:
            yield LocalTable(server, meter, run, "", clients)
        finally:
            for client in clients.values():
                client.close()
            run(server.stop())


def get(local: LocalTable, **options: Any) -> Any:
    return local.client().get_item(TableName=local.name, Key=KEY, **options).get("Item", {})


def query(local: LocalTable, **options: Any) -> Any:
    values = {":p": {"S": "p"}} | options.pop("ExpressionAttributeValues", {})
    return local.client().query(
        TableName=local.name,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues=values,
        **options,
    )


def update(
    local: LocalTable, expression: str, values: dict[str, Any], condition: str | None = None, **options: Any
) -> Any:
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


def post(endpoint: str, target: str, body: bytes, prefix: str = "DynamoDB_20120810.") -> tuple[int, dict[str, Any]]:
    with urllib3.PoolManager(retries=False, timeout=WAIT_SECONDS) as pool:
        response = pool.request("POST", endpoint + "/", body=body, headers={"X-Amz-Target": prefix + target})
        return response.status, json.loads(response.data)
