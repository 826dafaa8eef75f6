"""Two stand-ins for DynamoDB over the wire, and tables on them: the local table server, which leaves to moto what the
chat does not ask, and MiniStack."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from uuid import uuid4

import pytest

from anonchat.dynamodb import DynamoDB
from anonchat.table import Table
from local.billing.meter import Meter
from local.dynamodb.backends import RemoteBackend
from local.dynamodb.chat_table import create_chat_table
from local.dynamodb.memory_backend import MemoryBackend
from local.dynamodb.server import TableServer
from scripts.deploy.ministack import ministack
from tests.support.both_clients import THEIRS, both_clients
from tests.support.fakes import FakeTable


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


@pytest.fixture(params=["moto", "ministack", "fake"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    if request.param == "fake":
        yield FakeTable()  # type: ignore[misc]
        return
    endpoint = request.getfixturevalue(f"{request.param}_endpoint")
    name = f"anonchat-{uuid4().hex}"
    with contextlib.closing(RemoteBackend(endpoint)) as backend:
        for each in (name, f"{name}{THEIRS}"):
            asyncio.run(create_chat_table(backend, each))
    with both_clients(endpoint) as clients:
        yield Table(DynamoDB(clients, name))
