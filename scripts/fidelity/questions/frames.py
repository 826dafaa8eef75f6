"""Sizes and kinds of WebSocket frames."""

from scripts.fidelity.asking import Asking, question, words
from scripts.fidelity.raw_socket import BINARY, CONTINUATION, FIN, PING, PONG, TEXT
from scripts.fidelity.target import Unseen

KB = 1024


async def taken(asking: Asking, *frames: tuple[int, int]) -> str:
    """Send frames (first byte, size), and return whether $default got the message or how it closed."""
    socket, connection_id = await asking.with_id()
    for first, size in frames:
        socket.send(b"x" * size, first)
    try:
        [record] = await asking.seen(connection_id, "MESSAGE")
    except Unseen:
        return await asking.ending(socket)
    return f"taken: {record.event['body']}"


@question()
async def frame_32_kb(asking: Asking) -> str:
    return await taken(asking, (FIN | TEXT, 32 * KB))


@question()
async def frame_larger(asking: Asking) -> str:
    return await taken(asking, (FIN | TEXT, 32 * KB + 1))


@question()
async def message_128_kb(asking: Asking) -> str:
    middle = [(CONTINUATION, 32 * KB)] * 2
    return await taken(asking, (TEXT, 32 * KB), *middle, (FIN | CONTINUATION, 32 * KB))


@question()
async def message_larger(asking: Asking) -> str:
    return await taken(asking, (TEXT, 32 * KB), *[(CONTINUATION, 32 * KB)] * 3, (FIN | CONTINUATION, 1))


@question()
async def frame_larger_after_others(asking: Asking) -> str:
    """Ask what becomes of messages that came just before a frame that is too large."""
    socket, connection_id = await asking.with_id()
    for text in ("one", "two", "x" * 40 * KB):
        socket.send(text)
    await asking.seen(connection_id, "MESSAGE", 2)
    await asking.unseen(connection_id, "none such")  # the third one has its time
    records = await asking.seen(connection_id, "MESSAGE", 2)
    return words(*sorted(record.event["body"] for record in records))


@question()
async def many_large_messages(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    for _ in range(6):
        socket.send("x" * 32 * KB)
    return str(len(await asking.seen(connection_id, "MESSAGE", 6)))


@question()
async def binary(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    socket.send(b'{"action": "echo"}', FIN | BINARY)
    ending = await asking.ending(socket)
    ran = "nothing runs" if await asking.unseen(connection_id, "MESSAGE") else "a function runs"
    return words(" ".join(ending.split()[:3]), ran)


@question()
async def broken_frames(asking: Asking) -> str:
    """Ask about text that is no UTF-8, a reserved bit, and an opcode that there is not."""
    codes = []
    for payload, first in ((b"\xff\xfe", FIN | TEXT), (b"x", FIN | 0x40 | TEXT), (b"", FIN | 0x3)):
        socket = await asking.open()
        socket.send(payload, first)
        codes.append((await asking.within(socket.closing())).code)
    return words(*codes)


@question()
async def ping_frame(asking: Asking) -> str:
    """Ask for the answer of a PING frame, and whether a function hears of it."""
    socket, connection_id = await asking.with_id()
    socket.send(b"hello", FIN | PING)
    first, payload = await asking.within(socket.frame())
    answer = f"pong {payload.decode()}" if first == FIN | PONG else f"{first:#x} {payload.decode()}"
    ran = "nothing runs" if await asking.unseen(connection_id, "MESSAGE") else "a function runs"
    return words(answer, ran)
