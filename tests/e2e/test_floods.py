"""What one piece of each flood uses, by the meter: the counts that docs/costs.md reckons with."""

import json

import pytest

from scripts.bench import floods

COMMITTED = json.loads(floods.TARGET.read_text())


async def test_handshakes_pings_and_messages_to_no_room_use_what_the_costs_are_reckoned_with() -> None:
    async with floods.served() as world:
        found = await floods.connections(world)
    assert found == {name: COMMITTED[name] for name in found}


@pytest.mark.long
async def test_a_piece_of_each_flood_uses_what_the_costs_are_reckoned_with() -> None:
    found = await floods.pieces()
    assert {name: found[name] for name in found if found[name] != COMMITTED[name]} == {}
    assert found.keys() == COMMITTED.keys()
