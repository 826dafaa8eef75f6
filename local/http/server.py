"""An aiohttp server that whatever comes cannot bring down: what is no HTTP is refused in a sentence and not logged, and
connections that ask nothing are few and do not last.

Only here is aiohttp's protocol changed, in what it has no setting for.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from local.http.plain import AtOnce, PlainRequest, plain_request

LINE_BYTES = 8 * 1024  # of a request's first line
FIELD_BYTES = 16 * 1024  # of one header field
IDLE_SECONDS = 75  # until a request has come whole, or another one: longer than functions keep a connection (30)
IDLE_CONNECTIONS = 256  # of all who ask nothing just now; beyond, who has been silent longest is closed
BODY_SECONDS = 10  # until a request's body has come

TOO_MANY_FIELDS = "Too many headers received"  # as aiohttp says it


class HttpRunner(web.AppRunner):
    """An AppRunner whose connections are bounded in number and time, and in what they may send.

    `at_once` is asked first for each request that is plain; where it has no answer, or there is no such, `app` answers.
    """

    def __init__(
        self,
        app: web.Application,
        *,
        shutdown_timeout: float,
        field_bytes: int = FIELD_BYTES,
        at_once: AtOnce | None = None,
    ) -> None:
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_timeout)
        self._field_bytes = field_bytes
        self._at_once = at_once

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            self._at_once,
            request_factory=made.request_factory,
            access_log=None,
            auto_decompress=False,  # nobody here compresses, so what unpacks to a thousand times its size never does
            keepalive_timeout=IDLE_SECONDS,
            max_line_size=LINE_BYTES,
            max_field_size=self._field_bytes,
        )


async def read_body(request: web.Request) -> bytes:
    """Return a request's body. Raise HTTPRequestTimeout, HTTPBadRequest or HTTPRequestEntityTooLarge."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The body did not come.") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise web.HTTPBadRequest(text="The body is not what its header says.") from None


class _Server(web.Server):
    """Knows which connections ask nothing just now, those that have been silent longest first."""

    def __init__(self, handler: Any, at_once: AtOnce | None, **settings: Any) -> None:
        super().__init__(self._answer, **settings)
        self._application = handler
        self.at_once = at_once
        self._idle: dict[web.RequestHandler, None] = {}

    def __call__(self) -> web.RequestHandler:
        return _Protocol(self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._wait(handler)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._idle.pop(handler, None)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        protocol = request.protocol
        self._idle.pop(protocol, None)
        try:
            answer: web.StreamResponse = await self._application(request)
            return answer
        finally:
            if protocol.transport is not None:
                self._wait(protocol)

    def was_heard(self, protocol: web.RequestHandler) -> None:
        """Count the silence of a connection that asks nothing just now from here on."""
        if protocol in self._idle:
            del self._idle[protocol]
            self._idle[protocol] = None

    def _wait(self, protocol: web.RequestHandler) -> None:
        self._idle[protocol] = None
        if len(self._idle) > IDLE_CONNECTIONS:
            longest = next(iter(self._idle))
            del self._idle[longest]
            longest.force_close()


class _Protocol(web.RequestHandler):
    """Answers plain requests at once, and what is no HTTP by its status and a sentence.

    A failure of ours is logged and a 500, as ever.
    """

    _all_plain = True  # aiohttp's parser has seen nothing but whole requests

    def data_received(self, data: bytes) -> None:
        """Answer at once, or leave it to aiohttp, which may be in the middle of another request."""
        request = plain_request(data) if self._all_plain else None
        self._all_plain = request is not None
        if request is None or not self._answered_at_once(request):
            super().data_received(data)

    def _answered_at_once(self, request: PlainRequest) -> bool:
        """Answer, if this connection asks nothing else just now, and there is somebody who answers at once."""
        server, transport, waiter = self._manager, self.transport, self._waiter
        if not isinstance(server, _Server) or server.at_once is None or transport is None:
            return False
        if waiter is None or waiter.done() or self._force_close or self._close:
            return False
        answer = server.at_once(request)
        if answer is None:
            return False
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        server.was_heard(self)
        transport.write(answer.written())
        return True

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if not isinstance(exc, HttpProcessingError | web.RequestPayloadError):
            return super().handle_error(request, status, exc, message)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer has begun already")
        refused = _status(exc)
        answer = web.json_response({"message": refused.phrase}, status=refused)
        answer.force_close()
        return answer


def _status(error: BaseException) -> HTTPStatus:
    """Return the status for what came in place of a request."""
    if isinstance(error, LineTooLong):
        of_line = str(LINE_BYTES) == str(error.args[1])
        return HTTPStatus.REQUEST_URI_TOO_LONG if of_line else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    if TOO_MANY_FIELDS in str(error):
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return HTTPStatus.BAD_REQUEST
