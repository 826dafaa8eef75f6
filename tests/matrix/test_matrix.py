"""Each request that a route makes fails once: what is said, what remains, and that one retry heals it."""

import os
import subprocess
import sys

import pytest

from scripts import ROOT


def try_the_matrix(*options: str, seconds: float) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    tried = subprocess.run(
        [sys.executable, "-m", "tests.matrix", *options],
        cwd=ROOT,
        env=environ | {"PYTHONPATH": "shared/python"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout


@pytest.mark.promise(1, 4)
def test_whichever_call_fails_nothing_acknowledged_is_lost_and_one_retry_heals_it() -> None:
    """Each call in one trouble; docs/faults.md says what happens."""
    try_the_matrix("--short", seconds=900)


@pytest.mark.long
def test_the_page_of_faults_says_what_happens_for_every_call_and_every_trouble() -> None:
    try_the_matrix("--check", seconds=7200)
