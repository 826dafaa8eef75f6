"""The JSON behind the page's waterfall, connections and buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    console = _Console(recorder, trials)
    return [
        web.get("/_local/console", _for_here(console.show)),
        web.get(r"/_local/frames/{number:\d{1,12}}", _for_here(console.frames)),
        web.post("/_local/try", _for_here(console.attempt)),
        *(file_route(f"/_local/{name}", HERE / name, "text/javascript") for name in MODULES),
    ]


class _Console:
    def __init__(self, recorder: Recorder, trials: Trials) -> None:
        self._recorder, self._trials = recorder, trials

    async def show(self, _: web.Request) -> web.Response:
        return _answer({"invocations": self._recorder.invocations(), **self._trials.state()})

    async def frames(self, request: web.Request) -> web.Response:
        contents = self._recorder.contents(int(request.match_info["number"]))
        return _answer(contents) if contents else _refuse(404, "This invocation is not kept any more.")

    async def attempt(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # which no other page can send unasked
            return _refuse(415, "Ask in JSON.")
        try:
            self._trials.attempt(await request.json())
        except ValueError:
            return _refuse(400, "This is not JSON.")
        except Refused as refused:
            return _refuse(400, str(refused))
        return _answer(self._trials.state())


def _for_here(handler: Handler) -> Handler:
    """Answer nobody who comes through a tunnel: the meter is for them, what others say is not."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not is_from_here(request):
            return _refuse(403, "This is shown at the machine itself only.")
        return await handler(request)

    return answer


def _refuse(status: int, why: str) -> web.Response:
    return _answer({"message": why}, status)


def _answer(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(content, status=status, headers=HEADERS)
