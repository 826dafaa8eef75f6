"""The sizes of use that docs/costs.md shows, and what a knob does to one of them."""

from __future__ import annotations

import functools
from dataclasses import replace

from scripts.costs.month import Month, Use, month

LIGHT = Use()
SIZES = {
    "a family": replace(LIGHT, users=5),
    "light": LIGHT,
    "10 × light": replace(LIGHT, users=200),
    "100 × light": replace(LIGHT, users=2000),
}
KNOBS = {
    "as it is": LIGHT,
    "no history": replace(LIGHT, history=0),
    "an hour of history": replace(LIGHT, history=3600),
    "rooms of 2": replace(LIGHT, room=2),
    "rooms of 10": replace(LIGHT, room=10),
    "rooms of 20": replace(LIGHT, room=20),
    "rooms of 50": replace(LIGHT, room=50),
    "half the messages": replace(LIGHT, messages=20),
    "two hours, as many messages": replace(LIGHT, minutes=120),
    "a network lost every 6 minutes": replace(LIGHT, losses=10),
}


@functools.cache
def played(use: Use) -> Month:
    """Return the month of a use, played once."""
    return month(use)
