"""How connections end, and what `$disconnect` hears of it."""

import asyncio

from scripts.fidelity.asking import Asking, question, words
from scripts.fidelity.target import Record


def heard(record: Record) -> str:
    context = record.context
    if "disconnectStatusCode" not in context:
        return "no status code"
    return f"{context['disconnectStatusCode']} {context.get('disconnectReason')}".strip()


async def after(asking: Asking, code: int | None, reason: str = "") -> str:
    """Close with a code and a reason; return those that $disconnect gets."""
    socket, connection_id = await asking.with_id()
    await asking.within(socket.close(code, reason))
    [record] = await asking.seen(connection_id, "DISCONNECT")
    return heard(record)


@question()
async def close_without_code(asking: Asking) -> str:
    return await after(asking, None)


@question()
async def close_with_code(asking: Asking) -> str:
    return words(await after(asking, 1000), await after(asking, 1000, "bye"), await after(asking, 4321, "own reason ü"))


@question()
async def close_by_cut(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    socket.leave()
    [record] = await asking.seen(connection_id, "DISCONNECT")
    return heard(record)


@question()
async def close_by_delete(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    closing = asyncio.ensure_future(socket.closing())
    await asking.management().delete(connection_id)
    await asking.within(closing)
    socket.leave()
    [record] = await asking.seen(connection_id, "DISCONNECT")
    return heard(record)


@question()
async def close_by_binary(asking: Asking) -> str:
    """Ask what $disconnect hears of a connection that was closed for a binary frame."""
    socket, connection_id = await asking.with_id()
    socket.send(b"x", 0x82)
    if (ending := await asking.ending(socket)) == "stays open":
        return ending
    socket.leave()
    [record] = await asking.seen(connection_id, "DISCONNECT")
    return heard(record).partition(" ")[0]


@question()
async def disconnect_posts(asking: Asking) -> str:
    """Ask what a post from $disconnect to its own connection is answered."""
    socket, connection_id = await asking.with_id()
    await asking.within(socket.close(1000))
    [record] = await asking.seen(connection_id, "DISCONNECT")
    return record.posted


@question()
async def disconnect_no_route(asking: Asking) -> str:
    socket, connection_id = await asking.with_id("plain")
    await asking.within(socket.close(1000))
    return "nothing runs" if await asking.unseen(connection_id, "DISCONNECT") else "$default runs"


@question()
async def close_unanswered(asking: Asking) -> str:
    """Ask whether $disconnect runs without the client's answer to a close frame."""
    _, connection_id = await asking.with_id()
    await asking.management().delete(connection_id)  # nobody reads the close frame, so nobody answers it
    await asking.seen(connection_id, "DISCONNECT")
    return "runs"
