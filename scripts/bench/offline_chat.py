"""serverless-offline with a chat of its own, for the bench of the local stack: where there are Node, npm and Linux."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from scripts import ROOT
from scripts.fidelity.targets.serverless_offline import Api, installed
from scripts.fidelity.targets.stack import CannotAsk

SOURCE = ROOT / "scripts/bench/node/chat.cjs"
ROUTES = dict.fromkeys(("$connect", "$disconnect", "$default", "join", "send"), "chat.handler")


@asynccontextmanager
async def offline_chat(folder: Path, tell: Callable[[str], None]) -> AsyncIterator[tuple[str, Callable[[], float]]]:
    """Run it inside the block. Yield its host and port, and what says how many CPU seconds it has used.

    Raise CannotAsk.
    """
    if sys.platform != "linux":
        raise CannotAsk("What serverless-offline uses is read of Linux's /proc.")
    api = Api(installed(tell), ROUTES, "", folder, source=SOURCE, options={"useInProcess": True})
    await api.start()
    try:
        yield api.stage.socket.removeprefix("ws://"), lambda: cpu_seconds(api.pid)
    finally:
        await api.stop()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
