"""The whole chat on this machine: table, gateway, functions and meter, wired as lambdas/routes.json says.

`make dev`, the tests, `make load` and `make bench` all run this one, so they try what people run.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from local.billing.dashboard import dashboard_routes
from local.billing.meter import Meter
from local.dynamodb.server import BackendUnreachable, MotoBackend, RemoteBackend, TableServer, create_chat_table
from local.functions.contract import Function, FunctionError, Mock
from local.functions.loader import (
    THREADS,
    LoadError,
    Log,
    ThreadFunction,
    discard,
    load_function,
    print_line,
    sign_as_local,
)
from local.functions.processes import CONCURRENCY, PREWARMED, ProcessFunction
from local.functions.reload import Sources
from local.functions.route_map import Routes, function_names, read_routes
from local.gateway.clock import Clock
from local.gateway.server import Gateway

ROOT = Path(__file__).resolve().parent.parent
LAMBDAS = ROOT / "lambdas"
LAYER = ROOT / "shared" / "python"
TABLE = "anonchat-local"
WATCH_SECONDS = 0.5  # between two looks at the sources: an edit holds about a second later

Mode = Literal["threads", "isolated"]


class LocalChat:
    """An async context manager: everything runs inside the block, nothing after it."""

    def __init__(
        self,
        *,
        mode: Mode = "threads",
        port: int = 0,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
        site: Path | None = None,
        dynamodb_endpoint: str | None = None,
        watch: bool = False,
        concurrency: int = CONCURRENCY,
        prewarmed: int = PREWARMED,
        lambdas: Path = LAMBDAS,
        layer: Path = LAYER,
        tell: Callable[[str], None] = print,
        log: Log = print_line,
        **gateway: Any,
    ) -> None:
        """`environ` adds to the functions' environment; `dynamodb_endpoint` replaces the table in memory.

        With `watch`, functions are loaded anew when their sources change, and `tell` gets a line about it.
        `concurrency` and `prewarmed` are environments per function, for isolated ones. `log` gets tracebacks, and
        what isolated functions print. What else is given goes to the Gateway.
        """
        self.clock = clock or Clock()
        self.meter = Meter(self.clock)
        self.table = TableServer(RemoteBackend(dynamodb_endpoint) if dynamodb_endpoint else MotoBackend(), self.meter)
        pages = [web.get("/config.js", _config), *dashboard_routes(self.meter, self._look)]
        self.gateway = Gateway({}, port=port, clock=self.clock, meter=self.meter, site=site, extra=pages, **gateway)
        self.functions: dict[str, Function] = {}
        self._dynamodb_endpoint = dynamodb_endpoint
        self._mode = mode
        self._environ = dict(environ or {})
        self._watch = watch
        self._concurrency = concurrency
        self._prewarmed = prewarmed
        self._lambdas = lambdas
        self._layer = layer
        self._tell = tell
        self._log = log
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="function")
        self._starting = asyncio.Semaphore(max(2, os.cpu_count() or 1))
        self._loaded = asyncio.Event()
        self._replaced: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def http_url(self) -> str:
        return self.gateway.http_url

    @property
    def endpoint(self) -> str:
        """Where the functions post to: the `endpoint_url` of boto3's apigatewaymanagementapi."""
        return self.gateway.endpoint

    @property
    def table_endpoint(self) -> str:
        return self.table.endpoint

    async def __aenter__(self) -> "LocalChat":
        """Raises PortTaken, BackendUnreachable or LoadError, each with a sentence for people."""
        sign_as_local()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.table.stop)
            await self._start_table()
            stack.push_async_callback(self._stop_functions)
            sources = Sources([self._lambdas, self._layer])
            await self._start_gateway(stack)
            await self._load()
            if self._watch:
                stack.push_async_callback(_cancel, asyncio.create_task(self._reload(sources)))
            self.meter.reset()
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def _start_table(self) -> None:
        status, _ = await self.table.backend.run(lambda call: call("ListTables", {}))
        if status != HTTPStatus.OK:
            raise BackendUnreachable(f"what answers at {self._dynamodb_endpoint} is no DynamoDB")
        await self.table.start()
        await create_chat_table(self.table.endpoint, TABLE)

    async def _start_gateway(self, stack: AsyncExitStack) -> None:
        """Before the functions are there: they need its port. Who comes early waits for them."""
        routes = read_routes(self._lambdas)
        self._wire(routes, {name: _Loading(name, self) for name in function_names(routes)})
        await self.gateway.start()
        stack.push_async_callback(self.gateway.stop)
        stack.callback(self._loaded.set)

    # The functions, and newer ones in their place

    async def _load(self) -> None:
        """Load all functions and let them take over; on LoadError everything stays as it was."""
        routes = read_routes(self._lambdas)
        names = function_names(routes)
        functions = await (self._isolate(names) if self._mode == "isolated" else self._run_in_threads(names))
        old, self.functions = self.functions, functions
        self._wire(routes, functions)
        self._loaded.set()
        for function in old.values():
            self._retire(function)

    async def _run_in_threads(self, names: Iterable[str]) -> dict[str, Function]:
        functions: dict[str, Function] = {}
        for name in names:
            handler = await asyncio.to_thread(load_function, name, self._lambdas, self._layer, self._variables(name))
            functions[name] = ThreadFunction(name, handler, self._pool, log=self._log)
        return functions

    async def _isolate(self, names: Iterable[str]) -> dict[str, Function]:
        functions = {
            name: ProcessFunction(
                name,
                path=[self._lambdas, self._layer],
                environ=self._variables(name),
                concurrency=self._concurrency,
                prewarmed=self._prewarmed,
                starting=self._starting,
                log=self._log,
            )
            for name in names
        }
        try:
            outcomes = await asyncio.gather(*(each.start() for each in functions.values()), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
        except BaseException:
            await asyncio.gather(*(each.stop() for each in functions.values()))
            raise
        return dict(functions)

    def _variables(self, function: str) -> dict[str, str]:
        return {
            "TABLE_NAME": TABLE,
            "CONNECTIONS_ENDPOINT": f"{self.endpoint}/{function}",  # which tells the meter who posts
            "AWS_ENDPOINT_URL_DYNAMODB": self.table_endpoint,
            **self._environ,
        }

    def _wire(self, routes: Routes, functions: Mapping[str, Function]) -> None:
        self.gateway.routes = {
            key: Mock(route.get("response")) if route.get("mock") else functions[route["function"]]
            for key, route in routes.items()
        }
        self.table.functions = {route["function"]: key for key, route in routes.items() if "function" in route}

    def _retire(self, function: Function) -> None:
        """A replaced function finishes what it has begun."""
        if isinstance(function, ProcessFunction):
            task = asyncio.create_task(function.drain())
            self._replaced.add(task)
            task.add_done_callback(self._replaced.discard)

    async def _reload(self, sources: Sources) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            changed = sources.changed()
            if not changed:
                continue
            try:
                await self._load()
            except LoadError as failure:
                self._tell(f"not reloaded, the code from before still runs: {failure}")
            else:
                self._tell(f"reloaded: {', '.join(changed)} changed")

    async def _stop_functions(self) -> None:
        isolated = [each for each in self.functions.values() if isinstance(each, ProcessFunction)]
        await asyncio.gather(*(each.stop() for each in isolated), *self._replaced)
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        self.gateway.routes = {}
        discard(self.functions)

    async def _look(self) -> dict[str, Any]:
        """For the meter's page."""
        return {"connections": len(self.gateway.connections), "rooms": await self.table.rooms(TABLE, self.clock.time())}


class _Loading:
    """Stands in for a function until it is loaded."""

    def __init__(self, name: str, chat: LocalChat) -> None:
        self.name = name
        self._chat = chat

    async def invoke(self, event: dict[str, Any]) -> Any:
        await self._chat._loaded.wait()
        if self.name not in self._chat.functions:
            raise FunctionError(f"{self.name} could not be loaded")
        return await self._chat.functions[self.name].invoke(event)


async def _config(request: web.Request) -> web.Response:
    """config.js for whoever asks, by whatever name they reach us. Its shape: frontend/config.example.js."""
    scheme = "wss" if request.secure else "ws"
    url = json.dumps(f"{scheme}://{request.host}")
    return web.Response(
        text=f"export default {{ websocketUrl: {url} }};\n",
        content_type="text/javascript",
        headers={"Cache-Control": "no-store"},
    )


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
