"""Waiting for what comes to pass: long enough for the busiest machine, and no longer than it takes."""

import asyncio
from collections.abc import Callable
from typing import Any

WAIT_SECONDS = 40  # a page that comes back may rest for some seconds first, and others may need the machine


async def eventually(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)
