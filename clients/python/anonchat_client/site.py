"""From the link to the socket: the page says where its configuration lies, and that has the socket's address."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from urllib.parse import urljoin, urlsplit

import aiohttp

from anonchat_client.errors import LinkError, SiteError
from anonchat_client.proxies import proxy_for, proxy_trouble

ANSWER_SECONDS = 20.0
MOST_BYTES = 200_000  # of the page, or of its configuration

CONFIG = "config.js"  # beside the page on this machine; a deployed page names the folder it lies in
_NAMED = re.compile(r"""(?:href|src)=["']?([\w./-]*\bconfig\.js)\b""")
_SOCKET = re.compile(r"""websocketUrl["']?\s*:\s*("(?:[^"\\\n]|\\.)*")""")


async def find_socket(session: aiohttp.ClientSession, site: str) -> str:
    """Return the address of the WebSocket API behind the page at `site`. Raise LinkError and SiteError."""
    check_site(site)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            page, address = await _fetch(session, site)
            named = _NAMED.search(page)
            config, _ = await _fetch(session, urljoin(address, named[1] if named else CONFIG))
    except (aiohttp.ClientError, OSError, TimeoutError, ssl.SSLError) as failure:
        raise SiteError(f"{shown_site(site)} cannot be reached: {reason(failure)}") from failure
    return _socket_address(config, site)


def check_site(site: str) -> None:
    """Raise LinkError for what is no page's address."""
    try:
        parts = urlsplit(site)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_page = False
    if not is_page:
        raise LinkError("The link is not whole: it begins with https://, as the browser's address line shows it.")


def origin(site: str) -> str:
    """Return what a browser would call the page's origin: chats may let in nobody else's."""
    parts = urlsplit(site)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def shown_site(site: str) -> str:
    """Return the host of a site, which may be printed."""
    return urlsplit(site).netloc.rpartition("@")[2]


def reason(failure: BaseException) -> str:
    """Say in a sentence why nobody could be reached."""
    if sentence := proxy_trouble(failure):
        return sentence
    match failure:
        case aiohttp.WSServerHandshakeError(status=429):
            return "it answers 429: too many people enter at once, or its owner has closed the chat. Try again later."
        case aiohttp.WSServerHandshakeError() | aiohttp.ClientResponseError():
            return f"it answers {failure.status}."
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not one this machine trusts."
        case aiohttp.ClientConnectorSSLError():
            return "no secure connection to it comes about."
        case aiohttp.ClientConnectorDNSError():
            return f"there is no host {failure.host}. Is the address complete?"
        case aiohttp.ClientConnectorError():
            return f"nobody listens at {failure.host}:{failure.port}."
        case aiohttp.ServerDisconnectedError() | ConnectionError():
            return "it hangs up."
        case TimeoutError():
            return "it does not answer."
    return f"{type(failure).__name__}: {failure}."


async def _fetch(session: aiohttp.ClientSession, address: str) -> tuple[str, str]:
    """Return a file's text, and its address once redirects are followed."""
    async with session.get(address, raise_for_status=True, proxy=proxy_for(address)) as response:
        body = await response.content.read(MOST_BYTES)
        return body.decode(errors="replace"), str(response.url)


def _socket_address(config: str, site: str) -> str:
    found = _SOCKET.search(config)
    try:
        address = str(json.loads(found[1])) if found else ""
        scheme = urlsplit(address).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("ws", "wss"):
        raise SiteError(f"{shown_site(site)} answers, and is no chat of this kind: its {CONFIG} names no socket.")
    if scheme == "ws" and urlsplit(site).scheme == "https":
        raise SiteError(f"{shown_site(site)} names a socket that is not secure, and the page itself is: not used.")
    return address
