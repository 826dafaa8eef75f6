"""How connections end and what `$disconnect` hears of it. Sections 1.2 and 1.7 of the reference."""

import asyncio
import ssl
from socket import SHUT_RDWR
from typing import Any

import aiohttp
import pytest
import trustme

from local.gateway import Clock, GatewayOptions
from tests.support.gateway_kit import (
    CLOSE,
    FIN,
    PING,
    PONG,
    Bare,
    Event,
    Recorder,
    Serve,
    bill,
    closing,
    failing,
    management,
    only_id,
    post,
    until,
)


def ending(event: Event) -> Any:
    context = event["requestContext"]
    return context["disconnectStatusCode"], context["disconnectReason"]


@pytest.fixture
async def gone() -> Any:
    return Recorder()


@pytest.mark.observed
async def test_a_close_without_a_code_is_1005(serve: Serve, bare: Bare, gone: Recorder) -> None:
    gateway = await serve({"$disconnect": gone})
    client = await bare(gateway)
    client.send(b"", FIN | CLOSE)
    assert await client.receive() == (FIN | CLOSE, b"")
    assert ending(await gone.event()) == (1005, "Client-side close frame status not set")


@pytest.mark.assumed
@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1000, "bye"), (1001, "tab closed"), (4321, "own reason ü")])
async def test_the_clients_code_and_reason_are_passed_on(
    serve: Serve, web: aiohttp.ClientSession, gone: Recorder, code: int, reason: str
) -> None:
    gateway = await serve({"$disconnect": gone})
    async with web.ws_connect(gateway.url) as socket:
        await socket.close(code=code, message=reason.encode())
    assert ending(await gone.event()) == (code, reason)


@pytest.mark.assumed
async def test_a_lost_connection_is_1006(serve: Serve, bare: Bare, gone: Recorder) -> None:
    gateway = await serve({"$disconnect": gone})
    client = await bare(gateway)
    client.writer.transport.abort()
    assert ending(await gone.event()) == (1006, "Connection Closed Abnormally")


@pytest.mark.assumed
async def test_a_lost_connection_is_1006_over_tls_too(serve: Serve, gone: Recorder) -> None:
    authority, server, client = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    gateway = await serve({"$disconnect": gone}, GatewayOptions(ssl_context=server))
    async with aiohttp.ClientSession() as session, session.ws_connect(gateway.url, ssl=client) as socket:
        socket.get_extra_info("socket").shutdown(SHUT_RDWR)
        assert ending(await gone.event()) == (1006, "Connection Closed Abnormally")


@pytest.mark.documented
async def test_disconnect_runs_after_the_close_so_that_posts_are_gone(serve: Serve, web: aiohttp.ClientSession) -> None:
    seen: list[Any] = []

    def disconnect(event: Event, context: Any) -> None:
        client = management(gateway)
        try:
            client.post_to_connection(ConnectionId=event["requestContext"]["connectionId"], Data=b"too late")
        except client.exceptions.GoneException:
            seen.append("gone")

    gateway = await serve({"$disconnect": disconnect})
    async with web.ws_connect(gateway.url):
        pass
    await until(lambda: seen == ["gone"])


@pytest.mark.documented
async def test_disconnect_runs_for_a_close_by_the_server_too(
    serve: Serve, web: aiohttp.ClientSession, gone: Recorder
) -> None:
    gateway = await serve({"$disconnect": gone})
    async with web.ws_connect(gateway.url) as socket:
        connection_id = only_id(gateway)
        await asyncio.to_thread(management(gateway).delete_connection, ConnectionId=connection_id)
        await closing(socket)
    assert (await gone.event())["requestContext"]["connectionId"] == connection_id


@pytest.mark.documented
async def test_nobody_hears_what_disconnect_returns_or_raises(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$disconnect": failing})
    async with web.ws_connect(gateway.url):
        pass
    await until(lambda: bill(gateway)["routes"].get("$disconnect", {}).get("invocations"))
    async with web.ws_connect(gateway.url):
        assert len(gateway.connections) == 1


@pytest.mark.documented
async def test_without_a_disconnect_route_nothing_runs(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    async with web.ws_connect(gateway.url):
        pass
    await until(lambda: not gateway.connections)
    assert not default.events


@pytest.mark.documented
async def test_disconnect_may_never_arrive(serve: Serve, web: aiohttp.ClientSession, gone: Recorder) -> None:
    gateway = await serve({"$disconnect": gone})
    async with web.ws_connect(gateway.url):
        dropped = only_id(gateway)
        gateway.faults.drop_disconnect = lambda connection_id: connection_id == dropped
    await until(lambda: not gateway.connections)
    async with web.ws_connect(gateway.url):
        heard = only_id(gateway)
    assert (await gone.event())["requestContext"]["connectionId"] == heard


async def test_the_fault_that_drops_every_disconnect_can_be_a_probability(
    serve: Serve, web: aiohttp.ClientSession, gone: Recorder
) -> None:
    gateway = await serve({"$disconnect": gone})
    gateway.faults.drop_disconnect = 1.0
    async with web.ws_connect(gateway.url):
        pass
    await until(lambda: not gateway.connections)
    await gateway.stop()
    assert not gone.events


async def test_the_fault_that_cuts_a_connection_leaves_no_close_frame(serve: Serve, bare: Bare, gone: Recorder) -> None:
    gateway = await serve({"$disconnect": gone})
    client = await bare(gateway)
    gateway.faults.cut(only_id(gateway))
    assert await client.reader.read() == b""
    assert ending(await gone.event()) == (1006, "Connection Closed Abnormally")


# Limits of time


@pytest.mark.observed
async def test_ten_idle_minutes_end_a_connection_with_going_away(
    serve: Serve, web: aiohttp.ClientSession, gone: Recorder
) -> None:
    gateway = await serve({"$disconnect": gone}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url) as socket:
        clock.advance(600)
        assert await closing(socket) == (1001, "Going away")
    assert ending(await gone.event()) == (1001, "Going away")


@pytest.mark.documented
async def test_a_connection_is_not_idle_before_ten_minutes(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url) as socket:
        clock.advance(590)
        await post(management(gateway), only_id(gateway))
        assert await socket.receive_str() == "hello"


@pytest.mark.documented
async def test_a_message_from_the_client_starts_the_idle_time_anew(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url) as socket:
        for count in range(3):
            clock.advance(400)
            await socket.send_str("still here")
            await default.event(count)
        clock.advance(600)
        assert await closing(socket) == (1001, "Going away")


@pytest.mark.documented
async def test_a_message_to_the_client_starts_the_idle_time_anew(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, clock=(clock := Clock()))
    client = management(gateway)
    async with web.ws_connect(gateway.url) as socket:
        for _ in range(3):
            clock.advance(400)
            await post(client, only_id(gateway))
            assert await socket.receive_str() == "hello"
        clock.advance(600)
        assert await closing(socket) == (1001, "Going away")


@pytest.mark.assumed
async def test_a_ping_frame_does_not_start_the_idle_time_anew(serve: Serve, bare: Bare) -> None:
    gateway = await serve({}, clock=(clock := Clock()))
    client = await bare(gateway)
    clock.advance(400)
    client.send(b"are you there", FIN | PING)
    assert await client.receive() == (FIN | PONG, b"are you there")
    clock.advance(200)
    assert (await client.receive())[0] == FIN | CLOSE


@pytest.mark.documented
async def test_two_hours_end_a_busy_connection_with_going_away(
    serve: Serve, web: aiohttp.ClientSession, gone: Recorder
) -> None:
    gateway = await serve({"$disconnect": gone, "$default": (default := Recorder())}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url) as socket:
        for count in range(14):  # every 500 seconds
            clock.advance(500)
            await socket.send_str("busy")
            await default.event(count)
        clock.advance(200)
        assert await closing(socket) == (1001, "Going away")
    assert ending(await gone.event()) == (1001, "Going away")


@pytest.mark.assumed
async def test_a_client_that_does_not_answer_a_close_is_let_go_after_five_seconds(
    serve: Serve, bare: Bare, gone: Recorder
) -> None:
    gateway = await serve({"$disconnect": gone}, clock=(clock := Clock()))
    client = await bare(gateway)
    clock.advance(600)
    assert (await client.receive())[0] == FIN | CLOSE
    assert not gone.events
    assert not gateway.connections
    clock.advance(5)
    assert await client.reader.read() == b""
    assert ending(await gone.event()) == (1001, "Going away")


@pytest.mark.assumed
async def test_what_a_client_still_sends_while_it_is_closed_is_not_routed_and_holds_up_nothing(
    serve: Serve, bare: Bare, gone: Recorder
) -> None:
    gateway = await serve({"$disconnect": gone, "$default": (default := Recorder())}, clock=(clock := Clock()))
    client = await bare(gateway)
    clock.advance(600)
    assert (await client.receive())[0] == FIN | CLOSE
    for _ in range(40):
        client.send(b"x" * 16 * 1024)
    client.send((1001).to_bytes(2, "big"), FIN | CLOSE)
    await gone.event()  # at once, although the clock stands still
    assert not default.events
