"""One table in memory: its partitions, each in the order of its sort keys, and pages of them.

Keys are texts. An item that is in it is never changed, only replaced, so that whoever has been given it may keep it.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from local.dynamodb.attribute_values import Item, Unfamiliar, Value
from local.dynamodb.item_size import SizedItem

PAGE_BYTES = 1_000_000  # of the items on one page, as moto cuts them
KEY_BYTES = (2048, 1024)  # of a partition key and a sort key


class Key(NamedTuple):
    """Where an item is. `sort` is empty in a table without sort keys."""

    partition: str
    sort: str


class Bounds(NamedTuple):
    """Which sort keys: from `start` on, as long as `holds`."""

    start: str = ""
    holds: Callable[[str], bool] = lambda sort: True


class Page(NamedTuple):
    """Items, and the key of the last one if there are more."""

    items: list[Item]
    last: Key | None


@dataclass
class Partition:
    """The items of one partition key, and their sort keys in order."""

    items: dict[str, SizedItem] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def within(self, bounds: Bounds, start: str | None, *, forward: bool) -> range:
        """Return the places of the sort keys within bounds, those after `start` if that is given."""
        begin = first = bisect_left(self.order, bounds.start)
        end = len(self.order)
        while first < end:  # the end of what holds, by halves
            middle = (first + end) // 2
            first, end = (middle + 1, end) if bounds.holds(self.order[middle]) else (first, middle)
        if start is not None and forward:
            begin = max(begin, bisect_right(self.order, start))
        elif start is not None:
            end = min(end, bisect_left(self.order, start))
        return range(begin, end) if forward else range(end - 1, begin - 1, -1)

    def is_last(self, sort: str, *, forward: bool) -> bool:
        """Tell whether nothing comes after this sort key in the partition."""
        return sort == self.order[-1 if forward else 0]


class MemoryTable:
    """The items of one table. `definition` is what CreateTable said, `expiring` the attribute that says until when."""

    def __init__(self, definition: dict[str, Any], keys: tuple[str, ...]) -> None:
        self.definition = definition
        self.keys = keys
        self.time_to_live: dict[str, Any] | None = None
        self._partitions: dict[str, Partition] = {}

    @property
    def expiring(self) -> str | None:
        """The attribute that says until when an item is kept."""
        to_live = self.time_to_live or {}
        return to_live["AttributeName"] if to_live.get("Enabled") else None

    def key(self, attributes: Item) -> Key:
        """Return the key that these attributes hold. Raise Unfamiliar where DynamoDB may take none."""
        texts = [_text(attributes.get(name), most) for name, most in zip(self.keys, KEY_BYTES, strict=False)]
        return Key(texts[0], texts[1] if len(texts) > 1 else "")

    def key_alone(self, attributes: Any) -> Key:
        """Return the key of a request that holds a key and nothing else."""
        if not isinstance(attributes, dict) or set(attributes) != set(self.keys):
            raise Unfamiliar
        return self.key(attributes)

    def attributes(self, key: Key) -> Item:
        """Return a key as attributes."""
        return {name: {"S": each} for name, each in zip(self.keys, key, strict=False)}

    def get(self, key: Key) -> Item | None:
        """Return the item there is."""
        partition = self._partitions.get(key.partition)
        return partition.items.get(key.sort) if partition else None

    def put(self, key: Key, item: Item) -> None:
        """Put an item there, whatever there is."""
        partition = self._partitions.setdefault(key.partition, Partition())
        if key.sort not in partition.items:
            insort(partition.order, key.sort)
        partition.items[key.sort] = SizedItem(item)

    def delete(self, key: Key) -> None:
        """Delete what there is."""
        partition = self._partitions.get(key.partition)
        if partition is None or partition.items.pop(key.sort, None) is None:
            return
        del partition.order[bisect_left(partition.order, key.sort)]
        if not partition.items:
            del self._partitions[key.partition]

    def query(self, partition: str, bounds: Bounds, limit: int | None, start: Key | None, *, forward: bool) -> Page:
        """Return a page of one partition's items, those after `start` if that is given."""
        found = self._partitions.get(partition, Partition())
        places = found.within(bounds, start.sort if start else None, forward=forward)
        sorts = (found.order[place] for place in places)
        page = _page(((Key(partition, sort), found.items[sort]) for sort in sorts), limit)
        if page.last is None and len(page.items) == limit:
            last = self.key(page.items[-1])
            if not found.is_last(last.sort, forward=forward):
                return Page(page.items, last)  # as moto does: what follows need not be within the bounds
        return page

    def scan(self, limit: int | None = None, start: Key | None = None) -> Page:
        """Return a page of all items, by their keys."""
        names = sorted(self._partitions)
        first = bisect_left(names, start.partition) if start else 0
        return _page(chain.from_iterable(self._after(name, start) for name in names[first:]), limit)

    def _after(self, name: str, start: Key | None) -> Iterator[tuple[Key, SizedItem]]:
        partition = self._partitions[name]
        after = start.sort if start and start.partition == name else None
        sorts = (partition.order[place] for place in partition.within(Bounds(), after, forward=True))
        return ((Key(name, sort), partition.items[sort]) for sort in sorts)

    def items(self) -> list[Item]:
        """Return all items."""
        return [item for partition in self._partitions.values() for item in partition.items.values()]

    def forget(self, before: float) -> None:
        """Delete what has expired before this time, in seconds since the epoch."""
        expiring = self.expiring
        if expiring is None:
            return
        for item in self.items():
            if float(item.get(expiring, {}).get("N", "inf")) < before:
                self.delete(self.key(item))


def _page(found: Iterable[tuple[Key, SizedItem]], limit: int | None) -> Page:
    items, size, last = list[Item](), 0, Key("", "")
    for key, item in found:
        size += item.size
        if len(items) == limit or (items and size > PAGE_BYTES):
            return Page(items, last)
        items.append(item)
        last = key
    return Page(items, None)


def _text(value: Value | None, most: int) -> str:
    content = value.get("S") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(content, str) or not 0 < len(content.encode(errors="surrogatepass")) <= most:
        raise Unfamiliar
    return content
