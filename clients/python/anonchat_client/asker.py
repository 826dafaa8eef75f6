"""Asking until there is an answer, whatever the tries before have met."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from anonchat_client import clock
from anonchat_client.core import frames
from anonchat_client.core.frames import Answer, Frame
from anonchat_client.core.retries import Backoff, Retries
from anonchat_client.core.session import Session
from anonchat_client.errors import Disconnected, RequestRefused, Unacknowledged
from anonchat_client.request import RequestSlot

STALLS = 3  # pages in a row with nobody new, and a server does not know how to go on


class Asker:
    """Asks for one member, on the socket that it has."""

    def __init__(self, requests: RequestSlot, session: Session, cut: Callable[[], None], retry_seconds: float) -> None:
        """Ask nothing yet. `cut` gives up the socket; `retry_seconds` is the first pause between tries."""
        self._requests = requests
        self._session = session
        self._cut = cut
        self._retry_seconds = retry_seconds

    async def ask(self, frame: Frame, expected: Answer) -> Frame:
        """Ask until there is an answer. Raise Disconnected, and RequestRefused where another try cannot help."""
        retries = Retries(expected, Backoff(self._retry_seconds))
        while True:
            try:
                return await self._requests.ask(frame, expected)
            except Disconnected:
                raise
            except (TimeoutError, Unacknowledged, RequestRefused) as failure:
                self._session.counters.count(failure)
                step = retries.after(failure, heard=self._requests.heard)
                if isinstance(failure, TimeoutError) and expected.type in ("joined", "page"):
                    self._session.doubt(clock.now_ms())
            if step.reconnect:
                self._cut()
            await asyncio.sleep(step.wait_seconds)

    async def roster(self, room: str, alias: str) -> dict[str, str]:
        """Ask a member's room for all who are in it, page by page. Returns member id → alias. Raise as `ask`.

        A server that knows no roster answers with those who fit a `joined`.
        """
        found: dict[str, str] = {}
        after, more, stalls = "", True, 0
        while more and stalls < STALLS:
            page = await self.ask(frames.roster(room, alias, after), Answer("roster", room))
            found |= {member["id"]: member["alias"] for member in page["members"]}
            newest = max(found, default="")
            stalls = 0 if newest > after else stalls + 1  # the late answer to a try before
            after, more = newest, page["type"] == "roster" and page["more"]
        return found
