"""Who may ask a server on this machine: programs, and pages of its own, but no page of anybody else's.

A browser sends what any page makes it send. Two headers tell what a page cannot change: `Host`, by which name it
reached us (a name of its owner's may lead here: DNS rebinding), and `Origin`, where the page is from that asks.
"""

import logging
import re
from collections.abc import Collection

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:@/?#\s]+)(?::\d{1,5})?")
SHOWN = 100  # characters
TOLD = 20  # different refusals that are logged, so that no page fills the shell


class Access:
    """Which names and origins are ours: this machine's own, and those of `origins`, which are like https://chat.example.

    `origins` None lets in pages of any origin, as API Gateway does. By other names than ours nobody is answered.
    """

    def __init__(self, origins: Collection[str] | None = (), *, name: str = "localhost") -> None:
        """`name` is where the server listens, in case it is none of the loopback names."""
        self._any_origin = origins is None
        self.origins = frozenset(origin.lower() for origin in origins or ())
        self._names = {*LOOPBACK_NAMES, name.lower(), *(_name(_place(origin)) for origin in self.origins)} - {""}
        self._told: set[str] = set()

    def refusal(self, request: web.Request) -> str | None:
        """Return why a request is refused, in a sentence for whoever runs the server; None if it is not."""
        hosts, origins = request.headers.getall("Host", []), request.headers.getall("Origin", [])
        if len(hosts) != 1 or _name(hosts[0]) not in self._names:
            return f"This server answers at localhost, and not at {_shown(hosts)}."
        port = (request.transport.get_extra_info("sockname") if request.transport else ("", 0))[1]
        if all(self._is_ours(origin.lower(), hosts[0].lower(), port) for origin in origins):
            return None
        return f"This server answers pages of its own, and no page of {_shown(origins)}."

    def is_secure(self, host: str) -> bool:
        """Return whether pages reach us by https at this name, although it is not we who speak it."""
        return f"https://{host.lower()}" in self.origins

    def _is_ours(self, origin: str, host: str, port: int) -> bool:
        own = {host, *(f"{name}:{port}" for name in LOOPBACK_NAMES)}
        return self._any_origin or origin in self.origins or _place(origin) in own

    def middleware(self, hint: str) -> Middleware:
        """Return what answers 403 to who is refused. `hint` says what the owner may do about it."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            reason = self.refusal(request)
            if reason is None:
                return await handler(request)
            if reason not in self._told and len(self._told) < TOLD:
                self._told.add(reason)
                log.warning("%s %s", reason, hint)
            return web.json_response({"message": reason}, status=403)

        return check


def is_from_here(request: web.Request) -> bool:
    """Return whether somebody at this machine asks: by one of its own names, and by no tunnel that says so."""
    if any(header in request.headers for header in ("Forwarded", "X-Forwarded-For")):
        return False
    return _name(request.host) in LOOPBACK_NAMES


def _shown(values: list[str]) -> str:
    """Return what a header says, if that can be shown in a shell."""
    text = ", ".join(values) or "no name"
    return text if text.isascii() and text.isprintable() and len(text) <= SHOWN else "what is no name"


def _place(origin: str) -> str:
    """Return host and port of an origin; nothing for `null`, or whatever else is none."""
    scheme, _, place = origin.partition("://")
    return place if scheme in ("http", "https") else ""


def _name(host: str) -> str:
    """Return the name in a Host header in small letters, nothing if it is none."""
    found = HOST.fullmatch(host)
    return found[1].lower() if found else ""
