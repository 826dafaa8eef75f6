"""Functions in threads: side by side, with a time limit, their tracebacks logged."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.functions.contract import FunctionError, FunctionTimeout
from local.functions.threads import ThreadFunction
from tests.support.gateway_kit import Event


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


async def test_invocations_run_side_by_side_off_the_event_loop(pool: ThreadPoolExecutor) -> None:
    together = threading.Barrier(3, timeout=10)
    function = ThreadFunction("meet", lambda event, context: together.wait() >= 0, pool)
    assert await asyncio.gather(*(function.invoke({}) for _ in range(3))) == [True] * 3


async def test_a_handler_knows_its_name_and_how_much_time_it_has(pool: ThreadPoolExecutor) -> None:
    def handler(event: Event, context: Any) -> Any:
        return [context.function_name, 0 < context.get_remaining_time_in_millis() <= 10_000]

    assert await ThreadFunction("buy", handler, pool).invoke({}) == ["buy", True]


async def test_a_handler_that_raises_is_an_error_and_its_traceback_is_logged(pool: ThreadPoolExecutor) -> None:
    lines: list[tuple[str, str]] = []
    function = ThreadFunction("buy", lambda event, context: 1 / 0, pool, log=lambda *line: lines.append(line))
    with pytest.raises(FunctionError):
        await function.invoke({})
    assert lines[-1] == ("buy", "ZeroDivisionError: division by zero")
    assert any("test_threads.py" in line for _, line in lines)


async def test_a_handler_that_takes_too_long_is_a_timeout(pool: ThreadPoolExecutor) -> None:
    end = threading.Event()
    function = ThreadFunction("buy", lambda event, context: end.wait(10), pool, timeout=0.05)
    with pytest.raises(FunctionTimeout, match="buy was not done after"):
        await function.invoke({})
    end.set()
