"""How many people may be connected: as many as the machine allows, and who runs it is told where those are few."""

import asyncio
import json
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from local.gateway.open_files import ENOUGH, MOST, OTHERS, too_few
from scripts import ROOT
from tests.support.raw_http import read_answer, upgrade
from tests.support.running_command import free_port
from tests.support.waiting import WAIT_SECONDS

FEW = 300  # files: fewer than people who come


class Command:
    """A running `python -m local.gateway` with limits of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process, self.port = process, port

    async def says(self, part: str) -> str:
        """Wait for a line with this in it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WAIT_SECONDS):
            while part not in (line := (await self.process.stdout.readline()).decode()):
                assert line, "it has ended"
        return line


@pytest.fixture
async def limited(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Command]:
    """Start a gateway whose handshakes run nothing, under the soft and hard limits that a test names."""
    routes = tmp_path / "routes.json"
    routes.write_text(json.dumps({"$connect": {"mock": True}, "$default": {"mock": True}}))
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.gateway", "--routes", str(routes), "--port", str(port)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, request.param),
    )
    try:
        yield Command(process, port)
    finally:
        process.kill()
        await process.wait()


async def arrive(port: int, stack: AsyncExitStack) -> asyncio.StreamReader:
    """Open a socket and send its handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    stack.callback(lambda: writer.transport.abort())  # and keeps the writer, which would close when nobody has it
    writer.write("\r\n".join(["GET / HTTP/1.1", "Host: localhost", *upgrade(), "", ""]).encode())
    return reader


@pytest.mark.parametrize("limited", [(FEW, min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))], indirect=True)
async def test_more_people_are_connected_than_the_shells_soft_limit_has_files(limited: Command) -> None:
    await limited.says("Ctrl-C")
    async with AsyncExitStack() as stack:
        for _ in range(FEW + 50):
            assert (await read_answer(await arrive(limited.port, stack))).status == 101


@pytest.mark.parametrize("limited", [(FEW, FEW)], indirect=True)
async def test_who_comes_when_no_file_is_left_waits_and_the_owner_is_told_in_one_sentence(limited: Command) -> None:
    assert f"Only {FEW - OTHERS} people can be connected" in await limited.says("people can be connected")
    await limited.says("Ctrl-C")
    async with AsyncExitStack() as first, AsyncExitStack() as later:
        for _ in range(FEW // 2):
            assert (await read_answer(await arrive(limited.port, first))).status == 101
        waiting = [await arrive(limited.port, later) for _ in range(FEW // 2)]  # the kernel keeps as many waiting
        assert "has to wait until somebody leaves" in await limited.says("")
        await first.aclose()
        async with asyncio.timeout(WAIT_SECONDS):
            assert (await read_answer(waiting[-1])).status == 101


def test_a_limit_that_is_enough_needs_no_word() -> None:
    assert too_few(ENOUGH) is None
    assert too_few(None) is None
    assert "Only 744 people" in str(too_few(1000))
