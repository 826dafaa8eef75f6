"""Promise 1 under every order: thousands of random interleavings of the use cases, and some chosen ones."""

import pytest

from tests.support.proofs import short_or_complete
from tests.support.race_world import World, act, people, play_many


@pytest.mark.promise(1, 4)
@pytest.mark.parametrize("worlds", short_or_complete(500, 4_000))
def test_no_interleaving_loses_an_acknowledged_message_leaves_a_ghost_or_tells_a_departure_twice(worlds: int) -> None:
    play_many(range(worlds))


@pytest.mark.promise(5)
@pytest.mark.parametrize("worlds", short_or_complete(100, 600))
def test_one_after_the_other_everybody_knows_in_the_end_who_is_here(worlds: int) -> None:
    """Without interleavings presence has an order, so the lists that people keep from it must be right."""
    compared = 0
    for seed in range(worlds):
        world = World(seed)
        clients = people(world, 4)
        told = world.random.choice((0.0, 1.0))
        for _ in range(20):
            act(world, world.random.choice(clients), told)
            world.run()
        world.sweep()
        for client, room in world.settled_members(clients):
            known = world.known_members(client)
            here = {member.person.id for (where, _), member in world.table.rows.items() if where == room}
            assert known == here, f"seed {seed}: {client.name}"
            compared += 1
    assert compared > worlds


@pytest.mark.parametrize("worlds", short_or_complete(100, 500))
def test_two_joins_at_once_are_one_arrival_and_both_are_answered(worlds: int) -> None:
    for seed in range(worlds):
        world = World(seed)
        ann, bob = people(world, 2)
        world.join(ann, "red")
        world.run()
        world.join(bob, "red")
        world.join(bob, "red")
        world.run()
        assert [frame["type"] for frame in world.frames(bob)] == ["joined", "joined"], f"seed {seed}"
        assert [len(f["joined"]) for f in world.frames(ann) if f["type"] == "presence"] == [1], f"seed {seed}"


@pytest.mark.promise(1)
@pytest.mark.parametrize("worlds", short_or_complete(100, 600))
def test_a_message_stamped_late_is_fetched_by_the_overlap_rule(worlds: int) -> None:
    """A slow function stamps first and stores last, behind the cursors of those who were cut meanwhile."""
    late = 0
    for seed in range(worlds):
        world = World(seed)
        slow, quick, cut = people(world, 3)
        for client in (slow, quick, cut):
            world.join(client, "red")
            world.run()
        world.send(slow, "red")
        stamping = next(iter(world.running))
        stamping.switch()  # stamped, and then it hangs
        for _ in range(world.random.randint(1, 3)):
            world.time += world.random.randint(1_000, 2_500)
            world.send(quick, "red")
            while len(world.running) > 1:
                next(reversed(world.running)).switch()
                world.running = {each: at for each, at in world.running.items() if not each.dead}
        world.cut(cut, told=0.0)
        world.weight = dict.fromkeys(world.running, 1.0)
        world.run()
        world.connect(cut)
        world.join(cut, "red")
        world.run()
        assert not world.crashes
        try:
            world.assert_nothing_acknowledged_is_lost([slow, quick, cut])
        except AssertionError as broken:
            raise AssertionError(f"seed {seed}: {broken}") from broken
        late += len(world.echoes()["red"]) > 1 and not world.killed
    assert late > worlds / 2
