"""`make bench ONLY=months`: a month of several sizes beside others' formulas and a small server that is always on.

It is played with what `make bench ONLY=units` has counted and with the price list, so it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.bench.results import Comparison, Result
from scripts.costs.bill import SERVER, gross, paid, shared
from scripts.costs.month import numbers
from scripts.costs.peers import PEERS, month_of
from scripts.costs.sizes import SIZES, played

ROUNDS = 1  # all alike
LIMITS = {"light": 0.25, "10 × light": 2.0}  # dollars, gross
DOLLARS, ALIKE = "$ a month", "$, what all have"


def measure(rounds: int) -> Result:
    """Compare each size."""
    figures = {
        name: {**numbers(played(use)), "gross": gross(played(use).counts), "paid": paid(played(use).counts)}
        for name, use in SIZES.items()
    }
    return Result([each for name in SIZES for each in comparisons(name)], figures)


def comparisons(name: str) -> Sequence[Comparison]:
    ours = played(SIZES[name])
    what, limit = f"a month: {name}", LIMITS.get(name)
    return [
        Comparison(what, DOLLARS, gross(ours.counts), "a server always on", SERVER, limit=limit),
        *(Comparison(what, ALIKE, shared(ours.counts), peer.name, month_of(peer, ours)) for peer in PEERS),
    ]
