"""The local table: DynamoDB's JSON protocol on 127.0.0.1, metered for the function that sent a request.

The database itself is an Backend (local/engine.py); what an operation costs is local/consumption.py's.
"""

import json
import logging
import re
import time
import uuid
import zlib
from asyncio import to_thread
from collections.abc import Mapping
from typing import Any

import boto3
from aiohttp import web

from local.billing.meter import Meter
from local.dynamodb.backends import (
    CONTENT_TYPE,
    LOCAL_KEY,
    REGION,
    Answer,
    Backend,
    BackendUnreachable,
    MotoBackend,
    RemoteBackend,
    error_answer,
)
from local.dynamodb.capacity import CapacityCounter, ConsumedCapacity

__all__ = ["Backend", "BackendUnreachable", "MotoBackend", "RemoteBackend", "TableServer", "create_chat_table"]

LOG = logging.getLogger(__name__)

REQUEST_BYTES = 16 * 1024 * 1024  # DynamoDB's largest request
TABLE_SECONDS = 60  # how long a real DynamoDB may take to create a table
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
TARGET = re.compile(r"DynamoDB_\d{8}\.(\w+)")
UNSIGNED = "unsigned"  # the route of requests without a signature


class TableServer:
    """A DynamoDB endpoint. Owns its backend: stopping the server closes it.

    `functions` maps the access keys that requests are signed with (a function signs with its name) to the
    routes they are metered under; an access key that is not in it is metered under itself.
    """

    def __init__(self, backend: Backend, meter: Meter, functions: Mapping[str, str] | None = None) -> None:
        self.backend = backend
        self.meter = meter
        self.functions = {} if functions is None else functions
        self.endpoint = ""
        self._scale = CapacityCounter()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1 (port 0: any free one); `endpoint` then says where."""
        app = web.Application(client_max_size=REQUEST_BYTES)
        app.router.add_post("/", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.endpoint = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        await to_thread(self.backend.close)

    async def __aenter__(self) -> "TableServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def rooms(self, table: str, now: float | None = None) -> dict[str, int]:
        """How many members each room has, by room id, read beside the meter; {} if there is no table to read."""
        query = {
            "TableName": table,
            "FilterExpression": "begins_with(pk, :room) AND begins_with(sk, :member) AND #until > :now",
            "ProjectionExpression": "pk",
            "ExpressionAttributeNames": {"#until": "expiresAt"},
            "ExpressionAttributeValues": {
                ":room": {"S": "ROOM#"},
                ":member": {"S": "MEMBER#"},
                ":now": {"N": str(int(time.time() if now is None else now))},
            },
        }
        rooms: dict[str, int] = {}
        while True:
            try:
                _, page = await self.backend.run(lambda call: call("Scan", query))
            except BackendUnreachable:
                return rooms
            for row in page.get("Items", []):
                room = row["pk"]["S"].removeprefix("ROOM#")
                rooms[room] = rooms.get(room, 0) + 1
            if "LastEvaluatedKey" not in page:
                return rooms
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    async def _handle(self, request: web.Request) -> web.Response:
        target = TARGET.fullmatch(request.headers.get("X-Amz-Target", ""))
        if not target:
            return _response(error_answer(400, "UnknownOperationException", "X-Amz-Target names no operation"))
        try:
            body = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return _response(error_answer(413, "RequestEntityTooLarge", "a request may have up to 16 MB"))
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return _response(error_answer(400, "SerializationException", "the body is not a JSON object"))
        return _response(await self._perform(self._route(request), target[1], body))

    async def _perform(self, route: str, operation: str, body: dict[str, Any]) -> Answer:
        try:
            answer, consumed = await self.backend.run(lambda call: self._scale.perform(call, operation, body))
        except BackendUnreachable as error:
            LOG.error("%s: %s", operation, error)
            return error_answer(503, "ServiceUnavailable", str(error))
        except Exception as error:
            # Neither the message nor the traceback: they may hold what people wrote.
            LOG.error("%s failed in the local table: %s", operation, type(error).__name__)
            return error_answer(500, "InternalServerError", f"the local table failed in {operation}")
        self._count(route, operation, consumed)
        return answer

    def _count(self, route: str, operation: str, consumed: ConsumedCapacity) -> None:
        self.meter.table_units(route, consumed.write, consumed.read, operation)
        if consumed.unmetered:
            self.meter.unmetered(route, operation)

    def _route(self, request: web.Request) -> str:
        credential = CREDENTIAL.search(request.headers.get("Authorization", ""))
        if not credential:
            return UNSIGNED
        return self.functions.get(credential[1], credential[1])


def _response(answer: Answer) -> web.Response:
    status, content = answer
    body = json.dumps(content).encode()
    headers = {
        "Content-Type": CONTENT_TYPE,
        "x-amzn-RequestId": uuid.uuid4().hex.upper(),
        "x-amz-crc32": str(zlib.crc32(body)),
    }
    return web.Response(status=status, body=body, headers=headers)


async def create_chat_table(endpoint: str, name: str, access_key: str = LOCAL_KEY) -> None:
    """Make the chat's table: keys pk and sk, paid per request, expiring by expiresAt. Leaves one that is there."""
    await to_thread(_create_chat_table, endpoint, name, access_key)


def _create_chat_table(endpoint: str, name: str, access_key: str) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=access_key,
        aws_secret_access_key=LOCAL_KEY,
    )
    try:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": TABLE_SECONDS})
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expiresAt"},
        )
    except client.exceptions.ResourceInUseException:
        LOG.info("the table %s is there already", name)
    finally:
        client.close()
