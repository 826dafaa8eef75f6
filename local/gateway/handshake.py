"""What `$connect` decides about a handshake."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from local.functions.contract import FunctionError

SUBPROTOCOL = "Sec-WebSocket-Protocol"
VERSION = "13"


@dataclass(frozen=True)
class ConnectResult:
    """2xx lets the client in, with the subprotocol named; any other status is passed on to it."""

    status: int = 200
    subprotocol: str | None = None

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


def read_result(result: Any) -> ConnectResult:
    """Read what `$connect` returned. Raise FunctionError when that is no answer to a handshake."""
    if not isinstance(result, Mapping):
        raise FunctionError("$connect returned no object with a statusCode")
    status = _status(result.get("statusCode"))
    headers = result.get("headers") or {}
    if not isinstance(headers, Mapping):
        raise FunctionError("$connect returned headers that are no object")
    chosen = [value for name, value in headers.items() if str(name).lower() == SUBPROTOCOL.lower()]
    return ConnectResult(status, str(chosen[-1]) if chosen else None)


def _status(value: Any) -> int:
    text = value if isinstance(value, str) else repr(value)  # "200" is taken for 200 [assumed]; True is not
    if not text.isdecimal() or not 200 <= int(text) < 600:
        raise FunctionError(f"$connect returned the statusCode {value!r}")
    return int(text)


def is_well_formed(request: web.Request) -> bool:
    """Return whether this is a WebSocket handshake at all (method, version, key)."""
    if request.method != "GET" or request.headers.get("Sec-WebSocket-Version") != VERSION:  # aiohttp takes drafts too
        return False
    offered = [name.strip() for name in request.headers.get(SUBPROTOCOL, "").split(",")]
    return web.WebSocketResponse(protocols=offered).can_prepare(request).ok
