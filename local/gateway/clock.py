"""Wall-clock time that a test can push forward.

Everything in the gateway that waits (idle and duration limits, integration timeouts, token buckets) asks this clock, so
that ten minutes or two hours pass in a test without waiting for them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Timer:
    """One callback at one time on the clock; created by `Clock.call_at`."""

    def __init__(self, clock: "Clock", when: float, callback: Callable[[], object]) -> None:
        self.clock, self.when, self.callback = clock, when, callback
        self.loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None

    def arm(self) -> None:
        """Look at the clock again: fire when the time has come, otherwise wait for the rest of it."""
        if self not in self.clock.timers:
            return
        if self._handle:
            self._handle.cancel()
        rest = self.when - self.clock.time()
        if rest <= 0:
            self.clock.timers.discard(self)
            self.callback()
        else:
            self._handle = self.loop.call_later(rest, self.arm)

    def cancel(self) -> None:
        self.clock.timers.discard(self)
        if self._handle:
            self._handle.cancel()


class Clock:
    """The real time, and what a test has added to it."""

    def __init__(self) -> None:
        self.timers: set[Timer] = set()
        self._pushed = 0.0

    def time(self) -> float:
        """Return seconds since the epoch, plus whatever `advance` has added."""
        return time.time() + self._pushed

    def advance(self, seconds: float) -> None:
        """Push the clock forward and wake, from any thread, everyone whose time has come."""
        self._pushed += seconds
        for timer in list(self.timers):
            if not timer.loop.is_closed():
                timer.loop.call_soon_threadsafe(timer.arm)

    def call_at(self, when: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` on this event loop once `time()` has reached `when`."""
        timer = Timer(self, when, callback)
        self.timers.add(timer)
        timer.arm()
        return timer

    async def sleep_until(self, when: float) -> None:
        """Wait until `time()` has reached `when`."""
        woken = asyncio.Event()
        timer = self.call_at(when, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError inside the block once `seconds` have passed on this clock."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:
            timer = self.call_at(self.time() + seconds, lambda: limit.reschedule(loop.time()))
            try:
                yield
            finally:
                timer.cancel()
