"""The table in memory gives moto's answers to whatever it answers itself, and leaves to moto all that it does not."""

import random
from collections import Counter
from typing import Any

import pytest

from local.dynamodb.attribute_values import Unfamiliar
from local.dynamodb.memory_backend import MemoryBackend
from local.dynamodb.memory_requests import answer
from local.dynamodb.memory_table import MemoryTable
from local.dynamodb.moto_backend import MotoBackend

TABLE: dict[str, Any] = {
    "TableName": "t",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
}
VALUES: list[dict[str, Any]] = [
    {"S": "a"},
    {"S": "b"},
    {"S": ""},
    {"N": "0"},
    {"N": "7"},
    {"N": "-12.5"},
    {"BOOL": True},
]
OPERATIONS = ("PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan")
CONDITIONS = [
    "attribute_exists(#a)",
    "attribute_not_exists(#a) OR #a < :v",
    "#a = :v AND NOT_A_WORD",
    "#a <> :v AND attribute_exists(pk)",
    "(#a = :v OR #b = :v) AND begins_with(sk, :s)",
    "#a BETWEEN :v AND :w",
    "#a <= :v",
    "#a IN (:v, :w)",
    "NOT #a = :v",
    "size(#a) > :n",
    "attribute_exists(#a",
    "name = :v",
]
UPDATES = [
    "SET #a = :v",
    "SET #a = if_not_exists(#a, :v), #b = :w",
    "SET #a = #b",
    "SET #c = if_not_exists(#c, :n) + :n",
    "SET #c = #c - :n REMOVE #a",
    "ADD #c :n REMOVE #a, #b",
    "ADD #c :n, #a :n",
    "REMOVE #a",
    "SET #a = :v, #a = :w",
    "SET pk = :v",
    "DELETE #a :v",
    "SET",
]
KEYS = [
    "pk = :p",
    "pk = :p AND begins_with(sk, :s)",
    "pk = :p AND sk BETWEEN :s AND :z",
    "sk > :s AND pk = :p",
    "pk = :p AND sk <= :z",
    "pk > :p",
    "#a = :p",
]


def used(placeholders: dict[str, Any], *expressions: str | None) -> dict[str, Any]:
    text = " ".join(filter(None, expressions)).replace(",", " ").replace("(", " ").replace(")", " ").split()
    return {name: value for name, value in placeholders.items() if name in text}


def request(dice: random.Random) -> tuple[str, dict[str, Any]]:
    """Return a request, mostly one that the chat could make."""
    key = {"pk": {"S": dice.choice("pq")}, "sk": {"S": dice.choice(("k", "ka", "kb", "l"))}}
    bounds = {":p": {"S": "p"}, ":s": {"S": "k"}, ":z": {"S": "kb"}, ":n": {"N": "2"}}
    values = bounds | {":v": dice.choice(VALUES), ":w": dice.choice(VALUES)}
    names = {"#a": "a", "#b": "b", "#c": "c"}
    condition = dice.choice((None, *CONDITIONS))
    operation = dice.choice((*OPERATIONS, "UpdateItem", "Query"))
    body: dict[str, Any] = {"TableName": "t"}
    texts = {"ConditionExpression": condition}
    if operation == "PutItem":
        item = {"a": dice.choice(VALUES), "c": {"N": "1"}}
        body |= {"Item": key | item, "ReturnValues": dice.choice(("NONE", "ALL_OLD"))}
    elif operation in ("Query", "Scan"):
        texts = {"FilterExpression": dice.choice((None, None, *CONDITIONS[:2])), "ProjectionExpression": None}
        texts |= {"KeyConditionExpression": dice.choice(KEYS)} if operation == "Query" else {}
        body |= {"ScanIndexForward": dice.random() < 0.5} if operation == "Query" else {}
        body |= {"Limit": dice.randint(1, 3)} if operation == "Query" and dice.random() < 0.5 else {}
    elif operation == "GetItem":
        body["Key"], texts = key, {"ProjectionExpression": dice.choice((None, "#a, pk"))}
    else:
        body |= {"Key": key, "ReturnValues": dice.choice(("NONE", "ALL_OLD"))}
        if operation == "UpdateItem":
            texts["UpdateExpression"] = dice.choice(UPDATES)
            body["ReturnValues"] = dice.choice(("NONE", "ALL_OLD", "ALL_NEW"))
    if "ReturnValues" in body and condition:
        body["ReturnValuesOnConditionCheckFailure"] = dice.choice(("NONE", "ALL_OLD"))
    body |= {name: text for name, text in texts.items() if text is not None}
    for name, placeholders in (("Names", names), ("Values", values)):
        if chosen := used(placeholders, *texts.values()):
            body[f"ExpressionAttribute{name}"] = chosen
    return operation, body


def essence(answer: tuple[int, dict[str, Any]]) -> Any:
    """Return what DynamoDB would say too: moto adds capacity that nobody has asked for, and words."""
    status, content = answer
    kept = ("Attributes", "Item", "Items", "Count", "ScannedCount", "LastEvaluatedKey")
    if status != 200:
        return status, content["__type"].rpartition("#")[2], content.get("Item")
    return status, {name: content[name] for name in kept if content.get(name) not in (None, [], {})}


def in_order(answer: Any) -> Any:
    """Put the items of a Scan, whose order nobody promises, into one."""
    return answer[0], {**answer[1], "Items": sorted(answer[1].get("Items", []), key=repr)}


@pytest.mark.parametrize("seed", range(6))
def test_what_it_answers_itself_is_what_moto_answers(seed: int) -> None:
    dice, tables = random.Random(seed), dict[str, MemoryTable]()
    moto = MotoBackend()
    for call in (moto.call, lambda *request: answer(tables, *request)):
        assert call("CreateTable", TABLE)[0] == 200
    seen = Counter[str]()
    for _ in range(250):
        operation, body = request(dice)
        try:
            own = essence(answer(tables, operation, body))
        except Unfamiliar:
            continue
        theirs = essence(moto.call(operation, body))
        order = in_order if operation == "Scan" else lambda each: each
        assert order(own) == order(theirs), (operation, body)
        seen[f"{operation} {own[0]}"] += 1
    assert min(seen[f"{operation} 200"] for operation in OPERATIONS) >= 1, seen
    assert seen["UpdateItem 400"] >= 1, "conditions that do not hold"
    moto.close()


ITEM = {"pk": {"S": "p"}, "sk": {"S": "s"}, "n": {"N": "1"}}
OF_OTHER_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "a batch": ("BatchGetItem", {"RequestItems": {"t": {"Keys": [{"pk": {"S": "p"}, "sk": {"S": "s"}}]}}}),
    "a count": (
        "Query",
        {
            "TableName": "t",
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": "p"}},
            "Select": "COUNT",
        },
    ),
    "an expression that is none": (
        "UpdateItem",
        {"TableName": "t", "Key": {"pk": {"S": "p"}, "sk": {"S": "t"}}, "UpdateExpression": "SET t t"},
    ),
}


@pytest.mark.parametrize("kind", OF_OTHER_KINDS)
def test_a_request_of_another_kind_finds_all_that_there_is_in_moto(kind: str) -> None:
    memory = MemoryBackend()
    memory.call("CreateTable", TABLE)
    expiry = {"Enabled": True, "AttributeName": "expiresAt"}
    memory.call("UpdateTimeToLive", {"TableName": "t", "TimeToLiveSpecification": expiry})
    memory.call("PutItem", {"TableName": "t", "Item": ITEM})
    assert memory.is_immediate
    status, _ = memory.call(*OF_OTHER_KINDS[kind])
    assert status == (400 if kind == "an expression that is none" else 200)
    assert not memory.is_immediate
    assert memory.call("GetItem", {"TableName": "t", "Key": {"pk": ITEM["pk"], "sk": ITEM["sk"]}})[1] == {"Item": ITEM}
    to_live = memory.call("DescribeTimeToLive", {"TableName": "t"})[1]["TimeToLiveDescription"]
    assert (to_live["TimeToLiveStatus"], to_live["AttributeName"]) == ("ENABLED", "expiresAt")
    memory.close()


def test_a_misshapen_request_is_refused_and_moves_nothing() -> None:
    memory = MemoryBackend()
    memory.call("CreateTable", TABLE)
    status, content = memory.call("PutItem", {"TableName": "t", "Item": "none"})
    assert (status, content["__type"].rpartition("#")[2]) == (400, "ValidationException")
    assert memory.is_immediate
