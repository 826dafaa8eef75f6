"""The resumes that nobody asked for: after frames that say `missed`, and after a join that may be answered twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from anonchat_client.core import pacing
from anonchat_client.core.pacing import Pacing
from anonchat_client.errors import Disconnected, RequestRefused


class Resumer:
    """Plans one resume at a time. What is missed while one is under way is fetched by another after it."""

    def __init__(self, enter: Callable[[], Awaitable[None]], failed: Callable[[Exception], None]) -> None:
        """Plan nothing yet. `enter` joins and fetches what is missing; `failed` hears why there is no coming back."""
        self.entering = asyncio.Lock()  # to be held by whoever joins: never two at once
        self._enter = enter
        self._failed = failed
        self._pacing = Pacing()
        self._planned: asyncio.TimerHandle | None = None
        self._check: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def missed(self, online: int) -> None:
        """Resume after a frame that says `missed`, when its time has come."""
        self.resume_in(self._pacing.missed(online, _now()))

    def resume_in(self, seconds: float) -> None:
        """Resume after so long, if none is planned yet."""
        self._planned = self._planned or asyncio.get_running_loop().call_later(seconds, self._begin)

    def check_list(self, disagrees: Callable[[], bool]) -> None:
        """Resume if the list of members still disagrees with the number that the server tells, after a while."""
        if disagrees() and not self._check:
            self._check = asyncio.get_running_loop().call_later(pacing.LIST_SECONDS, self._check_again, disagrees)

    async def resume(self) -> bool:
        """Fetch what is missing, as soon as no join is under way. Returns whether that was done."""
        async with self.entering:
            return await self._fetch()

    def forget(self) -> None:
        """Plan nothing any more: whoever joins again fetches everything anyway."""
        for handle in filter(None, (self._planned, self._check)):
            handle.cancel()
        self._planned = self._check = None

    async def close(self) -> None:
        self.forget()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _check_again(self, disagrees: Callable[[], bool]) -> None:
        self._check = None
        if disagrees():
            self.resume_in(0)

    def _begin(self) -> None:
        task = asyncio.create_task(self._resume_as_planned())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _resume_as_planned(self) -> None:
        async with self.entering:
            if self._planned:
                await self._fetch()

    async def _fetch(self) -> bool:
        self.forget()
        self._pacing.resumed(_now())
        try:
            await self._enter()
        except Disconnected:
            return False
        except RequestRefused as refusal:
            self._failed(refusal)
            return False
        return True


def _now() -> float:
    return asyncio.get_running_loop().time()
