"""A line as in a train: packets take their time, some are lost and sent again, and all that is behind them waits."""

import asyncio
import random

from tests.support.tcp_proxy import TcpProxy

PACKET = 1460  # bytes
AGAIN_SECONDS = 1.0  # before what was lost is sent once more: the first time-out of TCP


class BadLine(TcpProxy):
    """A TcpProxy whose packets take `way_seconds` in each direction, of which the share `loss` is lost once."""

    def __init__(self, port: int, dice: random.Random, *, way_seconds: float, loss: float) -> None:
        super().__init__(port)
        self._dice = dice
        self._way_seconds = way_seconds
        self._loss = loss

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrive(under_way, sink))
        loop = asyncio.get_running_loop()
        try:
            while packet := await source.read(PACKET):
                lost = AGAIN_SECONDS if self._dice.random() < self._loss else 0
                under_way.put_nowait((loop.time() + self._way_seconds + lost, packet))
        except ConnectionError:
            pass  # cut, or closed by the other side
        under_way.put_nowait((loop.time() + self._way_seconds, b""))
        await arriving

    async def _arrive(self, under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
        """Hand over in order what has been on its way for long enough. Nothing follows an empty packet."""
        try:
            while True:
                due, packet = await under_way.get()
                await asyncio.sleep(due - asyncio.get_running_loop().time())
                await self._forwarding.wait()
                if not packet:
                    return
                sink.write(packet)
        except ConnectionError:
            pass
        finally:
            sink.close()
