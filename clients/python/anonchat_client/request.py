"""The one request that may be under way, and what answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from anonchat_client.core.frames import Answer, Frame
from anonchat_client.core.log import MessageLog
from anonchat_client.errors import RequestRefused, Unacknowledged


@dataclass
class Request:
    """What was asked: its answer is a frame, or an error."""

    expected: Answer
    result: asyncio.Future[Frame]


class RequestSlot:
    """Sends one request after the other: a frame without `type` does not say whose it is."""

    def __init__(self, write: Callable[[Frame], Awaitable[None]], log: MessageLog, seconds: float) -> None:
        """Ask nothing yet. `seconds` is how long an answer may take."""
        self._write = write
        self._log = log
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._request: Request | None = None
        self._heard = False

    @property
    def expected(self) -> Answer | None:
        """What the request under way waits for, if there is one."""
        return self._request.expected if self._request else None

    @property
    def heard(self) -> bool:
        """Whether any frame has come since the last request was sent: the socket is not dead."""
        return self._heard

    async def ask(self, frame: Frame, expected: Answer) -> Frame:
        """Send one request and return its answer.

        Raise RequestRefused, Unacknowledged, Disconnected or TimeoutError.
        """
        async with self._turn:
            self._request = Request(expected, asyncio.get_running_loop().create_future())
            self._heard = False
            try:
                await self._write(frame)
                async with asyncio.timeout(self._seconds):
                    return await self._request.result
            finally:
                self._request = None

    def receive(self, frame: Frame) -> None:
        """See whether a frame, which the log has taken in, answers the request."""
        self._heard = True
        match frame.get("type"):
            case "message":
                if echo := self._log.echo(frame["client"]):
                    self._answer(Answer("message", frame["client"]), echo)
            case "joined" | "left" as type_:
                self._answer(Answer(type_, frame["room"]), frame)
                if type_ == "joined":  # by a server that knows no pages, or no rosters
                    self._answer(Answer("page", frame["room"]), frame)
                    self._answer(Answer("roster", frame["room"]), frame)
            case "page" | "roster" as type_ if self._request:
                self._answer(Answer(type_, self._request.expected.subject), frame)
            case "error":
                self._refuse(frame)
            case None:
                self.fail(Unacknowledged(f"API Gateway answered: {frame.get('message')}"))

    def fail(self, error: Exception) -> None:
        """End the request under way with an error."""
        if self._request and not self._request.result.done():
            self._request.result.set_exception(error)

    def _answer(self, answer: Answer, frame: Frame) -> None:
        if self._request and self._request.expected == answer and not self._request.result.done():
            self._request.result.set_result(frame)

    def _refuse(self, frame: Frame) -> None:
        if self._request and frame.get("client") in (None, self._request.expected.subject):
            wait = frame.get("retryAfter")
            seconds = float(wait) if isinstance(wait, int | float) else None
            self.fail(RequestRefused(frame["code"], frame["message"], seconds))
