"""The API @connections: what a function uses to write to a socket, look at it or close it.

The header `x-amzn-ErrorType` of an error is what makes boto3 raise GoneException and its siblings.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from aiohttp import web

from local.functions.credentials import SECRET
from local.gateway.clock import Clock
from local.gateway.connection import DELETED, Connection, QueueFull
from local.gateway.faults import Faults
from local.gateway.frames import MESSAGE_LIMIT
from local.gateway.metering import GatewayMeter
from local.gateway.sigv4_verify import BadSignature, verify
from local.gateway.throttle import StageThrottle
from local.http.server import read_body

log = logging.getLogger(__name__)

ROUTE = "@connections"  # in the meter, for a request that no route's function made
CONNECTION_ID = re.compile(r"[A-Za-z0-9_-]{1,128}={0,2}")
ERRORS = {
    400: "BadRequestException",
    403: "ForbiddenException",
    410: "GoneException",
    413: "PayloadTooLargeException",
    429: "LimitExceededException",
    500: "InternalServerErrorException",
}


class ApiError(Exception):
    """An answer that is an error: its HTTP status and its message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class ManagementApi:
    """Answers the requests for one stage.

    A function may be given an endpoint of its own, `…/{stage}/{function}`, so that the meter can tell who posts. That
    is ours and not AWS's; `route_of_function` says which route such a name belongs to.
    """

    def __init__(
        self,
        connections: Mapping[str, Connection],
        clock: Clock,
        meter: GatewayMeter,
        throttle: StageThrottle,
        faults: Faults,
        secrets: Mapping[str, str] | None,
        route_of_function: Callable[[str], str | None],
    ) -> None:
        self._connections, self._clock, self._meter = connections, clock, meter
        self._throttle, self._faults, self._secrets = throttle, faults, secrets
        self._route_of_function = route_of_function
        self.posted: Callable[[str, str, bytes], object] = lambda route, connection_id, payload: None
        self._methods: dict[str, Callable[[web.Request, str, str], Awaitable[web.Response]]] = {
            "POST": self._post,
            "GET": self._get,
            "DELETE": self._delete,
        }

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request, errors included."""
        try:
            return await self._handle(request)
        except ApiError as error:
            kind = ERRORS.get(error.status, ERRORS[500])
            body = {"message": error.message}
            return web.json_response(body, status=error.status, headers={"x-amzn-ErrorType": kind})

    async def _handle(self, request: web.Request) -> web.Response:
        await self._check_signature(request)
        method = self._methods.get(request.method)
        if method is None:
            raise ApiError(403, "Forbidden")
        connection_id = unquote(request.raw_path.partition("?")[0].rpartition("/")[2])
        if not CONNECTION_ID.fullmatch(connection_id):
            raise ApiError(400, "Invalid connectionId: " + connection_id)
        if not self._throttle.admits_post():
            raise ApiError(429, "Too Many Requests")
        return await method(request, connection_id, self._route(request))

    async def _check_signature(self, request: web.Request) -> None:
        try:
            body = await read_body(request)
        except web.HTTPRequestEntityTooLarge:
            raise ApiError(413, "Message too long") from None
        try:
            # The real time: whoever signs does not know our clock.
            verify(request.method, request.raw_path, request.headers, body, self._secrets, time.time())
        except BadSignature as error:
            log.warning("A request to @connections was refused with 403: %s %s", error, self._hint())
            raise ApiError(403, str(error)) from None

    def _hint(self) -> str:
        if self._secrets is None:
            return f'Sign with any access key id and the secret key "{SECRET}".'
        return "Sign with one of the credentials that the gateway was given."

    def _route(self, request: web.Request) -> str:
        function = request.path.rpartition("/@connections/")[0].rpartition("/")[2]
        return self._route_of_function(function) or ROUTE

    def _find(self, connection_id: str) -> Connection:
        connection = self._connections.get(connection_id)
        if connection is None or connection.lost:
            raise ApiError(410, "Gone")
        return connection

    async def _post(self, request: web.Request, connection_id: str, route: str) -> web.Response:
        if delay := self._faults.post_delay.get(connection_id):
            await self._clock.sleep_until(self._clock.time() + delay)
        if status := self._faults.status_of_post(connection_id):
            raise ApiError(status, "Injected by a test")
        connection = self._find(connection_id)
        payload = await request.read()
        if len(payload) > MESSAGE_LIMIT:
            raise ApiError(413, "Message too long")
        try:
            connection.send(payload.decode(errors="replace").encode())
        except QueueFull:
            raise ApiError(429, "The client does not read fast enough") from None
        self._meter.message_out(route, len(payload))
        self.posted(route, connection_id, payload)
        return web.Response()

    async def _get(self, request: web.Request, connection_id: str, route: str) -> web.Response:
        connection = self._find(connection_id)
        identity = {"sourceIp": connection.source_ip}
        if connection.user_agent is not None:
            identity["userAgent"] = connection.user_agent
        return web.json_response(
            {
                "connectedAt": _iso(connection.connected_at),
                "identity": identity,
                "lastActiveAt": _iso(connection.last_active_at),
            }
        )

    async def _delete(self, request: web.Request, connection_id: str, route: str) -> web.Response:
        self._find(connection_id).end(*DELETED)
        return web.Response(status=204)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
