"""Rows as values: a frozen copy to compare and hash, and a fresh copy to write to."""

from collections import Counter
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any


def freeze(value: Any) -> Any:
    """Return a hashable value that is equal for equal rows, whatever the order of their dicts."""
    kind: Any = type(value)
    if kind is dict or kind is Counter:
        return frozenset([(key, freeze(each)) for key, each in value.items()])
    if kind is list or kind is tuple:
        return tuple([freeze(each) for each in value])
    if kind is set:
        return frozenset(value)
    if names := _fields_of_a_mutable(kind):
        return (kind.__name__, *[freeze(getattr(value, name)) for name in names])
    return value


def copied(value: Any) -> Any:
    """Return a copy whose dicts, lists, sets and rows are new; what cannot be changed is shared."""
    kind: Any = type(value)
    if kind is dict:
        return {key: copied(each) for key, each in value.items()}
    if kind is Counter:
        counted: Counter[Any] = Counter.__new__(Counter)
        dict.update(counted, value)
        return counted
    if kind is list or kind is set:
        return kind(value)
    if names := _fields_of_a_mutable(kind):
        row = object.__new__(kind)
        row.__dict__.update({name: copied(getattr(value, name)) for name in names})
        return row
    return value


@cache
def _fields_of_a_mutable(kind: Any) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, none if it is frozen or no dataclass."""
    if not is_dataclass(kind) or vars(kind)["__dataclass_params__"].frozen:
        return ()
    return tuple(each.name for each in fields(kind))
