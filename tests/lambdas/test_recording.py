"""The handlers ask, post, answer and log exactly what was recorded: a change of names or rooms changes none of it."""

import os
import subprocess
import sys
from pathlib import Path

from scripts import ROOT

RECORDED = Path(__file__).with_name("recording.txt")


def test_a_scripted_visit_makes_the_requests_rows_and_frames_that_are_recorded() -> None:
    """To take a meant change over: PYTHONPATH=shared/python python -m tests.support.recording > this file."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    played = subprocess.run(
        [sys.executable, "-m", "tests.support.recording"],
        cwd=ROOT,
        env=environ | {"PYTHONPATH": "shared/python"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    assert played.stdout.splitlines() == RECORDED.read_text().splitlines()
