"""A server of small HTTP requests, any of which can be in trouble: in the place of the table, or of @connections.

What it answers is `perform`'s to say: a database in memory, or a request to the real server behind. What goes wrong is
`fault_of`'s, asked once for each request.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Request:
    """One request as it came. The names of its headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Applied(Enum):
    """Whether the request is done. LATE: not before another one has been answered."""

    YES = "yes"
    NO = "no"
    LATE = "late"


class End(Enum):
    """How it ends for whoever asked: an answer, half of one, a connection reset, or silence."""

    ANSWER = "answer"
    HALF = "half"
    RESET = "reset"
    SILENCE = "silence"


def unchanged(answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True)
class Fault:
    """What becomes of one request. `spoil` makes the answer that is given of the true one."""

    applied: Applied
    end: End
    spoil: Callable[[Answer], Answer] = unchanged


Perform = Callable[[Request], Awaitable[Answer]]
FaultOf = Callable[[Request], Fault | None]


class FaultProxy:
    """`async with FaultProxy(perform, fault_of) as proxy:` serves http on 127.0.0.1, at `proxy.port`."""

    def __init__(self, perform: Perform, fault_of: FaultOf) -> None:
        self._perform, self._fault_of = perform, fault_of
        self.connections = 0  # that have been made
        self._late: list[Request] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "FaultProxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._serve(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the other side has closed, or the test is over
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request. Return whether another can follow on this connection."""
        request = await read_request(reader)
        fault = self._fault_of(request)
        if fault is None:
            await self._say(writer, encode(await self._perform(request)))
            while self._late:
                await self._perform(self._late.pop())
            return True
        answer = await self._perform(request) if fault.applied is Applied.YES else Answer(500)
        if fault.applied is Applied.LATE:
            self._late.append(request)
        if fault.end is End.SILENCE:
            await reader.read()  # until the other side has closed
        if fault.end is End.RESET:
            reset(writer)
        said = encode(fault.spoil(answer))
        if fault.end is End.HALF:
            await self._say(writer, said[: len(said) - max(1, len(answer.body) // 2)])
        if fault.end is End.ANSWER:
            await self._say(writer, said)
        return fault.end is End.ANSWER

    async def _say(self, writer: asyncio.StreamWriter, words: bytes) -> None:
        writer.write(words)
        await writer.drain()


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Read one request with its body. Raise IncompleteReadError where the connection ends."""
    line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
    method, path, _ = line.split(" ")
    return Request(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def encode(answer: Answer) -> bytes:
    """Write an answer down as HTTP. Status 0 is none: the body alone goes out."""
    if not answer.status:
        return answer.body
    lines = [f"HTTP/1.1 {answer.status} Some Reason", *(f"{name}: {value}" for name, value in answer.headers.items())]
    if answer.status != 204:
        lines.append(f"Content-Length: {len(answer.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + answer.body


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection by RST, as a machine does that knows nothing of it."""
    connected: socket.socket = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def beside(*proxies: FaultProxy) -> Iterator[None]:
    """Serve in a thread of their own, for handlers that run in this one."""
    loop = asyncio.new_event_loop()
    stop, ready = asyncio.Event(), Future[None]()

    async def serve() -> None:
        async with contextlib.AsyncExitStack() as stack:
            for proxy in proxies:
                await stack.enter_async_context(proxy)
            ready.set_result(None)
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        ready.result(30)
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
