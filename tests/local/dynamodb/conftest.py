"""The local table on moto's DynamoDB and on MiniStack's."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.dynamodb.backends import RemoteBackend
from local.dynamodb.chat_table import create_chat_table
from local.dynamodb.moto_backend import MotoBackend
from scripts.deploy.ministack import ministack
from tests.support.table_kit import LocalTable, serving


@pytest.fixture(scope="session")
def other_dynamodb() -> Iterator[str]:
    with ministack(services="dynamodb") as emulator:
        yield emulator.endpoint


@pytest.fixture(scope="session")
def in_memory() -> Iterator[LocalTable]:
    with serving(MotoBackend()) as local:
        yield local


@pytest.fixture(scope="session")
def remote(other_dynamodb: str) -> Iterator[LocalTable]:
    with serving(RemoteBackend(other_dynamodb)) as local:
        yield local


@pytest.fixture(params=["in_memory", "remote"])
def local(request: pytest.FixtureRequest) -> LocalTable:
    """Return a server on either database, with a chat table of the test's own."""
    return with_table(request.getfixturevalue(request.param))


@pytest.fixture
def moto(in_memory: LocalTable) -> LocalTable:
    return with_table(in_memory)


def with_table(local: LocalTable) -> LocalTable:
    local = replace(local, name=f"chat-{uuid.uuid4().hex}")
    local.run(create_chat_table(local.server.endpoint, local.name))
    return local
