"""What only time shows: idle connections, and the end of long ones."""

import asyncio
from collections.abc import Awaitable, Callable

from scripts.fidelity.asking import Asking, question
from scripts.fidelity.raw_socket import FIN, PING, RawSocket

MINUTE = 60.0
IDLE = 10  # minutes
KEEP = 6  # minutes between two signs of life
Sign = Callable[[RawSocket, str], Awaitable[None]]


async def watched(asking: Asking, minutes: int, sign: Sign | None = None) -> str:
    """Give a sign of life every few minutes; return how the socket ends, and after how many minutes."""
    socket, connection_id = await asking.with_id()
    await asking.anything(socket)  # what the probe does is done before time passes
    began = asking.target.now()
    closing = asyncio.ensure_future(socket.closing())
    for minute in range(1, minutes + 1):
        await asking.target.pass_time(MINUTE)
        if closing.done():
            return f"{closing.result()} after {round((asking.target.now() - began) / MINUTE)} minutes"
        if sign and minute % KEEP == 0:
            await sign(socket, connection_id)
            await asyncio.sleep(asking.target.quiet)
    closing.cancel()
    return f"open after {minutes} minutes"


@question(minutes=12)
async def idle(asking: Asking) -> str:
    return await watched(asking, IDLE + 2)


@question(minutes=17)
async def idle_message(asking: Asking) -> str:
    async def sign(socket: RawSocket, connection_id: str) -> None:
        socket.send("still here")

    return await watched(asking, 17, sign)


@question(minutes=17)
async def idle_post(asking: Asking) -> str:
    async def sign(socket: RawSocket, connection_id: str) -> None:
        await asking.management().post(connection_id)

    return await watched(asking, 17, sign)


@question(minutes=17)
async def idle_mock(asking: Asking) -> str:
    async def sign(socket: RawSocket, connection_id: str) -> None:
        socket.act("mock")

    return await watched(asking, 17, sign)


@question(minutes=17)
async def idle_ping_frame(asking: Asking) -> str:
    async def sign(socket: RawSocket, connection_id: str) -> None:
        socket.send(b"", FIN | PING)

    return await watched(asking, 17, sign)


@question(minutes=123)
async def two_hours(asking: Asking) -> str:
    async def sign(socket: RawSocket, connection_id: str) -> None:
        socket.act("mock")

    return await watched(asking, 123, sign)
