"""Messages: which route they take and what the client hears back. Sections 1.3 and 1.6 of the reference."""

import json
import threading
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.gateway import Clock, FunctionError, FunctionThrottled, FunctionTimeout, Gateway
from local.gateway.route_selection import route_of
from tests.support.gateway_kit import (
    PONG_ROUTE,
    Ends,
    Event,
    Recorder,
    Serve,
    expect_nothing_sent,
    failing,
    frame,
    invocations,
    only_id,
    until,
)
from tests.support.waiting import WAIT_SECONDS

# Routes


@pytest.mark.documented
async def test_the_action_of_a_message_picks_its_route(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"send": (send := Recorder()), "join": (join := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "join", "room": "a"}')
        await socket.send_str('{"action": "send", "text": "hi"}')
        assert (await join.event())["body"] == '{"action": "join", "room": "a"}'
        assert (await send.event())["body"] == '{"action": "send", "text": "hi"}'
        assert (len(join.events), len(send.events)) == (1, 1)


@pytest.mark.documented
@pytest.mark.parametrize("text", ["", "hello", "{", "[]", "null", "{}", '{"action": "dance"}', '"send"', '["send"]'])
async def test_what_matches_no_route_goes_to_default(serve: Serve, web: aiohttp.ClientSession, text: str) -> None:
    gateway = await serve({"send": (send := Recorder()), "$default": (default := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str(text)
        event = await default.event()
    assert event["body"] == text
    assert event["requestContext"]["routeKey"] == "$default"
    assert not send.events


@pytest.mark.assumed
@pytest.mark.parametrize("action", [1, 1.5, True, None, {}, [], ["send"]], ids=repr)
async def test_an_action_that_is_no_string_goes_to_default(
    serve: Serve, web: aiohttp.ClientSession, action: Any
) -> None:
    gateway = await serve({"1": Recorder(), "send": Recorder(), "$default": (default := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str(json.dumps({"action": action}))
        assert (await default.event())["requestContext"]["routeKey"] == "$default"


@pytest.mark.assumed
@pytest.mark.parametrize("action", ["$connect", "$disconnect", "$default"])
async def test_an_action_that_names_a_lifecycle_route_goes_to_default(
    serve: Serve, web: aiohttp.ClientSession, action: Any
) -> None:
    gateway = await serve(
        {"$connect": (connect := Recorder()), "$disconnect": (gone := Recorder()), "$default": (default := Recorder())}
    )
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str(json.dumps({"action": action}))
        context = (await default.event())["requestContext"]
        assert (context["routeKey"], context["eventType"]) == ("$default", "MESSAGE")
        assert (len(connect.events), len(gone.events)) == (1, 0)


@pytest.mark.assumed
async def test_a_lifecycle_action_is_forbidden_when_there_is_no_default(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"$connect": (connect := Recorder()), "$disconnect": Recorder()})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "$connect"}')
        assert (await frame(socket))["message"] == "Forbidden"
        assert len(connect.events) == 1


@pytest.mark.assumed
@pytest.mark.parametrize(
    "text",
    [
        '{"action": "send", "x": NaN}',
        '{"action": "send", "x": -Infinity}',
        "[" * 30_000,
        '{"action":"send","x":' * 1_500,
    ],
    ids=["NaN", "Infinity", "deep list", "deep object"],
)
async def test_what_is_not_quite_json_goes_to_default(serve: Serve, web: aiohttp.ClientSession, text: str) -> None:
    gateway = await serve({"send": Recorder(), "$default": (default := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str(text)
        assert (await default.event())["body"] == text


@pytest.mark.assumed
@pytest.mark.parametrize("text", ['{"x": %s, "action": "send"}', '{"action": "send", "x": {"y": [-%s]}}'])
async def test_a_number_of_any_length_does_not_change_the_route(
    serve: Serve, web: aiohttp.ClientSession, text: str
) -> None:
    gateway = await serve({"send": (send := Recorder()), "$default": Recorder()})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str(text % ("9" * 5000))
        assert (await send.event())["body"] == text % ("9" * 5000)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_whatsoever_breaks_the_routing(text: str) -> None:
    assert route_of(text, {"send", "$default"}) in ("send", "$default")
    assert route_of(text, {"send"}) in ("send", None)


async def test_routes_can_be_replaced_while_sockets_are_open(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"send": (old := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "send"}')
        await old.event()
        gateway.routes = {"send": (new := Recorder())}
        await socket.send_str('{"action": "send"}')
        await new.event()
    assert len(old.events) == 1


def test_a_route_that_nothing_can_run_is_refused_in_a_sentence() -> None:
    with pytest.raises(TypeError, match=r"The route 'send' is neither a handler nor a Function nor a Mock: 'send\.py'"):
        Gateway({"send": "send.py"})  # type: ignore[dict-item]


# What comes back


@pytest.mark.observed
async def test_a_message_without_any_route_is_forbidden_and_the_socket_stays_open(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"send": (send := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("hello")
        answer = await frame(socket)
        assert answer.pop("requestId").endswith("=")
        assert answer == {"message": "Forbidden", "connectionId": only_id(gateway)}
        await socket.send_str('{"action": "send"}')
        await send.event()


@pytest.mark.observed
async def test_a_handler_that_raises_gives_internal_server_error_and_the_socket_stays_open(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"fail": failing, "send": (send := Recorder())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "fail"}')
        answer = await frame(socket)
        assert answer.pop("requestId").endswith("=")
        assert answer == {"message": "Internal server error", "connectionId": only_id(gateway)}
        await socket.send_str('{"action": "send"}')
        await send.event()


@pytest.mark.observed
async def test_an_error_frame_carries_the_request_id_of_its_event(serve: Serve, web: aiohttp.ClientSession) -> None:
    events = []

    def handler(event: Event, context: Any) -> None:
        events.append(event)
        raise ValueError("no")

    gateway = await serve({"$default": handler})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("hello")
        assert (await frame(socket))["requestId"] == events[0]["requestContext"]["requestId"]


@pytest.mark.documented
async def test_a_result_that_cannot_be_written_as_json_is_a_failure(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": Recorder({"statusCode": 200, "body": {1, 2}})})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("hello")
        assert (await frame(socket))["message"] == "Internal server error"


@pytest.mark.observed
async def test_a_handler_that_takes_29_seconds_has_timed_out(serve: Serve, web: aiohttp.ClientSession) -> None:
    clock, entered, finish = Clock(), threading.Event(), threading.Event()

    def slow(event: Event, context: Any) -> None:
        entered.set()
        finish.wait(5)
        raise RuntimeError("nobody hears this")

    gateway = await serve({"slow": slow} | PONG_ROUTE, clock=clock)
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "slow"}')
        await until(entered.is_set)
        clock.advance(28)
        await expect_nothing_sent(socket)
        clock.advance(1)
        answer = await frame(socket)
        assert answer["message"] == "Endpoint request timed out"
        assert set(answer) == {"message", "connectionId", "requestId"}
        finish.set()
        await expect_nothing_sent(socket)


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FunctionThrottled(), "Internal server error"),
        (FunctionError(), "Internal server error"),
        (FunctionTimeout(), "Endpoint request timed out"),
        (ZeroDivisionError(), "Internal server error"),
    ],
)
async def test_a_function_that_brings_no_result_gives_its_frame(
    serve: Serve, web: aiohttp.ClientSession, error: Exception, message: str
) -> None:
    gateway = await serve({"$default": Ends(error)})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("hello")
        assert (await frame(socket))["message"] == message


@pytest.mark.documented
@pytest.mark.parametrize(
    "result", [{"statusCode": 200, "body": "hello"}, {"statusCode": 500, "body": "oops"}, "hello", [1], 7], ids=repr
)
async def test_what_a_handler_returns_is_discarded(serve: Serve, web: aiohttp.ClientSession, result: Any) -> None:
    gateway = await serve({"talk": Recorder(result)} | PONG_ROUTE)
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "talk"}')
        await until(lambda: invocations(gateway, "talk") == 1)
        await expect_nothing_sent(socket)


@pytest.mark.assumed
async def test_messages_of_one_connection_run_side_by_side(serve: Serve, web: aiohttp.ClientSession) -> None:
    together = threading.Barrier(3, timeout=WAIT_SECONDS)
    done = Recorder()

    def handler(event: Event, context: Any) -> None:
        together.wait()  # breaks, and so fails, unless three run at once
        done(event, context)

    gateway = await serve({"$default": handler})
    async with web.ws_connect(gateway.url) as socket:
        for text in "abc":
            await socket.send_str(text)
        await done.event(2)
    assert sorted(done.bodies) == ["a", "b", "c"]


async def test_a_handler_runs_off_the_event_loop_with_a_context_like_lambdas(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    seen = []

    def handler(event: Event, context: Any) -> None:
        seen.append((threading.current_thread(), context))

    gateway = await serve({"talk": handler})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "talk"}')
        await until(lambda: seen)
    thread, context = seen[0]
    assert thread is not threading.main_thread()
    assert context.function_name == "talk"
    assert context.memory_limit_in_mb == 1024
    assert 0 < context.get_remaining_time_in_millis() <= 10_000
    assert context.aws_request_id
    assert context.invoked_function_arn.endswith(":talk")
