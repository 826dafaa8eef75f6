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

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler returned. Raise FunctionError if it raised or returned no JSON."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, self._run, event)

    def _run(self, event: dict[str, Any]) -> Any:
        try:
            result = self.handler(event, Context(self.name, self.memory_mb))
            json.dumps(result)  # Lambda fails an invocation whose result it cannot write down
        except BaseException as error:  # SystemExit too: it ends an environment, never the gateway
            raise FunctionError(f"{type(error).__name__} in {self.name}") from error
        return result


class ThreadFunction:
    """A PlainFunction with a time limit (seconds) whose tracebacks are logged."""

    def __init__(
        self,
        name: str,
        handler: Handler,
        pool: Executor,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        log: Log = print_line,
    ) -> None:
        self.name = name
        self.memory_mb = DEFAULT_MEMORY_MB
        self._function = PlainFunction(name, handler, pool)
        self._timeout = timeout
        self._log = log

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler returned. Raise FunctionError if it raised, FunctionTimeout if it took too long."""
        running = asyncio.ensure_future(self._function.invoke(event))
        try:
            return await asyncio.wait_for(asyncio.shield(running), self._timeout)
        except TimeoutError:  # no thread can be stopped from outside: this one runs on, and nobody waits for it
            raise FunctionTimeout(f"{self.name} was not done after {self._timeout:g} seconds") from None
        except FunctionError as failure:
            for line in "".join(traceback.format_exception(failure.__cause__)).splitlines():
                self._log(self.name, line)
            raise
