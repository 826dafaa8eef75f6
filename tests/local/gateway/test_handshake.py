"""The handshake: what `$connect` decides and what the client sees of it. Section 1.1 of the reference."""

import asyncio
import threading
from typing import Any

import aiohttp
import pytest

from local.gateway import Clock, FunctionThrottled, FunctionTimeout, GatewayOptions, Throttle
from tests.support.gateway_kit import (
    Bare,
    Ends,
    Event,
    Recorder,
    Serve,
    client_frame,
    failing,
    management,
    only_id,
    post,
    until,
)


async def refused(web: aiohttp.ClientSession, url: str) -> aiohttp.WSServerHandshakeError:
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        await web.ws_connect(url)
    return error.value


@pytest.mark.documented
async def test_the_handshake_waits_for_connect(serve: Serve, web: aiohttp.ClientSession) -> None:
    entered, let_in = threading.Event(), threading.Event()

    def connect(event: Event, context: Any) -> Any:
        entered.set()
        let_in.wait(5)
        return {"statusCode": 200}

    gateway = await serve({"$connect": connect})
    socket = asyncio.create_task(web.ws_connect(gateway.url))
    await until(entered.is_set)
    assert not socket.done()
    assert not gateway.connections
    let_in.set()
    async with await socket:
        assert len(gateway.connections) == 1


@pytest.mark.documented
async def test_a_post_before_connect_has_returned_is_gone(serve: Serve, web: aiohttp.ClientSession) -> None:
    seen: list[Any] = []

    def connect(event: Event, context: Any) -> Any:
        client = management(gateway)
        try:
            client.post_to_connection(ConnectionId=event["requestContext"]["connectionId"], Data=b"too early")
        except client.exceptions.GoneException as error:
            seen.append(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return {"statusCode": 200}

    gateway = await serve({"$connect": connect})
    async with web.ws_connect(gateway.url):
        assert seen == [410]


@pytest.mark.documented
async def test_a_post_right_after_the_handshake_arrives(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url) as socket:
        await post(management(gateway), only_id(gateway), b"welcome")
        assert await socket.receive_str() == "welcome"


@pytest.mark.observed
@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_any_2xx_of_connect_lets_in(serve: Serve, web: aiohttp.ClientSession, status: int) -> None:
    gateway = await serve({"$connect": Recorder({"statusCode": status})})
    async with web.ws_connect(gateway.url):
        assert len(gateway.connections) == 1


@pytest.mark.observed
@pytest.mark.parametrize("status", [301, 400, 401, 403, 429, 500, 501])
async def test_any_other_status_of_connect_is_the_status_of_the_handshake(
    serve: Serve, web: aiohttp.ClientSession, status: int
) -> None:
    gateway = await serve({"$connect": Recorder({"statusCode": status}), "$disconnect": (gone := Recorder())})
    assert (await refused(web, gateway.url)).status == status
    assert not gateway.connections
    assert not gone.events


@pytest.mark.documented
async def test_the_body_of_connects_answer_is_not_delivered(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$connect": Recorder({"statusCode": 401, "body": "not for you"})})
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    async with web.get(gateway.http_url, headers=upgrade | key) as answer:
        assert (answer.status, await answer.text()) == (401, "")


@pytest.mark.observed
async def test_a_connect_that_raises_is_a_bad_gateway(
    serve: Serve, web: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await serve({"$connect": failing})
    assert (await refused(web, gateway.url)).status == 502
    assert "this handler always fails" in caplog.text


@pytest.mark.observed
async def test_a_connect_that_ends_its_process_is_a_bad_gateway(serve: Serve, web: aiohttp.ClientSession) -> None:
    def connect(event: Event, context: Any) -> None:
        raise SystemExit(1)

    gateway = await serve({"$connect": connect})
    assert (await refused(web, gateway.url)).status == 502


@pytest.mark.assumed
@pytest.mark.parametrize(
    "result",
    [
        "",
        "ok",
        [],
        {},
        {"statusCode": None},
        {"statusCode": True},
        {"statusCode": "no"},
        {"statusCode": 99},
        {"statusCode": 600},
        {"statusCode": 200.0},
        {"statusCode": {1, 2}},
        {"statusCode": 200, "headers": "none"},
    ],
    ids=repr,
)
async def test_a_malformed_answer_of_connect_is_a_bad_gateway(
    serve: Serve, web: aiohttp.ClientSession, result: Any
) -> None:
    gateway = await serve({"$connect": Recorder(result)})
    assert (await refused(web, gateway.url)).status == 502


@pytest.mark.assumed
async def test_a_connect_that_returns_nothing_is_a_bad_gateway(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$connect": lambda event, context: None})
    assert (await refused(web, gateway.url)).status == 502


@pytest.mark.assumed
async def test_a_connect_that_takes_too_long_is_a_gateway_timeout(serve: Serve, web: aiohttp.ClientSession) -> None:
    clock, entered, finish = Clock(), threading.Event(), threading.Event()

    def connect(event: Event, context: Any) -> None:
        entered.set()
        finish.wait(5)

    gateway = await serve({"$connect": connect}, clock=clock)
    handshake = asyncio.create_task(refused(web, gateway.url))
    await until(entered.is_set)
    clock.advance(28)
    await asyncio.sleep(0)
    assert not handshake.done()
    clock.advance(1)
    assert (await handshake).status == 504
    finish.set()


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("error", "status"), [(FunctionTimeout(), 504), (FunctionThrottled(), 500), (ZeroDivisionError(), 502)]
)
async def test_a_function_that_cannot_answer_gives_the_handshake_its_status(
    serve: Serve, web: aiohttp.ClientSession, error: Exception, status: int
) -> None:
    gateway = await serve({"$connect": Ends(error)})
    assert (await refused(web, gateway.url)).status == status


@pytest.mark.observed
async def test_a_throttled_handshake_is_too_many_requests_and_runs_nothing(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"$connect": (connect := Recorder())}, GatewayOptions(throttle=Throttle(0, 0)))
    assert (await refused(web, gateway.url)).status == 429
    assert not connect.events


@pytest.mark.assumed
@pytest.mark.parametrize("path", ["/nowhere", "/production", "/local/more", "/@connections"])
async def test_a_handshake_at_an_unknown_path_is_forbidden(serve: Serve, web: aiohttp.ClientSession, path: str) -> None:
    gateway = await serve({"$connect": (connect := Recorder())})
    assert (await refused(web, gateway.url + path)).status == 403
    assert not connect.events


@pytest.mark.documented
@pytest.mark.parametrize("path", ["", "/", "/beta", "/beta/", "/beta?a=1"])
async def test_the_socket_is_at_the_root_and_at_the_stage(serve: Serve, web: aiohttp.ClientSession, path: str) -> None:
    gateway = await serve({}, GatewayOptions(stage="beta"))
    async with web.ws_connect(gateway.url + path):
        assert len(gateway.connections) == 1


@pytest.mark.documented
async def test_without_a_connect_route_everybody_is_let_in_and_nothing_runs(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    async with web.ws_connect(gateway.url):
        assert len(gateway.connections) == 1
    assert not default.events


@pytest.mark.documented
@pytest.mark.parametrize("name", ["Sec-WebSocket-Protocol", "sec-websocket-protocol"])
async def test_the_subprotocol_is_echoed_when_connect_names_it(
    serve: Serve, web: aiohttp.ClientSession, name: str
) -> None:
    answer = {"statusCode": 200, "headers": {name: "chat.v2"}}
    gateway = await serve({"$connect": Recorder(answer)})
    async with web.ws_connect(gateway.url, protocols=["chat.v1", "chat.v2"]) as socket:
        assert socket.protocol == "chat.v2"


@pytest.mark.documented
async def test_the_subprotocol_is_not_echoed_when_connect_does_not_name_it(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$connect": Recorder()})
    client = await bare(gateway, ["Sec-WebSocket-Protocol: chat.v1"])
    assert client.status == 101
    assert "Sec-WebSocket-Protocol" not in client.headers


@pytest.mark.assumed
async def test_compression_is_not_negotiated(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$connect": (connect := Recorder())})
    client = await bare(gateway, ["Sec-WebSocket-Extensions: permessage-deflate"])
    assert client.status == 101
    assert "Sec-WebSocket-Extensions" not in client.headers
    assert connect.events[0]["headers"]["Sec-WebSocket-Extensions"] == "permessage-deflate"


@pytest.mark.assumed
async def test_a_message_sent_before_the_101_waits_for_it(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$connect": Recorder(), "$default": (default := Recorder())})
    await bare(gateway, eager=client_frame(b"hasty"))
    assert (await default.event())["body"] == "hasty"


@pytest.mark.assumed
async def test_a_client_that_leaves_during_connect_is_disconnected(serve: Serve, bare: Bare) -> None:
    entered, let_in = threading.Event(), threading.Event()

    def connect(event: Event, context: Any) -> Any:
        entered.set()
        let_in.wait(5)
        return {"statusCode": 200}

    gateway = await serve({"$connect": connect, "$disconnect": (gone := Recorder())})
    client = await bare(gateway, wait=False)
    await until(entered.is_set)
    await client.leave()
    let_in.set()
    assert (await gone.event())["requestContext"]["disconnectStatusCode"] == 1006
    assert not gateway.connections


@pytest.mark.documented
async def test_an_address_of_more_than_4096_characters_is_refused(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$connect": (connect := Recorder())})
    async with web.ws_connect(f"{gateway.url}/?x={'y' * (4096 - 4)}"):
        pass
    assert (await refused(web, f"{gateway.url}/?x={'y' * (4096 - 3)}")).status == 414
    assert len(connect.events) == 1


@pytest.mark.assumed
@pytest.mark.parametrize("path", ["/", "/local"])
async def test_a_plain_request_is_told_to_upgrade(serve: Serve, web: aiohttp.ClientSession, path: str) -> None:
    gateway = await serve({})
    async with web.get(gateway.http_url + path) as answer:
        assert answer.status == 426


@pytest.mark.assumed
async def test_a_handshake_without_a_key_is_a_bad_request(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$connect": (connect := Recorder())})
    async with web.get(gateway.http_url, headers={"Connection": "Upgrade", "Upgrade": "websocket"}) as answer:
        assert answer.status == 400
    assert not connect.events
