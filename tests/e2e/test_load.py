"""`make load`, scaled down: cut clients miss nothing, in both ways of running the handlers."""

import pytest

from scripts import load

PLAN = load.Plan(clients=24, room=8, messages=5, cuts=12, at_once=10)


@pytest.mark.parametrize("mode", load.MODES)
async def test_every_members_log_is_equal_and_complete_though_sockets_are_cut(mode: str) -> None:
    outcome = await load.run_locally(mode, PLAN)
    assert outcome.complaints == []
    assert len(outcome.echo_seconds) == PLAN.total
    assert outcome.cuts == PLAN.cuts
    assert outcome.counters.resumes > 0
