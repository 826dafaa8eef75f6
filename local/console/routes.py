"""The JSON behind the page's waterfall, connections and buttons."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from local.billing.dashboard import HEADERS, file_route
from local.console.recorder import Recorder
from local.console.trials import Refused, Trials
from local.http.access import is_from_here

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
        web.get("/_local/console", _for_here(show)),
        web.get(r"/_local/frames/{number:\d{1,12}}", _for_here(frames)),
        web.post("/_local/try", _for_here(attempt)),
        *(file_route(f"/_local/{name}", HERE / name, "text/javascript") for name in MODULES),
    ]


def _for_here(handler: Handler) -> Handler:
    """Answer nobody who comes through a tunnel: the meter is for them, what others say is not."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not is_from_here(request):
            return _refuse(403, "This is shown at the machine itself only.")
        return await handler(request)

    return answer


def _refuse(status: int, why: str) -> web.Response:
    return web.json_response({"message": why}, status=status, headers=HEADERS)
