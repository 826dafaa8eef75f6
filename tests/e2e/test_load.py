"""`make load`, scaled down: under the deployed numbers cut clients miss nothing, however posts are counted."""

from dataclasses import replace

import pytest

from local.functions.function_set import Mode
from scripts.bench import load
from scripts.bench.load_plan import STEADY, Plan

PLAN = Plan(clients=24, room=8, messages=5, cuts=12, at_once=8)
SMALL = Plan(clients=12, room=6, messages=4, cuts=6, at_once=6)
CROWD = Plan(clients=24, room=24, speakers=3, messages=2, cuts=3, at_once=6)  # presence by number, and most listen
COMPLETE = [
    pytest.param(PLAN, mode, reading, id=f"{mode}, {reading}", marks=pytest.mark.long)
    for mode in load.MODES
    for reading in load.READINGS
]


@pytest.mark.promise(1, 2)
@pytest.mark.parametrize(
    ("plan", "mode", "reading"),
    [
        pytest.param(SMALL, "processes", "posts count", id="short"),
        pytest.param(CROWD, "threads", "posts are free", id="crowd"),
        *COMPLETE,
    ],
)
async def test_every_members_log_is_equal_and_complete_though_sockets_are_cut(
    plan: Plan, mode: Mode, reading: str
) -> None:
    outcome = await load.run_locally(mode, plan, posts_count=load.READINGS[reading])
    assert outcome.complaints == []
    assert len(outcome.echo_seconds) == plan.total
    assert outcome.cuts == plan.cuts
    assert outcome.counters.resumes > 0


async def test_in_a_steady_room_nobody_is_closed_and_nothing_is_lost() -> None:
    """A sixth of the people of `make load --steady`, for a sixth of its time."""
    plan = replace(STEADY, clients=8, room=8, messages=3, every_seconds=3)
    outcome = await load.run_locally("threads", plan)
    assert outcome.complaints == []
    assert (outcome.cuts, outcome.counters.resumes) == (0, 0)
    assert len(outcome.echo_seconds) == plan.total
    assert outcome.seconds > 2 * plan.every_seconds


@pytest.mark.long
async def test_a_room_may_be_larger_than_the_deployed_cap() -> None:
    plan = Plan(clients=52, room=52, messages=1, cuts=0)
    outcome = await load.run_locally("threads", plan)
    assert outcome.complaints == []
    assert len(outcome.echo_seconds) == 52


async def test_a_loss_does_not_go_unnoticed() -> None:
    """Without a history, who was cut cannot have heard everything."""
    plan = replace(SMALL, settle_seconds=0.5)
    outcome = await load.run_locally("threads", plan, environ={"HISTORY_SECONDS": "0"})
    assert any("misses" in complaint for complaint in outcome.complaints)
