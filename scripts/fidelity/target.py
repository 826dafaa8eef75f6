"""What the questions are asked of: any WebSocket API with the probes behind it, in five states."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.credentials import Credentials

Event = dict[str, Any]

INTEGRATION_SECONDS = 4.0  # how long each target lets a handler run, so that nobody waits for 29 seconds

# The stages that a target has. Every one has @connections.
STAGES = {
    "open": "all routes: $connect, $disconnect, $default, echo, fail, manage, mock (one-way), pong (a two-way mock)",
    "low": "the same at 1 request a second and 5 at once; of their own: echo 100 and 100, fail 0 and 0, manage 1 and 5",
    "closed": "the same at 0 and 0",
    "bare": "$connect and $disconnect as mocks, and echo; no $default",
    "plain": "$default alone",
}
LOW, LOW_ECHO, CLOSED = (1, 5), (100, 100), (0, 0)  # requests a second, and at once


@dataclass(frozen=True)
class Stage:
    socket: str  # the address for clients
    endpoint: str  # the endpoint_url of @connections


class Unseen(Exception):
    """No probe has written such an event in time."""

    def __str__(self) -> str:
        return "not run"


@dataclass(frozen=True)
class Record:
    """An event as a probe has written it down, and what came of the probe's own post."""

    event: Event
    posted: str

    @property
    def context(self) -> Event:
        return dict(self.event.get("requestContext", {}))


class Seen:
    """Reads what the probes have seen. `table` is a boto3 DynamoDB client."""

    def __init__(self, table: Any, name: str, poll_seconds: float) -> None:
        self._table, self._name, self._poll_seconds = table, name, poll_seconds

    async def records(self, name: str) -> list[Record]:
        """Return what was written under a connection's id or a handshake's token, the oldest first."""
        query = {
            "TableName": self._name,
            "KeyConditionExpression": "#name = :name",
            "ExpressionAttributeNames": {"#name": "name"},
            "ExpressionAttributeValues": {":name": {"S": name}},
            "ConsistentRead": True,
        }
        found = await asyncio.to_thread(lambda: self._table.query(**query))
        return [Record(json.loads(item["event"]["S"]), item["posted"]["S"]) for item in found["Items"]]

    async def wait(self, name: str, kind: str, seconds: float, count: int = 1) -> list[Record]:
        """Return the events of a type (CONNECT, MESSAGE, DISCONNECT) once there are so many. Raise Unseen."""
        deadline = time.monotonic() + seconds
        while True:
            found = [each for each in await self.records(name) if each.context.get("eventType") == kind]
            if len(found) >= count:
                return found
            if time.monotonic() > deadline:
                raise Unseen
            await asyncio.sleep(self._poll_seconds)


async def real_time(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


@dataclass(frozen=True)
class Target:
    """A running target.

    `patience` is how many seconds an answer may take, `quiet` after how many none will come any more. `pass_time` lets
    time go by for the target, `now` reads its clock. `set_throttle(stage, rate, burst)`, if it has one, changes a stage
    as AWS's own API does. `revive`, where a question may end the target, starts it again and tells whether it had
    ended. `at_once` is how many questions it is asked side by side, `long_at_once` how many of those that take minutes.
    """

    name: str
    version: str
    stages: Mapping[str, Stage]
    credentials: Credentials
    region: str
    seen: Seen
    patience: float = 10.0
    quiet: float = 0.5
    at_once: int = 4
    long_at_once: int = 100
    pass_time: Callable[[float], Awaitable[None]] = real_time
    now: Callable[[], float] = time.time
    set_throttle: Callable[[str, float, int], Awaitable[None]] | None = None
    revive: Callable[[], Awaitable[bool]] | None = None
