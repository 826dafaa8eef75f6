"""Reads what one client sends as WebSocket frames (RFC 6455). Pure: bytes in, messages out, no socket and no clock.

It gives one message at a time, so that the caller decides how many a client may have handled in one go. A length is
believed only below the limits, so what is kept of a client's bytes is bounded by what was fed and not yet read.
"""

import struct
from typing import NamedTuple

from local.gateway.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    CONTROL_LIMIT,
    FIN,
    FRAME_LIMIT,
    MESSAGE_LIMIT,
    PING,
    PONG,
    TEXT,
)

PROTOCOL_ERROR, INVALID_TEXT, MESSAGE_TOO_BIG = 1002, 1007, 1009
MASK_BYTES = 4
DATA, CONTROL = (CONTINUATION, TEXT, BINARY), (CLOSE, PING, PONG)
WIDE = {126: 2, 127: 8}  # what the length's seven bits say when it has bytes of its own, and how many
COMPACT_BYTES = 64 * 1024  # of what was read is kept before the buffer is moved together

# RFC 6455 and its registry: codes that stand in close frames, and those that programs may choose.
SENDABLE_CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


class BrokenFrame(Exception):
    """What the client sent is to be answered by closing with `code` and `reason`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Received(NamedTuple):
    """One message or control frame: its opcode, TEXT, BINARY, CLOSE, PING or PONG, and its payload unmasked."""

    opcode: int
    payload: bytes


class _Header(NamedTuple):
    first: int
    opcode: int
    masked: bool
    length: int
    minimal: bool  # the length is written in as few bytes as it needs


class FrameReader:
    """Feed it bytes however the network cuts them, and read until there is nothing more."""

    def __init__(self) -> None:
        self._buffer, self._at = bytearray(), 0
        self._header: _Header | None = None  # of the frame whose payload has not come whole
        self._opcode = CONTINUATION  # of the message in fragments under way, CONTINUATION when there is none
        self._fragments = bytearray()
        self._skip = 0  # bytes of a frame to pass over
        self.has_close = False  # a close frame has begun to come

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        if self._at == len(self._buffer):
            self._buffer.clear()
            self._at = 0
        elif self._at > COMPACT_BYTES:
            del self._buffer[: self._at]
            self._at = 0
        self._buffer += data

    def read(self) -> Received | None:
        """Return the next message or control frame, None when more bytes are needed for it.

        Raise BrokenFrame. Then nothing more is to be read, but skipped until the client's close frame has come.
        """
        while (frame := self._next_frame()) is not None:
            header, payload = frame
            if header.opcode in CONTROL:
                return Received(header.opcode, payload)
            if (message := self._with_fragments(header, payload)) is not None:
                return message
        return None

    def skip(self) -> bool:
        """Pass over one frame, whatever it is. Return False when more bytes are needed for that."""
        if self._header is not None:
            self._skip, self._header = MASK_BYTES + self._header.length, None
        elif not self._skip:
            header = self._take_header()
            if header is None:
                return False
            self._skip = header.length + (MASK_BYTES if header.masked else 0)
        step = min(self._skip, len(self._buffer) - self._at)
        self._at += step
        self._skip -= step
        return not self._skip

    def _next_frame(self) -> tuple[_Header, bytes] | None:
        if self._header is None:
            header = self._take_header()
            if header is None:
                return None
            self._skip = header.length + (MASK_BYTES if header.masked else 0)  # if it is refused
            self._check(header)
            self._skip, self._header = 0, header
        header = self._header
        end = self._at + MASK_BYTES + header.length
        if len(self._buffer) < end:
            return None
        mask = bytes(self._buffer[self._at : self._at + MASK_BYTES])
        payload = unmasked(bytes(self._buffer[self._at + MASK_BYTES : end]), mask)
        self._at, self._header = end, None
        return header, payload

    def _take_header(self) -> _Header | None:
        """Take a frame's header off the buffer, without its mask."""
        buffer, at = self._buffer, self._at
        if len(buffer) < at + 2:
            return None
        first, short = buffer[at], buffer[at + 1] & 0x7F
        wide = WIDE.get(short, 0)
        if len(buffer) < at + 2 + wide:
            return None
        length = int.from_bytes(buffer[at + 2 : at + 2 + wide], "big") if wide else short
        self._at = at + 2 + wide
        self.has_close |= first & 0x0F == CLOSE
        minimal = not wide or length > (0xFFFF if wide == WIDE[127] else 125)
        return _Header(first, first & 0x0F, bool(buffer[at + 1] & 0x80), length, minimal)

    def _check(self, header: _Header) -> None:
        """Raise BrokenFrame for a frame that its header alone forbids, however long its payload says it is."""
        if header.first & 0x70:
            raise BrokenFrame(PROTOCOL_ERROR, "Reserved bit set")
        if header.opcode not in (*DATA, *CONTROL):
            raise BrokenFrame(PROTOCOL_ERROR, "Unknown opcode")
        if not header.masked:
            raise BrokenFrame(PROTOCOL_ERROR, "Frame not masked")
        if not header.minimal:
            raise BrokenFrame(PROTOCOL_ERROR, "Length not in its shortest form")
        if header.opcode in CONTROL:
            if not header.first & FIN or header.length > CONTROL_LIMIT:
                raise BrokenFrame(PROTOCOL_ERROR, "Control frame too long or in fragments")
        elif (header.opcode == CONTINUATION) != (self._opcode != CONTINUATION):
            raise BrokenFrame(PROTOCOL_ERROR, "Fragment out of place")
        elif header.length > FRAME_LIMIT or len(self._fragments) + header.length > MESSAGE_LIMIT:
            raise BrokenFrame(MESSAGE_TOO_BIG, "Message too long")

    def _with_fragments(self, header: _Header, payload: bytes) -> Received | None:
        """Return the message that a data frame completes, None if it does not."""
        if header.opcode != CONTINUATION:
            self._opcode = header.opcode
        if not header.first & FIN:
            self._fragments += payload
            return None
        message = Received(self._opcode, bytes(self._fragments) + payload)
        self._opcode = CONTINUATION
        self._fragments.clear()
        return message


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """Take a frame's mask off its payload, or put it on."""
    size = len(payload)
    key = (mask * (size // MASK_BYTES + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def text_of(payload: bytes) -> str:
    """Return the text of a payload. Raise BrokenFrame if it is no UTF-8."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise BrokenFrame(INVALID_TEXT, "Text is no UTF-8") from None


def close_of(payload: bytes) -> tuple[int, str] | None:
    """Return code and reason of a close frame, None if it says none. Raise BrokenFrame."""
    if not payload:
        return None
    if len(payload) < 2:
        raise BrokenFrame(PROTOCOL_ERROR, "Close code cut short")
    (code,) = struct.unpack("!H", payload[:2])
    if code not in SENDABLE_CODES:
        raise BrokenFrame(PROTOCOL_ERROR, "Close code that may not be sent")
    return code, text_of(payload[2:])
