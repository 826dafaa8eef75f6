"""Races for the last place of a room: the cap holds under every order."""

import pytest

from anonchat.settings import Settings
from tests.support.race_world import World, people


@pytest.mark.promise(7)
def test_the_cap_holds_when_many_race_for_the_last_places_however_often_each_asks() -> None:
    full = 0
    for seed in range(1_500):
        world = World(seed, settings=Settings(room_cap=2, per_minute=1_000))
        clients = people(world, 5)
        for client in clients:
            for _ in range(world.random.choice((1, 2, 3)) if seed % 2 else 1):
                world.join(client, "red")
                if seed % 4 == 3 and world.random.random() < 0.3:
                    world.leave(client)
        world.run()
        assert not world.crashes
        assert len(world.table.rows) <= 2, f"seed {seed}: {len(world.table.rows)} in a room for 2"
        assert all(world.frames(client) for client in clients), f"seed {seed}: somebody was not answered"
        world.assert_no_ghosts()
        full += len(world.table.rows) == 2
    assert full > 1_200, "and the last place is seldom left empty"


def test_nobody_speaks_in_a_room_that_is_full() -> None:
    for seed in range(300):
        world = World(seed, settings=Settings(room_cap=1, per_minute=1_000))
        ann, bob = people(world, 2)
        world.join(ann, "red")
        world.run()
        world.join(bob, "red")
        world.send(bob, "red")
        world.run()
        assert not [frame for frame in world.frames(ann) if frame["type"] == "message"], f"seed {seed}"
        assert world.table.kept.get("red", {}) == {}
