"""A small HTTPS server in the place of @connections whose peers misbehave on demand. Raw asyncio: bad HTTP too.

What a peer does is the first word of its connection id: `ok`, `slow`, `gone`, `limited` (429), `limitedonce`, `broken`
(500), `forbidden` (403), `hang`, `garbage`, `chunked`, `piecemeal`, `closing` (answers, then closes), `chatty` (says
408 after its answer), `twice` (answers 200 twice), `interim` (says 103 before its answer), `interimgone`,
`dropped` (closes a kept connection unanswered, once), `latedropped` (does that when nobody else waits for an answer),
`doubled` (answers 200 twice, in one packet), `reset` (never answers, always closes).
"""

import asyncio
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote

import trustme

SLOW_SECONDS = 0.3
PIECE_SECONDS = 0.002  # between pieces, so that they are received apart
_NOTHING = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_SCRIPTS = {  # the pieces of an answer, each of one or more records of TLS
    "garbage": [[b"SSH-2.0-OpenSSH\r\n\r\n"]],
    "chunked": [[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]],
    "piecemeal": [[bytes([byte])] for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"],
    "twice": [[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"], [b"{}" + _NOTHING]],
    "doubled": [[_NOTHING, _NOTHING]],
}
_STATUS = {"gone": 410, "interimgone": 410, "limited": 429, "broken": 500, "forbidden": 403}


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def connection_id(self) -> str:
        return unquote(self.path.rpartition("/")[2])


@dataclass
class ExecuteApi:
    """`with ExecuteApi(authority) as api:` serves https on 127.0.0.1, or http without an authority."""

    authority: trustme.CA | None = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0

    def __enter__(self) -> "ExecuteApi":
        self._times: Counter[str] = Counter()
        self._at_once = 0
        self._said = threading.Event()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,))
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}/stage"

    def requests(self, method: str) -> list[str]:
        return [each.connection_id for each in self.received if each.method == method]

    def _say(self, writer: asyncio.StreamWriter, words: bytes) -> None:
        writer.write(words)
        self._said.set()

    def wait_until_said(self) -> None:
        self._said.wait()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(ready))
        self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        context = None
        if self.authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.authority.issue_cert("127.0.0.1").configure_cert(context)
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            served = 0
            while await self._serve_one(reader, writer, served):
                served += 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, served: int) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
        method, path, _ = line.split(" ")
        request = Received(method, path, headers, await reader.readexactly(int(headers["content-length"])))
        self.received.append(request)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._answer(request, writer, served)
        finally:
            self._at_once -= 1

    async def _drop_late(self) -> bool:
        while self._at_once > 1:
            await asyncio.sleep(PIECE_SECONDS)
        await asyncio.sleep(SLOW_SECONDS)  # until the others have heard their answers
        return False

    async def _answer(self, request: Received, writer: asyncio.StreamWriter, served: int) -> bool:
        peer = request.connection_id
        kind = peer.split("-")[0] if request.method != "DELETE" else "deleted"
        self._times[peer] += 1
        first = self._times[peer] == 1
        match kind:
            case "hang":
                await asyncio.sleep(3600)
            case "slow":
                await asyncio.sleep(SLOW_SECONDS)
            case "reset":
                return False
            case "chatty":
                self._loop.call_later(
                    0.01, self._say, writer, b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
                )
            case "interim" | "interimgone":
                writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n")
            case "dropped" if served and first:
                return False
            case "latedropped" if served and first:
                return await self._drop_late()
        for piece in _SCRIPTS.get(kind, ()):
            writer.writelines(piece)
            await writer.drain()
            await asyncio.sleep(PIECE_SECONDS)
        if kind in _SCRIPTS:
            return kind != "garbage"
        status = 429 if kind == "limitedonce" and first else 204 if kind == "deleted" else _STATUS.get(kind, 200)
        body = b"" if status == 204 else b'{"message": "a body"}'
        close = "Connection: close\r\n" if kind == "closing" else ""
        length = "" if status == 204 else f"Content-Length: {len(body)}\r\n"
        writer.write(f"HTTP/1.1 {status} Some Reason\r\n{close}{length}\r\n".encode() + body)
        await writer.drain()
        return kind != "closing"
