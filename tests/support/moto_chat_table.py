"""The chat's table in moto, behind a small server in a thread of its own: what the layer's client asks, it asks here.

Each request can be in trouble, and is noted by whoever wants to know what a handler does.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.dynamodb.backends import CONTENT_TYPE, TARGET
from local.dynamodb.moto_backend import MotoDatabase
from scripts.soak.fault_proxy import Answer, Fault, FaultProxy, Request, beside

NAME = "chat"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


class MotoChatTable:
    """`requests` are those that came, with their operations' names. `fault_of` says what goes wrong with one."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.note: Callable[[str, dict[str, Any]], None] = lambda operation, body: None
        self.fault_of: Callable[[Request], Fault | None] = lambda request: None
        self.proxy = FaultProxy(self._perform, lambda request: self.fault_of(request))
        self._database = MotoDatabase()
        self.call("CreateTable", **DEFINITION)

    @property
    def endpoint(self) -> str:
        return self.proxy.address

    @property
    def environ(self) -> dict[str, str]:
        """Return the variables that lead a function here."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint, "TABLE_NAME": NAME}

    def call(self, operation: str, **body: Any) -> dict[str, Any]:
        """Do an operation without HTTP. Only while no request is under way."""
        _, answer = self._database.call(TARGET + operation, CONTENT_TYPE, {"TableName": NAME, **body})
        return answer

    def row(self, key: dict[str, Any]) -> dict[str, Any]:
        """Return a row as DynamoDB holds it."""
        found: dict[str, Any] = self.call("GetItem", Key=key)["Item"]
        return found

    async def _perform(self, request: Request) -> Answer:
        operation, body = request.headers["x-amz-target"].removeprefix(TARGET), json.loads(request.body)
        self.requests.append((operation, body))
        self.note(operation, body)
        status, answer = self._database.call(TARGET + operation, CONTENT_TYPE, body)
        said = json.dumps(answer).encode()
        return Answer(status, said, {"Content-Type": CONTENT_TYPE, "x-amz-crc32": str(zlib.crc32(said))})


# The keys that Terraform gives it.
DEFINITION: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
}


@contextmanager
def served() -> Iterator[MotoChatTable]:
    """Serve an empty table."""
    table = MotoChatTable()
    with beside(table.proxy):
        yield table
