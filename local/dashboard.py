"""The page /_local/ that shows the meter live, and the JSON behind it. Numbers only: no texts, no aliases."""

import inspect as inspection
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from local.meter import Meter

HERE = Path(__file__).parent
FILES = {
    "/_local/": ("dashboard.html", "text/html"),
    "/_local/dashboard.css": ("dashboard.css", "text/css"),
    "/_local/dashboard.js": ("dashboard.js", "text/javascript"),
    "/_local/prices.json": ("prices.json", "application/json"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Inspection = Mapping[str, Any]


def dashboard_routes(meter: Meter, inspect: Callable[[], Inspection | Awaitable[Inspection]]) -> list[web.RouteDef]:
    """Routes for `GET /_local/` (the page) and `GET /_local/meter` (a meter snapshot with `connections`, how
    many sockets are open, and `rooms`, how many members each has).

    `inspect` tells those two, as {"connections": 3, "rooms": {"<room id>": 2}}; it may be async, and whatever
    else it tells stays here.
    """

    async def show(_: web.Request) -> web.Response:
        seen = inspect()
        if inspection.isawaitable(seen):
            seen = await seen
        return web.json_response(meter.snapshot() | _numbers(seen), headers=HEADERS)

    files = [web.get(path, _file(HERE / name, kind)) for path, (name, kind) in FILES.items()]
    return [web.get("/_local", _to_page), web.get("/_local/meter", show), *files]


def _numbers(seen: Inspection) -> dict[str, Any]:
    rooms = {str(room): int(members) for room, members in seen.get("rooms", {}).items()}
    return {"connections": int(seen.get("connections", 0)), "rooms": rooms}


async def _to_page(_: web.Request) -> web.Response:
    raise web.HTTPFound("/_local/")


def _file(path: Path, kind: str) -> Callable[[web.Request], Awaitable[web.FileResponse]]:
    async def serve(_: web.Request) -> web.FileResponse:
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": f"{kind}; charset=utf-8"})

    return serve
