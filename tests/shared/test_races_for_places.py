"""Races for the last place of a room: the cap holds under every order."""

from collections import Counter

import pytest

from anonchat.settings import Settings
from tests.support.proofs import short_or_complete
from tests.support.race_world import Participant, World, people

LONG = 1_000.0  # no function dies here: who dies in the queue for a place leaves a row behind


@pytest.mark.promise(7)
@pytest.mark.parametrize("worlds", short_or_complete(200, 1_500))
def test_the_cap_holds_when_many_race_for_the_last_places_however_often_each_asks(worlds: int) -> None:
    for seed in range(worlds):
        world = World(seed, settings=Settings(room_cap=2, per_minute=1_000), seconds=LONG)
        clients = people(world, 5)
        for client in clients:
            for _ in range(world.random.choice((1, 2, 3)) if seed % 2 else 1):
                world.join(client, "red")
                if seed % 4 == 3 and world.random.random() < 0.3:
                    world.leave(client)
        world.run()
        assert not world.crashes
        seated = sum(not row.has_given_up for row in world.table.rows.values())
        somebody_leaves = seed % 4 == 3
        assert seated == 2 or (seated < 2 and somebody_leaves), f"seed {seed}: {seated} in a room for 2"
        assert all(world.frames(client) for client in clients), f"seed {seed}: somebody was not answered"
        world.assert_no_ghosts()


@pytest.mark.promise(7)
@pytest.mark.parametrize("worlds", short_or_complete(10, 40))
@pytest.mark.parametrize(("seated", "racing"), [(9, 5), (0, 12)])
def test_every_free_place_is_given_when_a_class_opens_its_link_together(seated: int, racing: int, worlds: int) -> None:
    for seed in range(worlds):
        world = World(seed, settings=Settings(room_cap=10, per_minute=1_000), seconds=LONG)
        clients = [Participant(f"p{number}") for number in range(seated + racing)]
        for number, client in enumerate(clients):
            world.connect(client)
            world.join(client, "red")
            if number < seated:
                world.run()
        world.run()
        assert len(world.table.rows) == 10, f"seed {seed}: {len(world.table.rows)} in a room for 10"
        answers = Counter(frame.get("code", frame["type"]) for each in clients for frame in world.frames(each))
        refused = seated + racing - 10
        assert answers["room_full"] == refused, f"seed {seed}: {answers}"
        world.assert_no_ghosts()


def test_nobody_speaks_in_a_room_that_is_full() -> None:
    for seed in range(100):
        world = World(seed, settings=Settings(room_cap=1, per_minute=1_000))
        ann, bob = people(world, 2)
        world.join(ann, "red")
        world.run()
        world.join(bob, "red")
        world.send(bob, "red")
        world.run()
        assert not [frame for frame in world.frames(ann) if frame["type"] == "message"], f"seed {seed}"
        assert world.table.kept.get("red", {}) == {}
