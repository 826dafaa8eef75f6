"""What the gateway can invoke, and how an invocation can end.

A route is a plain `handler(event, context)` (run here, in a thread), a `Function` (runs its handler however it likes)
or a `Mock` (runs nothing).
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

Handler = Callable[[dict[str, Any], Any], Any]

DEFAULT_MEMORY_MB = 1024  # what Terraform gives every function
DEFAULT_TIMEOUT = 10.0  # seconds a handler is told it has; the gateway itself gives up after its own limit


class InvocationError(Exception):
    """An invocation that brought no result: the status of a handshake, the message of the frame that say so.

    InvocationError
    ├── FunctionError        the handler raised, returned something that is no JSON, or its process died
    ├── FunctionTimeout      it ran into its time limit
    └── FunctionThrottled    all its environments were busy; nothing was run
    """

    status = 500
    message = "Internal server error"


class FunctionError(InvocationError):
    status = 502


class FunctionTimeout(InvocationError):
    status = 504
    message = "Endpoint request timed out"


class FunctionThrottled(InvocationError):
    pass


@runtime_checkable
class Function(Protocol):
    """Something that runs one handler, off the event loop. An attribute `memory_mb` is metered when there is one."""

    @property
    def name(self) -> str:
        """What it signs its requests with, so that the meter can tell for which route they are."""

    async def invoke(self, event: dict[str, Any]) -> Any:
        """The handler's result for one event; raises an InvocationError.

        The gateway cancels this call when it has waited long enough. As on Lambda, the handler may run on.
        """


@dataclass(frozen=True)
class Mock:
    """A MOCK integration: runs no code. `response` is the frame that answers, None for a one-way route.

    Only literal templates: API Gateway's template language is not spoken here.
    """

    response: str | None = None

    def __post_init__(self) -> None:
        if self.response and any(sign in self.response for sign in "$#"):
            raise ValueError(f"a mock answers with literal text only, without $ or #: {self.response!r}")


@dataclass(frozen=True)
class Context:
    """The second argument of a handler: the attributes of Lambda's own context object that people use."""

    function_name: str
    memory_limit_in_mb: int = DEFAULT_MEMORY_MB
    timeout: float = DEFAULT_TIMEOUT
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: secrets.token_hex(16))
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.started + self.timeout - time.monotonic()) * 1000))


@dataclass(frozen=True)
class PlainFunction:
    """A Function made of a plain handler, run in a thread of `executor`."""

    name: str
    handler: Handler
    executor: Executor
    memory_mb: int = DEFAULT_MEMORY_MB

    async def invoke(self, event: dict[str, Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.executor, self._run, event)

    def _run(self, event: dict[str, Any]) -> Any:
        try:
            result = self.handler(event, Context(self.name, self.memory_mb))
            json.dumps(result)  # Lambda fails an invocation whose result it cannot write down
        except BaseException as error:  # SystemExit too: it ends an environment, never the gateway
            raise FunctionError(f"{type(error).__name__} in {self.name}") from error
        return result
