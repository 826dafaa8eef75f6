"""Record everything a local chat gets to see: requests, frames, what its functions post and write, what it prints."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest import mock
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from local.chat import LocalChat
from local.functions.contract import Function

# A shorter word could turn up in ciphertext by chance: 6 characters of base64 do so once in 7e10 places.
SEARCHABLE = 6


class TrafficRecorder:
    """Hand `print` to a LocalChat as its `log`, and start it with `running`. `recorded` is all of it."""

    def __init__(self) -> None:
        self.recorded: list[str] = []

    @asynccontextmanager
    async def running(self, chat: LocalChat) -> AsyncIterator[LocalChat]:
        """Run the chat. Its HTTP servers (sockets, pages, @connections, table) are aiohttp applications."""
        application = web.Application

        @web.middleware
        async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
            await self._record_request(request)
            return await handler(request)

        def recorded_application(**settings: Any) -> web.Application:
            return application(middlewares=[record], **settings)

        with mock.patch.object(web, "Application", recorded_application):
            await chat.__aenter__()
        try:
            chat.gateway.routes = {
                key: RecordedRoute(key, route, self.recorded) for key, route in chat.gateway.routes.items()
            }
            yield chat
        finally:
            await chat.__aexit__(None, None, None)

    def print(self, *line: Any) -> None:
        self.recorded.append(repr(line))

    def find(self, words: set[str]) -> set[str]:
        """Return the words that occur in what was recorded, as they are or in one of the usual encodings."""
        everything = "\n".join(self.recorded)
        return {word for word in words if any(encoding in everything for encoding in encodings(word))}

    async def _record_request(self, request: web.Request) -> None:
        self.recorded += [request.method, request.raw_path, str(request.raw_headers)]
        if request.can_read_body:
            self.recorded.append((await request.read()).decode(errors="replace"))


class RecordedRoute:
    """A route of the gateway that records each event, which holds the frame, and passes it on to its function."""

    def __init__(self, key: str, route: object, recorded: list[str]) -> None:
        self._function = route if isinstance(route, Function) else None  # a mock integration runs nothing
        self._recorded = recorded
        self.name = self._function.name if self._function else key  # by which the meter knows who posts

    async def invoke(self, event: dict[str, Any]) -> Any:
        self._recorded.append(json.dumps(event, ensure_ascii=False))
        return await self._function.invoke(event) if self._function else None


def encodings(word: str) -> set[str]:
    """Return the word plain, escaped for JSON and for addresses, in hex, and inside any base64."""
    raw = word.encode()
    forms = {word, json.dumps(word)[1:-1], quote(word), quote(word, safe=""), raw.hex()}
    for shift in range(3):  # where in a group of three bytes the word begins
        text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        inner = text[(0, 2, 3)[shift] : len(text) - (1 if (shift + len(raw)) % 3 else 0)]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SEARCHABLE}
