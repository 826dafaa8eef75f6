"""Read one HTTP/1.1 response from its bytes, as they come. Pure: no socket, no clock.

The broadcast needs the status alone. The rest is read to find where the response ends, and whether the connection can
be used again.
"""

import re

HEAD_BYTES = 64 * 1024  # a response head longer than this is no answer
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5]\d\d[ \r]")


class ResponseReader:
    """Feed it what was received until `is_complete`."""

    def __init__(self) -> None:
        self._received = b""
        self._end = -1  # of the response in what was received, -1 until the head is complete
        self._is_kept = True  # by the peer, after this response
        self.has_begun = False  # a byte has come

    @property
    def reusable(self) -> bool:
        """Tell whether the connection can take another request: nothing has come that was not asked for."""
        return self._is_kept and self._end == len(self._received)

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
        self.has_begun = True
        while self._end < 0 and self._find_end():
            pass

    def _find_end(self) -> bool:
        """Find where the response ends. Return True after an interim response (1xx): the final one comes after it.

        Without a length nothing can follow the response on this connection.
        """
        head_end = self._received.find(b"\r\n\r\n")
        if (len(self._received) if head_end < 0 else head_end) > HEAD_BYTES:
            raise ConnectionResetError("no end of the response's head")
        if head_end < 0:
            return False
        body = head_end + 4
        if not _STATUS_LINE.match(self._received):
            raise ValueError("no HTTP")
        if self._received[9:10] == b"1":
            self._received = self._received[body:]
            return True
        head = self._received[:head_end].lower()
        is_chunked, length = _field(head, b"transfer-encoding") == b"chunked", _field(head, b"content-length") or b"0"
        if not length.isdigit():
            raise ValueError("no length")
        has_no_body = self._received[9:12] in (b"204", b"304")  # whatever length it tells
        self._end = body if has_no_body else chunks_end(self._received, body) if is_chunked else body + int(length)
        has_length = is_chunked or has_no_body or b"\r\ncontent-length:" in head
        self._is_kept = has_length and _field(head, b"connection") != b"close"
        return False


def chunks_end(received: bytes, start: int) -> int:
    """Return where a chunked body that starts here ends, or -1 if it has not come whole.

    Each chunk is its size in hexadecimal on a line, and so many bytes on another; one of size 0 is the last, and an
    empty line the end. A ValueError says that these are no chunks.
    """
    while (line_end := received.find(b"\r\n", start)) >= 0:
        digits = received[start:line_end].partition(b";")[0].strip()
        if not _SIZE.fullmatch(digits):
            raise ValueError("no size of a chunk")
        size = int(digits, 16)
        if size == 0:
            end = received.find(b"\r\n\r\n", line_end)  # after fields that may follow the last chunk
            return end + 4 if end >= 0 else -1
        start = line_end + 2 + size + 2
        if received[start - 2 : start] not in (b"\r\n", b"\r", b""):
            raise ValueError("no end of a chunk where its size says")
    return -1


def _field(head: bytes, name: bytes) -> bytes:
    """Return the value of a header field in a head of small letters, empty if it is not there."""
    return head.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0].strip()
