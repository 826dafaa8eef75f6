"""Requests to @connections, signed or not, with everything of their answers: status, headers, and whether another
request can follow on the same connection."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SECONDS = 30  # for one answer

Change = Callable[[AWSRequest], None]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # by their names in small letters
    body: bytes
    kept: bool  # the connection is still open after it

    @property
    def kind(self) -> str:
        """What boto3 takes for the refusal's name."""
        return self.headers.get("x-amzn-errortype", "").partition(":")[0]

    @property
    def length(self) -> str:
        """How its end is told."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return "chunked"
        return "Content-Length" if "content-length" in self.headers else "no length"

    def __str__(self) -> str:
        return f"{self.status} {self.kind}".strip()

    def json(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Management:
    """What asks @connections of one stage. `endpoint` is what boto3 would be given as its endpoint_url."""

    def __init__(self, endpoint: str, credentials: Credentials, region: str) -> None:
        self.endpoint, self.credentials, self.region = endpoint, credentials, region
        self.service = "execute-api"  # that it signs for

    async def post(self, connection_id: str, data: bytes = b"hello") -> Answer:
        return await self.ask("POST", connection_id, data)

    async def get(self, connection_id: str) -> Answer:
        return await self.ask("GET", connection_id)

    async def delete(self, connection_id: str) -> Answer:
        return await self.ask("DELETE", connection_id)

    async def ask(
        self, method: str, connection_id: str, data: bytes = b"", *, signed: bool = True, change: Change | None = None
    ) -> Answer:
        """Send one request on a connection of its own. `change` alters it after it was signed."""
        request = self._request(method, connection_id, data, signed=signed)
        if change:
            change(request)

        def send() -> Answer:
            with self._connection() as connection:
                return _send(connection, request)

        return await asyncio.to_thread(send)

    async def twice(self, method: str, connection_id: str, data: bytes = b"") -> tuple[Answer, Answer | None]:
        """Send a request twice on one connection; None for the second answer if it could not be used again."""

        def send() -> tuple[Answer, Answer | None]:
            with self._connection() as connection:
                first = _send(connection, self._request(method, connection_id, data))
                try:
                    return first, _send(connection, self._request(method, connection_id, data)) if first.kept else None
                except (OSError, http.client.HTTPException):
                    return first, None

        return await asyncio.to_thread(send)

    def _request(self, method: str, connection_id: str, data: bytes, *, signed: bool = True) -> AWSRequest:
        url = f"{self.endpoint}/@connections/{quote(connection_id, safe='')}"
        request = AWSRequest(method, url, data=data)
        if signed:
            SigV4Auth(self.credentials, self.service, self.region).add_auth(request)
        return request

    @contextmanager
    def _connection(self) -> Iterator[http.client.HTTPConnection]:
        place = urlsplit(self.endpoint)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        connection = kind(place.hostname or "", place.port, timeout=SECONDS)
        connection.auto_open = 0  # a second request must not open a second connection behind our back
        connection.connect()
        try:
            yield connection
        finally:
            connection.close()


def _send(connection: http.client.HTTPConnection, request: AWSRequest) -> Answer:
    path = urlsplit(request.url).path
    connection.request(request.method, path, body=request.data or None, headers=dict(request.headers.items()))
    response = connection.getresponse()
    body = response.read()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body, connection.sock is not None)
