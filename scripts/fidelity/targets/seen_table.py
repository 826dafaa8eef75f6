"""A DynamoDB on this machine with the table that probes write to, for targets that bring none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import boto3

from local.dynamodb.moto_backend import MotoBackend
from local.dynamodb.server import TableServer
from local.functions.credentials import REGION, SECRET

TABLE = "seen"
KEYS = {"name": "HASH", "at": "RANGE"}
SOMEBODY = "somebody"  # the access key id of whoever asks


class _NoMeter:
    def table_units(self, route: str, write: float, read: float, operation: str) -> None:
        """Count nothing."""

    def unmetered(self, route: str, operation: str) -> None:
        """Count nothing."""


@asynccontextmanager
async def seen_table() -> AsyncIterator[str]:
    """Serve it inside the block; yield its endpoint."""
    async with TableServer(MotoBackend(), _NoMeter()) as server:
        await asyncio.to_thread(_create, table_client(server.endpoint))
        yield server.endpoint


def table_client(endpoint: str) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=SOMEBODY,
        aws_secret_access_key=SECRET,
    )


def _create(client: Any) -> None:
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in KEYS.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
    )
