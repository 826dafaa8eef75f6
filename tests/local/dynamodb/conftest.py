"""The local table in memory, on moto's DynamoDB and on MiniStack's."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.dynamodb.backends import RemoteBackend
from local.dynamodb.chat_table import create_chat_table
from local.dynamodb.memory_backend import MemoryBackend
from local.dynamodb.moto_backend import MotoBackend
from scripts.deploy.ministack import ministack
from tests.support.table_kit import LocalTable, serving


@pytest.fixture(scope="session")
def other_dynamodb() -> Iterator[str]:
    with ministack(services="dynamodb") as emulator:
        yield emulator.endpoint


@pytest.fixture(scope="session")
def in_memory() -> Iterator[LocalTable]:
    with serving(MemoryBackend()) as local:
        yield local


@pytest.fixture(scope="session")
def in_moto() -> Iterator[LocalTable]:
    with serving(MotoBackend()) as local:
        yield local


@pytest.fixture(scope="session")
def remote(other_dynamodb: str) -> Iterator[LocalTable]:
    with serving(RemoteBackend(other_dynamodb)) as local:
        yield local


@pytest.fixture(params=["in_memory", "in_moto", "remote"])
def local(request: pytest.FixtureRequest) -> LocalTable:
    """Return a server on each of the databases, with a chat table of the test's own."""
    table: LocalTable = request.getfixturevalue(request.param)
    if request.param == "in_memory":
        table.server.backend = MemoryBackend()  # what another test has asked may have moved the one before into moto
    return with_table(table)


@pytest.fixture
def moto(in_moto: LocalTable) -> LocalTable:
    return with_table(in_moto)


def with_table(local: LocalTable) -> LocalTable:
    local = replace(local, name=f"chat-{uuid.uuid4().hex}")
    local.run(create_chat_table(local.server.backend, local.name))
    return local
