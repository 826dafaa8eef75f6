"""Attribute values as they are on the wire, {"S": "text"}: which are sound, which are alike, which is less, sums."""

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from local.dynamodb.item_size import item_size

Value = Mapping[str, Any]
Item = dict[str, Any]

ITEM_BYTES = 400 * 1024  # of the largest item
DEPTH = 32  # of lists and maps within each other
NUMBER = re.compile(r"-?(0|[1-9]\d{0,19})(\.\d{0,9}[1-9])?")  # as DynamoDB writes a number of no more than 30 digits
WHOLE = re.compile(r"-?\d{1,20}")


class Unfamiliar(Exception):
    """A request of a kind that is not answered here. It says nothing about whether DynamoDB would take it."""


def check_item(item: Any) -> None:
    """Raise Unfamiliar for an item that is not sound, or too large."""
    if not isinstance(item, dict):
        raise Unfamiliar
    for value in item.values():
        check(value)
    if item_size(item) > ITEM_BYTES:
        raise Unfamiliar


def check(value: Any, depth: int = 0) -> None:
    """Raise Unfamiliar for a value that is not sound."""
    if not isinstance(value, dict) or len(value) != 1 or depth > DEPTH:
        raise Unfamiliar
    ((kind, content),) = value.items()
    if kind == "L" and isinstance(content, list):
        for each in content:
            check(each, depth + 1)
    elif kind == "M" and isinstance(content, dict):
        for each in content.values():
            check(each, depth + 1)
    elif kind not in _IS_SOUND or not _IS_SOUND[kind](content):
        raise Unfamiliar


def is_same(one: Value | None, other: Value | None) -> bool:
    """Return whether two values are equal. A missing one equals none."""
    if one is None or other is None:
        return False
    ((kind, content),), ((other_kind, other_content),) = one.items(), other.items()
    if kind in ("L", "M", "B", "SS", "NS", "BS"):
        raise Unfamiliar
    if kind != other_kind:
        return False
    return Decimal(content) == Decimal(other_content) if kind == "N" else bool(content == other_content)


def order(one: Value | None, other: Value | None) -> int | None:
    """Return -1, 0 or 1, as one value is less than the other, equal or more. None where that cannot be said."""
    if one is None or other is None:
        return None
    ((kind, content),), ((other_kind, other_content),) = one.items(), other.items()
    if kind != other_kind or kind not in ("S", "N"):
        raise Unfamiliar
    pair = (Decimal(content), Decimal(other_content)) if kind == "N" else (content, other_content)
    return int(pair[0] > pair[1]) - int(pair[0] < pair[1])


def text(value: Value | None) -> str:
    """Return the text of a value that is one."""
    if value is None or "S" not in value:
        raise Unfamiliar
    return str(value["S"])


def plus(one: Value, other: Value, sign: int = 1) -> Value:
    """Return the sum or the difference of two whole numbers."""
    numbers = one.get("N", ""), other.get("N", "")
    if not all(map(WHOLE.fullmatch, numbers)):
        raise Unfamiliar
    return {"N": str(int(numbers[0]) + sign * int(numbers[1]))}


def added(before: Value | None, more: Value) -> Value:
    """Return what ADD makes of a value: a whole number more, or a set of texts with others in it."""
    if "SS" in more:
        if before is None:
            return more
        if "SS" not in before:
            raise Unfamiliar
        return {"SS": list(dict.fromkeys([*before["SS"], *more["SS"]]))}
    return plus({"N": "0"} if before is None else before, more)


def joined(one: Value, other: Value) -> Value:
    """Return one list after the other."""
    if "L" not in one or "L" not in other:
        raise Unfamiliar
    return {"L": [*one["L"], *other["L"]]}


def _is_base64(content: Any) -> bool:
    try:
        return isinstance(content, str) and base64.b64encode(base64.b64decode(content)).decode() == content
    except ValueError:
        return False


def _is_text(content: Any) -> bool:
    return isinstance(content, str)


def _is_number(content: Any) -> bool:
    return isinstance(content, str) and content != "-0" and bool(NUMBER.fullmatch(content))


def _set_of(is_sound: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def check_set(content: Any) -> bool:
        if not isinstance(content, list) or not content or not all(map(is_sound, content)):
            return False
        return len(set(content)) == len(content)

    return check_set


_IS_SOUND: dict[str, Callable[[Any], bool]] = {
    "S": _is_text,
    "N": _is_number,
    "B": _is_base64,
    "BOOL": lambda content: isinstance(content, bool),
    "NULL": lambda content: content is True,
    "SS": _set_of(_is_text),
    "NS": _set_of(_is_number),
    "BS": _set_of(_is_base64),
}
