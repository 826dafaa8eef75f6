"""DynamoDB's size rules: how many bytes an item has, how many units reading or writing it takes.

After the developer guide: "DynamoDB item sizes and formats" (CapacityUnitCalculations) for the bytes,
"DynamoDB read and write operations" (read-write-operations) for the units. Pure functions over
attribute values as they are on the wire, {"S": "text"}. The guide calls the size of a number approximate.
"""

import base64
import functools
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

WRITE_UNIT_BYTES = 1024  # one write unit writes an item of up to 1 KB
READ_UNIT_BYTES = 4096  # one read unit reads up to 4 KB strongly consistently
COLLECTION_BYTES = 3  # every list and map
ELEMENT_BYTES = 1  # every element of a list, every pair of a map


class SizedItem(dict[str, Any]):
    """An item that nobody changes any more: its bytes are counted once."""

    __slots__ = ("size",)

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self.size = item_size(item)


def item_size(item: Item | None) -> int:
    """Return the bytes of an item: the names and values of its attributes; 0 if there is none."""
    if isinstance(item, SizedItem):
        return item.size
    size = 0
    for name, value in (item or {}).items():
        size += _text_size(name) + value_size(value)
    return size


def value_size(value: Mapping[str, Any]) -> int:
    """Return the bytes of one attribute value as it is on the wire, e.g. {"N": "12.5"}."""
    ((kind, content),) = value.items()
    if kind == "S":
        return _text_size(content)
    if kind == "N":
        return _number_size(content)
    return _other_size(kind, content)


def _other_size(kind: str, content: Any) -> int:
    match kind:
        case "B":
            return len(base64.b64decode(content))
        case "BOOL" | "NULL":
            return 1
        case "L":
            return COLLECTION_BYTES + sum(ELEMENT_BYTES + value_size(element) for element in content)
        case "M":
            return COLLECTION_BYTES + len(content) * ELEMENT_BYTES + item_size(content)
        case "SS" | "NS" | "BS":
            return sum(value_size({kind[0]: element}) for element in content)
    raise ValueError(f"DynamoDB has no attribute type {kind!r}")


def write_units(*items: Item | None) -> int:
    """Return the units of one write, given the item before and after: the larger counts, a missing one as 0 bytes."""
    return max(1, math.ceil(max(map(item_size, items)) / WRITE_UNIT_BYTES))


def read_units(items: Iterable[Item], *, consistent: bool) -> float:
    """Return the units of reading these items at once, as GetItem (one or none) and Query (a page of them) do."""
    units = max(1, math.ceil(sum(map(item_size, items)) / READ_UNIT_BYTES))
    return units if consistent else units / 2


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@functools.lru_cache(1000)  # most numbers come again: when a row expires, the number of a join
def _number_size(number: str) -> int:
    sign, digits, _ = Decimal(number).as_tuple()
    significant = "".join(map(str, digits)).strip("0")
    return (len(significant) + 1) // 2 + 1 + sign
