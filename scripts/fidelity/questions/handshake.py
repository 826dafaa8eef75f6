"""What `$connect` decides, and what the client sees of it."""

import json
from typing import Any

from scripts.fidelity.asking import Asking, query, question, returning, words
from scripts.fidelity.raw_socket import client_frame
from scripts.fidelity.target import INTEGRATION_SECONDS


async def statuses(asking: Asking, *results: Any) -> str:
    """Return the statuses of handshakes for which $connect returns these."""
    return words(*[(await asking.handshake("open", returning(each))).status for each in results])


@question()
async def connect_2xx(asking: Asking) -> str:
    return await statuses(asking, *[{"statusCode": each} for each in (200, 201, 204)])


@question()
async def connect_refuses(asking: Asking) -> str:
    return await statuses(asking, *[{"statusCode": each} for each in (301, 400, 401, 403, 429, 500, 501)])


@question()
async def connect_refuses_body(asking: Asking) -> str:
    socket = await asking.handshake("open", returning({"statusCode": 401, "body": "not for you"}))
    body = await asking.within(socket.read_body())
    return f"body {body.decode()[:60]!r}" if body else "no body"


@question()
async def connect_raises(asking: Asking) -> str:
    place, _ = query(**{"raise": "1"})
    return str((await asking.handshake("open", place)).status)


@question()
async def connect_malformed(asking: Asking) -> str:
    return await statuses(asking, {}, "ok", None, {"statusCode": "no"})


@question()
async def connect_slow(asking: Asking) -> str:
    place, _ = query(sleep=str(INTEGRATION_SECONDS + 2))
    return str((await asking.handshake("open", place)).status)


@question()
async def connect_no_route(asking: Asking) -> str:
    place, token = query()
    socket = await asking.handshake("plain", place)
    ran = "nothing runs" if await asking.unseen(token, "CONNECT") else "$default runs"
    return words(socket.status, ran)


@question()
async def connect_mock(asking: Asking) -> str:
    return str((await asking.handshake("bare")).status)


@question()
async def connect_waits(asking: Asking) -> str:
    """Ask whether the 101 comes only after $connect has returned."""
    place, _ = query(sleep="1.5")
    socket = await asking.dial("open", place)
    began = asking.target.now()
    await asking.within(socket.read_answer())
    return "waits" if asking.target.now() - began > 1.2 else "does not wait"


@question()
async def connect_posts(asking: Asking) -> str:
    place, token = query(post="1")
    await asking.handshake("open", place)
    [record] = await asking.seen(token, "CONNECT")
    return record.posted


@question()
async def post_after_connect(asking: Asking) -> str:
    """Ask whether a post arrives that is made at once after the handshake."""
    place, token = query()
    socket = await asking.open("open", place)
    [record] = await asking.seen(token, "CONNECT")
    answer = await asking.management().post(record.context["connectionId"], b"welcome")
    return words(answer, await asking.anything(socket) if answer.status < 300 else "nothing")


@question()
async def subprotocol_named(asking: Asking) -> str:
    place = returning({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "chat.v2"}})
    socket = await asking.handshake("open", place, headers=["Sec-WebSocket-Protocol: chat.v1, chat.v2"])
    return words(socket.status, socket.headers.get("sec-websocket-protocol", "none"))


@question()
async def subprotocol_not_named(asking: Asking) -> str:
    socket = await asking.handshake("open", headers=["Sec-WebSocket-Protocol: chat.v1"])
    return words(socket.status, socket.headers.get("sec-websocket-protocol", "none"))


@question()
async def compression(asking: Asking) -> str:
    socket = await asking.handshake("open", headers=["Sec-WebSocket-Extensions: permessage-deflate"])
    return words(socket.status, socket.headers.get("sec-websocket-extensions", "none"))


@question()
async def connect_hasty(asking: Asking) -> str:
    """Ask what becomes of a message that is sent before the 101."""
    message = client_frame(json.dumps({"action": "echo", "text": "hasty"}).encode())
    socket = await asking.handshake("open", eager=message)
    return str((await asking.within(socket.json()))["text"])


@question()
async def connect_left(asking: Asking) -> str:
    """Ask what $disconnect hears of a client that leaves while $connect runs."""
    place, token = query(sleep="1.5")
    socket = await asking.dial("open", place)
    [record] = await asking.seen(token, "CONNECT")
    socket.leave()
    [ended] = await asking.seen(record.context["connectionId"], "DISCONNECT")
    return str(ended.context.get("disconnectStatusCode", "no status code"))


@question()
async def unknown_path(asking: Asking) -> str:
    """Ask about a stage that there is not."""
    stage = asking.target.stages["open"].socket
    place = "nowhere" if stage.count("/") > 2 else "/nowhere"
    return str((await asking.handshake("open", place)).status)


@question()
async def plain_request(asking: Asking) -> str:
    return str((await asking.handshake("open", upgrade=False)).status)


@question()
async def no_key(asking: Asking) -> str:
    headers = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    return str((await asking.handshake("open", headers=headers, upgrade=False)).status)


@question()
async def long_address(asking: Asking) -> str:
    """Ask about an address of 4096 characters, and one of one more."""
    path = asking.target.stages["open"].socket.partition("://")[2].partition("/")[2]
    rest = 4096 - len(f"/{path}?x=")
    sockets = [await asking.handshake("open", f"?x={'y' * size}") for size in (rest, rest + 1)]
    return words(*[socket.status for socket in sockets])
