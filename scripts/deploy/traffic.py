"""What a few clients put a deployed chat to, counted at their end, and what AWS bills for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from local.billing.meter import dollars


@dataclass
class Traffic:
    """Frames are those of the protocol, each of less than 32 KB. A ping is a frame that runs no function."""

    sockets: int = 0
    sent: int = 0
    received: int = 0
    pings: int = 0
    seconds: float = 0.0  # from the first socket's opening to the last one's end

    def counted(self) -> aiohttp.ClientSession:
        """Return a session whose sockets are counted here, with the frames that they carry."""
        traffic = self

        class Counted(aiohttp.ClientWebSocketResponse):
            async def send_str(self, data: str, compress: int | None = None) -> None:
                traffic.sent += 1
                await super().send_str(data, compress)

            async def receive(self, *arguments: Any, **named: Any) -> Any:
                message = await super().receive(*arguments, **named)
                traffic.received += message.type is aiohttp.WSMsgType.TEXT
                return message

        return aiohttp.ClientSession(ws_response_class=Counted)

    def __str__(self) -> str:
        """Say what it was and what it costs: at most, since each socket is taken to have been open all the time."""
        minutes = self.sockets * self.seconds / 60
        invocations = 2 * self.sockets + self.sent - self.pings
        counts = {"messagesIn": self.sent, "messagesOut": self.received, "connectionMinutes": minutes}
        total = dollars(counts | {"invocations": invocations})["total"]
        return (
            f"about ${total:.5f} before any free tier: {self.sent + self.received} API Gateway messages, "
            f"{minutes:.0f} connection minutes, {invocations} invocations"
        )
