"""What the gateway's tests share: a handler that remembers, a client that may misbehave, boto3 as handlers use it."""

import asyncio
import base64
import json
import os
import struct
from collections.abc import Awaitable, Callable, Sequence
from socket import AF_INET6, create_server
from typing import Any

import boto3
from botocore.config import Config

from local.billing.meter import Meter
from local.gateway import Gateway, Mock
from local.gateway.frames import CLOSE, CONTINUATION, FIN, PING, PONG, TEXT
from tests.support.waiting import WAIT_SECONDS

__all__ = ["CLOSE", "CONTINUATION", "FIN", "PING", "PONG", "TEXT"]

TIMEOUT = WAIT_SECONDS  # until a condition that should come true counts as failed

Event = dict[str, Any]


def has_ipv6() -> bool:
    """Tell whether this machine has the other loopback address, ::1."""
    try:
        create_server(("::1", 0), family=AF_INET6).close()
    except OSError:
        return False
    return True


async def until(condition: Callable[[], Any]) -> Any:
    """Wait until `condition()` is true; return it."""
    async with asyncio.timeout(TIMEOUT):
        while not (value := condition()):
            await asyncio.sleep(0.002)
    return value


class Recorder:
    """A handler that keeps its events and answers all of them with `result`."""

    def __init__(self, result: Any = None) -> None:
        self.events: list[Event] = []
        self.result = {"statusCode": 200} if result is None else result

    def __call__(self, event: Event, context: Any) -> Any:
        self.events.append(event)
        return self.result

    async def event(self, index: int = 0) -> Event:
        await until(lambda: len(self.events) > index)
        return self.events[index]

    @property
    def bodies(self) -> list[str]:
        return [event["body"] for event in self.events]


class Ends:
    """A function whose every invocation ends in `error`."""

    name = "ends"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def invoke(self, event: Event) -> None:
        raise self.error


def failing(event: Event, context: Any) -> None:
    raise RuntimeError("this handler always fails")


def management(
    gateway: Gateway, function: str = "", *, key: str = "somebody", secret: str = "local", token: str | None = None
) -> Any:
    """Return boto3's client for @connections, without retries so that every status shows."""
    return boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=gateway.endpoint + function,
        region_name="eu-central-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"max_attempts": 0}),
    )


async def post(client: Any, connection_id: str, data: bytes = b"hello") -> Any:
    return await asyncio.to_thread(client.post_to_connection, ConnectionId=connection_id, Data=data)


def bill(gateway: Gateway) -> dict[str, Any]:
    """Return what the meter of a served gateway has counted."""
    assert isinstance(gateway.meter, Meter)
    return gateway.meter.snapshot()


def invocations(gateway: Gateway, route: str) -> int:
    return int(bill(gateway)["routes"].get(route, {}).get("invocations", 0))


def only_id(gateway: Gateway) -> str:
    (connection_id,) = gateway.connections
    return connection_id


async def frame(socket: Any) -> Any:
    """Return the next frame of an aiohttp client, parsed."""
    return json.loads(await socket.receive_str(timeout=TIMEOUT))


PONG_ROUTE = {"pong?": Mock('{"pong": true}')}


async def expect_nothing_sent(socket: Any) -> None:
    """Fail if something was sent to this client before: the answer of PONG_ROUTE must be the next frame."""
    await socket.send_str('{"action": "pong?"}')
    assert await frame(socket) == {"pong": True}


async def closing(socket: Any) -> tuple[int, str]:
    """Return the code and reason with which the server closes an aiohttp client's socket."""
    message = await socket.receive(timeout=TIMEOUT)
    assert message.type == CLOSE, message
    return message.data, message.extra


def client_frame(payload: bytes, first: int = FIN | TEXT) -> bytes:
    """Return one frame as a client sends it: masked, with a mask that shows when it is not taken off."""
    mask = b"\x11\x22\x33\x44"
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    key = (mask * (size // 4 + 1))[:size]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return head + mask + masked


class BareClient:
    """A WebSocket client of single bytes, for what a well-behaved one cannot be made to do."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status = 0
        self.headers: dict[str, str] = {}

    @classmethod
    async def dial(cls, gateway: Gateway, headers: Sequence[str] = (), eager: bytes = b"", **how: Any) -> "BareClient":
        """Ask for a socket; `eager` goes out in one go with the request."""
        place: dict[str, Any] = {} if "sock" in how else {"host": gateway.host, "port": gateway.port}
        client = cls(*await asyncio.open_connection(**place, **how))
        lines = [
            "GET / HTTP/1.1",
            f"Host: {gateway.domain_name}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            *headers,
        ]
        client.writer.write("\r\n".join([*lines, "", ""]).encode() + eager)
        return client

    async def read_answer(self) -> None:
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        self.status = int(status.split()[1])
        self.headers = dict(field.split(": ", 1) for field in fields if field)

    def send(self, payload: bytes, first: int = FIN | TEXT) -> None:
        self.writer.write(client_frame(payload, first))

    async def receive(self) -> tuple[int, bytes]:
        """Return first byte (FIN and opcode) and payload of the next frame."""
        async with asyncio.timeout(TIMEOUT):
            first, size = await self.reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return first, await self.reader.readexactly(size)

    async def leave(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


# What the fixtures of tests/local/gateway give.
Serve = Callable[..., Awaitable[Gateway]]
Bare = Callable[..., Awaitable[BareClient]]
