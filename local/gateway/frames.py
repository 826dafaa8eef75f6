"""WebSocket frames as far as aiohttp leaves them to us: the size limit of a single frame, and writing fragments.

aiohttp's reader knows only the size of whole messages, and its writer cannot split one; API Gateway limits single
frames to 32 KB in both directions.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

FRAME_LIMIT = 32 * 1024  # bytes of payload in one frame, either way
MESSAGE_LIMIT = 128 * 1024  # bytes of payload in one message, either way

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN = 0x80


def encode(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return one message as a server puts it on the wire: frames of at most FRAME_LIMIT bytes, not masked."""
    starts = range(0, len(payload), FRAME_LIMIT) or [0]
    return b"".join(
        _frame(
            (FIN if start == starts[-1] else 0) | (opcode if start == 0 else CONTINUATION),
            payload[start : start + FRAME_LIMIT],
        )
        for start in starts
    )


def encode_close(code: int | None, reason: str = "") -> bytes:
    """Return a close frame. `code` None closes without saying a code."""
    return encode(b"" if code is None else struct.pack("!H", code) + reason.encode(), CLOSE)


def _frame(first: int, payload: bytes) -> bytes:
    if len(payload) < 126:
        return struct.pack("!BB", first, len(payload)) + payload
    return struct.pack("!BBH", first, 126, len(payload)) + payload  # FRAME_LIMIT fits 16 bits


class FrameGuard:
    """Stands in front of aiohttp's reader, reads every frame's header and lets through what is small enough.

    From the first frame that breaks a limit on (or once `shut`) nothing reaches the reader any more; the guard goes on
    looking for the client's close frame, so that the socket can be closed without a reset overtaking our own.
    """

    def __init__(self, reader: Any, on_oversize: Callable[[], None]) -> None:
        self.ended = asyncio.Event()  # the client's close frame, or the end of its stream, has come
        self._reader, self._on_oversize = reader, on_oversize
        self._header = bytearray()  # the part of the next frame's header that has come
        self._rest = 0  # bytes of the current frame still to come
        self._message = 0  # bytes of payload in the current message so far
        self._shut = False

    def shut(self) -> None:
        """Let nothing more through."""
        self._shut = True

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take what the client sent, as aiohttp's reader would."""
        was_shut = self._shut
        harmless = self._scan(data)
        answer = self._reader.feed_data(data[:harmless]) if harmless else (False, b"")
        if self._shut and not was_shut:
            self._on_oversize()
        return answer

    def feed_eof(self) -> None:
        """Take the end of the client's stream."""
        self.ended.set()
        self._reader.feed_eof()

    def _scan(self, data: bytes) -> int:
        """Follow the frames through `data`. Return how many of its bytes may go on to the reader."""
        at = harmless = 0
        while at < len(data):
            if self._rest:
                step = min(self._rest, len(data) - at)
                self._rest -= step
                at += step
            else:
                self._header.append(data[at])
                at += 1
                self._read_header()
            if not self._shut:
                harmless = at
        return harmless

    def _read_header(self) -> None:
        header = self._header
        if len(header) < 2 or len(header) < 2 + _length_bytes(header[1]):
            return
        length = int.from_bytes(header[2:], "big") if len(header) > 2 else header[1] & 0x7F
        opcode, masked = header[0] & 0x0F, header[1] & 0x80
        header.clear()
        self._rest = length + (4 if masked else 0)  # the masking key precedes the payload
        if opcode == CLOSE:
            self.ended.set()
        if opcode in (CONTINUATION, TEXT, BINARY):
            self._message = length + (self._message if opcode == CONTINUATION else 0)
            self._shut = self._shut or length > FRAME_LIMIT or self._message > MESSAGE_LIMIT


def _length_bytes(second: int) -> int:
    return {126: 2, 127: 8}.get(second & 0x7F, 0)
