"""What can be wrong with a chat for a while: refused posts, a slow processor, a throttled table, one who does not read.

Each trouble is a context manager of a served chat. It begins inside the block and is over after it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from anonchat_client import PlainClient
from local.chat import LocalChat, LocalOptions
from local.gateway import GatewayOptions
from scripts import ROOT

STOPPED_SECONDS, RUNNING_SECONDS = 0.15, 0.05  # the processor is there for a quarter of the time
HANG_SECONDS = 60.0  # far longer than a post may take
START_SECONDS = 60.0  # for `python -m local`, on a busy machine
ROOM = "steady"
READER = "Reader"  # the alias of the member that one trouble is about

Environ = Mapping[str, str]


class Served(Protocol):
    """A chat that is served: its address, and what its meter has counted so far."""

    @property
    def url(self) -> str: ...

    async def total(self) -> Mapping[str, Any]:
        """Return the meter's total."""


@dataclass
class InProcess:
    """A local chat in this process, whose faults can be switched on."""

    chat: LocalChat
    dice: random.Random

    @property
    def url(self) -> str:
        return self.chat.url

    async def total(self) -> Mapping[str, Any]:
        total: Mapping[str, Any] = self.chat.meter.snapshot()["total"]
        return total


@dataclass
class OwnProcess:
    """A local chat in a process of its own, which can be stopped and continued."""

    url: str
    pid: int
    session: aiohttp.ClientSession

    async def total(self) -> Mapping[str, Any]:
        async with self.session.get(f"{self.url.replace('ws', 'http', 1)}/_local/meter") as answer:
            total: Mapping[str, Any] = (await answer.json())["total"]
            return total


@asynccontextmanager
async def in_process(environ: Environ, options: GatewayOptions, dice: random.Random) -> AsyncIterator[InProcess]:
    async with LocalChat(LocalOptions(environ=environ, gateway=options), log=lambda *_: None) as chat:
        yield InProcess(chat, dice)


@asynccontextmanager
async def in_own_process(environ: Environ, options: GatewayOptions, dice: random.Random) -> AsyncIterator[OwnProcess]:
    """Serve by `python -m local`, as people do, in whichever reading it has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local", "--port", str(port)),
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None, "it is a pipe"
    try:
        async with asyncio.timeout(START_SECONDS):
            while b"Ctrl-C" not in (line := await process.stdout.readline()):
                if not line:
                    raise RuntimeError("`python -m local` does not start.")
        async with aiohttp.ClientSession() as session:
            yield OwnProcess(f"ws://127.0.0.1:{port}", process.pid, session)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        await process.wait()


@dataclass(frozen=True)
class Trouble:
    """One kind: how the chat is served, and what goes wrong then."""

    serve: Callable[[Environ, GatewayOptions, random.Random], AbstractAsyncContextManager[Any]]
    begin: Callable[[Any], AbstractAsyncContextManager[None]]


def refused_posts(share: float) -> Callable[[InProcess], AbstractAsyncContextManager[None]]:
    """Answer so many of all posts by 429."""

    @asynccontextmanager
    async def begin(served: InProcess) -> AsyncIterator[None]:
        faults = served.chat.gateway.faults
        faults.refuse_post = lambda connection_id: served.dice.random() < share
        yield
        faults.refuse_post = 0.0

    return begin


def throttled_table(share: float) -> Callable[[InProcess], AbstractAsyncContextManager[None]]:
    """Answer so many of all requests to the table by ThrottlingException."""

    @asynccontextmanager
    async def begin(served: InProcess) -> AsyncIterator[None]:
        served.chat.table.throttles = lambda: served.dice.random() < share
        yield
        served.chat.table.throttles = lambda: False

    return begin


@asynccontextmanager
async def slow_processor(served: OwnProcess) -> AsyncIterator[None]:
    """Stop and continue the server's process from outside."""

    async def stop_and_go() -> None:
        while True:
            os.kill(served.pid, signal.SIGSTOP)
            await asyncio.sleep(STOPPED_SECONDS)
            os.kill(served.pid, signal.SIGCONT)
            await asyncio.sleep(RUNNING_SECONDS)

    task = asyncio.create_task(stop_and_go())
    try:
        yield
    finally:
        task.cancel()
        os.kill(served.pid, signal.SIGCONT)


@asynccontextmanager
async def reader_refused(served: InProcess) -> AsyncIterator[None]:
    """Answer 429 to each post to one member: what API Gateway says of a client that does not read."""
    async with _reader(served) as connection_id:
        served.chat.gateway.faults.post_status[connection_id] = 429
        yield
        served.chat.gateway.faults.post_status.clear()


@asynccontextmanager
async def reader_hangs(served: InProcess) -> AsyncIterator[None]:
    """Answer no post to one member."""
    async with _reader(served) as connection_id:
        served.chat.gateway.faults.post_delay[connection_id] = HANG_SECONDS
        yield
        served.chat.gateway.faults.post_delay.clear()


@asynccontextmanager
async def _reader(served: InProcess) -> AsyncIterator[str]:
    """One more member in the room; its connection id."""
    before = set(served.chat.gateway.connections)
    async with PlainClient(served.url) as client:
        await client.join(ROOM, READER)
        (connection_id,) = set(served.chat.gateway.connections) - before
        yield connection_id


TROUBLES: Mapping[str, Trouble] = {
    "429 for 1 % of posts": Trouble(in_process, refused_posts(0.01)),
    "429 for 30 % of posts": Trouble(in_process, refused_posts(0.3)),
    "429 for all posts": Trouble(in_process, refused_posts(1.0)),
    "a quarter of the processor": Trouble(in_own_process, slow_processor),
    "a table that throttles": Trouble(in_process, throttled_table(0.5)),
    "a member answered 429": Trouble(in_process, reader_refused),
    "a member that hangs": Trouble(in_process, reader_hangs),
}
