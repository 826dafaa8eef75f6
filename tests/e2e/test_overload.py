"""The trials of `make load` under overload, scaled down: a room comes through, and then costs what it cost before."""

from dataclasses import replace

import pytest

from local.gateway import GatewayOptions
from scripts.bench import overload
from scripts.bench.troubles import TROUBLES

# Of each kind one: the posts, the table, a member. `make prove` tries the others too.
SHORT = ("429 for 30 % of posts", "a table that throttles", "a member that hangs")
TRIED = [pytest.param(name, marks=[] if name in SHORT else pytest.mark.long) for name in TROUBLES]
PLAN = overload.Plan(people=10, every_seconds=3.0, before=3, during=4, after=4)


@pytest.mark.promise(1, 4)
@pytest.mark.parametrize("trouble", TRIED)
async def test_no_room_collapses_nobody_healthy_is_closed_and_all_is_right_again_after_it(trouble: str) -> None:
    outcome = await overload.run(trouble, PLAN)
    assert outcome.complaints == []
    assert outcome.phases["after"].acknowledged > 0


async def test_a_room_whose_members_are_closed_for_it_does_not_go_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of version 1 is closed at the first failure."""
    monkeypatch.setattr("anonchat_client.core.frames.ACCEPTS", [])
    outcome = await overload.run("429 for 30 % of posts", replace(PLAN, during=1, after=0, settle_seconds=20))
    assert any("closed" in complaint for complaint in outcome.complaints)


@pytest.mark.long
async def test_posts_that_do_not_count_for_the_throttle_change_nothing() -> None:
    outcome = await overload.run("429 for 30 % of posts", PLAN, GatewayOptions(posts_count=False))
    assert outcome.complaints == []
