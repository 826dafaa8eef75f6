"""A socket that says exactly what it is told, as wscat does: for tests of the protocol itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import aiohttp

from anonchat_client.connection import Dialler, cut_off
from anonchat_client.core.frames import Frame
from anonchat_client.proxies import proxy_for

PATIENCE_SECONDS = 60.0  # for what surely comes, on a busy machine


class RawClient:
    """`frames` keeps all in the order they came; `receive` takes one out of `inbox` and leaves the others."""

    def __init__(self, url: str, *, headers: Mapping[str, str] | None = None, session: Dialler | None = None) -> None:
        """Open no socket yet. `session` opens it and stays the caller's."""
        self.url = url
        self.headers = headers
        self.frames: list[Frame] = []
        self.inbox: list[Frame] = []
        self.over = False
        self.close_code: int | None = None
        self._session = session
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as ends:
            dialler: Dialler | None = self._session
            if dialler is None:
                dialler = await ends.enter_async_context(aiohttp.ClientSession())
            self._socket = await dialler.ws_connect(
                self.url, headers=self.headers, max_msg_size=0, proxy=proxy_for(self.url)
            )
            self._ends = ends.pop_all()
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._reader
        await self._ends.aclose()

    async def send_json(self, value: Any) -> None:
        await self._socket.send_str(json.dumps(value))

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def receive(self, type: str | None = None, within: float = PATIENCE_SECONDS) -> Frame:
        """Take the oldest frame not yet taken, or of a `type`. Raise TimeoutError, telling what came instead."""
        async with self._news:
            try:
                async with asyncio.timeout(within):
                    await self._news.wait_for(lambda: self._find(type) is not None or self.over)
            except TimeoutError:
                raise TimeoutError(f"no {type or 'frame'} in {within} s; came: {self.inbox}") from None
            found = self._find(type)
            if found is None:
                raise ConnectionError(f"closed with {self.close_code} before any {type or 'frame'}; came: {self.inbox}")
            self.inbox.remove(found)
            return found

    async def closed(self, within: float = PATIENCE_SECONDS) -> int | None:
        """Wait for the other side to close; returns the close code."""
        async with asyncio.timeout(within):
            await asyncio.shield(self._reader)
        return self.close_code

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code=code)

    def cut(self) -> None:
        """End the socket without a close frame."""
        cut_off(self._socket)

    def _find(self, type: str | None) -> Frame | None:
        return next((frame for frame in self.inbox if type is None or frame.get("type") == type), None)

    async def _read(self) -> None:
        async for packet in self._socket:
            if packet.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = json.loads(packet.data)
            self.frames.append(frame)
            async with self._news:
                self.inbox.append(frame)
                self._news.notify_all()
        async with self._news:
            self.over, self.close_code = True, self._socket.close_code
            self._news.notify_all()
