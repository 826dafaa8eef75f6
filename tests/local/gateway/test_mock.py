"""Mock routes: answered by the gateway alone. Section 1.6 of the reference."""

import aiohttp
import pytest

from local.gateway import Clock, Mock
from tests.support.gateway_kit import PONG_ROUTE, Recorder, Serve, bill, expect_nothing_sent, frame


@pytest.mark.documented
async def test_a_one_way_mock_answers_nothing_and_runs_nothing(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"ping": Mock(), "$default": (default := Recorder())} | PONG_ROUTE)
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "ping"}')
        await expect_nothing_sent(socket)
    assert not default.events
    assert bill(gateway)["total"]["invocations"] == 0


@pytest.mark.documented
async def test_a_two_way_mock_answers_its_literal_template(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"ping": Mock('{"type": "pong"}')})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "ping"}')
        assert await frame(socket) == {"type": "pong"}


@pytest.mark.assumed
async def test_a_mock_ping_keeps_a_connection_from_being_idle(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"ping": Mock()} | PONG_ROUTE, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url) as socket:
        for _ in range(4):
            clock.advance(400)
            await socket.send_str('{"action": "ping"}')
            await expect_nothing_sent(socket)


@pytest.mark.documented
async def test_a_mock_connect_lets_in(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$connect": Mock(), "$disconnect": Mock()})
    async with web.ws_connect(gateway.url):
        assert len(gateway.connections) == 1


@pytest.mark.parametrize("template", ["$context.connectionId", "#set($a = 1)", '{"id": "$input.path("$.id")"}'])
def test_a_template_that_is_not_literal_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="literal text only"):
        Mock(template)
