"""One environment of a function, as on Lambda: a process under AWS's own runtime client, and its Runtime API.

It runs one invocation at a time and is frozen (SIGSTOP) from the moment it asks for the next one until it gets it.
Linux only, like the runtime client.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.functions.contract import FunctionError, FunctionTimeout, LoadError, Log
from local.functions.credentials import REGION
from local.http.access import Access
from local.http.server import HttpRunner

INIT_SECONDS = 60.0  # Lambda allows 10; a laptop may be starting dozens of interpreters at once
LONGEST_LINE = 1 << 20  # bytes of one line of a function's output
LONGEST_FIELD = 2 << 20  # bytes: the client reports a failure's trace in a header of up to 1 MB
LONGEST_BODY = 8 << 20  # bytes of a result; Lambda allows 6 MB
ACCOUNT = "000000000000"


class ExecutionEnvironment:
    """One worker process and the Runtime API it gets its invocations from."""

    def __init__(self, name: str, handler: str, log: Log) -> None:
        self.name = name
        self._handler = handler
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._runner: HttpRunner | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._exited = asyncio.Event()
        self._asking = asyncio.Event()  # it waits for its next invocation, frozen
        self._next: asyncio.Future[web.Response] | None = None
        self._outcome: Any = None
        self._failure: str | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def usable(self) -> bool:
        return self._asking.is_set() and not self._exited.is_set()

    async def start(self, variables: Mapping[str, str], cwd: str) -> None:
        """Start the process and wait until it asks for work. Raise LoadError if it never does."""
        address = await self._serve()
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "awslambdaric", self._handler,
            cwd=cwd,
            env={**variables, "AWS_LAMBDA_RUNTIME_API": address},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            # A group of its own: Ctrl-C in the terminal reaches us alone, and should we be killed, the kernel
            # hangs up on stopped processes whose group has lost its parent. So none is left behind.
            process_group=0,
        )  # fmt: skip
        assert process.stdout is not None, "it is a pipe"
        self._tasks = [asyncio.create_task(self._listen(process.stdout)), asyncio.create_task(self._wait(process))]
        if not await self._idle_or_ended(INIT_SECONDS):
            raise LoadError(f"{self._handler} was not loaded after {INIT_SECONDS:g} seconds")
        if self._exited.is_set():
            raise LoadError(self._failure or f"{self._handler} ended while it was loaded")

    async def invoke(self, event: dict[str, Any], seconds: float) -> Any:
        """Return what the handler returned. Unless `usable` afterwards, the environment has to be stopped.

        Raise FunctionError, or FunctionTimeout after `seconds`.
        """
        self._outcome = self._failure = None
        self._thaw()
        assert self._next is not None, "it was usable, so it has asked"
        self._next.set_result(_invocation(self.name, event, seconds))
        if not await self._idle_or_ended(seconds):
            raise FunctionTimeout(f"{self.name} was not done after {seconds:g} seconds")
        if self._failure is not None:
            raise FunctionError(self._failure)
        if self._outcome is None:
            raise FunctionError(f"{self.name} exited before it answered")
        return json.loads(self._outcome)

    async def stop(self) -> None:
        """End the process, as Lambda does: without asking. SIGKILL ends a frozen one too."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # and whatever it started itself
        if self._next:
            self._next.cancel()
        await asyncio.gather(*self._tasks)
        if self._runner:
            await self._runner.cleanup()

    async def _idle_or_ended(self, seconds: float) -> bool:
        """Wait until the process asks for its next invocation or ends; False if neither happens in time."""
        waits = [asyncio.create_task(event.wait()) for event in (self._asking, self._exited)]
        try:
            done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:  # also when the one who waits is cancelled
            for wait in waits:
                wait.cancel()
        return bool(done)

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._exited.set()

    async def _listen(self, output: asyncio.StreamReader) -> None:
        """Pass on what the process prints; the runtime client packs a trace into one line with its own separators."""
        while True:
            try:
                line = await output.readline()
            except ValueError:
                line = b"(a line of more than 1 MB)\n"
            if not line:
                return
            for part in line.decode(errors="replace").replace("\N{NO-BREAK SPACE}", " ").splitlines():
                self._log(self.name, part)

    def _freeze(self) -> None:
        self._signal(signal.SIGSTOP)
        self._asking.set()

    def _thaw(self) -> None:
        self._asking.clear()
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile: `_exited` tells
                self._process.send_signal(number)

    # The Runtime API: what a process asks of Lambda

    async def _serve(self) -> str:
        app = web.Application(client_max_size=LONGEST_BODY)
        app.middlewares.append(Access().middleware("The Runtime API is for functions."))
        app.add_routes(
            [
                web.get("/2018-06-01/runtime/invocation/next", self._answer_next),
                web.post("/2018-06-01/runtime/invocation/{id}/response", self._take_response),
                web.post("/2018-06-01/runtime/invocation/{id}/error", self._take_error),
                web.post("/2018-06-01/runtime/init/error", self._take_error),
            ]
        )
        self._runner = HttpRunner(app, field_bytes=LONGEST_FIELD, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0]
        return f"{host}:{port}"

    async def _answer_next(self, request: web.Request) -> web.Response:
        self._next = asyncio.get_running_loop().create_future()
        self._freeze()
        return await self._next

    async def _take_response(self, request: web.Request) -> web.Response:
        self._outcome = await request.read()
        return web.Response(status=202)

    async def _take_error(self, request: web.Request) -> web.Response:
        self._failure = _in_one_line(await request.json())
        return web.Response(status=202)


def _invocation(name: str, event: dict[str, Any], timeout: float) -> web.Response:
    return web.Response(
        body=json.dumps(event).encode(),
        headers={
            "Content-Type": "application/json",  # with a charset the runtime client would pass on bytes
            "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        },
    )


def _in_one_line(error: dict[str, Any]) -> str:
    """Return the runtime client's report in one line: what, and where if it says so."""
    what = f"{error.get('errorType')}: {error.get('errorMessage')}"
    trace = error.get("stackTrace") or []
    return f"{what} ({' '.join(trace[-1].split())})" if trace else what
