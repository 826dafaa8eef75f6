"""One WebSocket at a time, opened again whenever it is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Protocol

import aiohttp

from anonchat_client import clock
from anonchat_client.core import frames
from anonchat_client.core.frames import Frame
from anonchat_client.core.pacing import MOST_SILENCE_SECONDS
from anonchat_client.core.retries import Backoff
from anonchat_client.core.wakefulness import Wakefulness
from anonchat_client.errors import Disconnected, SiteError
from anonchat_client.proxies import proxy_for
from anonchat_client.site import reason, shown_site

DIAL_SECONDS = 20.0  # not open after so long: the next try
ADMISSION_SECONDS = 60.0  # how long a first socket is tried for that API Gateway refuses for now
CLOSE_SECONDS = 3.0  # for the other side's close frame: on a dead network, none comes
LOOK_SECONDS = 10.0  # from one look at the silence to the next
TOO_MANY, SERVER_ERROR = 429, 500  # handshakes refused like this, or worse than the second, may succeed later
MAX_FRAME_BYTES = 1 << 20  # the protocol's have at most 32 KB

Socket = aiohttp.ClientWebSocketResponse


class Dialler(Protocol):
    """What opens sockets: an aiohttp.ClientSession, or something that behaves as one."""

    def ws_connect(
        self, url: str, *, headers: Mapping[str, str] | None, max_msg_size: int, proxy: str | None
    ) -> Awaitable[Socket]: ...


class Listener(Protocol):
    """Who is called with what the connection receives and meets."""

    def received(self, frame: Frame) -> None: ...

    def lost(self) -> None: ...

    def reopened(self) -> Coroutine[None, None, None]: ...

    def failed(self, error: Exception) -> None: ...

    async def ask_anything(self) -> None:
        """Ask: nothing was heard for `patience_seconds`, or the machine slept. May raise Disconnected."""


class Connection:
    """Dials, reads, and comes back by itself, after a random pause: sockets are lost by many clients at once."""

    def __init__(
        self,
        url: str,
        dialler: Dialler,
        listener: Listener,
        backoff: Backoff,
        headers: Mapping[str, str] | None,
        wakefulness: Wakefulness,
    ) -> None:
        self._url = url
        self._dialler = dialler
        self._listener = listener
        self._backoff = backoff
        self._headers = headers
        self._wakefulness = wakefulness
        self.patience_seconds = MOST_SILENCE_SECONDS
        self._heard_at = 0.0
        self._useful = False
        self._socket: Socket | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, patience_seconds: float = ADMISSION_SECONDS) -> None:
        """Dial, and keep open until `close`. Raise aiohttp.ClientError, OSError or TimeoutError.

        A handshake that is refused for now (429, 5xx) is tried again for so long; then, raise SiteError.
        """
        self._socket = await self._dial_patiently(patience_seconds)
        self._backoff.reset()
        self._tasks = [asyncio.create_task(self._stay_open(self._socket)), asyncio.create_task(self._watch_silence())]

    async def close(self) -> None:
        """Hang up properly, with a close frame."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._socket.close()

    def cut(self) -> None:
        """Lose the socket without a close frame; whatever is on its way is lost."""
        if self._socket:
            cut_off(self._socket)

    def mark_useful(self) -> None:
        """Note that the socket serves its purpose, and not only is it open: the next pause is the shortest again."""
        self._useful = True

    async def write(self, frame: Frame) -> None:
        """Send a frame. Raise Disconnected."""
        try:
            if self._socket is None:
                raise Disconnected("There is no socket yet: connect first.")
            await self._socket.send_str(json.dumps(frame))
        except (aiohttp.ClientError, OSError) as error:
            raise Disconnected("The socket died.") from error

    async def _dial_patiently(self, seconds: float) -> Socket:
        clock = asyncio.get_running_loop()
        deadline = clock.time() + seconds
        while True:
            try:
                return await self._dial()
            except aiohttp.WSServerHandshakeError as refusal:
                pause = self._backoff.next()
                if not seconds or (refusal.status != TOO_MANY and refusal.status < SERVER_ERROR):
                    raise
                if clock.time() + pause > deadline:
                    raise SiteError(f"{shown_site(self._url)} lets nobody in: {reason(refusal)}") from refusal
            await asyncio.sleep(pause)

    async def _dial(self) -> Socket:
        async with asyncio.timeout(DIAL_SECONDS):
            return await self._dialler.ws_connect(
                self._url, headers=self._headers, max_msg_size=MAX_FRAME_BYTES, proxy=proxy_for(self._url)
            )

    async def _stay_open(self, connected: Socket) -> None:
        try:
            await self._read(connected)
            while True:
                self._socket = connected = await self._redial()
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._read(connected))
                    both.create_task(self._listener.reopened())
        except Exception as error:  # a mistake of ours: whoever waits must not wait for ever
            self._listener.failed(error)
            raise

    async def _redial(self) -> Socket:
        if self._useful:
            self._backoff.reset()
        self._useful = False
        while True:
            await asyncio.sleep(self._backoff.next())
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                return await self._dial()

    async def _read(self, connected: Socket) -> None:
        try:
            self._heard_at = _now()
            self._wakefulness.opened(clock.now_ms())
            async for packet in connected:
                self._heard_at = _now()
                frame = frames.read(packet.data) if packet.type is aiohttp.WSMsgType.TEXT else None
                if frame is not None:
                    self._listener.received(frame)
        finally:
            self._listener.lost()

    async def _watch_silence(self) -> None:
        asked_at, doubtful = _now(), False
        asking: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            while True:
                await asyncio.sleep(LOOK_SECONDS)  # also while it asks: a look that is late tells of a sleep
                doubtful |= self._wakefulness.looked(clock.now_ms(), LOOK_SECONDS * 1000)
                if asking and not asking.done():
                    asked_at = _now()
                elif doubtful or _now() - max(self._heard_at, asked_at) >= self.patience_seconds:
                    asking = tasks.create_task(self._ask())
                    asked_at, doubtful = _now(), False

    async def _ask(self) -> None:
        with contextlib.suppress(Disconnected):
            await self._listener.ask_anything()


def _now() -> float:
    return asyncio.get_running_loop().time()


def cut_off(connected: Socket) -> None:
    """End a socket without a close frame, as a network that is gone does."""
    with contextlib.suppress(OSError):
        connected.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
