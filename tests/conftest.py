"""What holds for all tests: in CI, a skipped test is a failed one; and which go first when they run side by side."""

import os
from collections.abc import Generator
from typing import Any

import pytest

MOST_CORES = 4  # more would not find enough files to share
# With one of these at the end, it would go on alone for minutes.
LONGEST = ("test_stack.py", "test_static.py", "test_cuts.py", "test_hostile.py", "test_reading.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the tests of the stack wait for minutes, for what the provider waits for."""
    return min(os.cpu_count() or 1, MOST_CORES) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def _must_not_skip(report: Any) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}. In CI nothing may be skipped."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _must_not_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _must_not_skip(report)
    return report
