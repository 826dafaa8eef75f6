"""Read one HTTP/1.1 response from its bytes, as they come. Pure: no socket, no clock.

The broadcast needs the status alone. The rest is read to find where the response ends, and whether the connection can
be used again.
"""

HEAD_BYTES = 64 * 1024  # a response head longer than this is no answer


class ResponseReader:
    """Feed it what was received until `is_complete`."""

    def __init__(self) -> None:
        self._received = b""
        self._end = -1  # of the response in what was received, -1 until the head is complete
        self.reusable = True  # the connection, for another request

    @property
    def has_begun(self) -> bool:
        """Tell whether a byte of the response has come."""
        return bool(self._received)

    @property
    def is_complete(self) -> bool:
        """Tell whether head and body have come."""
        return 0 <= self._end <= len(self._received)

    @property
    def status(self) -> int:
        """Return the status code of a complete response. A ValueError says that it was no HTTP."""
        return int(self._received[9:12])

    def feed(self, data: bytes) -> None:
        """Take bytes, none at the end of the stream. An OSError says that there will be no answer, a ValueError that
        it is no HTTP."""
        if not data:
            raise ConnectionResetError("closed before the answer was complete")
        self._received += data
        if self._end < 0:
            self._find_end()

    def _find_end(self) -> None:
        """Find where the response ends. Without a length nothing can follow it on this connection."""
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            if len(self._received) > HEAD_BYTES:
                raise ConnectionResetError("no end of the response's head")
            return
        head = self._received[:head_end].lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        self._end = head_end + 4 + int(length or 0)
        has_length = bool(length) or self._received[9:12] == b"204"
        if b"\r\nconnection: close" in head or not has_length or len(self._received) > self._end:
            self.reusable = False
