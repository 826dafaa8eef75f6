"""The chat's own table: how it is made, and how many people it says are in each room."""

import logging
import time
from asyncio import to_thread
from typing import Any

import boto3

from local.dynamodb.backends import LOCAL_KEY, REGION, Backend, BackendUnreachable

LOG = logging.getLogger(__name__)

TABLE_SECONDS = 60  # how long a real DynamoDB may take to create a table


async def create_chat_table(endpoint: str, name: str, access_key: str = LOCAL_KEY) -> None:
    """Create the chat's table: keys pk and sk, paid per request, expiring by expiresAt. Leave one that is there."""
    await to_thread(_create_chat_table, endpoint, name, access_key)


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
