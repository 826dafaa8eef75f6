"""moto's DynamoDB as a plain object: no web framework around it, and as quick as a chat under load needs it.

It enters moto where its own HTTP server does (a request into `DynamoHandler`) and changes three things:
each MotoDatabase is an empty database of its own (moto's is one per account), answers are written as JSON at once
(moto's generic serializer takes three quarters of a Query's time), and a Query sorts the items of its
partition, not those of the whole table. Not for several threads: moto checks a condition and writes without
a lock.
"""

import base64
import copy
import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler

REGION = "us-east-1"
ACCOUNT = "123456789012"
URL = f"https://dynamodb.{REGION}.amazonaws.com/"


class MotoDatabase:
    """One DynamoDB in memory."""

    def __init__(self) -> None:
        self._tables = _Tables(REGION, ACCOUNT)

    def call(self, target: str, content_type: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer to one request. Raises whatever moto raises at malformed ones."""
        headers = {"X-Amz-Target": target, "Content-Type": content_type}
        request = Request.from_primitives("POST", URL, headers, json.dumps(body))
        handler = _Handler(self._tables)
        handler.setup_class(request)
        status, _, answer = handler.call_action()
        return int(status), json.loads(answer or "{}")


class _Handler(DynamoHandler):
    def __init__(self, tables: DynamoDBBackend) -> None:
        super().__init__()
        self._tables = tables

    @property
    def dynamodb_backend(self) -> DynamoDBBackend:
        return self._tables

    def serialized(self, action_result: ActionResult) -> Any:
        if not isinstance(action_result.result, dict):
            return super().serialized(action_result)  # an error
        answer = {name: value for name, value in action_result.result.items() if value is not None}
        return 200, {}, json.dumps(answer, default=_on_the_wire)


class _Tables(DynamoDBBackend):
    def query(self, table_name: str, hash_key_dict: Any, *args: Any, **options: Any) -> Any:
        if options.get("index_name") or not hash_key_dict:
            return super().query(table_name, hash_key_dict, *args, **options)
        table, hash_key = self.get_table(table_name), DynamoType(hash_key_dict)
        partition, view = copy.copy(table), copy.copy(self)
        partition.items = defaultdict(dict, {hash_key: table.items[hash_key]} if hash_key in table.items else {})
        view.tables = {table.name: partition}
        return DynamoDBBackend.query(view, table_name, hash_key_dict, *args, **options)


def _on_the_wire(value: Any) -> Any:
    """What JSON has no type for."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)
