"""A chat's functions as one writes them first: boto3, no layer. `make bench` measures the layer beside them.

Each asks the table and posts as the layer's function of the same name does when all goes well: the same rows, as many
requests, one after the other.
"""

import json
import os
import time
from typing import Any

import boto3

TABLE = os.environ["TABLE_NAME"]
DYNAMODB = boto3.client("dynamodb")
API = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["CONNECTIONS_ENDPOINT"])


def key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def update(pk: str, sk: str) -> None:
    DYNAMODB.update_item(
        TableName=TABLE,
        Key=key(pk, sk),
        UpdateExpression="SET #roomId = :room, #expiresAt = :until ADD #count :one",
        ConditionExpression="attribute_not_exists(#count) OR #count < :most",
        ExpressionAttributeNames={"#roomId": "roomId", "#expiresAt": "expiresAt", "#count": "sends"},
        ExpressionAttributeValues={
            ":room": {"S": "red"},
            ":until": {"N": str(int(time.time()) + 600)},
            ":one": {"N": "1"},
            ":most": {"N": "30"},
        },
        ReturnValues="ALL_NEW",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def query(prefix: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="#pk = :pk AND begins_with(#sk, :from)",
        ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
        ExpressionAttributeValues={":pk": {"S": "ROOM#red"}, ":from": {"S": prefix}},
        ConsistentRead=True,
    )["Items"]
    return found


def delete(pk: str, sk: str) -> None:
    DYNAMODB.delete_item(TableName=TABLE, Key=key(pk, sk), ReturnValues="ALL_OLD")


def post(connection_id: str, frame: dict[str, Any]) -> None:
    API.post_to_connection(ConnectionId=connection_id, Data=json.dumps(frame).encode())


def tell(members: list[dict[str, Any]], frame: dict[str, Any], but: str = "") -> None:
    for member in members:
        connection_id = member["sk"]["S"].removeprefix("MEMBER#")
        if connection_id != but:
            post(connection_id, frame)


def leave_room(who: str) -> None:
    delete("ROOM#red", f"MEMBER#{who}")
    tell(query("MEMBER#"), {"type": "presence", "left": [{"id": "abc", "alias": "Ann"}]})


def connect(who: str, frame: dict[str, Any]) -> None:
    DYNAMODB.put_item(TableName=TABLE, Item={**key(f"CONNECTION#{who}", "CONNECTION"), "salt": {"S": "salt"}})


def disconnect(who: str, frame: dict[str, Any]) -> None:
    DYNAMODB.get_item(TableName=TABLE, Key=key(f"CONNECTION#{who}", "CONNECTION"), ConsistentRead=True)
    delete(f"CONNECTION#{who}", "CONNECTION")
    leave_room(who)


def default(who: str, frame: dict[str, Any]) -> None:
    post(who, {"type": "error", "code": "unknown_action", "message": "Please use one of the actions."})


def join(who: str, frame: dict[str, Any]) -> None:
    query("MEMBER#")
    update(f"CONNECTION#{who}", "CONNECTION")
    update("ROOM#red", f"MEMBER#{who}")
    DYNAMODB.get_item(TableName=TABLE, Key=key(f"CONNECTION#{who}", "CONNECTION"), ConsistentRead=True)
    members = query("MEMBER#")
    post(who, {"type": "joined", "members": [each["alias"]["S"] for each in members], "history": query("MESSAGE#")})
    tell(members, {"type": "presence", "joined": [{"id": "abc", "alias": "Ann"}]}, but=who)


def send(who: str, frame: dict[str, Any]) -> None:
    update(f"CONNECTION#{who}", "CONNECTION")
    id = f"{time.time_ns() // 1_000_000:013d}-abc"
    DYNAMODB.put_item(TableName=TABLE, Item={**key("ROOM#red", f"MESSAGE#{id}"), "text": {"S": frame["text"]}})
    tell(query("MEMBER#"), {"type": "message", "id": id, "text": frame["text"], "from": {"id": "abc", "alias": "Ann"}})


def leave(who: str, frame: dict[str, Any]) -> None:
    update(f"CONNECTION#{who}", "CONNECTION")
    leave_room(who)
    post(who, {"type": "left", "room": "red"})


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Do what the function of FUNCTION_NAME does."""
    function = globals()[os.environ["FUNCTION_NAME"]]
    function(event["requestContext"]["connectionId"], json.loads(event.get("body") or "{}"))
    return {"statusCode": 200}
