"""WebSocket frames: their limits, and writing them. frame_reader.py reads them.

aiohttp's writer cannot split a message; API Gateway sends and takes frames of at most 32 KB.
"""

import struct

FRAME_LIMIT = 32 * 1024  # bytes of payload in one frame, either way
MESSAGE_LIMIT = 128 * 1024  # bytes of payload in one message, either way
CONTROL_LIMIT = 125  # bytes of payload in a control frame: RFC 6455

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN = 0x80


def encode(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return one message as a server puts it on the wire: frames of at most FRAME_LIMIT bytes, not masked."""
    if len(payload) <= FRAME_LIMIT:
        return _frame(FIN | opcode, payload)
    starts = range(0, len(payload), FRAME_LIMIT)
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
