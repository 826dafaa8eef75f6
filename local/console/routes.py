"""The JSON behind the page's waterfall, connections and buttons."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from local.billing.dashboard import HEADERS, file_route
from local.console.recorder import Recorder
from local.console.trials import Refused, Trials

HERE = Path(__file__).parent
MODULES = ("console.js", "waterfall.js", "trials.js")


def console_routes(recorder: Recorder, trials: Trials) -> list[web.RouteDef]:
    """Return routes for `GET /_local/console` (invocations, connections, what is on), `GET /_local/frames/{number}`
    (what one invocation was about and sent), `POST /_local/try` (a Trials.attempt) and the page's modules.
    """

    async def show(_: web.Request) -> web.Response:
        return web.json_response({"invocations": recorder.invocations(), **trials.state()}, headers=HEADERS)

    async def frames(request: web.Request) -> web.Response:
        contents = recorder.contents(int(request.match_info["number"]))
        if contents is None:
            return _refuse(404, "This invocation is not kept any more.")
        return web.json_response(contents, headers=HEADERS)

    async def attempt(request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # which no other page can send unasked
            return _refuse(415, "Ask in JSON.")
        try:
            trials.attempt(await request.json())
        except ValueError:
            return _refuse(400, "This is not JSON.")
        except Refused as refused:
            return _refuse(400, str(refused))
        return web.json_response(trials.state(), headers=HEADERS)

    return [
        web.get("/_local/console", show),
        web.get(r"/_local/frames/{number:\d{1,12}}", frames),
        web.post("/_local/try", attempt),
        *(file_route(f"/_local/{name}", HERE / name, "text/javascript") for name in MODULES),
    ]


def _refuse(status: int, why: str) -> web.Response:
    return web.json_response({"message": why}, status=status, headers=HEADERS)
