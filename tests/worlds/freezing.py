"""Rows as values: a frozen copy to compare and hash, and a fresh copy to write to."""

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from typing import Any


def freeze(value: Any) -> Any:
    """Return a hashable value that is equal for equal rows, whatever the order of their dicts."""
    if isinstance(value, dict):
        return frozenset((key, freeze(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(freeze, value)) if type(value) in (list, tuple) else value
    if isinstance(value, set):
        return frozenset(value)
    if is_dataclass(value) and _is_mutable(value):
        return (type(value).__name__, *(freeze(getattr(value, each.name)) for each in fields(value)))
    return value


def copied(value: Any) -> Any:
    """Return a copy whose dicts, lists, sets and rows are new; what cannot be changed is shared."""
    if isinstance(value, Counter):
        return Counter(value)
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [copied(each) for each in value]
    if isinstance(value, set):
        return set(value)
    if is_dataclass(value) and not isinstance(value, type) and _is_mutable(value):
        return replace(value, **{each.name: copied(getattr(value, each.name)) for each in fields(value)})
    return value


def _is_mutable(value: Any) -> bool:
    return not type(value).__dataclass_params__.frozen  # type: ignore[attr-defined]
