"""The way on from a proxy: requests go to the real server behind it, on connections that are kept."""

import asyncio
import contextlib
from collections.abc import Callable

from scripts.soak.fault_proxy import Answer, Request

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Forwarding:
    """Ask the server at a port of this machine, which `port` tells once it is known."""

    def __init__(self, port: Callable[[], int]) -> None:
        self._port = port
        self._idle: list[Wire] = []

    async def __call__(self, request: Request) -> Answer:
        """Return the server's answer. Raise ConnectionError or IncompleteReadError if there is none."""
        while self._idle:
            wire = self._idle.pop()
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._ask(wire, request)  # a kept connection may be closed by now
            wire[1].close()
        return await self._ask(await asyncio.open_connection("127.0.0.1", self._port()), request)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _ask(self, wire: Wire, request: Request) -> Answer:
        reader, writer = wire
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        writer.write("\r\n".join([f"{request.method} {request.path} HTTP/1.1", *lines, "", ""]).encode() + request.body)
        await writer.drain()
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in rest)}
        body = await reader.readexactly(int(headers.pop("content-length", 0)))
        self._idle.append(wire)
        return Answer(int(line.split(" ")[1]), body, headers)
