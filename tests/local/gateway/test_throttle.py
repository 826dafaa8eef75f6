"""Stage throttling: token buckets for handshakes, messages and posts. Section 1.7 of the reference."""

import aiohttp
import pytest

from local.gateway import Clock, GatewayOptions, Throttle
from tests.support.gateway_kit import Recorder, Serve, bill, frame, management, only_id, post

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.assumed
async def test_a_throttled_message_is_dropped_with_too_many_requests(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())}, GatewayOptions(throttle=Throttle(rate=0.001, burst=2)))
    async with web.ws_connect(gateway.url) as socket:  # the first token
        await socket.send_str("in time")  # the second
        await socket.send_str("too much")
        answer = await frame(socket)
        assert answer.pop("requestId").endswith("=")
        assert answer == {"message": "Too Many Requests", "connectionId": only_id(gateway)}
        await default.event()
    assert default.bodies == ["in time"]


@pytest.mark.documented
async def test_the_bucket_fills_again_at_its_rate(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve(
        {"$default": (default := Recorder())}, GatewayOptions(throttle=Throttle(0.01, 1)), clock=(clock := Clock())
    )
    async with web.ws_connect(gateway.url) as socket:
        clock.advance(100)
        await socket.send_str("one")
        await default.event()
        await socket.send_str("two")
        assert (await frame(socket))["message"] == "Too Many Requests"
        clock.advance(100)
        await socket.send_str("three")
        await default.event(1)
    assert default.bodies == ["one", "three"]


@pytest.mark.documented
async def test_the_bucket_never_holds_more_than_its_burst(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve(
        {"$default": (default := Recorder())}, GatewayOptions(throttle=Throttle(1, 2)), clock=(clock := Clock())
    )
    async with web.ws_connect(gateway.url) as socket:
        clock.advance(500)
        for text in ("one", "two", "three"):
            await socket.send_str(text)
        assert (await frame(socket))["message"] == "Too Many Requests"
        await default.event(1)
    assert sorted(default.bodies) == ["one", "two"]


@pytest.mark.documented
async def test_a_route_with_a_throttle_of_its_own_has_its_own_bucket(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve(
        {"send": Recorder(), "join": (join := Recorder())},
        GatewayOptions(route_throttles={"send": Throttle(rate=0, burst=0)}),
    )
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "send"}')
        assert (await frame(socket))["message"] == "Too Many Requests"
        await socket.send_str('{"action": "join"}')
        await join.event()


@pytest.mark.documented
async def test_a_stage_of_zero_and_zero_throttles_everything(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, GatewayOptions(throttle=Throttle(rate=0, burst=0)))
    async with web.get(gateway.http_url, headers=HANDSHAKE) as answer:
        assert answer.status == 429
    client = management(gateway)
    with pytest.raises(client.exceptions.LimitExceededException):
        await post(client, "AAAAAAAAAAAAAAA=")


@pytest.mark.assumed
async def test_posts_count_for_the_stages_throttle(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, GatewayOptions(throttle=Throttle(rate=0.001, burst=2)))
    client = management(gateway)
    async with web.ws_connect(gateway.url) as socket:  # the first token
        await post(client, only_id(gateway))  # the second
        with pytest.raises(client.exceptions.LimitExceededException):
            await post(client, only_id(gateway))
        assert await socket.receive_str() == "hello"


@pytest.mark.assumed
async def test_by_the_other_reading_posts_do_not_count(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, GatewayOptions(throttle=Throttle(rate=0.001, burst=1), posts_count=False))
    async with web.ws_connect(gateway.url) as socket:  # the only token
        for _ in range(2):
            await post(management(gateway), only_id(gateway))
            assert await socket.receive_str() == "hello"


@pytest.mark.documented
async def test_posts_never_take_of_a_routes_own_throttle(serve: Serve, web: aiohttp.ClientSession) -> None:
    routes = {"send": Throttle(rate=0.001, burst=1)}
    gateway = await serve({"send": (send := Recorder())}, GatewayOptions(route_throttles=routes))
    async with web.ws_connect(gateway.url) as socket:
        for _ in range(2):
            await post(management(gateway, "/send"), only_id(gateway))
            assert await socket.receive_str() == "hello"
        await socket.send_str('{"action": "send"}')
        await send.event()


@pytest.mark.assumed
async def test_a_throttled_message_is_not_metered(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": Recorder()}, GatewayOptions(route_throttles={"$default": Throttle(0, 0)}))
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str("hello")
        await frame(socket)
    assert bill(gateway)["total"]["messagesIn"] == 0
