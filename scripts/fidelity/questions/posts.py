"""Posting to sockets through @connections."""

from scripts.fidelity.asking import Asking, question, words
from scripts.fidelity.raw_socket import FIN

KB = 1024
UNKNOWN = "TXzPWdnOjoECGjA="  # an id of the right shape
IMPOSSIBLE = ("not an id", "ünknown=", "a/b", "x" * 200, "====")
FLOOD = 200  # posts of 128 KB to a client that reads nothing
GONE_SECONDS = 60  # how long it is watched when a connection is gone at last


@question()
async def post(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    answer = await asking.management().post(connection_id, "grüezi 👋".encode())
    return words(answer, await asking.next(socket))


@question()
async def post_empty(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    answer = await asking.management().post(connection_id, b"")
    came = await asking.anything(socket)
    return words(answer, came or "an empty message")


@question()
async def post_no_text(asking: Asking) -> str:
    """Ask what is delivered of bytes that are no UTF-8."""
    socket, connection_id = await asking.with_id()
    answer = await asking.management().post(connection_id, b"a\xffb")
    return words(answer, ascii(await asking.anything(socket)))


@question()
async def post_128_kb(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    answer = await asking.management().post(connection_id, b"x" * 128 * KB)
    return words(answer, len(await asking.anything(socket)))


@question()
async def post_larger(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    return str(await asking.management().post(connection_id, b"x" * (128 * KB + 1)))


@question()
async def post_in_frames(asking: Asking) -> str:
    """Ask for the sizes of the frames that 70,000 bytes come in."""
    socket, connection_id = await asking.with_id()
    await asking.management().post(connection_id, b"y" * 70_000)
    sizes, first = [], 0
    while not first & FIN:
        first, part = await asking.within(socket.frame())
        sizes.append(len(part))
    return words(*sizes)


@question()
async def post_unknown(asking: Asking) -> str:
    return str(await asking.management().post(UNKNOWN))


@question()
async def post_impossible(asking: Asking) -> str:
    return words(*[await asking.management().post(each) for each in IMPOSSIBLE])


@question()
async def post_other_ids(asking: Asking) -> str:
    """Ask about ids with every sign of theirs."""
    ids = ("a-b_c-d_e-f_g-h=", "-_-_-_-_-_-_-_-=", "0123456789abcde=")
    return words(*[(await asking.management().post(each)).status for each in ids])


@question()
async def post_from_function(asking: Asking) -> str:
    """Ask a function to post to an id that there is not: does its boto3 raise GoneException?"""
    socket = await asking.open()
    socket.act("manage", operation="post", id=UNKNOWN)
    return str((await asking.within(socket.json()))["outcome"])


@question()
async def post_in_order(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    management = asking.management()
    for number in range(5):
        await management.post(connection_id, str(number).encode())
    return words(*[await asking.next(socket) for _ in range(5)])


@question()
async def slow_reader(asking: Asking) -> str:
    """Ask what a post is answered whose client has not read many of them."""
    socket, connection_id = await asking.with_id()
    socket.writer.transport.pause_reading()  # type: ignore[attr-defined]
    management = asking.management()
    for _ in range(FLOOD):
        answer = await management.post(connection_id, b"x" * 128 * KB)
        if answer.status > 299:
            return str(answer)
    return f"{FLOOD} posts of 128 KB are taken"


async def gone(asking: Asking, connection_id: str) -> str:
    """Return how long after its end a connection is gone."""
    management, began = asking.management(), asking.target.now()
    while (answer := await management.post(connection_id)).status < 300:
        if asking.target.now() - began > GONE_SECONDS:
            return f"not within {GONE_SECONDS} s"
    late = asking.target.now() - began
    return f"{answer}, {'at once' if late < 1 else f'after {late:.0f} s'}"


@question()
async def gone_after_close(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    await asking.within(socket.close())
    return await gone(asking, connection_id)


@question()
async def gone_after_cut(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    socket.leave()
    return await gone(asking, connection_id)
