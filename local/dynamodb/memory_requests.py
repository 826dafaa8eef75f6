"""The requests that the chat makes, answered by tables in memory. Whatever is not known here is Unfamiliar."""

from collections.abc import Callable
from typing import Any, NamedTuple

from local.dynamodb.attribute_values import Item, Unfamiliar, check, check_item
from local.dynamodb.backends import Answer, error_answer
from local.dynamodb.expressions import ANYTHING, Expression, Scope, read_condition, read_projection, read_update
from local.dynamodb.key_conditions import KeyCondition, read_key_condition
from local.dynamodb.memory_table import Key, MemoryTable, Page

Body = dict[str, Any]
Tables = dict[str, MemoryTable]

PLACEHOLDERS = {"ExpressionAttributeNames", "ExpressionAttributeValues"}
OF_WRITES = {"ConditionExpression", "ReturnValues", "ReturnValuesOnConditionCheckFailure", *PLACEHOLDERS}
NO_TABLE = error_answer(400, "ResourceNotFoundException", "Requested resource not found")
OF_PAGES = {"ConsistentRead", "FilterExpression", "ProjectionExpression", "Limit", "ExclusiveStartKey", *PLACEHOLDERS}


class _Request(NamedTuple):
    """A request to one table, and what its placeholders stand for."""

    table: MemoryTable
    body: Body
    scope: Scope

    def read(self, name: str, read: Callable[[str], Expression]) -> Expression:
        """Return what stands in an expression of the request, if it has it."""
        text = self.body.get(name)
        if text is None:
            return ANYTHING
        if not isinstance(text, str) or not text:
            raise Unfamiliar
        return read(text)

    def check_used(self, *expressions: Expression | KeyCondition) -> None:
        """Raise Unfamiliar unless these expressions use all placeholders, and no others."""
        used_names = frozenset[str]().union(*(each.names for each in expressions))
        used_values = frozenset[str]().union(*(each.values for each in expressions))
        if used_names != self.scope.names.keys() or used_values != self.scope.values.keys():
            raise Unfamiliar


def answer(tables: Tables, operation: str, body: Body) -> Answer:
    """Return the answer to one request. Raise Unfamiliar: then nothing has changed."""
    if operation in _OF_TABLES:
        return _OF_TABLES[operation](tables, body)
    if operation not in _OF_ITEMS:
        raise Unfamiliar
    perform, known = _OF_ITEMS[operation]
    if not known.issuperset(body) or not isinstance(body.get("TableName"), str):
        raise Unfamiliar
    if body["TableName"] not in tables:
        return NO_TABLE
    scope = Scope(_names(body), _values(body))
    return perform(_Request(tables[body["TableName"]], body, scope))


# --- items -------------------------------------------------------------------------------------------------


def _put(request: _Request) -> Answer:
    item = request.body.get("Item")
    check_item(item)
    assert item is not None, "it has been checked"
    key = request.table.key(item)
    return _write(request, key, lambda: request.table.put(key, item))


def _delete(request: _Request) -> Answer:
    key = request.table.key_alone(request.body.get("Key"))
    return _write(request, key, lambda: request.table.delete(key))


def _write(request: _Request, key: Key, write: Callable[[], None]) -> Answer:
    """Put or delete the item of this key, if the request's condition holds for what is there."""
    before = request.table.get(key)
    condition = request.read("ConditionExpression", read_condition)
    request.check_used(condition)
    returned = _returned(request, "NONE", "ALL_OLD")
    if not condition.condition(before or {}, request.scope):
        return _refused(request, before)
    write()
    return _changed(before if returned == "ALL_OLD" else None)


def _update(request: _Request) -> Answer:
    key = request.table.key_alone(request.body.get("Key"))
    before = request.table.get(key)
    condition, update = (
        request.read("ConditionExpression", read_condition),
        request.read("UpdateExpression", read_update),
    )
    request.check_used(condition, update)
    returned = _returned(request, "NONE", "ALL_OLD", "ALL_NEW", "UPDATED_NEW")
    if not condition.condition(before or {}, request.scope):
        return _refused(request, before)
    after, names = update.changed(before or request.table.attributes(key), request.scope)
    if not update.changes or not names.isdisjoint(request.table.keys):
        raise Unfamiliar
    check_item(after)
    request.table.put(key, after)
    if returned == "UPDATED_NEW":
        return _changed({name: value for name, value in after.items() if name in names})
    return _changed({"ALL_OLD": before, "ALL_NEW": after}.get(returned))


def _get(request: _Request) -> Answer:
    projection = request.read("ProjectionExpression", read_projection)
    request.check_used(projection)
    item = request.table.get(request.table.key_alone(request.body.get("Key")))
    if item is not None and projection.kept:
        item = projection.projected(item, request.scope)
    return 200, {} if item is None else {"Item": item}


def _query(request: _Request) -> Answer:
    text = request.body.get("KeyConditionExpression")
    if not isinstance(text, str):
        raise Unfamiliar
    keys = read_key_condition(text)
    partition, bounds = keys.found(request.table.keys, request.scope)
    start, forward = request.body.get("ExclusiveStartKey"), request.body.get("ScanIndexForward", True)
    from_key = None if start is None else request.table.key_alone(start)
    if not isinstance(forward, bool) or (from_key and from_key.partition != partition):
        raise Unfamiliar
    page = request.table.query(partition, bounds, _limit(request), from_key, forward=forward)
    return _page(request, page, keys)


def _scan(request: _Request) -> Answer:
    start = request.body.get("ExclusiveStartKey")
    from_key = None if start is None else request.table.key_alone(start)
    return _page(request, request.table.scan(_limit(request), from_key))


def _page(request: _Request, page: Page, *others: KeyCondition) -> Answer:
    filtering = request.read("FilterExpression", read_condition)
    projection = request.read("ProjectionExpression", read_projection)
    request.check_used(filtering, projection, *others)
    items: list[Item] = page.items
    if filtering is not ANYTHING:
        items = [item for item in items if filtering.condition(item, request.scope)]
    if projection.kept:
        items = [projection.projected(item, request.scope) for item in items]
    found: Body = {"Items": items, "Count": len(items), "ScannedCount": len(page.items)}
    if page.last:
        found["LastEvaluatedKey"] = request.table.attributes(page.last)
    return 200, found


def _refused(request: _Request, before: Item | None) -> Answer:
    status, content = error_answer(400, "ConditionalCheckFailedException", "The conditional request failed")
    if before is not None and request.body.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
        content["Item"] = before
    return status, content


def _changed(attributes: Item | None) -> Answer:
    return 200, {"Attributes": attributes} if attributes else {}


def _returned(request: _Request, *known: str) -> str:
    if request.body.get("ReturnValuesOnConditionCheckFailure", "NONE") not in ("NONE", "ALL_OLD"):
        raise Unfamiliar
    returned = request.body.get("ReturnValues", "NONE")
    if returned not in known:
        raise Unfamiliar
    return str(returned)


def _limit(request: _Request) -> int | None:
    limit = request.body.get("Limit")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise Unfamiliar
    return limit


def _names(body: Body) -> dict[str, str]:
    names = body.get("ExpressionAttributeNames", {})
    is_map = isinstance(names, dict) and all(isinstance(name, str) and name for name in names.values())
    if not is_map or ("ExpressionAttributeNames" in body and not names):
        raise Unfamiliar
    return dict(names)


def _values(body: Body) -> dict[str, Any]:
    values = body.get("ExpressionAttributeValues", {})
    if not isinstance(values, dict) or ("ExpressionAttributeValues" in body and not values):
        raise Unfamiliar
    for value in values.values():
        check(value)
    return values


_OF_ITEMS: dict[str, tuple[Callable[[_Request], Answer], set[str]]] = {
    "PutItem": (_put, {"TableName", "Item", *OF_WRITES}),
    "DeleteItem": (_delete, {"TableName", "Key", *OF_WRITES}),
    "UpdateItem": (_update, {"TableName", "Key", "UpdateExpression", *OF_WRITES}),
    "GetItem": (_get, {"TableName", "Key", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}),
    "Query": (_query, {"TableName", "KeyConditionExpression", "ScanIndexForward", *OF_PAGES}),
    "Scan": (_scan, {"TableName", *OF_PAGES}),
}


# --- tables ------------------------------------------------------------------------------------------------


def _create(tables: Tables, body: Body) -> Answer:
    known = {"TableName", "BillingMode", "KeySchema", "AttributeDefinitions"}
    if not known.issuperset(body) or body.get("BillingMode") != "PAY_PER_REQUEST":
        raise Unfamiliar
    try:
        name, parts = body["TableName"], body["KeySchema"]
        keys = tuple(part["AttributeName"] for part in parts)
        kinds = [part["KeyType"] for part in parts]
        types = {part["AttributeName"]: part["AttributeType"] for part in body["AttributeDefinitions"]}
    except (LookupError, TypeError):
        raise Unfamiliar from None
    is_known = kinds in (["HASH"], ["HASH", "RANGE"]) and types == dict.fromkeys(keys, "S") and len(types) == len(kinds)
    if not is_known or not isinstance(name, str):
        raise Unfamiliar
    if name in tables:
        return error_answer(400, "ResourceInUseException", f"Table already exists: {name}")
    tables[name] = MemoryTable(body, keys)
    return 200, {"TableDescription": _description(tables[name])}


def _describe(tables: Tables, body: Body) -> Answer:
    if set(body) != {"TableName"}:
        raise Unfamiliar
    if body["TableName"] not in tables:
        return NO_TABLE
    return 200, {"Table": _description(tables[body["TableName"]])}


def _list(tables: Tables, body: Body) -> Answer:
    if body:
        raise Unfamiliar
    return 200, {"TableNames": sorted(tables)}


def _expire(tables: Tables, body: Body) -> Answer:
    to_live = body.get("TimeToLiveSpecification")
    if set(body) != {"TableName", "TimeToLiveSpecification"} or body["TableName"] not in tables:
        raise Unfamiliar
    if not isinstance(to_live, dict) or set(to_live) != {"Enabled", "AttributeName"}:
        raise Unfamiliar
    tables[body["TableName"]].time_to_live = to_live
    return 200, {"TimeToLiveSpecification": to_live}


def _expiring(tables: Tables, body: Body) -> Answer:
    if set(body) != {"TableName"} or body["TableName"] not in tables:
        raise Unfamiliar
    to_live = tables[body["TableName"]].time_to_live
    if to_live is None:
        return 200, {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    status = "ENABLED" if to_live["Enabled"] else "DISABLED"
    name = to_live["AttributeName"]
    return 200, {"TimeToLiveDescription": {"TimeToLiveStatus": status, "AttributeName": name}}


def _description(table: MemoryTable) -> Body:
    return {
        **{name: table.definition[name] for name in ("TableName", "KeySchema", "AttributeDefinitions")},
        "BillingModeSummary": {"BillingMode": table.definition["BillingMode"]},
        "ItemCount": len(table.items()),
        "TableStatus": "ACTIVE",
    }


_OF_TABLES: dict[str, Callable[[Tables, Body], Answer]] = {
    "CreateTable": _create,
    "DescribeTable": _describe,
    "ListTables": _list,
    "UpdateTimeToLive": _expire,
    "DescribeTimeToLive": _expiring,
}
