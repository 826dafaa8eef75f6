"""The events a handler gets, key for key as API Gateway sends them for WebSocket APIs."""

import base64
import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Event = dict[str, Any]

API_ID = "local"
HOP_BY_HOP = {"connection", "upgrade"}  # taken by the gateway, never seen by a handler


@dataclass(frozen=True)
class ConnectionInfo:
    """What every event of one connection says about it."""

    connection_id: str
    connected_at: float
    source_ip: str
    user_agent: str | None
    domain_name: str
    stage: str


def new_id() -> str:
    """Return a new id in API Gateway's shape: 15 characters of A-Z a-z 0-9 - _ and then `=`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()


def connect(
    info: ConnectionInfo,
    raw_headers: Iterable[tuple[str, str]],
    query: Iterable[tuple[str, str]],
    scheme: str,
    now: float,
) -> Event:
    """Return the event of `$connect`.

    `raw_headers` are in the client's own case, `query` is decoded, `scheme` is http or https, `now` in seconds.
    """
    headers = [(name, value) for name, value in raw_headers if name.lower() not in HOP_BY_HOP]
    headers += _added_by_the_edge(info, scheme, now)
    event: Event = {"headers": dict(headers), "multiValueHeaders": _multi(headers)}
    if values := _multi(query):
        event["queryStringParameters"] = {name: each[-1] for name, each in values.items()}
        event["multiValueQueryStringParameters"] = values
    return event | {
        "requestContext": _context(info, "$connect", "CONNECT", now),
        "isBase64Encoded": False,
    }


def message(info: ConnectionInfo, route_key: str, body: str, now: float) -> Event:
    """Return the event of a client's message for the route it takes."""
    context = _context(info, route_key, "MESSAGE", now) | {"messageId": new_id()}
    return {"requestContext": context, "body": body, "isBase64Encoded": False}


def disconnect(info: ConnectionInfo, code: int, reason: str, now: float) -> Event:
    """Return the event of `$disconnect`, with the code and reason of the close frame."""
    headers = [("Host", info.domain_name), ("x-api-key", ""), ("X-Forwarded-For", ""), ("x-restapi", "")]
    context = _context(info, "$disconnect", "DISCONNECT", now)
    return {
        "headers": dict(headers),
        "multiValueHeaders": _multi(headers),
        "requestContext": context | {"disconnectStatusCode": code, "disconnectReason": reason},
        "isBase64Encoded": False,
    }


def request_id(event: Event) -> str:
    """Return the request id of an event, which error frames repeat."""
    return str(event["requestContext"]["requestId"])


def _context(info: ConnectionInfo, route_key: str, event_type: str, now: float) -> Event:
    request = new_id()
    identity = {"sourceIp": info.source_ip}
    if info.user_agent is not None:
        identity["userAgent"] = info.user_agent
    return {
        "routeKey": route_key,
        "eventType": event_type,
        "extendedRequestId": request,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "messageDirection": "IN",
        "stage": info.stage,
        "connectedAt": int(info.connected_at * 1000),
        "requestTimeEpoch": int(now * 1000),
        "identity": identity,
        "requestId": request,
        "domainName": info.domain_name,
        "connectionId": info.connection_id,
        "apiId": API_ID,
    }


def _added_by_the_edge(info: ConnectionInfo, scheme: str, now: float) -> list[tuple[str, str]]:
    port = info.domain_name.rpartition(":")[2]
    return [
        ("X-Amzn-Trace-Id", f"Root=1-{int(now):08x}-{secrets.token_hex(12)}"),
        ("X-Forwarded-For", info.source_ip),
        ("X-Forwarded-Port", port),
        ("X-Forwarded-Proto", scheme),
    ]


def _multi(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        values[name].append(value)
    return dict(values)
