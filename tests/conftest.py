"""What holds for all tests: which go first when they run side by side; what is skipped, and that CI skips nothing."""

import functools
import gc
import os
from collections import Counter
from collections.abc import Generator, Iterable
from typing import Any

import botocore.session
import pytest

MOST_CORES = 4  # more would not find enough files to share
# With one of these at the end, it would go on alone for minutes.
LONGEST = (
    *("test_stack.py", "test_static.py", "test_dev.py", "test_smoke.py", "test_chat.py", "test_reading.py"),
    *("test_cuts.py", "test_overload.py", "test_load.py", "test_soak.py", "test_talk.py", "test_hostile_shell.py"),
    *("test_engines.py", "test_matrix.py", "test_first_view.py", "test_worlds.py"),
)
# Its tests share a provider that runs, and plans.
TOGETHER = "tests/terraform/"
# Whose tests have to reach every branch of the layer. The races would too, at twice the time, but by chance.
MEASURED = ("shared", "lambdas")
NOT_MEASURED = "test_races"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are cores: the tests of the stack wait for minutes, as the provider does."""
    return min(os.cpu_count() or 1, MOST_CORES) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what hands out whole files, and Terraform's as one, if whole files are asked for."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER if nodeid.startswith(TOGETHER) else str(super()._split_scope(nodeid))

    return Scheduling(config, log)


def pytest_configure() -> None:
    """Let botocore read its descriptions of AWS's services, megabytes of JSON, once, and not for every session."""
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)


def pytest_collection_finish() -> None:
    """Keep what is there now, all modules, out of what the garbage collector walks again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Let coverage stand still while no branch of the layer is counted, fixtures included.

    (pytest-cov's mark `no_cover` leaves those out, and the threads of a server that a fixture starts would be followed
    as long as they live: a third of what such a test takes.)
    """
    plugin = item.config.pluginmanager.getplugin("_cov")
    measuring = plugin and plugin.cov_controller
    is_measured = item.path.parent.name in MEASURED and not item.path.name.startswith(NOT_MEASURED)
    if not measuring or is_measured:
        return (yield)
    measuring.pause()
    try:
        return (yield)
    finally:
        measuring.resume()


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ").rstrip(".")


def _must_not_skip(report: Any) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.longrepr = f"Skipped: {_reason(report)}. In CI nothing may be skipped."
        report.outcome = "failed"


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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, None, None]:
    """Write, after everything else, one line that says how many tests were skipped, and why."""
    yield
    if skipped := terminalreporter.stats.get("skipped"):
        terminalreporter.write_line(skipped_line(map(_reason, skipped)))


def skipped_line(reasons: Iterable[str]) -> str:
    """Return a line such as `Skipped: 51 (No Chromium here), 2 (Linux only)`."""
    return "Skipped: " + ", ".join(f"{count} ({reason})" for reason, count in Counter(reasons).most_common())
