"""Functions in processes, as on Lambda: an environment (runtime_api.py) runs one invocation at a time.

Environments start when they are needed and stay for later invocations. There are at most `concurrency` of them;
what comes beyond is throttled.
"""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.functions.contract import (
    FunctionError,
    FunctionLimits,
    FunctionThrottled,
    LoadError,
    Log,
    print_line,
)
from local.functions.credentials import local_credentials
from local.functions.loader import handler_string
from local.functions.runtime_api import ExecutionEnvironment


@dataclass(frozen=True)
class ProcessOptions(FunctionLimits):
    """What may be set for a function in processes. Each run at once is an environment."""

    prewarmed: int = 1  # environments started up front; the others start when they are needed


class ProcessFunction:
    """One function in worker processes, on Linux. Its `name` is "connect" or, as in Lambda, "app.lambda_handler"."""

    def __init__(
        self,
        name: str,
        path: Sequence[Path],
        environ: Mapping[str, str],
        options: ProcessOptions | None = None,
        *,
        starting: asyncio.Semaphore | None = None,
        log: Log = print_line,
    ) -> None:
        """Start nothing yet. The module is found in the folders of `path`; the first is its working directory.

        `starting` bounds how many processes start at once; functions may share it. `log` gets what they print.
        """
        if sys.platform != "linux":
            raise RuntimeError("Isolated functions run on Linux only, as AWS's runtime client does. Use threads here.")
        self.name = name
        self.options = options or ProcessOptions()
        self.memory_mb = self.options.memory_mb
        self.environments: list[ExecutionEnvironment] = []  # alive or starting
        self._handler = handler_string(name)
        self._path = [str(folder) for folder in path]
        self._environ = dict(environ)
        self._starting = starting or asyncio.Semaphore(os.cpu_count() or 1)
        self._log = log
        self._idle: list[ExecutionEnvironment] = []
        self._waiting: deque[asyncio.Future[ExecutionEnvironment]] = deque()
        self._running: set[asyncio.Task[Any]] = set()
        self._starts: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def busy(self) -> int:
        """How many invocations are under way."""
        return len(self._running)

    async def start(self) -> None:
        """Start the prewarmed environments. Raise LoadError if the function does not load."""
        started = await asyncio.gather(
            *(self._start_environment() for _ in range(min(self.options.prewarmed, self.options.concurrency))),
            return_exceptions=True,
        )
        self._idle += [outcome for outcome in started if isinstance(outcome, ExecutionEnvironment)]
        for outcome in started:
            if isinstance(outcome, BaseException):
                await self.stop()
                raise outcome

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler returned. Raise FunctionError, FunctionTimeout or FunctionThrottled.

        A caller that stops waiting does not stop the function.
        """
        if self._stopped:
            raise FunctionError(f"{self.name} was stopped")
        if self.busy >= self.options.concurrency:
            raise FunctionThrottled(f"{self.name} is running {self.options.concurrency} times already")
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
        environment = await self._acquire()
        try:
            return await environment.invoke(event, self.options.timeout)
        finally:
            if environment.usable:
                self._release(environment)
            else:
                await self._end(environment)

    async def _acquire(self) -> ExecutionEnvironment:
        """Return an environment for one invocation: an idle one, or the first to be free while another one starts.

        Each environment that is not busy is idle or starting, and there are at least as many of those as waiting
        invocations, so nobody waits in vain.
        """
        while self._idle:
            environment = self._idle.pop()
            if environment.usable:
                return environment
            await self._end(environment)
        if len(self.environments) < self.options.concurrency:
            start = asyncio.create_task(self._start_another())
            self._starts.add(start)
            start.add_done_callback(self._starts.discard)
        waiting: asyncio.Future[ExecutionEnvironment] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except LoadError as failure:
            raise FunctionError(str(failure)) from failure
        except asyncio.CancelledError:
            raise FunctionError(f"{self.name} was stopped") from None

    def _release(self, environment: ExecutionEnvironment) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(environment)
        else:
            self._idle.append(environment)

    async def _start_another(self) -> None:
        try:
            self._release(await self._start_environment())
        except LoadError as failure:
            if self._waiting:
                self._waiting.popleft().set_exception(failure)

    async def _start_environment(self) -> ExecutionEnvironment:
        environment = ExecutionEnvironment(self.name, self._handler, self._log)
        self.environments.append(environment)
        try:
            async with self._starting:
                await environment.start(self._variables(), cwd=self._path[0])
        except OSError as failure:
            await self._end(environment)
            raise LoadError(f"{self.name} could not be started: {failure}") from failure
        except BaseException:
            await self._end(environment)
            raise
        return environment

    async def _end(self, environment: ExecutionEnvironment) -> None:
        await environment.stop()
        if not self._stopped:
            self.environments.remove(environment)

    def _variables(self) -> dict[str, str]:
        """Return the variables Lambda sets, and the function's own. Nothing of this process's gets through but PATH."""
        return {
            "LANG": "en_US.UTF-8",
            "PATH": os.environ.get("PATH", os.defpath),
            **self._environ,
            "HOME": self._path[0],  # a home without ~/.aws
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "LAMBDA_TASK_ROOT": self._path[0],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(self._path),
            "TZ": ":UTC",
            "_HANDLER": self._handler,
            **local_credentials(self.name),
        }
