from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from local.billing.meter import Meter
from local.gateway import Clock, Gateway, GatewayOptions
from tests.support.gateway_kit import Bare, BareClient, Serve


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Return `await serve(routes, options)`, which starts a gateway with a meter that lives as long as the test."""
    async with AsyncExitStack() as stack:

        async def start(
            routes: Any, options: GatewayOptions | None = None, *, clock: Clock | None = None, **pages: Any
        ) -> Gateway:
            clock = clock or Clock()
            gateway = Gateway(routes, options, clock=clock, meter=Meter(clock), **pages)
            return await stack.enter_async_context(gateway)

        yield start


@pytest.fixture
async def web(serve: Serve) -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP and WebSocket client; closed before the gateways are."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def bare(serve: Serve) -> AsyncIterator[Bare]:
    """Return `await bare(gateway, headers, eager)`: it shakes hands byte by byte; with `wait=False` it only asks."""
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
