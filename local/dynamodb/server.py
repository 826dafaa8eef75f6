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
from typing import Any, NamedTuple, Protocol

from aiohttp import web

from local.dynamodb.backends import CONTENT_TYPE, Answer, Backend, BackendUnreachable, Call, error_answer
from local.dynamodb.capacity import CapacityCounter
from local.dynamodb.memory_backend import MemoryBackend
from local.http.access import Access
from local.http.plain import PlainAnswer, PlainRequest
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


class TableRequest(NamedTuple):
    """One operation that a route's function asks for."""

    route: str
    operation: str
    body: dict[str, Any]


class RefusedRequest(Exception):
    """A request that does not reach the database."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.answer = error_answer(400, kind, message)


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
        self._access = Access()
        self._runner: HttpRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1 (port 0: any free one). `endpoint` then says where."""
        app = web.Application(client_max_size=REQUEST_BYTES)
        app.middlewares.append(self._access.middleware("The table is for functions."))
        app.router.add_post("/", self._handle)
        self._runner = HttpRunner(app, shutdown_timeout=1, at_once=self._answer_at_once)
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
        try:
            plain = PlainRequest(request.method, request.raw_path, request.headers, await read_body(request))
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            asked = self._asked(plain)
            answer = await self.backend.run(lambda call: self._perform(call, asked))
        except web.HTTPRequestEntityTooLarge:
            answer = error_answer(413, "RequestEntityTooLarge", "a request may have up to 16 MB")
        except RefusedRequest as refused:
            answer = refused.answer
        return _written(answer).response()

    def _answer_at_once(self, request: PlainRequest) -> PlainAnswer | None:
        """Answer a request that comes whole and plain, unless the backend has to be waited for."""
        backend = self.backend
        if not isinstance(backend, MemoryBackend) or not backend.is_immediate or not self._access.takes(request):
            return None
        if request.method != "POST" or request.target != "/" or self.delay_seconds:
            return None
        try:
            asked = self._asked(request)
        except RefusedRequest as refused:
            return _written(refused.answer)
        return _written(backend.run_at_once(lambda call: self._perform(call, asked)))

    def _asked(self, request: PlainRequest) -> TableRequest:
        """Return what a request asks. Raise RefusedRequest."""
        target = TARGET.fullmatch(request.fields.get("x-amz-target", ""))
        if not target:
            raise RefusedRequest("UnknownOperationException", "X-Amz-Target names no operation")
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise RefusedRequest("SerializationException", "the body is not a JSON object")
        if self.throttles():
            raise RefusedRequest("ThrottlingException", "injected by a test")
        return TableRequest(self._route(request), target[1], body)

    def _perform(self, call: Call, asked: TableRequest) -> Answer:
        """Do one operation and meter it. Return the HTTP status and the JSON answer, errors included."""
        try:
            answer, consumed = self._counter.perform(call, asked.operation, asked.body)
        except BackendUnreachable as error:
            LOG.error("%s: %s", asked.operation, error)
            return error_answer(503, "ServiceUnavailable", str(error))
        except Exception as error:
            # Neither the message nor the traceback: they may hold what people wrote.
            LOG.error("%s failed in the local table: %s", asked.operation, type(error).__name__)
            return error_answer(500, "InternalServerError", f"the local table failed in {asked.operation}")
        self.meter.table_units(asked.route, consumed.write, consumed.read, asked.operation)
        if consumed.unmetered:
            self.meter.unmetered(asked.route, asked.operation)
        return answer

    def _route(self, request: PlainRequest) -> str:
        credential = CREDENTIAL.search(request.fields.get("authorization", ""))
        if not credential:
            return UNSIGNED
        return self.functions.get(credential[1], credential[1])


def _written(answer: Answer) -> PlainAnswer:
    status, content = answer
    body = json.dumps(content).encode()
    fields = {
        "Content-Type": CONTENT_TYPE,
        "x-amzn-RequestId": uuid.uuid4().hex.upper(),
        "x-amz-crc32": str(zlib.crc32(body)),
    }
    return PlainAnswer(status, body, fields)
