"""What comes in over one socket: read in turns, so that no client has the event loop for long."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from local.gateway.frame_reader import BrokenFrame, FrameReader, Received

TURN_SECONDS = 0.002  # of the event loop for one client's frames, until others have had theirs


class Inbox:
    """Stands where aiohttp's protocol has its parser of frames, and takes all that the client sends.

    `take` gets each message and control frame, `refuse` what the client broke, `lost` is called at the end of the
    client's stream. While frames wait for their turn, nothing more is read from the socket.
    """

    def __init__(
        self,
        protocol: Any,
        take: Callable[[Received], None],
        refuse: Callable[[BrokenFrame], None],
        lost: Callable[[], None],
    ) -> None:
        self.closed = asyncio.Event()  # the client's close frame, or the end of its stream, has come
        self._protocol, self._reader = protocol, FrameReader()
        self._take, self._refuse, self._lost = take, refuse, lost
        self._shut = self._eof = False
        self._next_turn: asyncio.Handle | None = None

    def shut(self) -> None:
        """Let nothing more through. What comes is still looked through for the client's close frame, so that the
        socket can be closed without a reset overtaking our own."""
        self._shut = True

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take what the client sent, as aiohttp's parser would."""
        self._reader.feed(data)
        if self._next_turn is None:
            self._turn()
        return False, b""

    def feed_eof(self) -> None:
        """Take the end of the client's stream. What came before it is still read."""
        self._eof = True
        if self._next_turn is None:
            self._turn()

    def _turn(self) -> None:
        """Read until nothing is left or the time is over, and in that case go on after everybody else."""
        self._next_turn = None
        until = time.perf_counter() + TURN_SECONDS
        while self._step():
            if time.perf_counter() > until:
                self._next_turn = asyncio.get_running_loop().call_soon(self._turn)
                self._protocol.pause_reading()
                return
        if self._reader.has_close or self._eof:
            self.closed.set()
        if self._eof:
            self._lost()
        else:
            self._protocol.resume_reading()

    def _step(self) -> bool:
        """Read one frame or message. Return False when more bytes are needed for that."""
        if self._shut:
            return self._reader.skip()
        try:
            received = self._reader.read()
        except BrokenFrame as broken:
            self.shut()
            self._refuse(broken)
            return True
        if received is not None:
            self._take(received)
        return received is not None
