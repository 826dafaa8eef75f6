"""What each request uses of what is billed, in a room of any size: docs/bench.json, between the sizes counted there."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping

from scripts.bench.results import TARGET

Counts = Mapping[str, float]
BySize = Mapping[int, Mapping[str, Counts]]
TOLD_SECONDS = 5  # in rooms above NAMED: from one frame of presence to the next
NAMED = 20  # members up to whom everybody is told at once


@functools.cache
def measured(history: bool) -> BySize:
    """Return what the local chat's meter has counted, by size and kind of request."""
    figures = json.loads(TARGET.read_text())["parts"]["units"]["figures"]["history" if history else "no history"]
    return {int(size): kinds for size, kinds in figures.items()}


@functools.cache
def used(kind: str, size: int, history: bool) -> Counts:
    """Return what one request uses where `size` members are, the asker among them.

    Between two counted sizes it is on the line through them, and beyond the last one, where nothing was counted, on
    the line that leads there.
    """
    table = measured(history)
    sizes = sorted(each for each in table if kind in table[each])
    if size in table and kind in table[size]:
        return table[size][kind]
    low = max((each for each in sizes[:-1] if each <= size), default=sizes[0])
    high = sizes[sizes.index(low) + 1]
    share = (size - low) / (high - low)
    few, many = table[low][kind], table[high][kind]
    return {name: few[name] + share * (many[name] - few[name]) for name in few}


def total(requests: Mapping[tuple[str, int], float], history: bool) -> Counter[str]:
    """Return what many requests use together; their numbers are by kind and size of the room."""
    found: Counter[str] = Counter()
    for (kind, size), number in requests.items():
        for name, count in used(kind, size, history).items():
            found[name] += number * count  # type: ignore[assignment]  # parts of units, on the average
    return found
