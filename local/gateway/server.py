"""The gateway itself: takes sockets, runs `$connect`, passes messages to routes, runs `$disconnect`.

Sockets are served at `/` and `/{stage}`, @connections at `/{stage}/@connections/{id}` and `/@connections/{id}`.
Everything here runs on one event loop; handlers run elsewhere.
"""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

import local.gateway.events as events
from local.functions.contract import Function, InvocationError, Mock
from local.gateway.clock import Clock
from local.gateway.connection import ABNORMAL, GOING_AWAY, Connection
from local.gateway.faults import Faults
from local.gateway.handshake import ConnectResult, is_well_formed, read_result
from local.gateway.invoker import Invoker, Route
from local.gateway.listening import listen
from local.gateway.management_api import ManagementApi
from local.gateway.metering import GatewayMeter, NoMeter
from local.gateway.options import GatewayOptions
from local.gateway.route_selection import route_of
from local.gateway.static_files import serve_file
from local.gateway.throttle import StageThrottle, Throttle
from local.http.access import LOOPBACK_NAMES, Access
from local.http.server import HttpRunner

URL_LIMIT = 4096  # characters
BODY_LIMIT = 16 * 1024 * 1024  # bytes of any HTTP request; the table's batches are the largest
STOP_GRACE = 5.0  # real seconds for the last `$disconnect`s when the gateway stops
HINT = (
    "Let it in by its origin, if you know it: ALLOWED_ORIGINS=https://… make dev, or local.gateway --origin https://…"
)


class Gateway:
    """An async context manager: it serves inside the block. `start` and `stop` do the same without one."""

    def __init__(
        self,
        routes: Mapping[str, Route],
        options: GatewayOptions | None = None,
        *,
        clock: Clock | None = None,
        meter: GatewayMeter | None = None,
        pages: Iterable[web.AbstractRouteDef] = (),
        site: Path | None = None,
    ) -> None:
        """Serve `routes`, which maps route keys to handlers, Functions or Mocks.

        Other HTTP requests are for `pages`, which come before everything else, and then for the files of `site`.
        """
        self.options = options = options or GatewayOptions()
        self.clock = clock or Clock()
        self.meter = meter or NoMeter()
        self.host, self.port, self.stage = options.host, options.port, options.stage
        self.access = Access(options.allowed_origins, name=options.host)
        self.connections: dict[str, Connection] = {}
        self.faults = Faults(self.connections)
        self._invoker = Invoker(self.clock, self.meter, options.timeout)
        self._throttle = StageThrottle(options.throttle, self.clock.time, posts_count=options.posts_count)
        self._throttle.limit_routes(options.route_throttles)
        self._management_api = ManagementApi(
            self.connections, self.clock, self.meter, self._throttle, self.faults, options.credentials, self._route_key
        )
        self._pages, self._site = pages, site
        self._stopping, self._tasks = False, set[asyncio.Task[None]]()
        self.routes = routes

    # What may be read and changed while it runs

    @property
    def routes(self) -> Mapping[str, Function | Mock]:
        return self._routes

    @routes.setter
    def routes(self, routes: Mapping[str, Route]) -> None:
        """Serve new routes from the next message on; what runs goes on with the old ones."""
        self._routes = {key: self._invoker.integration(key, route) for key, route in routes.items()}

    def limit_routes(self, throttles: Mapping[str, Throttle]) -> None:
        """Give these routes throttles of their own from now on, and no others."""
        self._throttle.limit_routes(throttles)

    def watch_posts(self, posted: Callable[[str, str, bytes], object]) -> None:
        """Call `posted(route, connection id, payload)` for every post from now on."""
        self._management_api.posted = posted

    @property
    def domain_name(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def own_origins(self) -> list[str]:
        """Where its own pages are from."""
        scheme = "https" if self.options.ssl_context else "http"
        return [f"{scheme}://{name}:{self.port}" for name in LOOPBACK_NAMES]

    @property
    def url(self) -> str:
        return f"{'wss' if self.options.ssl_context else 'ws'}://{self.domain_name}"

    @property
    def http_url(self) -> str:
        return f"{'https' if self.options.ssl_context else 'http'}://{self.domain_name}"

    @property
    def endpoint(self) -> str:
        """The `endpoint_url` of boto3's apigatewaymanagementapi."""
        return f"{self.http_url}/{self.stage}"

    # Starting and stopping

    async def start(self) -> None:
        """Listen. Raise PortTaken."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.middlewares.append(self.access.middleware(HINT))
        app.add_routes([*self._pages, web.route("*", "/{path:.*}", self.answer)])
        self._runner = HttpRunner(app, shutdown_timeout=STOP_GRACE)
        await self._runner.setup()
        try:
            self.port = await listen(self._runner, self.host, self.port, self.options.ssl_context)
        except BaseException:
            await self._runner.cleanup()
            raise

    async def stop(self) -> None:
        """Close every socket with 1001, let its `$disconnect` run, then stop listening."""
        self._stopping = True
        for connection in list(self.connections.values()):
            connection.end(*GOING_AWAY)
        while self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_GRACE)
            for task in late:
                task.cancel()
        await self._runner.cleanup()
        self._invoker.close()

    async def __aenter__(self) -> "Gateway":
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # HTTP: who answers what

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any HTTP request: a handshake, one to @connections, or one for a file."""
        path = request.path
        if len(request.raw_path) > URL_LIMIT:
            return _refuse(414, "URI Too Long")
        at_socket = path in ("/", f"/{self.stage}", f"/{self.stage}/")
        if re.match(rf"(/{re.escape(self.stage)}(/[\w-]+)?)?/@connections/", path):
            return await self._management_api.handle(request)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._handshake(request) if at_socket else _refuse(403, "Forbidden")
        if at_socket and (self._site is None or path != "/"):
            return _refuse(426, "Upgrade Required")
        return serve_file(self._site, path, request.method)

    # The handshake

    async def _handshake(self, request: web.Request) -> web.StreamResponse:
        """Run `$connect`, and upgrade only when it agrees."""
        if self._stopping:
            return _refuse(503, "Service Unavailable")
        if not is_well_formed(request):
            return _refuse(400, "Bad Request")
        if not self._throttle.admits("$connect"):
            return _refuse(429, "Too Many Requests")
        connection = Connection(self._info(request), self.clock, self.on_message, self._on_end)
        try:
            result = await self._connect(connection, request)
        except InvocationError as error:
            return _refuse(error.status, error.message)
        if not result.accepted:
            return web.Response(status=result.status)
        return await self._upgrade(connection, request, result.subprotocol)

    def _info(self, request: web.Request) -> events.ConnectionInfo:
        return events.ConnectionInfo(
            connection_id=events.new_id(),
            connected_at=self.clock.time(),
            source_ip=request.remote or "",
            user_agent=request.headers.get("User-Agent"),
            domain_name=self.domain_name,
            stage=self.stage,
        )

    async def _connect(self, connection: Connection, request: web.Request) -> ConnectResult:
        function = self._routes.get("$connect")
        if function is None or isinstance(function, Mock):
            return ConnectResult()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers]
        now = self.clock.time()
        event = events.connect(connection.info, headers, request.query.items(), request.scheme, now)
        return read_result(await self._invoker.invoke("$connect", function, event))

    async def _upgrade(
        self, connection: Connection, request: web.Request, subprotocol: str | None
    ) -> web.StreamResponse:
        try:
            response = await connection.open(request, subprotocol)
        except ConnectionError:  # the client has left meanwhile, but `$connect` has let it in
            self._spawn(self._disconnect(connection, *ABNORMAL))
            return web.Response()
        # Only from here on can it be posted to: before the 101, @connections says 410.
        self.connections[connection.id] = connection
        self.meter.connection_opened(connection.id)
        await asyncio.wait([self._spawn(self._serve_connection(connection))])
        return response

    # An open connection

    async def _serve_connection(self, connection: Connection) -> None:
        ending = await connection.run()
        await self._disconnect(connection, ending.code, ending.reason)

    def _on_end(self, connection: Connection) -> None:
        if self.connections.pop(connection.id, None):
            self.meter.connection_closed(connection.id)

    async def _disconnect(self, connection: Connection, code: int, reason: str) -> None:
        function = self._routes.get("$disconnect")
        if function is None or isinstance(function, Mock) or self.faults.drops_disconnect(connection.id):
            return
        event = events.disconnect(connection.info, code, reason, self.clock.time())
        with suppress(InvocationError):  # nobody is left to be told
            await self._invoker.invoke("$disconnect", function, event)

    def on_message(self, connection: Connection, text: str) -> None:
        """Take a client's message to its route, which may answer later."""
        route_key = route_of(text, self._routes)
        metered = route_key or "$default"
        if not self._throttle.admits(metered):
            return self._send_error(connection, metered, "Too Many Requests", events.new_id())
        self.meter.message_in(metered, len(text.encode()))
        if route_key is None:
            return self._send_error(connection, metered, "Forbidden", events.new_id())
        route = self._routes[route_key]
        if not isinstance(route, Mock):
            self._spawn(self._message(connection, route_key, route, text))
        elif route.response is not None:
            self._send(connection, route_key, route.response)

    async def _message(self, connection: Connection, route_key: str, function: Function, text: str) -> None:
        """Invoke a route. What its handler returns is discarded: no route has a route response."""
        event = events.message(connection.info, route_key, text, self.clock.time())
        try:
            await self._invoker.invoke(route_key, function, event)
        except InvocationError as error:
            self._send_error(connection, route_key, error.message, events.request_id(event))

    def _send_error(self, connection: Connection, route_key: str, message: str, request_id: str) -> None:
        frame = {"message": message, "connectionId": connection.id, "requestId": request_id}
        self._send(connection, route_key, json.dumps(frame))

    def _send(self, connection: Connection, route_key: str, text: str) -> None:
        payload = text.encode()
        if not connection.ended.done() and connection.answer(payload):
            self.meter.message_out(route_key, len(payload))

    # Helpers

    def _route_key(self, name: str) -> str | None:
        return next((key for key, route in self._routes.items() if getattr(route, "name", None) == name), None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _refuse(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
