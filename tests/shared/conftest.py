"""Two stand-ins for DynamoDB over the wire: the local table server, which leaves to moto what the chat does not ask,
and MiniStack."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from local.billing.meter import Meter
from local.dynamodb.memory_backend import MemoryBackend
from local.dynamodb.server import TableServer
from scripts.deploy.ministack import ministack


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    endpoint: Future[str] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with TableServer(MemoryBackend(), Meter()) as server:
            endpoint.set_result(server.endpoint)
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    yield endpoint.result(30)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def ministack_endpoint() -> Iterator[str]:
    with ministack(services="dynamodb") as emulator:
        yield emulator.endpoint
