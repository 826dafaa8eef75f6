"""The API @connections: what a function uses to write to a socket, look at it or close it.

The header `x-amzn-ErrorType` of an error is what makes boto3 raise GoneException and its siblings.
"""

import functools
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
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
from local.http.plain import PlainAnswer, PlainRequest
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

    def answer(self) -> PlainAnswer:
        """Return what says so in AWS's way."""
        kind = ERRORS.get(self.status, ERRORS[500])
        return _json(self.status, {"message": self.message}, **{"x-amzn-ErrorType": kind})


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
        self._methods: dict[str, Callable[[PlainRequest, str], PlainAnswer]] = {
            "POST": self._post,
            "GET": self._get,
            "DELETE": self._delete,
        }

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request, errors included."""
        try:
            plain = PlainRequest(request.method, request.raw_path, request.headers, await _body(request))
            connection_id = self._admit(plain)
            delay = self._faults.post_delay.get(connection_id)
            if delay and plain.method == "POST":
                await self._clock.sleep_until(self._clock.time() + delay)
            return self._methods[plain.method](plain, connection_id).response()
        except ApiError as error:
            return error.answer().response()

    def answer_at_once(self, request: PlainRequest) -> PlainAnswer | None:
        """Answer one request, errors included, unless somebody wants answers to come late."""
        if self._faults.post_delay:
            return None
        try:
            return self._methods[request.method](request, self._admit(request))
        except ApiError as error:
            return error.answer()

    def _admit(self, request: PlainRequest) -> str:
        """Return whose connection a request is about. Raise ApiError if it is not to be answered."""
        try:
            # The real time: whoever signs does not know our clock.
            verify(request.method, request.target, request.fields, request.body, self._secrets, time.time())
        except BadSignature as error:
            log.warning("A request to @connections was refused with 403: %s %s", error, self._hint())
            raise ApiError(403, str(error)) from None
        if request.method not in self._methods:
            raise ApiError(403, "Forbidden")
        connection_id = _addressed(request.target)[1]
        if not CONNECTION_ID.fullmatch(connection_id):
            raise ApiError(400, "Invalid connectionId: " + connection_id)
        if not self._throttle.admits_post():
            raise ApiError(429, "Too Many Requests")
        return connection_id

    def _hint(self) -> str:
        if self._secrets is None:
            return f'Sign with any access key id and the secret key "{SECRET}".'
        return "Sign with one of the credentials that the gateway was given."

    def _route(self, request: PlainRequest) -> str:
        return self._route_of_function(_addressed(request.target)[0]) or ROUTE

    def _find(self, connection_id: str) -> Connection:
        connection = self._connections.get(connection_id)
        if connection is None or connection.lost:
            raise ApiError(410, "Gone")
        return connection

    def _post(self, request: PlainRequest, connection_id: str) -> PlainAnswer:
        if status := self._faults.status_of_post(connection_id):
            raise ApiError(status, "Injected by a test")
        connection, payload = self._find(connection_id), request.body
        if len(payload) > MESSAGE_LIMIT:
            raise ApiError(413, "Message too long")
        try:
            connection.send(payload.decode(errors="replace").encode())
        except QueueFull:
            raise ApiError(429, "The client does not read fast enough") from None
        route = self._route(request)
        self._meter.message_out(route, len(payload))
        self.posted(route, connection_id, payload)
        return PlainAnswer(200)

    def _get(self, request: PlainRequest, connection_id: str) -> PlainAnswer:
        connection = self._find(connection_id)
        identity = {"sourceIp": connection.source_ip}
        if connection.user_agent is not None:
            identity["userAgent"] = connection.user_agent
        return _json(
            200,
            {
                "connectedAt": _iso(connection.connected_at),
                "identity": identity,
                "lastActiveAt": _iso(connection.last_active_at),
            },
        )

    def _delete(self, request: PlainRequest, connection_id: str) -> PlainAnswer:
        self._find(connection_id).end(*DELETED)
        return PlainAnswer(204)


@functools.lru_cache(4096)
def _addressed(target: str) -> tuple[str, str]:
    """Return which function posts, as far as the path says, and to which connection."""
    path, _, connection_id = target.partition("?")[0].rpartition("/")
    return path.removesuffix("/@connections").rpartition("/")[2], unquote(connection_id)


async def _body(request: web.Request) -> bytes:
    try:
        return await read_body(request)
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Message too long") from None


def _json(status: int, content: Mapping[str, object], **fields: str) -> PlainAnswer:
    return PlainAnswer(
        status, json.dumps(content).encode(), {"Content-Type": "application/json; charset=utf-8", **fields}
    )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
