"""Two stand-ins for DynamoDB over the wire, moto behind the local table server and MiniStack, and tables on them."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from uuid import uuid4

import pytest

from anonchat.dynamodb import DynamoDB
from anonchat.table import Table
from local.billing.meter import Meter
from local.dynamodb.chat_table import create_chat_table
from local.dynamodb.moto_backend import MotoBackend
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
        async with TableServer(MotoBackend(), Meter()) as server:
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
    asyncio.run(create_chat_table(endpoint, name))
    asyncio.run(create_chat_table(endpoint, f"{name}{THEIRS}"))
    with both_clients(endpoint) as clients:
        yield Table(DynamoDB(clients, name))
