"""Functions in isolation: real worker processes under AWS's runtime client, one invocation each, frozen in between."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from local.functions.contract import FunctionError, FunctionThrottled, FunctionTimeout, LoadError, Log, print_line
from local.functions.processes import ProcessFunction, ProcessOptions
from tests.support.waiting import WAIT_SECONDS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client runs on Linux only")

TIMEOUT = float(WAIT_SECONDS)  # until a condition that never comes fails a test

HANDLER = """
import os, sys, threading, time

invocations, ticks = 0, 0

def tick():
    global ticks
    while True:
        time.sleep(0.005)
        ticks += 1

def handler(event, context):
    global invocations
    invocations += 1
    if "start ticking" in event:
        threading.Thread(target=tick, daemon=True).start()
    if "print" in event:
        print(event["print"])
    if "raise" in event:
        raise ValueError(event["raise"])
    if "exit" in event:
        os._exit(event["exit"])
    if "until" in event:
        open(f"{event['until']}.{os.getpid()}", "w").close()
    while event.get("until") and not os.path.exists(event["until"]):
        time.sleep(0.005)
    return {
        "pid": os.getpid(), "invocations": invocations, "ticks": ticks, "event": event, "environ": dict(os.environ),
        "context": [context.function_name, context.memory_limit_in_mb, context.get_remaining_time_in_millis()],
    }
"""

Make = Callable[..., Awaitable[ProcessFunction]]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Start a function `work` of the given text; stopped at the end of the test."""
    async with AsyncExitStack() as stack:

        async def start(
            text: str = HANDLER,
            *,
            name: str = "work",
            path: Path = tmp_path,
            environ: dict[str, str] | None = None,
            log: Log = print_line,
            **options: Any,
        ) -> ProcessFunction:
            (tmp_path / "work.py").write_text(text)
            function = ProcessFunction(name, [path], environ or {}, ProcessOptions(**options), log=log)
            stack.push_async_callback(function.stop)
            await function.start()
            return function

        yield start


def state(pid: int | None) -> str | None:
    """Return R running, S waiting, T stopped, Z ended and not yet collected; None if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return None


async def becomes(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def fill(function: ProcessFunction, gate: Path, times: int) -> list[asyncio.Task[Any]]:
    """Start invocations that run until `gate` exists."""
    tasks = [asyncio.create_task(function.invoke({"until": str(gate)})) for _ in range(times)]
    await becomes(lambda: len(list(gate.parent.glob(f"{gate.name}.*"))) == times)
    return tasks


async def test_an_environment_keeps_its_memory_from_one_invocation_to_the_next(make: Make) -> None:
    function = await make()
    first, second = await function.invoke({}), await function.invoke({})
    assert (first["pid"], first["invocations"]) == (second["pid"], 1)
    assert second["invocations"] == 2
    assert first["pid"] != os.getpid()


async def test_environments_share_no_memory_and_run_one_invocation_each(make: Make, tmp_path: Path) -> None:
    function = await make()
    tasks = await fill(function, tmp_path / "gate", 3)
    (tmp_path / "gate").touch()
    answers = await asyncio.gather(*tasks)
    assert len({answer["pid"] for answer in answers}) == 3
    assert {answer["invocations"] for answer in answers} == {1}


async def test_an_environment_is_frozen_whenever_it_has_nothing_to_do(make: Make, tmp_path: Path) -> None:
    function = await make(prewarmed=2)
    await becomes(lambda: [state(each.pid) for each in function.environments] == ["T", "T"])
    (task,) = await fill(function, tmp_path / "gate", 1)
    assert sorted(state(each.pid) == "T" for each in function.environments) == [False, True]
    (tmp_path / "gate").touch()
    await task
    await becomes(lambda: [state(each.pid) for each in function.environments] == ["T", "T"])


async def test_what_runs_in_the_background_stands_still_between_invocations(make: Make) -> None:
    function = await make()
    await function.invoke({"start ticking": True})
    before = (await function.invoke({}))["ticks"]
    await asyncio.sleep(0.3)  # 60 ticks, if it ran on
    assert (await function.invoke({}))["ticks"] - before < 20


async def test_what_comes_beyond_the_concurrency_is_throttled_at_once(make: Make, tmp_path: Path) -> None:
    function = await make(concurrency=2)
    tasks = await fill(function, tmp_path / "gate", 2)
    for _ in range(3):
        with pytest.raises(FunctionThrottled, match="work is running 2 times already"):
            await function.invoke({})
    assert len(function.environments) == 2
    (tmp_path / "gate").touch()
    await asyncio.gather(*tasks)
    assert (await function.invoke({}))["invocations"] == 2


async def test_a_burst_up_to_the_concurrency_is_served_whole(make: Make) -> None:
    function = await make(concurrency=5, prewarmed=0)
    answers = await asyncio.gather(*(function.invoke({"n": n}) for n in range(5)))
    assert [answer["event"]["n"] for answer in answers] == [0, 1, 2, 3, 4]


async def test_a_handler_that_raises_is_an_error_and_its_environment_stays(make: Make) -> None:
    function = await make()
    pid = (await function.invoke({}))["pid"]
    with pytest.raises(FunctionError, match=r"ValueError: too bad .*work\.py"):
        await function.invoke({"raise": "too bad"})
    assert (await function.invoke({}))["pid"] == pid


async def test_a_process_that_ends_is_an_error_and_is_replaced(make: Make) -> None:
    function = await make(concurrency=1)
    pid = (await function.invoke({}))["pid"]
    with pytest.raises(FunctionError, match="work exited before it answered"):
        await function.invoke({"exit": 3})
    answer = await function.invoke({})
    assert (answer["pid"] != pid, answer["invocations"]) == (True, 1)


async def test_an_environment_that_died_while_it_was_frozen_is_replaced(make: Make) -> None:
    function = await make(concurrency=1)
    pid = (await function.invoke({}))["pid"]
    os.kill(pid, signal.SIGKILL)
    await becomes(lambda: not function.environments[0].usable)
    assert (await function.invoke({}))["pid"] != pid


async def test_a_handler_that_takes_too_long_is_killed_and_replaced(make: Make, tmp_path: Path) -> None:
    function = await make(concurrency=1, timeout=0.5)
    pid = (await function.invoke({}))["pid"]
    with pytest.raises(FunctionTimeout, match=r"work was not done after 0\.5 seconds"):
        await function.invoke({"until": str(tmp_path / "never")})
    assert state(pid) is None
    assert (await function.invoke({}))["pid"] != pid


async def test_who_stops_waiting_does_not_stop_the_function(make: Make, tmp_path: Path) -> None:
    function = await make(concurrency=1)
    (task,) = await fill(function, tmp_path / "gate", 1)
    task.cancel()
    with pytest.raises(FunctionThrottled):
        await function.invoke({})
    (tmp_path / "gate").touch()
    await becomes(lambda: state(function.environments[0].pid) == "T" and not function.busy)
    assert (await function.invoke({}))["invocations"] == 2


async def test_it_gets_the_environment_that_lambda_sets_and_nothing_of_ours(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the owner's")
    function = await make(environ={"TABLE_NAME": "sales"}, memory_mb=512, timeout=70)
    answer = await function.invoke({})
    environ, (name, memory, remaining) = answer["environ"], answer["context"]
    assert environ["TABLE_NAME"] == "sales"
    assert environ["AWS_ACCESS_KEY_ID"] == environ["AWS_LAMBDA_FUNCTION_NAME"] == "work"
    assert environ["_HANDLER"] == "work.handler"
    assert "AWS_SESSION_TOKEN" not in environ
    assert (name, str(memory)) == ("work", "512")
    assert 60_000 < remaining <= 70_000


async def test_what_lambda_reserves_cannot_be_set(make: Make) -> None:
    function = await make(environ={"TZ": "Europe/Vienna", "_HANDLER": "else.handler", "LANG": "C"})
    environ = (await function.invoke({}))["environ"]
    assert (environ["TZ"], environ["_HANDLER"], environ["LANG"]) == (":UTC", "work.handler", "C")


async def test_events_and_results_pass_unchanged(make: Make) -> None:
    function = await make("def handler(event, context): return event")
    event: dict[str, Any] = {
        "body": '{"text": "Grüße 👋 \u2028 \\u0000"}',
        "list": [1, 2.5, None, True, {}],
        "long": "x" * 200_000,
    }
    assert await function.invoke(event) == event


async def test_a_handler_of_another_name_in_another_module_runs_too(make: Make, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "app.py").write_text("def lambda_handler(event, context): return 'theirs'")
    function = await make(path=tmp_path / "theirs", name="app.lambda_handler")
    assert await function.invoke({}) == "theirs"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def handler(event, context) return", r"Syntax error .*work\.py, line 1"),
        ("import nothing", "No module named 'nothing'"),
        ("1 / 0", r"ZeroDivisionError: division by zero \(.*work\.py.*line 1"),
        ("import os; os._exit(0)", "work.handler ended while it was loaded"),
    ],
)
async def test_a_function_that_does_not_load_is_told_why(make: Make, text: str, sentence: str) -> None:
    with pytest.raises(LoadError, match=sentence):
        await make(text, log=lambda name, line: None)


async def test_a_later_environment_that_does_not_load_fails_its_invocation(make: Make, tmp_path: Path) -> None:
    function = await make(log=lambda name, line: None)
    tasks = await fill(function, tmp_path / "gate", 1)
    (tmp_path / "work.py").write_text("1 / 0")
    with pytest.raises(FunctionError, match="ZeroDivisionError"):
        await function.invoke({})
    (tmp_path / "gate").touch()
    await asyncio.gather(*tasks)
    assert len(function.environments) == 1


async def test_what_it_prints_and_its_tracebacks_are_logged_line_by_line(make: Make) -> None:
    lines: list[tuple[str, str]] = []
    function = await make(log=lambda *line: lines.append(line))
    await function.invoke({"print": "one\ntwo"})
    with pytest.raises(FunctionError):
        await function.invoke({"raise": "three"})
    await becomes(lambda: any('raise ValueError(event["raise"])' in line for _, line in lines))
    assert lines[:3] == [("work", "one"), ("work", "two"), ("work", "[ERROR] ValueError: three")]


async def test_stopping_leaves_no_process_behind(make: Make, tmp_path: Path) -> None:
    function = await make(prewarmed=2)
    tasks = await fill(function, tmp_path / "gate", 1)
    pids = [each.pid for each in function.environments]
    await function.stop()
    assert [state(pid) for pid in pids] == [None, None]
    with pytest.raises(FunctionError):
        await tasks[0]
    with pytest.raises(FunctionError, match="work was stopped"):
        await function.invoke({})


async def test_draining_lets_what_runs_come_to_its_end(make: Make, tmp_path: Path) -> None:
    function = await make()
    (task,) = await fill(function, tmp_path / "gate", 1)
    draining = asyncio.create_task(function.drain())
    (tmp_path / "gate").touch()
    assert (await task)["invocations"] == 1
    await draining
    assert function.environments == []
