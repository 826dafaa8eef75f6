"""Functions in threads of this process: quick to start and to reload, on any system."""

import asyncio
import json
import traceback
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from local.functions.contract import (
    DEFAULT_MEMORY_MB,
    DEFAULT_TIMEOUT,
    Context,
    FunctionError,
    FunctionLimits,
    FunctionThrottled,
    FunctionTimeout,
    Handler,
    Log,
    print_line,
)


@dataclass(frozen=True)
class PlainFunction:
    """A Function made of a plain handler, run in a thread of `executor`."""

    name: str
    handler: Handler
    executor: Executor
    memory_mb: int = DEFAULT_MEMORY_MB
    timeout: float = DEFAULT_TIMEOUT

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler returned. Raise FunctionError if it raised or returned no JSON."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, self._run, event)

    def _run(self, event: dict[str, Any]) -> Any:
        try:
            result = self.handler(event, Context(self.name, self.memory_mb, self.timeout))
            json.dumps(result)  # Lambda fails an invocation whose result it cannot write down
        except BaseException as error:  # SystemExit too: it ends an environment, never the gateway
            raise FunctionError(f"{type(error).__name__} in {self.name}") from error
        return result


class ThreadFunction:
    """A PlainFunction within limits, whose tracebacks are logged. Each run at once is a thread of `pool`."""

    def __init__(
        self,
        name: str,
        handler: Handler,
        pool: Executor,
        limits: FunctionLimits | None = None,
        *,
        log: Log = print_line,
    ) -> None:
        self.name = name
        self.limits = limits = limits or FunctionLimits()
        self.memory_mb = limits.memory_mb
        self._function = PlainFunction(name, handler, pool, limits.memory_mb, limits.timeout)
        self._running: set[asyncio.Future[Any]] = set()
        self._log = log

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler returned. Raise FunctionError, FunctionTimeout or FunctionThrottled.

        A caller that stops waiting does not stop the function.
        """
        if len(self._running) >= self.limits.concurrency:
            raise FunctionThrottled(f"{self.name} is running {self.limits.concurrency} times already")
        running = asyncio.ensure_future(self._function.invoke(event))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            return await asyncio.wait_for(asyncio.shield(running), self.limits.timeout)
        except TimeoutError:  # no thread can be stopped from outside: this one runs on, and nobody waits for it
            self._running.discard(running)  # on Lambda its environment would end here
            raise FunctionTimeout(f"{self.name} was not done after {self.limits.timeout:g} seconds") from None
        except FunctionError as failure:
            for line in "".join(traceback.format_exception(failure.__cause__)).splitlines():
                self._log(self.name, line)
            raise
