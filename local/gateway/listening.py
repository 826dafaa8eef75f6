"""Listening on this machine, by both of its own addresses: a browser chooses which of them `localhost` is."""

import errno
import ssl

from aiohttp import web

LOOPBACK, OTHER_LOOPBACK = "127.0.0.1", "::1"
TRIES = 20  # to find a port that is free at both addresses


class PortTaken(Exception):
    """Somebody else listens on the port; the text says so, for people."""


async def listen(runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None) -> int:
    """Listen at `host`, and at ::1 too if that is 127.0.0.1 and this machine has IPv6. Return the port.

    Port 0 takes one that is free at both. Raise PortTaken.
    """
    for _ in range(1 if port else TRIES):
        first = web.TCPSite(runner, host, port, ssl_context=tls)
        if not await _is_ours(first):
            continue
        bound = int(runner.addresses[0][1])
        other = web.TCPSite(runner, OTHER_LOOPBACK, bound, ssl_context=tls)
        if host != LOOPBACK or await _is_ours_or_missing(other):
            return bound
        await first.stop()
    raise PortTaken(f"Port {port} is taken by another program. Stop it or choose another port.")


async def _is_ours(site: web.TCPSite) -> bool:
    """Begin to listen there, unless another program does."""
    try:
        await site.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise
    return True


async def _is_ours_or_missing(site: web.TCPSite) -> bool:
    """Do the same where a machine without IPv6 has no such address, which shows in many ways."""
    try:
        return await _is_ours(site)
    except OSError:
        return True
