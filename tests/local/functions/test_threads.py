"""Functions in threads: side by side, with a time limit, their tracebacks logged."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.functions.contract import FunctionError, FunctionLimits, FunctionThrottled, FunctionTimeout
from local.functions.threads import ThreadFunction
from tests.support.gateway_kit import Event
from tests.support.waiting import WAIT_SECONDS


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


async def test_invocations_run_side_by_side_off_the_event_loop(pool: ThreadPoolExecutor) -> None:
    together = threading.Barrier(3, timeout=WAIT_SECONDS)
    function = ThreadFunction("meet", lambda event, context: together.wait() >= 0, pool)
    assert await asyncio.gather(*(function.invoke({}) for _ in range(3))) == [True] * 3


async def test_a_handler_knows_its_name_and_how_much_time_it_has(pool: ThreadPoolExecutor) -> None:
    def handler(event: Event, context: Any) -> Any:
        return [context.function_name, 0 < context.get_remaining_time_in_millis() <= 10_000]

    assert await ThreadFunction("buy", handler, pool).invoke({}) == ["buy", True]


async def test_a_handler_is_told_its_own_limits(pool: ThreadPoolExecutor) -> None:
    limits = FunctionLimits(timeout=2, memory_mb=512)

    def handler(event: Event, context: Any) -> Any:
        return [context.memory_limit_in_mb, context.get_remaining_time_in_millis() <= 2_000]

    function = ThreadFunction("buy", handler, pool, limits)
    assert await function.invoke({}) == [512, True]
    assert function.memory_mb == 512


async def test_what_comes_beyond_the_concurrency_is_throttled_at_once(pool: ThreadPoolExecutor) -> None:
    end = threading.Event()
    function = ThreadFunction("buy", lambda event, context: end.wait(10), pool, FunctionLimits(concurrency=2))
    running = [asyncio.create_task(function.invoke({})) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(FunctionThrottled, match="buy is running 2 times already"):
        await function.invoke({})
    end.set()
    assert await asyncio.gather(*running) == [True, True]
    assert await function.invoke({}) is True


async def test_a_run_that_took_too_long_leaves_its_place_to_another(pool: ThreadPoolExecutor) -> None:
    end = threading.Event()
    limits = FunctionLimits(concurrency=1, timeout=0.05)
    function = ThreadFunction("buy", lambda event, context: end.wait(10), pool, limits)
    with pytest.raises(FunctionTimeout):
        await function.invoke({})
    end.set()
    assert await function.invoke({}) is True


async def test_a_handler_that_raises_is_an_error_and_its_traceback_is_logged(pool: ThreadPoolExecutor) -> None:
    lines: list[tuple[str, str]] = []
    function = ThreadFunction("buy", lambda event, context: 1 / 0, pool, log=lambda *line: lines.append(line))
    with pytest.raises(FunctionError):
        await function.invoke({})
    assert lines[-1] == ("buy", "ZeroDivisionError: division by zero")
    assert any("test_threads.py" in line for _, line in lines)


async def test_a_handler_that_takes_too_long_is_a_timeout(pool: ThreadPoolExecutor) -> None:
    end = threading.Event()
    function = ThreadFunction("buy", lambda event, context: end.wait(10), pool, FunctionLimits(timeout=0.05))
    with pytest.raises(FunctionTimeout, match="buy was not done after"):
        await function.invoke({})
    end.set()
