"""A chat that is not ours, in its own style, runs on the gateway as it is: over https, with boto3's defaults."""

import json
import ssl
from pathlib import Path
from typing import Any

import aiohttp
import boto3
import pytest
import trustme

from local.gateway import GatewayOptions
from tests.support.gateway_kit import TIMEOUT, Event, Serve, frame, only_id, until

people: set[str] = set()


def lambda_handler(event: Event, context: Any) -> Any:
    """Serve all routes, as in many tutorials: the address of @connections comes from the event."""
    route = event["requestContext"]["routeKey"]
    me = event["requestContext"]["connectionId"]
    if route == "$connect":
        people.add(me)
        return {"statusCode": 200, "body": "Connected."}
    if route == "$disconnect":
        people.discard(me)
        return {"statusCode": 200, "body": "Disconnected."}
    domain, stage = event["requestContext"]["domainName"], event["requestContext"]["stage"]
    gateway = boto3.client("apigatewaymanagementapi", endpoint_url=f"https://{domain}/{stage}")
    text = json.loads(event["body"])["data"]
    for person in sorted(people):
        try:
            gateway.post_to_connection(ConnectionId=person, Data=json.dumps({"said": text}).encode())
        except gateway.exceptions.GoneException:
            people.discard(person)
            print("gone:", person)
    return {"statusCode": 200, "body": "Data sent."}


@pytest.fixture
def https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the TLS contexts of a server and its clients; boto3 trusts it through the environment."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "foreigner")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return server, client


async def test_a_foreign_chat_runs_unchanged_over_https(
    serve: Serve,
    web: aiohttp.ClientSession,
    https: tuple[ssl.SSLContext, ssl.SSLContext],
    capsys: pytest.CaptureFixture[str],
) -> None:
    server, client = https
    routes = dict.fromkeys(["$connect", "$disconnect", "sendmessage"], lambda_handler)
    gateway = await serve(routes, GatewayOptions(ssl_context=server, stage="Prod"))
    assert gateway.url.startswith("wss://")
    assert gateway.endpoint.startswith("https://")
    dial: dict[str, Any] = {"url": f"{gateway.url}/Prod", "ssl": client}
    async with web.ws_connect(**dial) as ann:
        ann_id = only_id(gateway)
        async with web.ws_connect(**dial) as ben:
            await ann.send_json({"action": "sendmessage", "data": "hello"})
            assert await frame(ann) == await frame(ben) == {"said": "hello"}

            gateway.faults.drop_disconnect = 1.0
            (ben_id,) = set(gateway.connections) - {ann_id}
            gateway.faults.cut(ben_id)
            await until(lambda: ben_id not in gateway.connections)
            await ann.send_json({"action": "sendmessage", "data": "still here?"})
            assert await frame(ann) == {"said": "still here?"}
            await until(lambda: ben_id not in people)
    assert f"gone: {ben_id}" in capsys.readouterr().out


async def test_frames_over_tls_are_bounded_like_the_others(
    serve: Serve, web: aiohttp.ClientSession, https: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server, client = https
    gateway = await serve({}, GatewayOptions(ssl_context=server))
    async with web.ws_connect(gateway.url, ssl=client) as socket:
        await socket.send_str("x" * 40_000)
        message = await socket.receive(timeout=TIMEOUT)
        assert (message.data, message.extra) == (1009, "Message too long")
