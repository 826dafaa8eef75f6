"""The chat's own table: how it is made, and how many people it says are in each room."""

import asyncio
import logging
import time
from http import HTTPStatus
from typing import Any

from local.dynamodb.backends import Backend, BackendUnreachable

LOG = logging.getLogger(__name__)

TABLE_SECONDS = 60  # how long a real DynamoDB may take to create a table
KEYS = {"pk": "HASH", "sk": "RANGE"}


async def create_chat_table(backend: Backend, name: str) -> None:
    """Create the chat's table: keys pk and sk, paid per request, expiring by expiresAt. Leave one that is there.

    Raise BackendUnreachable, or RuntimeError with what the database says.
    """
    definition = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in KEYS.items()],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in KEYS],
    }
    try:
        await _ask(backend, "CreateTable", definition)
    except RuntimeError as refused:
        if "ResourceInUseException" not in str(refused):
            raise
        LOG.info("the table %s is there already", name)
        return
    for _ in range(TABLE_SECONDS):
        described = await _ask(backend, "DescribeTable", {"TableName": name})
        if described["Table"]["TableStatus"] == "ACTIVE":
            break
        await asyncio.sleep(1)
    expiry = {"Enabled": True, "AttributeName": "expiresAt"}
    await _ask(backend, "UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": expiry})


async def _ask(backend: Backend, operation: str, body: dict[str, Any]) -> dict[str, Any]:
    status, answer = await backend.run(lambda call: call(operation, body))
    if status != HTTPStatus.OK:
        said = " ".join(str(answer.get(part)) for part in ("__type", "message", "Message") if answer.get(part))
        raise RuntimeError(f"the database refuses {operation}: {said}")
    return answer


async def members_by_room(backend: Backend, table: str, now: float | None = None) -> dict[str, int]:
    """Count the members of each room, by room id, without metering it. Return {} if there is no table to read.

    `now` is in seconds since the epoch; whoever expired before it does not count.
    """
    query = _members_query(table, int(time.time() if now is None else now))
    rooms: dict[str, int] = {}
    while True:
        try:
            _, page = await backend.run(lambda call: call("Scan", query))
        except BackendUnreachable:
            return rooms
        for row in page.get("Items", []):
            room = row["pk"]["S"].removeprefix("ROOM#")
            rooms[room] = rooms.get(room, 0) + 1
        if "LastEvaluatedKey" not in page:
            return rooms
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _members_query(table: str, now: int) -> dict[str, Any]:
    return {
        "TableName": table,
        "FilterExpression": "begins_with(pk, :room) AND begins_with(sk, :member) AND #until > :now",
        "ProjectionExpression": "pk",
        "ExpressionAttributeNames": {"#until": "expiresAt"},
        "ExpressionAttributeValues": {
            ":room": {"S": "ROOM#"},
            ":member": {"S": "MEMBER#"},
            ":now": {"N": str(now)},
        },
    }
