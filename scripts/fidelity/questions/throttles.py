"""Throttles of a stage and of routes, and whether posts count. One after another: they use up what they ask about."""

import json
from collections.abc import Mapping
from contextlib import suppress

from scripts.fidelity.asking import Asking, query, question, words
from scripts.fidelity.raw_socket import Closed, RawSocket
from scripts.fidelity.target import LOW, Unseen

MANY = 40  # at once, far beyond what the stage named low lets through
FEWER = 9  # beyond it too, but within the route echo's own, and what a new account runs at once
REST_SECONDS = 6.0  # until its bucket is full again
CONNECT_SECONDS = 2.0  # until what a handshake has taken is back
ABOVE_QUOTA = (20_000, 10_000)  # twice an account's own


async def rested(asking: Asking) -> tuple[RawSocket, str]:
    """Return a socket to the stage named low, and its connection's id, once the bucket is full."""
    await asking.target.pass_time(REST_SECONDS)
    place, token = query()
    socket = await asking.open("low", place)
    [record] = await asking.seen(token, "CONNECT")
    await asking.target.pass_time(CONNECT_SECONDS)
    return socket, str(record.context["connectionId"])


async def refusals(asking: Asking, socket: RawSocket) -> list[Mapping[str, object]]:
    """Send many messages at once and return the frames that refuse them."""
    for _ in range(MANY):
        socket.send("too much")
    return [frame for frame in await frames(asking, socket) if "message" in frame]


def shape(frame: Mapping[str, object]) -> str:
    return f"{frame.get('message')} ({', '.join(sorted(set(frame) - {'message'}))})"


async def frames(asking: Asking, socket: RawSocket) -> list[Mapping[str, object]]:
    """Return what comes until nothing more does."""
    found: list[Mapping[str, object]] = []
    with suppress(ValueError, Closed):
        while (text := await asking.anything(socket)) != "nothing":
            found.append(json.loads(text))
    return found


@question(alone=True)
async def throttled_handshake(asking: Asking) -> str:
    return str((await asking.handshake("closed")).status)


@question(alone=True)
async def throttled_message(asking: Asking) -> str:
    socket, _ = await rested(asking)
    refused = await refusals(asking, socket)
    return shape(refused[0]) if refused else "not throttled"


@question(alone=True)
async def throttled_burst(asking: Asking) -> str:
    """Ask how many of many messages the stage's burst lets through, give or take a few seconds' rate."""
    socket, _ = await rested(asking)
    passed = MANY - len(await refusals(asking, socket))
    rate, burst = LOW
    return "its burst" if burst <= passed <= burst + 3 * rate else f"{passed} of {MANY}, with a burst of {burst}"


@question(alone=True)
async def throttled_route(asking: Asking) -> str:
    """Ask for the answer on a route whose own throttle is 0 and 0."""
    socket, _ = await rested(asking)
    socket.act("fail", how="return")
    found = await frames(asking, socket)
    return shape(found[0]) if found else "not throttled"


@question(alone=True)
async def route_above_stage(asking: Asking) -> str:
    """Ask whether a route's own throttle replaces the stage's, which is lower."""
    socket, connection_id = await rested(asking)
    for number in range(FEWER):
        socket.act("echo", text=str(number))
    with suppress(Unseen):
        await asking.seen(connection_id, "MESSAGE", FEWER)
    return f"{len(await asking.target.seen.records(connection_id)) - 1} of {FEWER} run"


@question(alone=True)
async def posts_throttled(asking: Asking) -> str:
    """Ask whether posts count for a stage's throttle, whose bucket they would soon empty."""
    _, connection_id = await rested(asking)
    answers = [await asking.management("low").post(connection_id) for _ in range(MANY)]
    refused = [answer for answer in answers if answer.status == 429]
    return f"yes: {refused[0]}" if refused else "no"


@question(alone=True)
async def posts_throttle_messages(asking: Asking) -> str:
    """Ask whether posts use up what messages need."""
    socket, connection_id = await rested(asking)
    for _ in range(MANY):
        await asking.management("low").post(connection_id, b'{"posted": true}')
    socket.send("after them")
    return "yes" if any("message" in frame for frame in await frames(asking, socket)) else "no"


@question(alone=True)
async def posts_throttle_route(asking: Asking) -> str:
    """Ask whether posts use up the throttle that a route has of its own."""
    socket, connection_id = await rested(asking)
    for _ in range(MANY):
        await asking.management("low").post(connection_id)
    socket.act("manage", operation="get", id=connection_id)
    try:
        await asking.seen(connection_id, "MESSAGE")
    except Unseen:
        return "yes"
    return "no"


@question(alone=True)
async def closed_posts(asking: Asking) -> str:
    """Ask what a post is answered on a stage of 0 and 0."""
    return str(await asking.management("closed").post("TXzPWdnOjoECGjA="))


@question(alone=True, settings=True)
async def above_quota(asking: Asking) -> str:
    """Ask whether a stage may have a throttle above the account's quota."""
    assert asking.target.set_throttle
    try:
        await asking.target.set_throttle("open", *ABOVE_QUOTA)
    except Exception as refusal:
        return f"refused: {' '.join(str(refusal).split())[:100]}"
    return "accepted"


@question(alone=True, settings=True)
async def closed_meanwhile(asking: Asking) -> str:
    """Ask what an open socket gets when its stage is set to 0 and 0, as the breaker does, and on a post."""
    assert asking.target.set_throttle
    socket, connection_id = await rested(asking)
    await asking.target.set_throttle("low", 0, 0)
    try:
        await asking.target.pass_time(REST_SECONDS)
        socket.send("closed?")
        came = await asking.anything(socket)
        answer = await asking.management("low").post(connection_id)
    finally:
        await asking.target.set_throttle("low", *LOW)
    message = json.loads(came).get("message") if came.startswith("{") else came
    return words(f"message: {message}", f"post: {answer}")
