"""`make soak`, short: whatever goes wrong around the functions, nothing acknowledged is lost, and lists come right."""

import random
import subprocess
import sys
import time

import pytest

from scripts.soak.__main__ import run
from scripts.soak.clocks import SKEW_SECONDS, clocks
from scripts.soak.crowd import Plan
from scripts.soak.weather import KINDS, schedule

SHORT = Plan(
    clients=9, room=3, messages=60, events=8, forgotten=1, at_once=3, echo_seconds=4.0, lost_seconds=(2.0, 6.0)
)


@pytest.mark.promise(1, 2, 4)
async def test_nothing_acknowledged_is_lost_while_everything_around_the_functions_goes_wrong() -> None:
    outcome = await run(SHORT, environments=2)
    assert outcome.complaints == []
    assert outcome.acknowledged + outcome.refused == SHORT.messages + SHORT.clients // SHORT.room
    assert {f"troubles: {kind}" for kind in KINDS} <= set(outcome.happened)
    assert outcome.in_trouble
    assert outcome.forgotten >= SHORT.forgotten, "nobody told them that their rows were gone, and they are back"
    assert outcome.resumes


def test_a_seed_makes_the_same_schedule_again() -> None:
    assert schedule(7, 1000, 50) == schedule(7, 1000, 50) != schedule(8, 1000, 50)
    assert {event.kind for event in schedule(7, 1000, 50)} == set(KINDS)


def test_the_clocks_of_processes_in_the_functions_folder_jump() -> None:
    with clocks() as wrong:
        wrong.jump(random.Random(1))
        offsets = [float(each) for each in (wrong.folder / "clocks").read_text().split()]
        asked = [sys.executable, "-c", "import time; print(time.time_ns() / 1e9, time.time())"]
        before = time.time()
        said = subprocess.check_output(asked, env={"PYTHONPATH": str(wrong.folder)}).split()
        after = time.time()
    for seconds in map(float, said):
        assert any(before + offset <= seconds <= after + offset for offset in offsets)
    assert all(0 < abs(each) <= SKEW_SECONDS for each in offsets)
