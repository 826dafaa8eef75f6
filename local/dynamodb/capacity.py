"""What an operation on the table consumes, measured on the wire: read and write units, indexes included.

After the developer guide's pages "DynamoDB read and write operations", "Global Secondary Indexes" (its
provisioned throughput considerations) and "DynamoDB transactions" (capacity management). An answer does not
tell the sizes that count (a write's item before and after, what a query read and then filtered out), so the
counter reads the items itself, around the operation, and does not count its own reads.

Not in the numbers: PartiQL and every operation not known here (reported as `unmetered`), the extra reads of
a local index that fetches attributes from its table, the cheaper repetition of a transaction with a known
ClientRequestToken, storage, streams and backups. Operations on tables rather than items are free.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.dynamodb.backends import Answer, Call
from local.dynamodb.item_size import Item, read_units, write_units

Body = dict[str, Any]

FREE_VERBS = ("Create", "Update", "Delete", "Describe", "List", "Tag", "Untag")  # ... of tables

# These narrow the answer of a read, not what it reads, so they do not change what it costs.
NARROWING = {
    "AttributesToGet",
    "ConditionalOperator",
    "FilterExpression",
    "ProjectionExpression",
    "QueryFilter",
    "ScanFilter",
    "Select",
}

TRANSACTION_FACTOR = 2  # prepare and commit

# What reading a misshapen request raises; the database is asked nevertheless and says what is wrong.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


@dataclass(frozen=True)
class ConsumedCapacity:
    """Units that one operation consumed. `unmetered`: it succeeded, but what it costs is not known here."""

    write: float = 0
    read: float = 0
    unmetered: bool = False


NOTHING = ConsumedCapacity()
UNKNOWN = ConsumedCapacity(unmetered=True)


@dataclass(frozen=True)
class Index:
    """A secondary index: its key attributes, and the attributes it holds (None = all)."""

    key: tuple[str, ...]
    attributes: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """Return what the index holds of an item; None if the item lacks a key attribute of the index."""
        if item is None or any(name not in item for name in self.key):
            return None
        return {name: item[name] for name in item if self.attributes is None or name in self.attributes}

    def write_units(self, before: Item | None, after: Item | None) -> int:
        """Return the units of updating the index: 0 if its entry stays, a delete and a put if its key moves."""
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old and new and any(old[name] != new[name] for name in self.key):
            return write_units(old) + write_units(new)
        return write_units(old, new)


@dataclass(frozen=True)
class Shape:
    """What has to be known of a table to count what writes to it consume."""

    key: tuple[str, ...]
    indexes: tuple[Index, ...]


@dataclass(frozen=True)
class Write:
    """One item that a request wants to write, as it is before. `item` is the one of a Put."""

    kind: str  # Put, Update, Delete or ConditionCheck
    table: str
    shape: Shape
    key: Item
    before: Item | None
    item: Item | None

    def units(self, after: Item | None) -> int:
        """Return the units of the write, given the item after it."""
        indexes = sum(index.write_units(self.before, after) for index in self.shape.indexes)
        return write_units(self.before, after) + indexes

    def refused_units(self) -> int:
        """Return the units of the write if its condition was false: by the item there is and that of a Put."""
        return write_units(self.before, self.item)


class CapacityCounter:
    """Does operations on a database and counts the units they consume. Keeps the shapes of the tables it has seen."""

    def __init__(self) -> None:
        self._shapes: dict[str, Shape] = {}

    def perform(self, call: Call, operation: str, body: Body) -> tuple[Answer, ConsumedCapacity]:
        """Return the database's answer to one operation, and what it consumed. Counting never makes it fail."""
        if operation in WRITES:
            return self._write(call, operation, body)
        answer = call(operation, body)
        if operation.startswith(FREE_VERBS):
            self._shapes.clear()
            return answer, NOTHING
        if answer[0] != 200:
            return answer, NOTHING
        if operation not in READS:
            return answer, UNKNOWN
        try:
            return answer, ConsumedCapacity(read=READS[operation](call, body, answer[1]))
        except UNREADABLE:
            return answer, UNKNOWN

    def _write(self, call: Call, operation: str, body: Body) -> tuple[Answer, ConsumedCapacity]:
        try:
            writes = [self._planned_write(call, *wanted) for wanted in WRITES[operation](body)]
        except UNREADABLE:
            writes = None
        answer = call(operation, body)
        if writes is None:
            return answer, UNKNOWN if answer[0] == 200 else NOTHING
        factor = TRANSACTION_FACTOR if operation == "TransactWriteItems" else 1
        try:
            return answer, ConsumedCapacity(write=factor * _units(call, writes, *answer))
        except UNREADABLE:
            return answer, UNKNOWN

    def _planned_write(self, call: Call, kind: str, request: Body) -> Write:
        table, item = request["TableName"], request.get("Item")
        shape = self._shape(call, table)
        key = request["Key"] if item is None else {name: item[name] for name in shape.key}
        return Write(kind, table, shape, key, _item(call, table, key), item)

    def _shape(self, call: Call, table: str) -> Shape:
        if table not in self._shapes:
            description = call("DescribeTable", {"TableName": table})[1]["Table"]
            self._shapes[table] = _shape(description)
        return self._shapes[table]


def _shape(description: Body) -> Shape:
    """Return a table's shape from what DescribeTable says of it."""
    key = tuple(part["AttributeName"] for part in description["KeySchema"])
    indexes = []
    for index in [
        *description.get("GlobalSecondaryIndexes", []),
        *description.get("LocalSecondaryIndexes", []),
    ]:
        index_key = tuple(part["AttributeName"] for part in index["KeySchema"])
        projection = index["Projection"]
        if projection.get("ProjectionType", "ALL") == "ALL":
            attributes = None
        else:
            attributes = frozenset([*key, *index_key, *projection.get("NonKeyAttributes", [])])
        indexes.append(Index(index_key, attributes))
    return Shape(key, tuple(indexes))


def _units(call: Call, writes: list[Write], status: int, answer: Body) -> int:
    """Return the units of the writes of one request: of those done, or of all when a condition was false."""
    if status == 200:
        return sum(write.units(_after(call, write)) for write in _processed(writes, answer))
    if _condition_failed(answer):
        return sum(write.refused_units() for write in writes)
    return 0


def _item(call: Call, table: str, key: Item) -> Item | None:
    """Return the item as it is now."""
    return call("GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})[1].get("Item")


def _after(call: Call, write: Write) -> Item | None:
    """Return the item after a write that was done."""
    match write.kind:
        case "Put":
            return write.item
        case "Update":
            return _item(call, write.table, write.key)
        case "Delete":
            return None
    return write.before


def _processed(writes: list[Write], answer: Body) -> list[Write]:
    """Return the writes without those that a batch gave back unprocessed."""
    back = [
        (table, content.get("Item"), content.get("Key"))
        for table, requests in answer.get("UnprocessedItems", {}).items()
        for request in requests
        for content in request.values()
    ]
    return [write for write in writes if (write.table, *_item_and_key(write)) not in back]


def _item_and_key(write: Write) -> tuple[Item | None, Item | None]:
    """Return a write's Item and Key as in its request, which has one of them."""
    return (write.item, None) if write.item is not None else (None, write.key)


def _condition_failed(answer: Body) -> bool:
    """Return whether a write was refused by a condition of its own, alone or in a transaction."""
    kind = str(answer.get("__type")).rpartition("#")[2]
    reasons = [reason.get("Code") for reason in answer.get("CancellationReasons", [])]
    return kind == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons


def _batch_writes(body: Body) -> list[tuple[str, Body]]:
    return [
        (kind.removesuffix("Request"), {"TableName": table, **content})
        for table, requests in body["RequestItems"].items()
        for request in requests
        for kind, content in request.items()
    ]


def _get(call: Call, body: Body, answer: Body) -> float:
    item = _item(call, body["TableName"], body["Key"]) if _narrowed(body) else answer.get("Item")
    return read_units([item] if item else [], consistent=body.get("ConsistentRead", False))


def _batch_get(call: Call, body: Body, answer: Body) -> float:
    back = answer.get("UnprocessedKeys", {})
    return sum(
        _get(call, {"TableName": table, "Key": key, "ConsistentRead": keys.get("ConsistentRead"), **_WHOLE}, {})
        for table, keys in body["RequestItems"].items()
        for key in keys["Keys"]
        if key not in back.get(table, {}).get("Keys", [])
    )


def _transact_get(call: Call, body: Body, answer: Body) -> float:
    gets = [request["Get"] for request in body["TransactItems"]]
    return TRANSACTION_FACTOR * sum(_get(call, {**get, "ConsistentRead": True, **_WHOLE}, {}) for get in gets)


def _page(operation: str) -> Callable[[Call, Body, Body], float]:
    def units(call: Call, body: Body, answer: Body) -> float:
        if _narrowed(body):
            answer = call(operation, _unnarrowed(body))[1]
        return read_units(answer["Items"], consistent=body.get("ConsistentRead", False))

    return units


def _narrowed(body: Body) -> bool:
    return not NARROWING.isdisjoint(body)


def _unnarrowed(body: Body) -> Body:
    """Return the same read without what narrows its answer, nor the names and values that only that used."""
    whole = {name: value for name, value in body.items() if name not in NARROWING}
    used = set(re.findall(r"[#:]\w+", body.get("KeyConditionExpression", "")))
    for placeholders in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept = {name: value for name, value in whole.pop(placeholders, {}).items() if name in used}
        if kept:
            whole[placeholders] = kept
    return whole


_WHOLE = {"Select": "ALL_ATTRIBUTES"}  # makes `_get` look at the item itself

READS: dict[str, Callable[[Call, Body, Body], float]] = {
    "GetItem": _get,
    "BatchGetItem": _batch_get,
    "TransactGetItems": _transact_get,
    "Query": _page("Query"),
    "Scan": _page("Scan"),
}

# For each operation, the writes a request asks for: the kind and a body with TableName and Item or Key.
WRITES: dict[str, Callable[[Body], list[tuple[str, Body]]]] = {
    "PutItem": lambda body: [("Put", body)],
    "UpdateItem": lambda body: [("Update", body)],
    "DeleteItem": lambda body: [("Delete", body)],
    "BatchWriteItem": _batch_writes,
    "TransactWriteItems": lambda body: [write for request in body["TransactItems"] for write in request.items()],
}
