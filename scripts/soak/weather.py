"""What goes wrong, and after how many messages: a schedule that a seed makes, and who makes it happen."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.soak.chat import SoakChat, Troubled
from scripts.soak.clocks import Clocks
from scripts.soak.line import Line

KINDS = {  # how often each, beside the others
    "table": 4,  # a share of all requests to the table in some trouble
    "posts": 4,  # the same for @connections
    "kill": 3,  # environments die, rather in the middle of an invocation
    "storm": 1,  # many lose their sockets at once, and come back
    "packets": 2,  # a few lines lose every packet, until TCP gives up
    "clocks": 2,  # all clocks of functions jump
    "strangers": 1,  # sockets that say nonsense, or only half of a handshake
}
REQUESTS = (20, 80)  # in a row, a share of which is in trouble
SHARES = (0.1, 0.5)
STORM_SHARE = 0.3  # of the lines
MOST_KILLED = 2
LINES_LOST = 0.05  # of the lines, but one at the least
LOST_SECONDS = (8.0, 20.0)  # until TCP gives up; on AWS it takes minutes
STRANGERS = 3
STRANGER_SECONDS = 4.0
NONSENSE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"


@dataclass(frozen=True)
class Event:
    """One trouble, once so many messages have been acknowledged. `seed` decides what is left to chance in it."""

    after: int
    kind: str
    seed: int


def schedule(seed: int, messages: int, events: int) -> list[Event]:
    """Return the events, in order. Each kind comes at least once, if there are so many."""
    dice = random.Random(seed)
    kinds = [*KINDS, *dice.choices(list(KINDS), list(KINDS.values()), k=max(0, events - len(KINDS)))][:events]
    dice.shuffle(kinds)
    times = sorted(dice.randrange(messages) for _ in kinds)
    return [Event(after, kind, dice.randrange(2**32)) for after, kind in zip(times, kinds, strict=True)]


class Weather:
    """Makes the events of a schedule happen, on a chat and the lines to it."""

    def __init__(
        self,
        chat: SoakChat,
        lines: Sequence[Line],
        clocks: Clocks,
        events: Sequence[Event],
        lost_seconds: tuple[float, float] = LOST_SECONDS,
    ) -> None:
        self._chat, self._lines, self._clocks, self._lost_seconds = chat, lines, clocks, lost_seconds
        self._events = list(events)
        self._tasks: set[asyncio.Task[None]] = set()
        self.happened: Counter[str] = Counter()

    def reached(self, messages: int) -> None:
        """Let happen what is due after so many messages."""
        while self._events and self._events[0].after <= messages:
            event = self._events.pop(0)
            self.happened[event.kind] += 1
            self._happen(event.kind, random.Random(event.seed))

    def _happen(self, kind: str, dice: random.Random) -> None:
        match kind:
            case "table":
                self._trouble(self._chat.table_trouble, dice)
            case "posts":
                self._trouble(self._chat.post_trouble, dice)
            case "kill":
                self._chat.kill(dice.randint(1, MOST_KILLED))
            case "storm":
                for line in dice.sample(self._lines, max(1, int(len(self._lines) * STORM_SHARE))):
                    line.cut()
            case "packets":
                self._begin(self._lose(dice))
            case "clocks":
                self._clocks.jump(dice)
            case "strangers":
                self._begin(self._strange())

    async def clear(self) -> None:
        """Wait until what has begun is over, and let nothing happen any more."""
        self._events.clear()
        await asyncio.gather(*self._tasks)
        self._chat.recover()
        self._clocks.right()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _trouble(self, troubled: Troubled, dice: random.Random) -> None:
        troubled.trouble(dice.randint(*REQUESTS), dice.uniform(*SHARES))

    async def _lose(self, dice: random.Random) -> None:
        lost = dice.sample(self._lines, max(1, int(len(self._lines) * LINES_LOST)))
        await asyncio.gather(*(line.lose_packets(dice.uniform(*self._lost_seconds)) for line in lost))

    async def _strange(self) -> None:
        """Open sockets as no client does, and leave them there for a while."""
        writers = []
        for _ in range(STRANGERS):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(self._chat.gateway.host, self._chat.gateway.port)
                writer.write(NONSENSE)
                writers.append(writer)
        await asyncio.sleep(STRANGER_SECONDS)
        for writer in writers:
            writer.transport.abort()
