"""Runs what a route leads to: gives it a thread if it needs one, a limit of time, and an entry on the meter."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.functions.contract import (
    DEFAULT_MEMORY_MB,
    Function,
    FunctionError,
    FunctionThrottled,
    FunctionTimeout,
    Handler,
    InvocationError,
    Mock,
)
from local.functions.threads import PlainFunction
from local.gateway.clock import Clock
from local.gateway.events import Event
from local.gateway.metering import GatewayMeter

Route = Handler | Function | Mock

HANDLER_THREADS = 64  # handlers mostly wait for the network
CONCURRENCY = 1000  # invocations at once of all functions together: what an account may have in a region

log = logging.getLogger(__name__)


class Invoker:
    def __init__(self, clock: Clock, meter: GatewayMeter, timeout: float) -> None:
        self._clock, self._meter, self._timeout = clock, meter, timeout
        self._running = 0
        self._executor = ThreadPoolExecutor(HANDLER_THREADS, thread_name_prefix="handler")

    def integration(self, route_key: str, route: Route) -> Function | Mock:
        """Return what serves a route; a plain handler becomes a function with the route's name."""
        if isinstance(route, Mock | Function):
            return route
        if callable(route):
            return PlainFunction(route_key.lstrip("$"), route, self._executor)
        raise TypeError(f"The route {route_key!r} is neither a handler nor a Function nor a Mock: {route!r}")

    async def invoke(self, route_key: str, function: Function, event: Event) -> Any:
        """Return the handler's result. Raises an InvocationError if there is none."""
        started, ran = time.perf_counter(), True
        self._running += 1
        try:
            if self._running > CONCURRENCY:
                raise FunctionThrottled(f"{CONCURRENCY} invocations are under way already")
            async with self._clock.timeout(self._timeout):
                return await function.invoke(event)
        except TimeoutError:
            raise FunctionTimeout from None
        except FunctionThrottled:
            ran = False
            raise
        except InvocationError as error:
            if isinstance(function, PlainFunction):  # other kinds say themselves why they failed
                log.error("%s failed", route_key, exc_info=error.__cause__)
            raise
        except Exception as error:
            log.exception("%s could not be run", route_key)
            raise FunctionError from error
        finally:
            self._running -= 1
            if ran:
                memory = getattr(function, "memory_mb", DEFAULT_MEMORY_MB)
                self._meter.invocation(route_key, time.perf_counter() - started, memory)

    def close(self) -> None:
        """Start nothing more. A handler that still runs cannot be stopped: it runs on, and nobody waits for it."""
        self._executor.shutdown(wait=False, cancel_futures=True)
