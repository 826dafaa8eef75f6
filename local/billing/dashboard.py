"""The page /_local/ that shows the meter live, and the JSON behind it. Numbers only: no texts, no aliases."""

import inspect as inspection
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from local.billing.meter import Meter

HERE = Path(__file__).parent
FILES = {
    "/_local/": ("dashboard.html", "text/html"),
    "/_local/dashboard.css": ("dashboard.css", "text/css"),
    "/_local/dashboard.js": ("dashboard.js", "text/javascript"),
    "/_local/chart.js": ("chart.js", "text/javascript"),
    "/_local/prices.json": ("prices.json", "application/json"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

REST = 10  # looking into the rooms may take up to a tenth of the time, however large the table is

Inspection = Mapping[str, Any]
Inspect = Callable[[], Inspection | Awaitable[Inspection]]


def dashboard_routes(meter: Meter, inspect: Inspect) -> list[web.RouteDef]:
    """Return routes for `GET /_local/` (the page) and `GET /_local/meter` (a meter snapshot with `connections`, how
    many sockets are open, and `rooms`, how many members each has).

    `inspect` tells those two, as {"connections": 3, "rooms": {"<room id>": 2}}; it may be async, and whatever
    else it tells stays here. One that takes long is asked less often. With `"console": True` the page shows what
    local/console serves, too.
    """
    watch = _Inspection(inspect)

    async def show(_: web.Request) -> web.Response:
        return web.json_response(meter.snapshot() | await watch.numbers(), headers=HEADERS)

    files = [file_route(path, HERE / name, kind) for path, (name, kind) in FILES.items()]
    return [web.get("/_local", _to_page), web.get("/_local/meter", show), *files]


class _Inspection:
    """What `inspect` told last. Asks anew after a rest of `REST` times what asking took."""

    def __init__(self, inspect: Inspect) -> None:
        self._inspect = inspect
        self._numbers: dict[str, Any] = {}
        self._rests_until = 0.0

    async def numbers(self) -> dict[str, Any]:
        began = time.monotonic()
        if began >= self._rests_until:
            seen = self._inspect()
            if inspection.isawaitable(seen):
                seen = await seen
            self._numbers = _numbers(seen)
            ended = time.monotonic()
            self._rests_until = ended + REST * (ended - began)
        return self._numbers


def _numbers(seen: Inspection) -> dict[str, Any]:
    rooms = {str(room): int(members) for room, members in seen.get("rooms", {}).items()}
    return {
        "connections": int(seen.get("connections", 0)),
        "rooms": rooms,
        "console": bool(seen.get("console")),
    }


async def _to_page(_: web.Request) -> web.Response:
    raise web.HTTPFound("/_local/")


def file_route(address: str, path: Path, kind: str) -> web.RouteDef:
    """Return a route for a file of the page."""

    async def serve(_: web.Request) -> web.FileResponse:
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": f"{kind}; charset=utf-8"})

    return web.get(address, serve)
