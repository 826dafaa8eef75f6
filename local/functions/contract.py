"""What a gateway can invoke, and how an invocation can end.

A route is a plain `handler(event, context)` (run in a thread), a `Function` (runs its handler however it likes) or a
`Mock` (runs nothing).
"""

import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

Handler = Callable[[dict[str, Any], Any], Any]
Log = Callable[[str, str], None]  # takes a function's name and one line of what it printed or raised

DEFAULT_MEMORY_MB = 1024
DEFAULT_TIMEOUT = 10.0  # seconds a handler is told it has; the gateway itself gives up after its own limit


@dataclass(frozen=True)
class FunctionLimits:
    """What one function may use; by default what Lambda gives to whom nothing was said."""

    concurrency: int = 64  # runs at once; what comes beyond is throttled
    timeout: float = DEFAULT_TIMEOUT  # seconds
    memory_mb: int = DEFAULT_MEMORY_MB


class LoadError(Exception):
    """A function or a route map that does not load; the text says which file and line, for people."""


class InvocationError(Exception):
    """An invocation that brought no result: the status of a handshake, the message of the frame that say so.

    InvocationError
    ├── FunctionError        the handler raised, returned something that is no JSON, or its process died
    ├── FunctionTimeout      it ran into its time limit
    └── FunctionThrottled    it runs as often as it may at once; nothing was run
    """

    status = 500
    message = "Internal server error"


class FunctionError(InvocationError):
    """The handler raised, returned something that is no JSON, or its process died."""

    status = 502


class FunctionTimeout(InvocationError):
    """The handler ran into its time limit."""

    status = 504
    message = "Endpoint request timed out"


class FunctionThrottled(InvocationError):
    """The function runs as often as it may at once; nothing was run."""


@runtime_checkable
class Function(Protocol):
    """Run one handler, off the event loop. An attribute `memory_mb` (megabytes) is metered when there is one."""

    @property
    def name(self) -> str:
        """The access key id it signs its requests with, so that a meter can tell for which route they are."""

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return the handler's result for one event. Raise an InvocationError if there is none.

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


def shown(path: Path | str) -> str:
    """Return a path as people here would type it."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else str(path)


def print_line(name: str, line: str) -> None:
    """Print one line of a function on standard error. A `Log`."""
    print(f"[{name}] {line}", file=sys.stderr, flush=True)
