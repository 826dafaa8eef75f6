"""Everything a local chat ever gets to see: requests, frames, what its functions post and write, what it prints."""

import base64
import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from local.stack import LocalChat

# A shorter word could turn up in ciphertext by chance: 6 characters of base64 do so once in 7e10 places.
SEARCHABLE = 6


class TrafficRecorder:
    """Attach it before the chat starts. `heard` is all of it, as text."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def attach(self, chat: LocalChat) -> None:
        gateway, table = chat.gateway, chat.table
        answer, on_message, perform = gateway._answer, gateway._on_message, table._perform

        async def hear_request(request: web.Request) -> web.StreamResponse:
            self.heard += [request.method, request.raw_path, str(request.raw_headers)]
            if request.can_read_body:
                self.heard.append((await request.read()).decode(errors="replace"))
            return await answer(request)

        def hear_message(connection: Any, text: str) -> None:
            self.heard.append(text)
            on_message(connection, text)

        async def hear_operation(route: str, operation: str, body: dict[str, Any]) -> Any:
            self.heard.append(json.dumps(body, ensure_ascii=False))
            return await perform(route, operation, body)

        gateway._answer, gateway._on_message, table._perform = hear_request, hear_message, hear_operation

    def print(self, *line: Any) -> None:
        """For LocalChat's `log` and `tell`."""
        self.heard.append(repr(line))

    def finds(self, words: set[str]) -> set[str]:
        """The words that occur in what was heard, as they are or in one of the usual encodings."""
        everything = "\n".join(self.heard)
        return {word for word in words if any(encoding in everything for encoding in encodings(word))}


def encodings(word: str) -> set[str]:
    """The word plain, escaped for JSON and for addresses, in hex, and inside any base64."""
    raw = word.encode()
    forms = {word, json.dumps(word)[1:-1], quote(word), quote(word, safe=""), raw.hex()}
    for shift in range(3):  # where in a group of three bytes the word begins
        text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        inner = text[(0, 2, 3)[shift] : len(text) - (1 if (shift + len(raw)) % 3 else 0)]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SEARCHABLE}
