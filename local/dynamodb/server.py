"""The local table: DynamoDB's JSON protocol on 127.0.0.1, metered for the function that sent a request.

The database itself is a Backend (backends.py); what an operation consumes is counted in capacity.py.
"""

import asyncio
import json
import logging
import re
import uuid
import zlib
from asyncio import to_thread
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from aiohttp import web

from local.dynamodb.backends import CONTENT_TYPE, Answer, Backend, BackendUnreachable, error_answer
from local.dynamodb.capacity import CapacityCounter, ConsumedCapacity
from local.http.access import Access
from local.http.server import HttpRunner, read_body

LOG = logging.getLogger(__name__)

REQUEST_BYTES = 16 * 1024 * 1024  # DynamoDB's largest request
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
TARGET = re.compile(r"DynamoDB_\d{8}\.(\w+)")
UNSIGNED = "unsigned"  # the route of requests without a signature


class CapacityMeter(Protocol):
    """What is told of every operation; billing/meter.py is one."""

    def table_units(self, route: str, write: float, read: float, operation: str) -> None:
        """Count one operation for a route's function, and the write and read units it consumed."""

    def unmetered(self, route: str, operation: str) -> None:
        """Count one operation that consumed an unknown number of units."""


class TableServer:
    """A DynamoDB endpoint. Owns its backend: stopping the server closes it.

    `functions` maps the access keys that requests are signed with (a function signs with its name) to the
    routes they are metered under; an access key that is not in it is metered under itself.
    """

    def __init__(self, backend: Backend, meter: CapacityMeter, functions: Mapping[str, str] | None = None) -> None:
        self.backend = backend
        self.meter = meter
        self.functions = {} if functions is None else functions
        self.endpoint = ""
        self.throttles: Callable[[], bool] = lambda: False  # a test's: whether this request is answered by throttling
        self.delay_seconds = 0.0  # a test's: how long every answer is waited for
        self._counter = CapacityCounter()
        self._runner: HttpRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1 (port 0: any free one). `endpoint` then says where."""
        app = web.Application(client_max_size=REQUEST_BYTES)
        app.middlewares.append(Access().middleware("The table is for functions."))
        app.router.add_post("/", self._handle)
        self._runner = HttpRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.endpoint = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening and close the backend."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        await to_thread(self.backend.close)

    async def __aenter__(self) -> "TableServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _handle(self, request: web.Request) -> web.Response:
        target = TARGET.fullmatch(request.headers.get("X-Amz-Target", ""))
        if not target:
            return _response(error_answer(400, "UnknownOperationException", "X-Amz-Target names no operation"))
        try:
            body = json.loads(await read_body(request))
        except web.HTTPRequestEntityTooLarge:
            return _response(error_answer(413, "RequestEntityTooLarge", "a request may have up to 16 MB"))
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return _response(error_answer(400, "SerializationException", "the body is not a JSON object"))
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        if self.throttles():
            return _response(error_answer(400, "ThrottlingException", "injected by a test"))
        return _response(await self.perform(self._route(request), target[1], body))

    async def perform(self, route: str, operation: str, body: dict[str, Any]) -> Answer:
        """Do one operation for a route and meter it. Return the HTTP status and the JSON answer, errors included."""
        try:
            answer, consumed = await self.backend.run(lambda call: self._counter.perform(call, operation, body))
        except BackendUnreachable as error:
            LOG.error("%s: %s", operation, error)
            return error_answer(503, "ServiceUnavailable", str(error))
        except Exception as error:
            # Neither the message nor the traceback: they may hold what people wrote.
            LOG.error("%s failed in the local table: %s", operation, type(error).__name__)
            return error_answer(500, "InternalServerError", f"the local table failed in {operation}")
        self._count(route, operation, consumed)
        return answer

    def _count(self, route: str, operation: str, consumed: ConsumedCapacity) -> None:
        self.meter.table_units(route, consumed.write, consumed.read, operation)
        if consumed.unmetered:
            self.meter.unmetered(route, operation)

    def _route(self, request: web.Request) -> str:
        credential = CREDENTIAL.search(request.headers.get("Authorization", ""))
        if not credential:
            return UNSIGNED
        return self.functions.get(credential[1], credential[1])


def _response(answer: Answer) -> web.Response:
    status, content = answer
    body = json.dumps(content).encode()
    headers = {
        "Content-Type": CONTENT_TYPE,
        "x-amzn-RequestId": uuid.uuid4().hex.upper(),
        "x-amz-crc32": str(zlib.crc32(body)),
    }
    return web.Response(status=status, body=body, headers=headers)
