"""The events handlers get, key for key. Sections 1.2 and 1.4 of the reference."""

import re
import time
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from local.gateway import Clock, GatewayOptions
from tests.support.gateway_kit import Bare, Recorder, Serve, only_id, until

CONTEXT = {
    "routeKey",
    "eventType",
    "extendedRequestId",
    "requestTime",
    "messageDirection",
    "stage",
    "connectedAt",
    "requestTimeEpoch",
    "identity",
    "requestId",
    "domainName",
    "connectionId",
    "apiId",
}
ORIGIN = "https://chat.example"
ID = re.compile(r"[A-Za-z0-9_-]{15}=")


async def lifetime(serve: Serve, web: aiohttp.ClientSession, path: str = "", **options: Any) -> Any:
    """Return the three events of a connection that sends one message and closes."""
    recorder = Recorder()
    routes = {"$connect": recorder, "talk": recorder, "$disconnect": recorder}
    gateway = await serve(routes, GatewayOptions(stage="beta", allowed_origins=[ORIGIN]))
    async with web.ws_connect(gateway.url + path, **options) as socket:
        await socket.send_str('{"action": "talk"}')
        await recorder.event(1)
    await recorder.event(2)
    return gateway, recorder.events


@pytest.mark.observed
async def test_a_connect_event_has_exactly_these_keys(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway, (connect, _, _) = await lifetime(serve, web)
    assert set(connect) == {"headers", "multiValueHeaders", "requestContext", "isBase64Encoded"}
    context = connect["requestContext"]
    assert set(context) == CONTEXT
    assert connect["isBase64Encoded"] is False
    assert (context["routeKey"], context["eventType"], context["messageDirection"]) == ("$connect", "CONNECT", "IN")
    assert (context["stage"], context["domainName"]) == ("beta", gateway.domain_name)


@pytest.mark.observed
async def test_a_message_event_has_exactly_these_keys_and_no_headers(serve: Serve, web: aiohttp.ClientSession) -> None:
    _, (_, message, _) = await lifetime(serve, web, "?a=1")
    assert set(message) == {"requestContext", "body", "isBase64Encoded"}
    context = message["requestContext"]
    assert set(context) == CONTEXT | {"messageId"}
    assert (context["routeKey"], context["eventType"], context["messageDirection"]) == ("talk", "MESSAGE", "IN")
    assert (message["body"], message["isBase64Encoded"]) == ('{"action": "talk"}', False)
    assert ID.fullmatch(context["messageId"])


@pytest.mark.observed
async def test_a_disconnect_event_has_exactly_these_keys_and_no_query_string(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    _, (_, _, disconnect) = await lifetime(serve, web, "?a=1")
    assert set(disconnect) == {"headers", "multiValueHeaders", "requestContext", "isBase64Encoded"}
    context = disconnect["requestContext"]
    assert set(context) == CONTEXT | {"disconnectStatusCode", "disconnectReason"}
    assert (context["routeKey"], context["eventType"]) == ("$disconnect", "DISCONNECT")


@pytest.mark.observed
async def test_the_headers_of_a_disconnect_event_are_these_four(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway, (_, _, disconnect) = await lifetime(serve, web, origin=ORIGIN)
    expected = {"Host": gateway.domain_name, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    assert disconnect["headers"] == expected
    assert disconnect["multiValueHeaders"] == {name: [value] for name, value in expected.items()}


@pytest.mark.observed
async def test_headers_of_a_connect_event_keep_the_clients_case(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$connect": (connect := Recorder())}, GatewayOptions(allowed_origins=[ORIGIN]))
    await bare(gateway, [f"Origin: {ORIGIN}", "x-LOUD-quiet: 1", "user-agent: Bare/1"])
    headers = (await connect.event())["headers"]
    assert headers["Origin"] == ORIGIN
    assert headers["x-LOUD-quiet"] == "1"
    assert headers["user-agent"] == "Bare/1"
    assert connect.events[0]["requestContext"]["identity"]["userAgent"] == "Bare/1"


@pytest.mark.observed
async def test_a_connect_event_has_the_headers_of_the_edge_and_not_those_of_the_hop(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway, (connect, _, _) = await lifetime(serve, web)
    headers = connect["headers"]
    assert not {"connection", "upgrade"} & {name.lower() for name in headers}
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"]) == ("http", str(gateway.port))
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["X-Amzn-Trace-Id"])
    assert connect["multiValueHeaders"] == {name: [value] for name, value in headers.items()}


@pytest.mark.documented
async def test_a_repeated_header_has_all_its_values_in_multi_value_headers(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$connect": (connect := Recorder())})
    await bare(gateway, ["X-Tag: one", "X-Tag: two"])
    event = await connect.event()
    assert event["multiValueHeaders"]["X-Tag"] == ["one", "two"]
    assert event["headers"]["X-Tag"] == "two"


@pytest.mark.documented
async def test_the_query_string_is_in_the_connect_event_decoded(serve: Serve, web: aiohttp.ClientSession) -> None:
    _, (connect, _, _) = await lifetime(serve, web, "/?room=a%20b&tag=1&tag=2&empty=")
    assert connect["queryStringParameters"] == {"room": "a b", "tag": "2", "empty": ""}
    assert connect["multiValueQueryStringParameters"] == {"room": ["a b"], "tag": ["1", "2"], "empty": [""]}


@pytest.mark.observed
async def test_without_a_query_string_its_keys_are_absent(serve: Serve, web: aiohttp.ClientSession) -> None:
    _, (connect, _, _) = await lifetime(serve, web, "/?")
    assert "queryStringParameters" not in connect
    assert "multiValueQueryStringParameters" not in connect


@pytest.mark.observed
async def test_the_request_id_is_the_extended_request_id_and_new_for_every_event(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    _, events = await lifetime(serve, web)
    contexts = [event["requestContext"] for event in events]
    assert all(context["requestId"] == context["extendedRequestId"] for context in contexts)
    assert len({context["requestId"] for context in contexts}) == 3


@pytest.mark.observed
async def test_connected_at_is_the_same_in_all_events_and_the_request_time_goes_on(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    clock, recorder = Clock(), Recorder()
    gateway = await serve({"$connect": recorder, "$default": recorder, "$disconnect": recorder}, clock=clock)
    async with web.ws_connect(gateway.url) as socket:
        clock.advance(100)
        await socket.send_str("hello")
        await recorder.event(1)
    await recorder.event(2)
    contexts = [event["requestContext"] for event in recorder.events]
    assert len({context["connectedAt"] for context in contexts}) == 1
    assert abs(contexts[0]["connectedAt"] - time.time() * 1000) < 60_000
    assert 99_000 < contexts[1]["requestTimeEpoch"] - contexts[0]["requestTimeEpoch"] < 105_000


@pytest.mark.observed
async def test_the_request_time_is_written_as_in_a_web_servers_log(serve: Serve, web: aiohttp.ClientSession) -> None:
    _, events = await lifetime(serve, web)
    for context in (event["requestContext"] for event in events):
        written = datetime.strptime(context["requestTime"], "%d/%b/%Y:%H:%M:%S %z")
        assert written == datetime.fromtimestamp(context["requestTimeEpoch"] // 1000, UTC)
        assert context["requestTime"].endswith(" +0000")


@pytest.mark.observed
async def test_a_connection_id_is_sixteen_characters_that_need_care_in_addresses(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({})
    seen: set[str] = set()
    while not ({"-", "_"} <= set("".join(seen))):  # about every third id has either
        async with web.ws_connect(gateway.url):
            seen.add(connection_id := only_id(gateway))
            assert ID.fullmatch(connection_id)
        await until(lambda: not gateway.connections)


@pytest.mark.observed
async def test_identity_has_no_user_agent_when_the_client_names_none(serve: Serve) -> None:
    gateway = await serve({"$connect": (connect := Recorder()), "$disconnect": (gone := Recorder())})
    async with (
        aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as plain,
        plain.ws_connect(gateway.url),
    ):
        assert (await connect.event())["requestContext"]["identity"] == {"sourceIp": "127.0.0.1"}
    assert (await gone.event())["requestContext"]["identity"] == {"sourceIp": "127.0.0.1"}


@pytest.mark.observed
async def test_every_event_names_the_client(serve: Serve, web: aiohttp.ClientSession) -> None:
    _, events = await lifetime(serve, web, headers={"User-Agent": "Test/1"})
    identities = [event["requestContext"]["identity"] for event in events]
    assert identities == [{"sourceIp": "127.0.0.1", "userAgent": "Test/1"}] * 3
