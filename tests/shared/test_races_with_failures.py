"""Races in which functions die anywhere, answers get lost and posts fail: nothing is lost, and no ghost stays."""

import pytest

from tests.support.proofs import short_or_complete
from tests.support.race_world import play_many


@pytest.mark.promise(1, 4)
@pytest.mark.parametrize("count", short_or_complete(150, 1_000))
def test_a_function_killed_anywhere_loses_nothing_and_leaves_nothing_that_asking_again_does_not_heal(
    count: int,
) -> None:
    worlds = play_many(range(200_000, 200_000 + count), seconds=1.0)
    assert sum(world.killed for world in worlds) > count / 4


@pytest.mark.promise(1, 4)
@pytest.mark.parametrize("count", short_or_complete(150, 1_000))
def test_requests_that_are_applied_twice_lose_nothing_and_leave_no_ghost(count: int) -> None:
    play_many(range(300_000, 300_000 + count), twice=0.1)


@pytest.mark.promise(1)
@pytest.mark.parametrize("count", short_or_complete(150, 800))
def test_posts_that_fail_for_other_reasons_than_410_lose_nothing_and_what_was_missed_is_told(count: int) -> None:
    worlds = play_many(range(100_000, 100_000 + count), fails=0.1)
    assert sum(world.resumes for world in worlds) > count / 20


@pytest.mark.promise(1)
@pytest.mark.parametrize("count", short_or_complete(150, 600))
def test_clients_that_do_not_know_marks_lose_nothing_beside_those_who_do(count: int) -> None:
    worlds = play_many(range(400_000, 400_000 + count), fails=0.1, knows_marks=0.5)
    assert sum(len(world.connections.closed) for world in worlds) > count / 20
