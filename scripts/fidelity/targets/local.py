"""This project's own gateway, in this process: five gateways for the five stages, one clock that can be pushed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials

from local.functions.credentials import REGION, SECRET
from local.functions.loader import load_function
from local.functions.route_map import Routes
from local.gateway import Clock, Gateway, GatewayOptions, Mock, Throttle
from local.gateway.invoker import Route
from scripts.fidelity.target import CLOSED, INTEGRATION_SECONDS, LOW, LOW_ECHO, STAGES, Seen, Stage, Target
from scripts.fidelity.targets.seen_table import SOMEBODY, TABLE, seen_table, table_client

HERE = Path(__file__).resolve().parents[1]
PROBES = HERE / "probes"
ROUTES: Mapping[str, Routes] = json.loads((HERE / "routes.json").read_text())
ENDPOINT = "http://{domainName}/{stage}"
TURNS = 50  # of the event loop after the clock was pushed, in which what that has set off reaches the client
THROTTLES: Mapping[str, dict[str, Any]] = {
    "low": {
        "throttle": Throttle(*LOW),
        "route_throttles": {
            "echo": Throttle(*LOW_ECHO),
            "fail": Throttle(*CLOSED),
            "manage": Throttle(*LOW),
        },
    },
    "closed": {"throttle": Throttle(*CLOSED)},
}


@asynccontextmanager
async def local_gateway(posts_count: bool | None = None) -> AsyncIterator[Target]:
    """Run it inside the block. `posts_count` is another reading of AWS than the gateway's own."""
    reading: dict[str, Any] = {} if posts_count is None else {"posts_count": posts_count}
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(seen_table())
        environ = {"CONNECTIONS_ENDPOINT": ENDPOINT, "SEEN_TABLE": TABLE, "AWS_ENDPOINT_URL_DYNAMODB": endpoint}
        clock = Clock()
        stages = {}
        handlers = await asyncio.to_thread(_handlers, environ)
        for name in STAGES:
            how = THROTTLES.get(name, {}) | reading
            options = GatewayOptions(stage="probe", timeout=INTEGRATION_SECONDS, allowed_origins=None, **how)
            gateway = Gateway(_routes(name, handlers), options, clock=clock)
            await stack.enter_async_context(gateway)
            stages[name] = Stage(gateway.url + "/probe", gateway.endpoint)
        yield Target(
            "local gateway",
            "of this repository",
            stages,
            Credentials(SOMEBODY, SECRET),
            REGION,
            Seen(table_client(endpoint), TABLE, 0.02),
            patience=15,
            quiet=0.4,
            long_at_once=1,
            pass_time=lambda seconds: _push(clock, seconds),
            now=clock.time,
        )


def _handlers(environ: Mapping[str, str]) -> dict[str, Route]:
    names = {route["function"] for routes in ROUTES.values() for route in routes.values() if "function" in route}
    return {name: load_function(name, PROBES, None, environ) for name in names}


def _routes(stage: str, handlers: Mapping[str, Route]) -> dict[str, Route]:
    routes = ROUTES[stage if stage in ROUTES else "open"]
    return {
        key: Mock(route.get("response")) if route.get("mock") else handlers[route["function"]]
        for key, route in routes.items()
    }


async def _push(clock: Clock, seconds: float) -> None:
    clock.advance(seconds)
    for _ in range(TURNS):
        await asyncio.sleep(0)
