"""Other people's clients, which say some frames and give what they hear: wscat, or aiohttp where it cannot be had."""

import asyncio
import json
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

WSCAT = "wscat@6.1.0"
DOWNLOAD_SECONDS = 60


async def wscat() -> list[str] | None:
    """Return the command of wscat; None where it cannot be had."""
    npx = shutil.which("npx")
    return [npx, "--yes", WSCAT] if npx and await _succeeds(npx, "--yes", WSCAT, "--version") else None


Heard = Callable[[], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def wscat_heard(wscat: list[str], url: str, frames: list[dict[str, Any]]) -> AsyncIterator[Heard]:
    """Say these as soon as it is connected. MiniStack takes one socket's frames in turn, so that is polite."""
    says = [part for frame in frames for part in ("--execute", json.dumps(frame))]
    cat = await asyncio.create_subprocess_exec(*wscat, "--connect", url, *says, "--wait", "-1", stdin=PIPE, stdout=PIPE)
    stdin, stdout = cat.stdin, cat.stdout
    assert stdin is not None
    assert stdout is not None

    async def heard() -> dict[str, Any]:
        return dict(json.loads(await stdout.readline()))

    try:
        yield heard
    finally:
        stdin.close()  # at which it hangs up and ends; a signal would only end npx
        await cat.wait()


@asynccontextmanager
async def aiohttp_heard(url: str, frames: list[dict[str, Any]]) -> AsyncIterator[Heard]:
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connection:
        for frame in frames:
            await connection.send_json(frame)
        yield connection.receive_json


async def _succeeds(*run: str) -> bool:
    probe = await asyncio.create_subprocess_exec(*run, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with asyncio.timeout(DOWNLOAD_SECONDS):
            return await probe.wait() == 0
    except TimeoutError:
        probe.kill()
        await probe.wait()
        return False
