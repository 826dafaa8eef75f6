"""A proof in two sizes: `make test` runs the short one, and `make prove` the complete one."""

from typing import Any

import pytest


def short_or_complete(short: int, complete: int) -> list[Any]:
    """Return, for parametrize, how many of something are tried: in a short test, and in one that takes minutes."""
    return [pytest.param(short, id="short"), pytest.param(complete, id="complete", marks=pytest.mark.long)]
