"""Which route a message takes, and what the client hears back."""

import asyncio
import json

from scripts.fidelity.asking import Asking, question, words
from scripts.fidelity.raw_socket import RawSocket
from scripts.fidelity.target import INTEGRATION_SECONDS, Unseen


async def route_keys(asking: Asking, *texts: str) -> str:
    """Return the route keys that these messages reach their probe with."""
    socket, connection_id = await asking.with_id()
    keys: list[str] = []
    for text in texts:
        socket.send(text)
        ran = len(keys) - keys.count("not run")
        try:
            records = await asking.seen(connection_id, "MESSAGE", ran + 1)
        except Unseen:
            keys.append("not run")
        else:
            keys.append(records[-1].context["routeKey"])
    return words(*keys)


async def error_of(asking: Asking, socket: RawSocket, **asked: object) -> str:
    socket.act("fail", **asked)
    return await asking.error_frame(socket)


@question()
async def route_by_action(asking: Asking) -> str:
    socket = await asking.open()
    return str((await asking.echo(socket))["event"]["requestContext"]["routeKey"])


@question()
async def route_default(asking: Asking) -> str:
    return await route_keys(asking, "hello", "{", "[]", "null", "{}", '{"action": "dance"}', '"echo"')


@question()
async def route_no_text(asking: Asking) -> str:
    actions: tuple[object, ...] = (1, True, None, {}, ["echo"])
    return await route_keys(asking, *[json.dumps({"action": action}) for action in actions])


@question()
async def route_empty(asking: Asking) -> str:
    return await route_keys(asking, "")


@question()
async def route_almost_json(asking: Asking) -> str:
    return await route_keys(asking, '{"action": "echo", "x": NaN}', '{"action": "echo", "x":' * 1000)


@question()
async def route_long_number(asking: Asking) -> str:
    return await route_keys(asking, f'{{"action": "echo", "x": {"1" * 5000}}}')


@question()
async def route_lifecycle(asking: Asking) -> str:
    return await route_keys(asking, *[json.dumps({"action": key}) for key in ("$connect", "$disconnect", "$default")])


@question()
async def route_lifecycle_refused(asking: Asking) -> str:
    socket = await asking.open("bare")
    socket.act("$connect")
    return await asking.error_frame(socket)


@question()
async def no_route(asking: Asking) -> str:
    socket = await asking.open("bare")
    socket.send("hello")
    return await asking.error_frame(socket)


@question()
async def function_raises(asking: Asking) -> str:
    return await error_of(asking, await asking.open(), how="raise")


@question()
async def function_too_slow(asking: Asking) -> str:
    return await error_of(asking, await asking.open(), how="sleep", seconds=INTEGRATION_SECONDS + 2)


@question()
async def function_returns_no_json(asking: Asking) -> str:
    return await error_of(asking, await asking.open(), how="unwritable")


@question()
async def error_request_id(asking: Asking) -> str:
    """Ask whether the request id of an error frame is that of the event."""
    socket, connection_id = await asking.with_id()
    socket.act("fail", how="raise")
    text = await asking.next(socket)
    [record] = await asking.seen(connection_id, "MESSAGE")
    if not text.startswith("{"):
        return f"{text!r}"
    return "the event's" if json.loads(text).get("requestId") == record.context["requestId"] else "another"


@question()
async def return_discarded(asking: Asking) -> str:
    answers = []
    for value in ({"statusCode": 200, "body": "hello"}, {"statusCode": 500, "body": "oops"}, "hello"):
        socket, connection_id = await asking.with_id()
        socket.act("fail", how="return", value=value)
        await asking.seen(connection_id, "MESSAGE")
        answers.append(await asking.anything(socket))
    return words(*answers)


@question()
async def side_by_side(asking: Asking) -> str:
    """Ask whether two messages of one connection run at once."""
    socket = await asking.open()
    first = asyncio.ensure_future(asking.echo(socket, text="warm", sleep=0.5))
    other = await asking.open()
    await asyncio.gather(first, asking.echo(other, sleep=0.5))  # two environments are warm now
    for text in ("one", "two"):
        socket.act("echo", text=text, sleep=1)
    runs = sorted([(await asking.within(socket.json())) for _ in range(2)], key=lambda each: float(each["began"]))
    return "side by side" if runs[1]["began"] < runs[0]["ended"] else "one after the other"


@question()
async def mock_one_way(asking: Asking) -> str:
    socket, connection_id = await asking.with_id()
    socket.act("mock")
    came = await asking.anything(socket)
    ran = "nothing runs" if await asking.unseen(connection_id, "MESSAGE") else "a function runs"
    return words(came, ran)


@question()
async def mock_two_way(asking: Asking) -> str:
    socket = await asking.open()
    socket.act("pong")
    return await asking.next(socket)
