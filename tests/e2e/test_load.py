"""`make load`, scaled down: cut clients miss nothing, in both ways of running the handlers."""

from dataclasses import replace

import pytest

from local.functions.function_set import Mode
from scripts.bench import load

PLAN = load.Plan(clients=24, room=8, messages=5, cuts=12, at_once=8)


@pytest.mark.promise(1, 2)
@pytest.mark.parametrize("mode", load.MODES)
async def test_every_members_log_is_equal_and_complete_though_sockets_are_cut(mode: Mode) -> None:
    outcome = await load.run_locally(mode, PLAN)
    assert outcome.complaints == []
    assert len(outcome.echo_seconds) == PLAN.total
    assert outcome.cuts == PLAN.cuts
    assert outcome.counters.resumes > 0


async def test_a_loss_does_not_go_unnoticed() -> None:
    """Without a history, who was cut cannot have heard everything."""
    plan = replace(PLAN, settle_seconds=0.5)
    outcome = await load.run_locally("threads", plan, environ={"HISTORY_SECONDS": "0"})
    assert any("misses" in complaint for complaint in outcome.complaints)
