"""A TCP proxy between a browser and a server, which can cut its connections, stall them, and restore them."""

import asyncio


class TcpProxy:
    """`async with TcpProxy(port) as proxy`: connect to `proxy.port`, and what comes goes on to `port`.

    `cut` is abrupt (no close frame) and lasts: new connections are aborted too. A stalled proxy accepts everything
    and forwards nothing, as a crowded network does. `restore` ends both.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._accepting = True
        self._forwarding = asyncio.Event()
        self._forwarding.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "TcpProxy":
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        self.cut()
        self._forwarding.set()
        await self._server.wait_closed()

    def cut(self) -> None:
        self._accepting = False
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        self._forwarding.clear()

    def restore(self) -> None:
        self._accepting = True
        self._forwarding.set()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._forwarding.wait()
        if not self._accepting:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._forwarding.wait()
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # cut, or closed by the other side: either way this direction is over
        finally:
            sink.close()
