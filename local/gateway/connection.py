"""One open socket: what it knows about itself, what may be written to it, and how it ends."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from local.gateway.clock import Clock, Timer
from local.gateway.events import ConnectionInfo
from local.gateway.frame_reader import BrokenFrame, Received, close_of, text_of
from local.gateway.frames import BINARY, CLOSE, PING, PONG, TEXT, encode, encode_close
from local.gateway.inbox import Inbox

IDLE_LIMIT = 600  # seconds without a message either way
DURATION_LIMIT = 7200  # seconds a connection may last
QUEUE_LIMIT = 1024 * 1024  # bytes a slow client may leave unread before no more is written to it [assumed]
CLOSE_GRACE = 5  # seconds a client gets to answer a close frame

GOING_AWAY = (1001, "Going away")
UNSUPPORTED = (1003, "Unsupported data")
UNREAD = (1008, "Answers were not read")
NO_STATUS = (1005, "Client-side close frame status not set")
ABNORMAL = (1006, "Connection Closed Abnormally")
DELETED = (1000, "")  # what the client of a DELETE sees is not documented


class QueueFull(Exception):
    """The client does not read what is sent to it."""


@dataclass(frozen=True)
class Ending:
    """How a connection ended: the close code and reason, and whether the client began it."""

    code: int
    reason: str
    by_client: bool


class Connection:
    """One socket. `on_message` gets its text messages, `on_end` is called once when it begins to close."""

    def __init__(
        self,
        info: ConnectionInfo,
        clock: Clock,
        on_message: Callable[["Connection", str], None],
        on_end: Callable[["Connection"], None],
    ) -> None:
        self.info = info
        self.last_active_at = info.connected_at
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._clock, self._on_message, self._on_end = clock, on_message, on_end
        self._limit: Timer | None = None

    # What others may look at

    @property
    def id(self) -> str:
        return self.info.connection_id

    @property
    def connected_at(self) -> float:
        return self.info.connected_at

    @property
    def source_ip(self) -> str:
        return self.info.source_ip

    @property
    def user_agent(self) -> str | None:
        return self.info.user_agent

    @property
    def queued(self) -> int:
        """Bytes written that the operating system has not taken yet."""
        try:
            return self._transport.get_write_buffer_size()
        except AttributeError:  # asyncio's TLS transports have no buffer any more once they were closed twice
            return 0

    @property
    def lost(self) -> bool:
        """The TCP connection is gone; its `$disconnect` is on the way."""
        return self._transport.is_closing()

    # What others may do

    def send(self, payload: bytes) -> None:
        """Write one text message without waiting. Raise QueueFull when the client reads too slowly."""
        self._write(payload, TEXT)
        self.last_active_at = self._clock.time()

    def answer(self, payload: bytes, opcode: int = TEXT) -> bool:
        """Write what the gateway itself answers, and return whether it was. Close who asks and never reads."""
        try:
            self._write(payload, opcode)
        except QueueFull:
            self.end(*UNREAD)
            return False
        if opcode == TEXT:
            self.last_active_at = self._clock.time()
        return True

    def _write(self, payload: bytes, opcode: int) -> None:
        if self.queued + len(payload) > QUEUE_LIMIT:
            raise QueueFull
        self._transport.write(encode(payload, opcode))

    def end(self, code: int, reason: str, by_client: bool = False) -> None:
        """Begin to close. The first call decides the code."""
        if not self.ended.done():
            self._inbox.shut()
            self.ended.set_result(Ending(code, reason, by_client))
            self._on_end(self)

    def cut(self) -> None:
        """Drop the TCP connection without a close frame, as a lost network does."""
        self._transport.abort()

    # From the handshake to the end

    async def open(self, request: web.Request, subprotocol: str | None) -> web.WebSocketResponse:
        """Answer the handshake with 101."""
        socket = web.WebSocketResponse(
            protocols=[subprotocol] if subprotocol else [],
            compress=False,  # whether AWS negotiates permessage-deflate is unknown
            autoping=False,
            autoclose=False,
        )
        if subprotocol:
            socket.headers["Sec-WebSocket-Protocol"] = subprotocol
        protocol, transport = request.protocol, request.transport
        if transport is None:
            raise ConnectionResetError("the client left during the handshake")
        # aiohttp has no public place to look at frames. What came before the 101 waits in the message tail.
        self._early, protocol._message_tail = protocol._message_tail, b""
        await socket.prepare(request)
        self._transport = transport
        self._inbox = protocol._payload_parser = Inbox(protocol, self._take, self._refuse, lambda: self.end(*ABNORMAL))
        return socket

    async def run(self) -> Ending:
        """Read until somebody ends the connection, then close it."""
        self._inbox.feed_data(self._early)
        self._watch_limits()
        try:
            ending = await self.ended
        finally:
            if self._limit:
                self._limit.cancel()
        await self._close(ending)
        return ending

    def _take(self, received: Received) -> None:
        opcode, payload = received
        try:
            if opcode == TEXT:
                text = text_of(payload)
                self.last_active_at = self._clock.time()
                self._on_message(self, text)
            elif opcode == PING:
                self.answer(payload, PONG)
            elif opcode == BINARY:
                self.end(*UNSUPPORTED)
            elif opcode == CLOSE:
                self.end(*(close_of(payload) or NO_STATUS), by_client=True)
        except BrokenFrame as broken:
            self._refuse(broken)

    def _refuse(self, broken: BrokenFrame) -> None:
        self.end(broken.code, broken.reason)

    def _watch_limits(self) -> None:
        """Close when the first of the two limits is reached; look again when a message has moved the idle one."""
        when = min(self.last_active_at + IDLE_LIMIT, self.connected_at + DURATION_LIMIT)
        if when <= self._clock.time():
            self.end(*GOING_AWAY)
        else:
            self._limit = self._clock.call_at(when, self._watch_limits)

    async def _close(self, ending: Ending) -> None:
        """Send a close frame, give the client CLOSE_GRACE to answer, then close the TCP connection."""
        try:
            if ending.by_client:
                code = None if ending.code == NO_STATUS[0] else ending.code
                self._transport.write(encode_close(code, ending.reason if code else ""))
            elif ending.code != ABNORMAL[0]:
                self._transport.write(encode_close(ending.code, ending.reason))
                with suppress(TimeoutError):
                    async with self._clock.timeout(CLOSE_GRACE):
                        await self._inbox.closed.wait()
        finally:
            self._transport.close()
        if self.queued:  # close() waits for a reader who may never read
            self._clock.call_at(self._clock.time() + CLOSE_GRACE, self._transport.abort)
