"""Reaching a deployed chat: an address, looked at before anybody tries it, and why nobody answers there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from anonchat_client.proxies import UnusableProxy
from anonchat_client.site import reason
from scripts.deploy.traffic import Traffic

HANDSHAKES = {  # why an address that exists may refuse
    403: "Does the address end in its stage, as `terraform output websocket_url` prints it?",
    429: "Its throttle is closed or exhausted. If the breaker has stopped the chat: make resume",
    500: "The connect function failed: its log says why.",
    502: "The connect function failed: its log says why.",
}
# Waiting does not help against these.
HOPELESS = (
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ClientConnectorSSLError,
    UnusableProxy,
)


class Unreachable(Exception):
    """Nobody answers as a chat would; the text says so, for people."""


class GatedSession:
    """An aiohttp session in which no socket can be opened for a while, as if there were no network."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._session = traffic.counted()
        self._open = asyncio.Event()
        self._open.set()

    def take_down(self) -> None:
        """Let nobody dial until `put_up`."""
        self._open.clear()

    def put_up(self) -> None:
        self._open.set()

    async def ws_connect(
        self, url: str, *, headers: Mapping[str, str] | None, max_msg_size: int, proxy: str | None
    ) -> aiohttp.ClientWebSocketResponse:
        await self._open.wait()
        self._traffic.sockets += 1
        return await self._session.ws_connect(url, headers=headers, max_msg_size=max_msg_size, proxy=proxy)

    async def close(self) -> None:
        await self._session.close()


def explain(failure: BaseException) -> tuple[str, bool]:
    """Return why a chat could not be reached, as a sentence, and whether waiting is of no use."""
    sentence = reason(failure)
    if isinstance(failure, aiohttp.WSServerHandshakeError):
        sentence += f" {HANDSHAKES.get(failure.status, 'What answers there is no WebSocket API.')}"
    refused = isinstance(failure, aiohttp.ClientHttpProxyError) and failure.status < 500
    return sentence, refused or isinstance(failure, HOPELESS)


def complaint_about(url: str) -> str | None:
    """Return what is wrong with an address before anybody tries it, or None."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{url} is no address."
    if parts.scheme in ("http", "https"):
        return f"{url} is a page's address; the socket's begins with wss:// (terraform output websocket_url)."
    if parts.scheme not in ("ws", "wss") or not host:
        return f"{url} is no socket's address: it should begin with wss:// (terraform output websocket_url)."
    return None
