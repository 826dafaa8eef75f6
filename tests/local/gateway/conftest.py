from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from local.gateway.server import Gateway
from tests.support.gateway_kit import BareClient

Serve = Callable[..., Awaitable[Gateway]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(routes, **options)` starts a gateway that lives as long as the test."""
    async with AsyncExitStack() as stack:

        async def start(routes: Any, **options: Any) -> Gateway:
            return await stack.enter_async_context(Gateway(routes, **options))

        yield start


@pytest.fixture
async def web(serve: Serve) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP and WebSocket client; closed before the gateways are."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def bare(serve: Serve) -> AsyncIterator[Callable[..., Awaitable[BareClient]]]:
    """`await bare(gateway, headers, eager)` shakes hands byte by byte; with `wait=False` it only asks."""
    clients: list[BareClient] = []

    async def start(gateway: Gateway, *args: Any, wait: bool = True, **how: Any) -> BareClient:
        client = await BareClient.dial(gateway, *args, **how)
        clients.append(client)
        if wait:
            await client.read_answer()
        return client

    yield start
    for client in clients:
        await client.leave()
