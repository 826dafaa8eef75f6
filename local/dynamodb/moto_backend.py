"""moto's DynamoDB in memory, as a backend: no web framework around it, and as quick as a chat under load needs it.

Requests enter moto where those of its own HTTP server do (`DynamoHandler`), and four things are changed:
each MotoDatabase is an empty database of its own (moto's is one per account), answers are written as JSON at once
(moto's generic serializer takes three quarters of a Query's time), a Query sorts the items of its
partition, not those of the whole table, and nothing is kept that no request can find any more (moto lists every item it
has ever made, and never deletes what has expired). Not for several threads: moto checks a condition and writes without
a lock.
"""

import asyncio
import base64
import copy
import json
import logging
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from moto.core.model_instances import model_data
from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler

from local.dynamodb.backends import CONTENT_TYPE, REGION, TARGET, Answer, Call, error_answer, request_error

LOG = logging.getLogger(__name__)

ACCOUNT = "123456789012"
URL = f"https://dynamodb.{REGION}.amazonaws.com/"
EXPIRED_SECONDS = 600  # how long an item that has expired can still be read: AWS promises no more than a few days
SWEEP_SECONDS = 60  # between two looks for such items

T = TypeVar("T")


class MotoBackend:
    """moto's DynamoDB in memory, each backend an empty database of its own.

    moto evaluates a condition and writes in two steps without a lock, so everything happens in one worker
    thread, and all that one `run` does happens without another request in between.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` is the time that expires items, in seconds since the epoch."""
        self._database = MotoDatabase()
        self._now, self._swept = now, now()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="moto")

    def call(self, operation: str, body: dict[str, Any]) -> Answer:
        return self._worker.submit(self._call, operation, body).result()

    async def run(self, work: Callable[[Call], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work, self._call)

    def close(self) -> None:
        self._worker.shutdown(wait=True)

    def _call(self, operation: str, body: dict[str, Any]) -> Answer:
        if self._now() > self._swept + SWEEP_SECONDS:
            self._swept = self._now()
            self._database.forget(self._swept - EXPIRED_SECONDS)
        try:
            return self._database.call(TARGET + operation, CONTENT_TYPE, body)
        except Exception as error:
            # moto raises where DynamoDB would refuse a malformed request.
            refusal = request_error(operation, body)
            if refusal:
                return refusal
            LOG.warning("moto's DynamoDB failed in %s: %s", operation, type(error).__name__)
            return error_answer(500, "InternalServerError", f"moto's DynamoDB failed in {operation}")


class MotoDatabase:
    """One DynamoDB in memory."""

    def __init__(self) -> None:
        self._tables = _Tables(REGION, ACCOUNT)
        for model in model_data["dynamodb"].values():
            model.instances_tracked = deque(maxlen=0)  # type: ignore[attr-defined]

    def forget(self, before: float) -> None:
        """Delete what expired before this time, in seconds since the epoch, and partitions without items."""
        for table in self._tables.tables.values():
            expiring = table.ttl.get("AttributeName") if table.ttl["TimeToLiveStatus"] == "ENABLED" else None
            for key, content in list(table.items.items()):
                partition: dict[Any, Any] = content if table.has_range_key else {None: content}
                for sort_key in [each for each, item in partition.items() if _expires(item, expiring) < before]:
                    del partition[sort_key]
                if not partition:
                    del table.items[key]

    def call(self, target: str, content_type: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and answer to one request. Raises whatever moto raises at malformed ones."""
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


def _expires(item: Any, attribute: str | None) -> float:
    """Return when an item expires, in seconds since the epoch. Only a number says so."""
    value = item.attrs.get(attribute)
    return float(value.value) if value is not None and value.type == "N" else math.inf


def _on_the_wire(value: Any) -> Any:
    """Return as JSON what it has no type for: bytes in base64, times in seconds."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)
