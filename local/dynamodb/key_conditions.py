"""The condition of a Query: one partition key, and which sort keys."""

import functools
from dataclasses import dataclass
from typing import NamedTuple

from local.dynamodb.attribute_values import Unfamiliar, text
from local.dynamodb.expressions import KEPT, Scope
from local.dynamodb.memory_table import Bounds
from local.dynamodb.tokens import Tokens

SIGNS = ("=", "<", "<=", ">", ">=")


class _Part(NamedTuple):
    name: str
    sign: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class KeyCondition:
    """What has been read, with the names and values that it uses."""

    names: frozenset[str]
    values: frozenset[str]
    parts: tuple[_Part, ...]

    def found(self, keys: tuple[str, ...], scope: Scope) -> tuple[str, Bounds]:
        """Return the partition key and the bounds of the sort keys in a table with these keys."""
        try:
            parts = {scope.names.get(part.name, part.name): part for part in self.parts}
            partition = parts.pop(keys[0])
            sort = parts.pop(keys[1]) if len(keys) > 1 and parts else None
            texts = [text(scope.values[value]) for value in (*partition.values, *(sort.values if sort else ()))]
        except KeyError:
            raise Unfamiliar from None
        if partition.sign != "=" or parts or not all(texts):
            raise Unfamiliar
        return texts[0], _bounds(sort.sign, *texts[1:]) if sort else Bounds()


@functools.lru_cache(KEPT)
def read_key_condition(expression: str) -> KeyCondition:
    """Read the condition of a Query."""
    tokens = Tokens(expression)
    parts = [_part(tokens)]
    if tokens.word("AND"):
        parts.append(_part(tokens))
    tokens.end()
    return KeyCondition(frozenset(tokens.names), frozenset(tokens.values), tuple(parts))


def _part(tokens: Tokens) -> _Part:
    if tokens.function("begins_with"):
        name = tokens.name()
        tokens.need(",")
        value = tokens.value()
        tokens.need(")")
        return _Part(name, "begins", (value,))
    name = tokens.name()
    if not tokens.word("BETWEEN"):
        return _Part(name, tokens.sign(*SIGNS), (tokens.value(),))
    least = tokens.value()
    if not tokens.word("AND"):
        raise Unfamiliar
    return _Part(name, "between", (least, tokens.value()))


def _bounds(sign: str, first: str, last: str = "") -> Bounds:
    """Return which sort keys: those that hold follow each other in the order of sort keys."""
    match sign:
        case "=":
            return Bounds(first, lambda sort: sort == first)
        case "<":
            return Bounds("", lambda sort: sort < first)
        case "<=":
            return Bounds("", lambda sort: sort <= first)
        case ">":
            return Bounds(first + "\0", lambda sort: True)
        case ">=":
            return Bounds(first, lambda sort: True)
        case "begins":
            return Bounds(first, lambda sort: sort.startswith(first))
    if last < first:
        raise Unfamiliar
    return Bounds(first, lambda sort: sort <= last)
