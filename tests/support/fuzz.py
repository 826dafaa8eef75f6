"""Properties that hold for all inputs: tried with some in `make test`, and with very many in `make prove`.

@lengths
def test_…(times: int) -> None:
    @example(b"what was found once")
    @given(st.binary())
    def holds(data: bytes) -> None: ...

    fuzz(holds, 200 * times)
"""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

LONG = 100  # times as many examples as the short version
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]  # the machine may be busy

lengths = pytest.mark.parametrize(
    "times", [pytest.param(1, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.long)]
)


def fuzz(holds: Callable[[], None], examples: int) -> None:
    """Call a property made by `given` with so many examples, the ones that `example` names first."""
    settings(max_examples=examples, deadline=None, suppress_health_check=SLOW)(holds)()


@st.composite
def in_pieces(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    """Draw bytes, and the same bytes as a network may cut them."""
    data = draw(whole)
    cuts = draw(st.lists(st.integers(0, len(data)), max_size=8)) if data else []
    return data, [data[start:end] for start, end in pairwise([0, *sorted(cuts), len(data)])]
