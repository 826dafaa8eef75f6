"""Which proxy leads to an address, by the environment, as curl takes it.

`https_proxy` is for https:// and wss://, `http_proxy` (in small letters only: a web server's programs get HTTP_PROXY
from strangers) for http:// and ws://, `all_proxy` for both, and hosts in `no_proxy` are reached without.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

VARIABLES = {  # the first that is set and not empty wins
    "http": ("http_proxy", "all_proxy", "ALL_PROXY"),
    "https": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
}
VARIABLES["ws"] = ("ws_proxy", "WS_PROXY", *VARIABLES["http"])
VARIABLES["wss"] = ("wss_proxy", "WSS_PROXY", *VARIABLES["https"])
PORTS = {"http": 1080, "https": 443}  # of a proxy that names none; curl's


class UnusableProxy(OSError):
    """The environment names a proxy that cannot be used; the text says which variable does."""


def proxy_for(url: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the proxy for `url`, None for none. Raise UnusableProxy."""
    parts = urlsplit(url)
    variable = next((name for name in VARIABLES.get(parts.scheme, ()) if environ.get(name)), None)
    if variable is None or _is_left_out(parts.hostname or "", environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    named = environ[variable]
    try:
        proxy = urlsplit(named if "://" in named else f"http://{named}")
        port = proxy.port or PORTS[proxy.scheme]
        host = proxy.hostname or ""
    except (KeyError, ValueError):
        host = ""
    if not host:  # the text is not quoted: it may hold a password
        raise UnusableProxy(f"{variable} names no proxy that is used here: write it as http://host:port.")
    user, at, _ = proxy.netloc.rpartition("@")
    return f"{proxy.scheme}://{user}{at}{f'[{host}]' if ':' in host else host}:{port}"


def proxy_trouble(failure: BaseException) -> str | None:
    """Return a sentence about what a proxy has to do with a failure, None if it has nothing to do with it."""
    match failure:
        case UnusableProxy():
            return str(failure)
        case aiohttp.ClientHttpProxyError():
            return f"the proxy on the way answers {failure.status}. (https_proxy names it, no_proxy leaves hosts out.)"
        case aiohttp.ClientProxyConnectionError():
            return f"nobody listens at the proxy, {failure.host}:{failure.port}. (https_proxy names it.)"
    return None


def _is_left_out(host: str, list_: str) -> bool:
    return any(_is_meant(host.rstrip(".").lower(), each) for each in re.split(r"[\s,]+", list_.lower()) if each)


def _is_meant(host: str, entry: str) -> bool:
    """Tell whether an entry of `no_proxy` means this host: a domain with all below it, an IP address or network, *."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        domain = entry.removeprefix("*").strip(".")
        return entry == "*" or (bool(domain) and f".{host}".endswith(f".{domain}"))
    try:
        return address in ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return entry == "*"
