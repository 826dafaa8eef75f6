"""The whole chat on this machine: table, gateway, functions and meter, wired as lambdas/routes.json says.

Its throttles, its functions' limits and their settings are those that Terraform deploys (deployed.py).
`make dev`, the tests, `make load` and `make bench` all run this one, so they try what people run.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from local.billing.dashboard import dashboard_routes
from local.console.recorder import RecordedFunction, Recorder, RecordingMeter
from local.console.routes import console_routes
from local.console.trials import Trials
from local.deployed import Deployed, deployed
from local.dynamodb.backends import Backend, BackendUnreachable, RemoteBackend
from local.dynamodb.chat_table import create_chat_table, members_by_room
from local.dynamodb.server import TableServer
from local.functions.contract import Function, Log, print_line
from local.functions.credentials import use_local_credentials
from local.functions.function_set import Code, FunctionSet, Mode
from local.functions.route_map import Routes, integrations
from local.gateway import Clock, Gateway, GatewayOptions

ROOT = Path(__file__).resolve().parent.parent
LAMBDAS = ROOT / "lambdas"
LAYER = ROOT / "shared" / "python"
TABLE = "anonchat-local"
ORIGINS = "ALLOWED_ORIGINS"  # the setting that lets in pages of others


@dataclass(frozen=True)
class LocalOptions:
    """What may be chosen about a local chat.

    `deployed` has the numbers that it runs under. What `gateway` says about a route's throttle comes before them, and
    so does `environ`, which adds to the functions' environment variables; whose pages may ask is its ALLOWED_ORIGINS,
    beside the chat's own. `site` is the folder of the page's files, if
    it is to be served. `dynamodb_endpoint` is the address of another DynamoDB to use in place of the one in memory.
    """

    mode: Mode = "threads"
    deployed: Deployed = field(default_factory=deployed)
    environ: Mapping[str, str] = field(default_factory=dict)
    site: Path | None = None
    lambdas: Path = LAMBDAS
    layer: Path = LAYER
    dynamodb_endpoint: str | None = None
    gateway: GatewayOptions = field(default_factory=GatewayOptions)


class LocalChat:
    """An async context manager: everything runs inside the block, nothing after it."""

    def __init__(
        self,
        options: LocalOptions | None = None,
        *,
        log: Log = print_line,
        on_reload: Callable[[str], None] | None = None,
    ) -> None:
        """Start nothing yet. `log` gets tracebacks, and what functions in processes print.

        With `on_reload`, functions are loaded anew when their sources change, and it gets a sentence about that.
        """
        use_local_credentials()  # before moto and botocore read what the shell says
        self.options = options = options or LocalOptions()
        self.clock = Clock()
        self.recorder = Recorder(self.clock)
        self.meter = RecordingMeter(self.clock, self.recorder)
        self.table = TableServer(_backend(options.dynamodb_endpoint), self.meter)
        self._origins = _split(options.environ.get(ORIGINS, ""))
        pages = [web.get("/config.js", self._config), *dashboard_routes(self.meter, self._numbers)]
        allowing = replace(options.gateway, allowed_origins=self._origins)
        self.gateway = Gateway({}, allowing, clock=self.clock, meter=self.meter, pages=pages, site=options.site)
        self.gateway.watch_posts(self.recorder.post)
        pages += console_routes(self.recorder, Trials(self.gateway, self.table, self.clock))
        code = Code(options.lambdas / "routes.json", options.lambdas, options.layer)
        self.functions = FunctionSet(
            code, self._serve, self._variables, mode=options.mode, limits=options.deployed.function, log=log
        )
        self._on_reload = on_reload

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
        """Start everything. Raise PortTaken, BackendUnreachable or LoadError, each with a sentence for people."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.table.stop)
            await self._start_table()
            await stack.enter_async_context(self.functions.behind(self.gateway, self._on_reload))
            self.meter.reset()
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def _start_table(self) -> None:
        status, _ = await self.table.backend.run(lambda call: call("ListTables", {}))
        if status != HTTPStatus.OK:
            raise BackendUnreachable(f"what answers at {self.options.dynamodb_endpoint} is no DynamoDB")
        await self.table.start()
        await create_chat_table(self.table.endpoint, TABLE)

    def _serve(self, routes: Routes, functions: Mapping[str, Function]) -> None:
        recorded = {name: RecordedFunction(function, self.recorder) for name, function in functions.items()}
        self.gateway.routes = integrations(routes, recorded)
        self.gateway.limit_routes({**self.options.deployed.throttles(routes), **self.options.gateway.route_throttles})
        self.table.functions = {route["function"]: key for key, route in routes.items() if "function" in route}

    def _variables(self, function: str) -> dict[str, str]:
        return {
            **self.options.deployed.environ,
            **self.options.environ,
            # As Terraform does: whoever lets in another page lets in the chat's own as well.
            **({ORIGINS: ",".join([*self.gateway.own_origins, *self._origins])} if self._origins else {}),
            "TABLE_NAME": TABLE,
            "CONNECTIONS_ENDPOINT": f"{self.endpoint}/{function}",  # which tells the meter who posts
            "AWS_ENDPOINT_URL_DYNAMODB": self.table_endpoint,
        }

    async def _config(self, request: web.Request) -> web.Response:
        """Answer config.js for whoever asks, by whatever name they reach us. Its shape: frontend/config.example.js."""
        scheme = "wss" if request.secure or self.gateway.access.is_secure(request.host) else "ws"
        url = json.dumps(f"{scheme}://{request.host}")
        return web.Response(
            text=f"export default {{ websocketUrl: {url} }};\n",
            content_type="text/javascript",
            headers={"Cache-Control": "no-store"},
        )

    async def _numbers(self) -> dict[str, Any]:
        """Return what the dashboard shows beside the meter."""
        rooms = await members_by_room(self.table.backend, TABLE, self.clock.time())
        return {"connections": len(self.gateway.connections), "rooms": rooms, "console": True}


def _backend(endpoint: str | None) -> Backend:
    if endpoint:
        return RemoteBackend(endpoint)
    # moto's import takes most of a second; those who use another database need not pay it.
    from local.dynamodb.moto_backend import MotoBackend

    return MotoBackend()


def _split(origins: str) -> list[str]:
    """Return the origins of a setting, separated by commas, as the functions read it."""
    return [origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip()]
