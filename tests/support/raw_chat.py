"""Clients without encryption on a local chat: what they say and get, and the rows that the table has of it."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import boto3

from anonchat_client import Frame, RawClient
from local.chat import TABLE, LocalChat
from tests.support.waiting import eventually

OPERATIONS = {"PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query"}  # that functions may use

_rooms = (f"room-{number}" for number in itertools.count())
_clients = (f"client-{number:04d}" for number in itertools.count())


def new_room() -> str:
    return next(_rooms)


@asynccontextmanager
async def present(chat: LocalChat, room: str, *aliases: str) -> AsyncIterator[list[RawClient]]:
    """Yield raw clients that have joined a room one after the other, and have taken all frames about it."""
    async with AsyncExitStack() as stack:
        people: list[RawClient] = []
        for alias in aliases:
            person = await stack.enter_async_context(RawClient(chat.url))
            await join(person, room, alias)
            for other in people:
                await other.receive("presence")
            people.append(person)
        yield people


async def join(person: RawClient, room: str, alias: str, **fields: Any) -> Frame:
    await person.send_json({"action": "join", "room": room, "alias": alias, **fields})
    return await person.receive("joined")


async def send(person: RawClient, room: str, text: str, client: str | None = None) -> Frame:
    """Send a message and return its echo."""
    await post(person, room, text, client)
    return await person.receive("message")


async def post(person: RawClient, room: str, text: str, client: str | None = None) -> None:
    await person.send_json({"action": "send", "room": room, "text": text, "client": client or next(_clients)})


async def refusal(person: RawClient, frame: Any) -> Frame:
    """Return the `error` frame that answers a frame, or a text that is no frame."""
    await (person.send_text(frame) if isinstance(frame, str) else person.send_json(frame))
    return await person.receive("error")


async def rows(chat: LocalChat, pk: str) -> list[dict[str, Any]]:
    """Read the rows of one partition, by the sort key, as an onlooker whom the meter tells apart."""

    def query() -> list[dict[str, Any]]:
        table = boto3.resource(
            "dynamodb",
            endpoint_url=chat.table_endpoint,
            region_name="us-east-1",
            aws_access_key_id="onlooker",
            aws_secret_access_key="local",
        ).Table(TABLE)
        page = table.query(
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues={":pk": pk},
            ConsistentRead=True,
        )
        table.meta.client.close()
        return list(page["Items"])

    return await asyncio.to_thread(query)


async def connection_of(chat: LocalChat, room: str, alias: str) -> str:
    members = [row for row in await rows(chat, f"ROOM#{room}") if row["sk"].startswith("MEMBER#")]
    return str(next(row["sk"].removeprefix("MEMBER#") for row in members if row["alias"] == alias))


def drop_table(chat: LocalChat) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=chat.table_endpoint,
        region_name="us-east-1",
        aws_access_key_id="onlooker",
        aws_secret_access_key="local",
    )
    client.delete_table(TableName=TABLE)
    client.close()


async def settled(chat: LocalChat, **invocations: int) -> None:
    """Wait until that many functions have returned, which is after their last post and write."""
    expected = sum(invocations.values())
    await eventually(lambda: chat.meter.snapshot()["total"]["invocations"] == expected)
