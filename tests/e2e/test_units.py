"""What requests use, by the meter: the counts that `make cost` and docs/costs.md reckon with."""

import json

import pytest

from scripts.bench import resuming, units
from scripts.bench.results import TARGET

COMMITTED = json.loads(TARGET.read_text())["parts"]


@pytest.mark.parametrize("name", units.HISTORY)
async def test_requests_in_small_rooms_use_what_months_are_reckoned_with(name: str) -> None:
    found = await units.counted(name, (1, 2, 5))
    assert found == {size: COMMITTED["units"]["figures"][name][size] for size in found}


@pytest.mark.long
@pytest.mark.parametrize("name", units.HISTORY)
async def test_requests_in_rooms_of_all_sizes_use_what_months_are_reckoned_with(name: str) -> None:
    assert await units.counted(name, units.SIZES) == COMMITTED["units"]["figures"][name]


@pytest.mark.long
async def test_fetching_a_long_absence_uses_what_is_said_of_it() -> None:
    assert await resuming.both() == COMMITTED["resuming"]["figures"]
