"""Functions in isolation, as on Lambda: one process per environment, under AWS's own runtime client.

An environment runs one invocation at a time and is frozen (SIGSTOP) from the moment it asks for the next one until
it gets it. There are at most `concurrency` of them; what comes beyond is throttled. Linux only, like the client.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from local.functions import REGION, LoadError, Log, credentials, print_line
from local.invocation import DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT, FunctionError, FunctionThrottled, FunctionTimeout

CONCURRENCY = 10  # environments per function: the reserved concurrency we deploy with
PREWARMED = 1  # environments started up front; the others start when they are needed
INIT_SECONDS = 60.0  # Lambda allows 10; a laptop may be starting dozens of interpreters at once
LONGEST_LINE = 1 << 20  # bytes of one line of a function's output
LONGEST_FIELD = 2 << 20  # bytes: the client reports a failure's trace in a header of up to 1 MB
ACCOUNT = "000000000000"


class IsolatedFunction:
    """One function in worker processes. `handler` is "<module>.<function>", found on `path`, for any Lambda handler."""

    def __init__(
        self,
        name: str,
        *,
        path: Sequence[Path],
        environ: Mapping[str, str],
        handler: str | None = None,
        concurrency: int = CONCURRENCY,
        prewarmed: int = PREWARMED,
        timeout: float = DEFAULT_TIMEOUT,
        memory_mb: int = DEFAULT_MEMORY_MB,
        starting: asyncio.Semaphore | None = None,
        log: Log = print_line,
    ) -> None:
        """`starting` bounds how many processes start at once; functions may share it. Times are in seconds."""
        if sys.platform != "linux":
            raise RuntimeError("Isolated functions run on Linux only, as AWS's runtime client does. Use threads here.")
        self.name = name
        self.environments: list[Environment] = []  # alive or starting
        self._handler = handler or f"{name}.handler"
        self._path = [str(folder) for folder in path]
        self._environ = dict(environ)
        self._concurrency = concurrency
        self._prewarmed = min(prewarmed, concurrency)
        self._timeout = timeout
        self.memory_mb = memory_mb
        self._starting = starting or asyncio.Semaphore(os.cpu_count() or 1)
        self._log = log
        self._idle: list[Environment] = []
        self._waiting: deque[asyncio.Future[Environment]] = deque()
        self._running: set[asyncio.Task[Any]] = set()
        self._starts: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def start(self) -> None:
        """Start the prewarmed environments. Raises LoadError if the function does not load."""
        started = await asyncio.gather(
            *(self._start_environment() for _ in range(self._prewarmed)), return_exceptions=True
        )
        self._idle += [outcome for outcome in started if isinstance(outcome, Environment)]
        for outcome in started:
            if isinstance(outcome, BaseException):
                await self.stop()
                raise outcome

    async def invoke(self, event: dict[str, Any]) -> Any:
        """What the handler returned. Raises FunctionError, FunctionTimeout or FunctionThrottled.

        A caller that stops waiting does not stop the function.
        """
        if self._stopped:
            raise FunctionError(f"{self.name} was stopped")
        if len(self._running) >= self._concurrency:
            raise FunctionThrottled(f"{self.name} is running {self._concurrency} times already")
        running = asyncio.create_task(self._run(event))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await asyncio.shield(running)

    async def drain(self) -> None:
        """Stop once the running invocations are done."""
        if self._running:
            await asyncio.wait(self._running)
        await self.stop()

    async def stop(self) -> None:
        """End every process; invocations that still run fail."""
        self._stopped = True
        self._idle.clear()
        for start in list(self._starts):
            start.cancel()
        while self._waiting:
            self._waiting.popleft().cancel()
        await asyncio.gather(*self._starts, return_exceptions=True)
        await asyncio.gather(*(environment.stop() for environment in self.environments))
        await asyncio.gather(*self._running, return_exceptions=True)
        self.environments.clear()

    async def _run(self, event: dict[str, Any]) -> Any:
        environment = await self._take()
        try:
            return await environment.invoke(event, self._timeout)
        finally:
            if environment.usable:
                self._give(environment)
            else:
                await self._end(environment)

    async def _take(self) -> "Environment":
        """An environment for one invocation: an idle one, or whichever is free first while another one starts.

        Each environment that is not busy is idle or starting, and there are at least as many of those as waiting
        invocations, so nobody waits in vain.
        """
        if self._idle:
            return self._idle.pop()
        if len(self.environments) < self._concurrency:
            start = asyncio.create_task(self._start_another())
            self._starts.add(start)
            start.add_done_callback(self._starts.discard)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except LoadError as failure:
            raise FunctionError(str(failure)) from failure
        except asyncio.CancelledError:
            raise FunctionError(f"{self.name} was stopped") from None

    def _give(self, environment: "Environment") -> None:
        if self._waiting:
            self._waiting.popleft().set_result(environment)
        else:
            self._idle.append(environment)

    async def _start_another(self) -> None:
        try:
            self._give(await self._start_environment())
        except LoadError as failure:
            if self._waiting:
                self._waiting.popleft().set_exception(failure)

    async def _start_environment(self) -> "Environment":
        environment = Environment(self.name, self._handler, self._log)
        self.environments.append(environment)
        try:
            async with self._starting:
                await environment.start(self._variables(), cwd=self._path[0])
        except BaseException:
            await self._end(environment)
            raise
        return environment

    async def _end(self, environment: "Environment") -> None:
        await environment.stop()
        if not self._stopped:
            self.environments.remove(environment)

    def _variables(self) -> dict[str, str]:
        """The environment variables Lambda sets, and the function's own. Nothing of ours gets through but PATH."""
        return {
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "LAMBDA_TASK_ROOT": self._path[0],
            "LANG": "en_US.UTF-8",
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(self._path),
            "TZ": ":UTC",
            "_HANDLER": self._handler,
            **credentials(self.name),
            **self._environ,
        }


class Environment:
    """One worker process and the Runtime API it gets its invocations from."""

    def __init__(self, name: str, handler: str, log: Log) -> None:
        self.name = name
        self._handler = handler
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._runner: web.AppRunner | None = None
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
        """Start the process and wait until it asks for work. Raises LoadError if it never does."""
        address = await self._serve()
        self._process = await asyncio.create_subprocess_exec(
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
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._wait())]
        if not await self._settle(INIT_SECONDS):
            raise LoadError(f"{self._handler} was not loaded after {INIT_SECONDS:g} seconds")
        if self._exited.is_set():
            raise LoadError(self._failure or f"{self._handler} ended while it was loaded")

    async def invoke(self, event: dict[str, Any], seconds: float) -> Any:
        """What the handler returned. Unless `usable` afterwards, the environment has to be ended."""
        self._outcome = self._failure = None
        self._thaw()
        self._next.set_result(_invocation(self.name, event, seconds))
        if not await self._settle(seconds):
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

    async def _settle(self, seconds: float) -> bool:
        """Wait until the process asks for its next invocation or ends; False if neither happens in time."""
        waits = [asyncio.create_task(event.wait()) for event in (self._asking, self._exited)]
        done, pending = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in pending:
            wait.cancel()
        return bool(done)

    async def _wait(self) -> None:
        await self._process.wait()
        self._exited.set()

    async def _listen(self) -> None:
        """Pass on what the process prints; the runtime client packs a trace into one line with its own separators."""
        output = self._process.stdout
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
        self._process.send_signal(signal.SIGSTOP)
        self._asking.set()

    def _thaw(self) -> None:
        self._asking.clear()
        self._process.send_signal(signal.SIGCONT)

    # The Runtime API: what a process asks of Lambda

    async def _serve(self) -> str:
        app = web.Application(client_max_size=LONGEST_FIELD * 4)
        app.add_routes(
            [
                web.get("/2018-06-01/runtime/invocation/next", self._answer_next),
                web.post("/2018-06-01/runtime/invocation/{id}/response", self._take_response),
                web.post("/2018-06-01/runtime/invocation/{id}/error", self._take_error),
                web.post("/2018-06-01/runtime/init/error", self._take_error),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, max_field_size=LONGEST_FIELD, shutdown_timeout=1.0)
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
        self._failure = _told(await request.json())
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


def _told(error: dict) -> str:
    """The runtime client's report in one line: what, and where if it says so."""
    what = f"{error.get('errorType')}: {error.get('errorMessage')}"
    trace = error.get("stackTrace") or []
    return f"{what} ({' '.join(trace[-1].split())})" if trace else what
