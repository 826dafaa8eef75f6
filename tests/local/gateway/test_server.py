"""The gateway as a server: where it listens, what else it serves, what it meters, how it stops."""

import asyncio
import errno
from pathlib import Path
from socket import AF_INET6, create_connection, create_server
from typing import Any

import aiohttp
import pytest
from aiohttp import web as http
from yarl import URL

from local.gateway import Clock, FunctionThrottled, Gateway, GatewayOptions, Mock, PortTaken
from tests.support.gateway_kit import (
    Ends,
    Event,
    Recorder,
    Serve,
    bill,
    closing,
    failing,
    frame,
    has_ipv6,
    invocations,
    management,
    only_id,
    post,
    until,
)

two_loopbacks = pytest.mark.skipif(not has_ipv6(), reason="This machine has no IPv6")


async def test_a_taken_port_is_said_in_a_sentence(serve: Serve) -> None:
    first = await serve({})
    with pytest.raises(PortTaken, match=f"Port {first.port} is taken by another program"):
        await Gateway({}, GatewayOptions(port=first.port)).start()


@two_loopbacks
async def test_localhost_is_this_gateway_by_either_of_its_addresses(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    for host in ("127.0.0.1", "[::1]"):
        async with web.ws_connect(f"ws://{host}:{gateway.port}"):
            assert len(gateway.connections) == 1
        await until(lambda: not gateway.connections)


@two_loopbacks
async def test_a_port_that_another_program_has_at_the_other_loopback_is_taken() -> None:
    with create_server(("::1", 0), family=AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken by another program"):
            await Gateway({}, GatewayOptions(port=port)).start()
        with pytest.raises(ConnectionRefusedError):  # and the half that was free is free again
            create_connection(("127.0.0.1", port))


async def test_a_free_port_is_free_at_both_loopbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[str | None, int | None]] = []
    start = http.TCPSite.start

    async def taken_at_first(site: http.TCPSite) -> None:
        begun.append((site._host, site._port))
        if len(begun) == 2:
            raise OSError(errno.EADDRINUSE, "in use")
        await start(site)

    monkeypatch.setattr(http.TCPSite, "start", taken_at_first)
    async with Gateway({}) as gateway:
        assert [host for host, _ in begun] == ["127.0.0.1", "::1"] * 2
        assert begun[3][1] == gateway.port


async def test_a_machine_without_ipv6_has_one_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    start = http.TCPSite.start

    async def start_by_ipv4(site: http.TCPSite) -> None:
        if site._host == "::1":
            raise OSError("could not bind on any address out of []")  # what asyncio says then, without a number
        await start(site)

    monkeypatch.setattr(http.TCPSite, "start", start_by_ipv4)
    async with Gateway({}) as gateway, aiohttp.ClientSession() as session, session.ws_connect(gateway.url):
        assert len(gateway.connections) == 1


async def test_it_can_be_started_again_on_the_port_it_had(serve: Serve, web: aiohttp.ClientSession) -> None:
    async with Gateway({}) as first:
        port = first.port
        async with web.ws_connect(first.url):
            pass
    again = await serve({}, GatewayOptions(port=port))
    async with web.ws_connect(again.url):
        assert len(again.connections) == 1


async def test_it_listens_on_this_machine_only(serve: Serve) -> None:
    gateway = await serve({})
    assert gateway.host == "127.0.0.1"
    assert gateway.url == f"ws://127.0.0.1:{gateway.port}"
    assert gateway.endpoint == f"http://127.0.0.1:{gateway.port}/local"


async def test_stopping_closes_sockets_and_lets_their_disconnect_post(web: aiohttp.ClientSession) -> None:
    told: list[Any] = []

    def disconnect(event: Event, context: Any) -> None:
        client = management(gateway)
        try:
            client.post_to_connection(ConnectionId=event["requestContext"]["connectionId"], Data=b"x")
        except client.exceptions.GoneException:
            told.append(event["requestContext"]["disconnectStatusCode"])

    gateway = Gateway({"$disconnect": disconnect})
    await gateway.start()
    async with web.ws_connect(gateway.url) as socket:
        stopping = asyncio.create_task(gateway.stop())
        assert await closing(socket) == (1001, "Going away")
        await stopping
    assert told == [1001]
    with pytest.raises(aiohttp.ClientConnectorError):
        await web.ws_connect(gateway.url)


async def test_live_connections_can_be_looked_at(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())})
    async with web.ws_connect(gateway.url, headers={"User-Agent": "Test/1"}) as socket:
        connection = gateway.connections[only_id(gateway)]
        assert connection.id == only_id(gateway)
        assert (connection.source_ip, connection.user_agent, connection.queued) == ("127.0.0.1", "Test/1", 0)
        assert connection.last_active_at == connection.connected_at
        await socket.send_str("hello")
        await default.event()
        assert connection.last_active_at > connection.connected_at


# Pages


@pytest.fixture
def site(tmp_path: Path) -> Any:
    (tmp_path / "secret.txt").write_text("not served")
    folder = tmp_path / "site"
    (folder / "js").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>chat</h1>")
    (folder / "js" / "app.js").write_text("export {}")
    return folder


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/", "text/html", "<h1>chat</h1>"),
        ("/index.html", "text/html", "<h1>chat</h1>"),
        ("/js/app.js", None, "export {}"),
    ],
)
async def test_the_site_is_served_beside_the_socket(
    serve: Serve, web: aiohttp.ClientSession, site: Path, path: str, kind: Any, text: str
) -> None:
    gateway = await serve({}, site=site)
    async with web.get(gateway.http_url + path) as answer:
        assert (answer.status, await answer.text()) == (200, text)
        assert answer.headers["Cache-Control"] == "no-store"
        assert kind in (None, answer.content_type)
    async with web.ws_connect(gateway.url + "/"):
        assert len(gateway.connections) == 1


@pytest.mark.parametrize("path", ["/nothing.html", "/js", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/js/%00"])
async def test_what_is_no_file_of_the_site_is_not_found(
    serve: Serve, web: aiohttp.ClientSession, site: Path, path: str
) -> None:
    gateway = await serve({}, site=site)
    async with web.get(URL(gateway.http_url + path, encoded=True)) as answer:
        assert answer.status == 404


async def test_extra_routes_come_before_the_site(serve: Serve, web: aiohttp.ClientSession, site: Path) -> None:
    async def meter(request: Any) -> Any:
        return http.json_response({"live": True})

    gateway = await serve({}, site=site, pages=[http.get("/_local/meter", meter), http.get("/index.html", meter)])
    for path in ("/_local/meter", "/index.html"):
        async with web.get(gateway.http_url + path) as answer:
            assert await answer.json() == {"live": True}


# The meter


def route(gateway: Gateway, key: str) -> Any:
    return bill(gateway)["routes"][key]


@pytest.mark.documented
async def test_messages_in_and_their_invocations_are_metered_by_route(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"send": (send := Recorder()), "$connect": Recorder(), "ping": Mock()})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "ping"}')
        await socket.send_str('{"action": "send"}')
        await socket.send_str('{"action": "send"}')
        await send.event(1)
        await until(lambda: invocations(gateway, "send") == 2)
    assert (route(gateway, "send")["messagesIn"], route(gateway, "send")["invocations"]) == (2, 2)
    assert route(gateway, "send")["gbSeconds"] > 0
    assert (route(gateway, "ping")["messagesIn"], route(gateway, "ping")["invocations"]) == (1, 0)
    assert (route(gateway, "$connect")["messagesIn"], route(gateway, "$connect")["invocations"]) == (0, 1)


async def test_posts_are_metered_for_the_route_whose_functions_endpoint_they_use(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"send": Recorder(), "$connect": Recorder()})
    async with web.ws_connect(gateway.url) as socket:
        for function in ("/send", "/send", "/connect", "/somebody", ""):
            await post(management(gateway, function), only_id(gateway))
            await socket.receive_str()
    metered = {key: usage["messagesOut"] for key, usage in bill(gateway)["routes"].items()}
    assert metered == {"send": 2, "$connect": 1, "@connections": 2}


@pytest.mark.documented
async def test_a_post_of_70_kb_is_three_messages(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url):
        await post(management(gateway), only_id(gateway), b"x" * 70_000)
    assert route(gateway, "@connections")["messagesOut"] == 3


@pytest.mark.assumed
async def test_a_post_that_is_refused_is_not_metered(serve: Serve) -> None:
    gateway = await serve({})
    client = management(gateway)
    with pytest.raises(client.exceptions.GoneException):
        await post(client, "AAAAAAAAAAAAAAA=")
    assert bill(gateway)["total"]["messagesOut"] == 0


@pytest.mark.assumed
async def test_the_gateways_own_frames_are_metered_for_their_route(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"fail": failing, "ping": Mock("pong")})
    async with web.ws_connect(gateway.url) as socket:
        for text in ('{"action": "fail"}', "no route"):
            await socket.send_str(text)
            await frame(socket)
        await socket.send_str('{"action": "ping"}')
        assert await socket.receive_str() == "pong"
    metered = {key: usage["messagesOut"] for key, usage in bill(gateway)["routes"].items()}
    assert metered == {"fail": 1, "$default": 1, "ping": 1}


@pytest.mark.assumed
async def test_a_function_that_was_too_busy_is_not_metered_as_an_invocation(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"send": Ends(FunctionThrottled())})
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "send"}')
        await frame(socket)
    assert (route(gateway, "send")["messagesIn"], route(gateway, "send")["invocations"]) == (1, 0)


@pytest.mark.documented
async def test_connection_time_is_metered(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url):
        clock.advance(120)
    await until(lambda: not gateway.connections)
    clock.advance(1000)
    assert bill(gateway)["total"]["connectionMinutes"] == pytest.approx(2, abs=0.1)
