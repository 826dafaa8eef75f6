"""Wait for a condition: long enough for the busiest machine, and no longer than it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

WAIT_SECONDS = 120  # a page that reconnects may back off for some seconds first, and others may need the machine


async def eventually(condition: Callable[[], Any]) -> None:
    """Return when the condition is true; raise TimeoutError after WAIT_SECONDS."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def expect_to_become(read: Callable[[], Awaitable[object]], expected: object, pause: float = 0.01) -> None:
    """Read anew until this is what is read: a busy machine may need its time. Fail with what was read last.

    `pause` is the time between two reads, in seconds.
    """
    found = await read()
    with suppress(TimeoutError):
        async with asyncio.timeout(WAIT_SECONDS):
            while found != expected:
                await asyncio.sleep(pause)
                found = await read()
    assert found == expected, f"{found!r}, not {expected!r}"
