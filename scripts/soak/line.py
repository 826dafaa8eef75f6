"""The network between one client and the gateway: it can be cut, and it can lose every packet from now on."""

import asyncio
from dataclasses import dataclass, field


@dataclass(eq=False)
class _Way:
    """One connection through the line. Packets of one that is `lost` go nowhere, and neither side is told."""

    writers: list[asyncio.StreamWriter]
    lost: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        self.over.set()
        for writer in self.writers:
            writer.transport.abort()


class Line:
    """`async with Line(port) as line`: connect to `line.port`, and what comes goes on to `port`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._ways: set[_Way] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Line":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """End the connections without a close frame; a new one can be made at once."""
        for way in list(self._ways):
            way.end()

    async def lose_packets(self, seconds: float) -> None:
        """Lose all packets of the connections there are, until TCP gives them up after so long."""
        ways = list(self._ways)
        for way in ways:
            way.lost = True
        await asyncio.sleep(seconds)
        for way in ways:
            way.end()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        way = _Way([writer])
        self._ways.add(way)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            way.writers.append(far_writer)
            await asyncio.gather(_copy(reader, far_writer, way), _copy(far_reader, writer, way))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            way.end()
            self._ways.discard(way)
            self._tasks.discard(task)


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: _Way) -> None:
    while data := await source.read(65536):
        if way.lost:
            await way.over.wait()
        sink.write(data)
        await sink.drain()
    if way.lost:
        await way.over.wait()
    sink.close()
