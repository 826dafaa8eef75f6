"""DynamoDB's expressions, each text read once: conditions and filters, updates, projections.

Only what the chat writes, about attributes of the item itself: whatever else comes is Unfamiliar.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from local.dynamodb.attribute_values import Item, Unfamiliar, Value, added, is_same, joined, order, plus, text
from local.dynamodb.tokens import Tokens

KEPT = 500  # expressions that have been read: some times as many as a chat has


class Scope(NamedTuple):
    """What the placeholders stand for in one request, as DynamoDB takes it."""

    names: Mapping[str, str]
    values: Mapping[str, Value]


Condition = Callable[[Item, Scope], bool]
Operand = Callable[[Item, Scope], Value | None]


class Change(NamedTuple):
    """One attribute that an update changes: its name, and what becomes of it. None removes it."""

    name: str
    value: Operand


@dataclass(frozen=True)
class Expression:
    """One expression that has been read, with the names and values that it uses."""

    names: frozenset[str]
    values: frozenset[str]
    condition: Condition = lambda item, scope: True
    changes: tuple[Change, ...] = ()
    kept: tuple[str, ...] = ()

    def changed(self, item: Item, scope: Scope) -> tuple[Item, set[str]]:
        """Return the item as the update makes it, and the names of what it changes."""
        after, names = dict(item), set[str]()
        for name, value in self.changes:
            name = scope.names.get(name, name)
            new = value(item, scope)
            if new is not None:
                after[name] = new
            else:
                after.pop(name, None)
            names.add(name)
        if len(names) < len(self.changes):
            raise Unfamiliar
        return after, names

    def projected(self, item: Item, scope: Scope) -> Item:
        """Return what the projection keeps of an item."""
        names = {scope.names.get(name, name) for name in self.kept}
        if len(names) < len(self.kept):
            raise Unfamiliar
        return {name: value for name, value in item.items() if name in names}


ANYTHING = Expression(frozenset(), frozenset())


@functools.lru_cache(KEPT)
def read_condition(expression: str) -> Expression:
    """Read a condition, or a filter."""
    tokens = Tokens(expression)
    condition = _any_of(tokens)
    return _read(tokens, condition=condition)


@functools.lru_cache(KEPT)
def read_update(expression: str) -> Expression:
    """Read an update."""
    tokens, changes, seen = Tokens(expression), list[Change](), set[str]()
    while section := tokens.word(*_CHANGE):
        if section in seen:
            raise Unfamiliar
        seen.add(section)
        changes.append(_CHANGE[section](tokens))
        while tokens.take(","):
            changes.append(_CHANGE[section](tokens))
    if not changes:
        raise Unfamiliar
    return _read(tokens, changes=tuple(changes))


@functools.lru_cache(KEPT)
def read_projection(expression: str) -> Expression:
    """Read which attributes an answer is to keep."""
    tokens = Tokens(expression)
    kept = [tokens.name()]
    while tokens.take(","):
        kept.append(tokens.name())
    return _read(tokens, kept=tuple(kept))


def _read(tokens: Tokens, **parts: Any) -> Expression:
    tokens.end()
    return Expression(frozenset(tokens.names), frozenset(tokens.values), **parts)


# --- conditions --------------------------------------------------------------------------------------------


def _any_of(tokens: Tokens) -> Condition:
    conditions = [_all_of(tokens)]
    while tokens.word("OR"):
        conditions.append(_all_of(tokens))
    return conditions[0] if len(conditions) == 1 else lambda item, scope: any(each(item, scope) for each in conditions)


def _all_of(tokens: Tokens) -> Condition:
    conditions = [_one(tokens)]
    while tokens.word("AND"):
        conditions.append(_one(tokens))
    return conditions[0] if len(conditions) == 1 else lambda item, scope: all(each(item, scope) for each in conditions)


def _one(tokens: Tokens) -> Condition:
    if tokens.take("("):
        inner = _any_of(tokens)
        tokens.need(")")
        return inner
    for name, read in _FUNCTIONS.items():
        if tokens.function(name):
            condition = read(tokens)
            tokens.need(")")
            return condition
    left = _operand(tokens)
    if tokens.word("BETWEEN"):
        least = _operand(tokens)
        if not tokens.word("AND"):
            raise Unfamiliar
        most = _operand(tokens)
        return lambda item, scope: (
            _is_order(left, least, item, scope, (0, 1)) and _is_order(left, most, item, scope, (-1, 0))
        )
    return _comparison(left, tokens)


def _comparison(left: Operand, tokens: Tokens) -> Condition:
    sign = tokens.sign("=", "<>", *_ORDERS)
    right = _operand(tokens)
    if sign == "=":
        return lambda item, scope: is_same(left(item, scope), right(item, scope))
    if sign == "<>":
        return lambda item, scope: not is_same(left(item, scope), right(item, scope))
    return lambda item, scope: _is_order(left, right, item, scope, _ORDERS[sign])


def _is_order(left: Operand, right: Operand, item: Item, scope: Scope, orders: tuple[int, ...]) -> bool:
    return order(left(item, scope), right(item, scope)) in orders


def _exists(tokens: Tokens) -> Condition:
    name = tokens.name()
    return lambda item, scope: scope.names.get(name, name) in item


def _exists_not(tokens: Tokens) -> Condition:
    name = tokens.name()
    return lambda item, scope: scope.names.get(name, name) not in item


def _begins(tokens: Tokens) -> Condition:
    of = _attribute(tokens)
    tokens.need(",")
    start = _value(tokens)

    def begins(item: Item, scope: Scope) -> bool:
        value = of(item, scope)
        return value is not None and text(value).startswith(text(start(item, scope)))

    return begins


_ORDERS: dict[str, tuple[int, ...]] = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
_FUNCTIONS: dict[str, Callable[[Tokens], Condition]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _exists_not,
    "begins_with": _begins,
}


# --- operands ----------------------------------------------------------------------------------------------


def _attribute(tokens: Tokens) -> Operand:
    name = tokens.name()
    return lambda item, scope: item.get(scope.names.get(name, name))


def _value(tokens: Tokens) -> Operand:
    name = tokens.value()
    return lambda item, scope: scope.values[name]


def _operand(tokens: Tokens) -> Operand:
    return _value(tokens) if tokens.is_value() else _attribute(tokens)


# --- updates -----------------------------------------------------------------------------------------------


def _set(tokens: Tokens) -> Change:
    name = tokens.name()
    tokens.need("=")
    first = _term(tokens)
    sign = {"+": 1, "-": -1}.get(tokens.sign("+", "-", ""), 0)
    if not sign:
        return Change(name, first)
    second = _term(tokens)
    return Change(name, lambda item, scope: plus(first(item, scope), second(item, scope), sign))


def _term(tokens: Tokens) -> Callable[[Item, Scope], Value]:
    """Read what is there, or has to be: DynamoDB refuses to set an attribute to one that is missing."""
    if tokens.function("if_not_exists"):
        old = _attribute(tokens)
        tokens.need(",")
        other = _term(tokens)
        tokens.need(")")
        return lambda item, scope: old(item, scope) or other(item, scope)
    if tokens.function("list_append"):
        one = _term(tokens)
        tokens.need(",")
        another = _term(tokens)
        tokens.need(")")
        return lambda item, scope: joined(one(item, scope), another(item, scope))
    operand = _operand(tokens)

    def there(item: Item, scope: Scope) -> Value:
        value = operand(item, scope)
        if value is None:
            raise Unfamiliar
        return value

    return there


def _remove(tokens: Tokens) -> Change:
    return Change(tokens.name(), lambda item, scope: None)


def _add(tokens: Tokens) -> Change:
    name, more = tokens.name(), tokens.value()
    return Change(name, lambda item, scope: added(item.get(scope.names.get(name, name)), scope.values[more]))


_CHANGE: dict[str, Callable[[Tokens], Change]] = {"SET": _set, "REMOVE": _remove, "ADD": _add}
