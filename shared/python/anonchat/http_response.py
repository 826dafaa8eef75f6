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
        is_chunked, length = _field(head, b"transfer-encoding") == b"chunked", _field(head, b"content-length")
        body = head_end + 4
        self._end = chunks_end(self._received, body) if is_chunked else body + int(length or 0)
        has_length = is_chunked or bool(length) or self._received[9:12] == b"204"
        if _field(head, b"connection") == b"close" or not has_length or 0 <= self._end < len(self._received):
            self.reusable = False


def chunks_end(received: bytes, start: int) -> int:
    """Return where a chunked body that starts here ends, or -1 if it has not come whole.

    Each chunk is its size in hexadecimal on a line, and so many bytes on another; one of size 0 is the last, and an
    empty line the end. A ValueError says that these are no chunks.
    """
    while (line_end := received.find(b"\r\n", start)) >= 0:
        size = int(received[start:line_end].partition(b";")[0], 16)
        if size == 0:
            end = received.find(b"\r\n\r\n", line_end)  # after fields that may follow the last chunk
            return end + 4 if end >= 0 else -1
        start = line_end + 2 + size + 2
        if size < 0 or received[start - 2 : start] not in (b"\r\n", b"\r", b""):
            raise ValueError("no end of a chunk where its size says")
    return -1


def _field(head: bytes, name: bytes) -> bytes:
    """Return the value of a header field in a head of small letters, empty if it is not there."""
    return head.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0].strip()
