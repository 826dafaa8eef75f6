"""Read one HTTP/1.1 response from its bytes, as they come. Pure: no socket, no clock.

The broadcast needs the status alone; the table's client needs head and body too. In any case the rest is read to find
where the response ends, and whether the connection can be used again.
"""

import re
from collections.abc import Iterator

HEAD_BYTES = 64 * 1024  # a response head longer than this is no answer
BODY_BYTES = 16 * 1024 * 1024  # nor is a longer body: DynamoDB's largest answers are some 1.3 MB
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5]\d\d[ \r]")


class ResponseReader:
    """Feed it what was received until `is_complete`."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._head = b""  # in small letters, once it is complete
        self._end = -1  # of the response in what was received, -1 until the head is complete
        self._is_chunked = False
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

    @property
    def body(self) -> bytes:
        """Return the body of a complete response."""
        start = len(self._head) + 4
        if self._is_chunked:
            return b"".join(chunks(self._received, start))
        return bytes(self._received[start : self._end])

    def field(self, name: bytes) -> bytes:
        """Return the value of a header field in small letters, empty if it is not there. So must `name` be written."""
        return self._head.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0].strip()

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
        self._head = bytes(self._received[:head_end]).lower()
        self._end = self._end_of_body(body)
        if (len(self._received) if self._end < 0 else self._end) - body > BODY_BYTES:
            raise ConnectionResetError("no end of the response's body")
        return False

    def _end_of_body(self, body: int) -> int:
        """Return where the body ends that starts at `body`, -1 if it has not come whole and does not say."""
        has_no_body = bytes(self._received[9:12]) in (b"204", b"304")  # whatever length it tells
        self._is_chunked = not has_no_body and self.field(b"transfer-encoding") == b"chunked"
        has_length = self._is_chunked or has_no_body or b"\r\ncontent-length:" in self._head
        self._is_kept = has_length and self.field(b"connection") != b"close"
        length = self.field(b"content-length") or b"0"
        if not length.isdigit():
            raise ValueError("no length")
        if self._is_chunked:
            return chunks_end(self._received, body)
        return body if has_no_body else body + int(length)


def chunks_end(received: bytes | bytearray, start: int) -> int:
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


def chunks(received: bytes | bytearray, start: int) -> Iterator[bytes | bytearray]:
    """Yield the chunks of a body that starts here and has come whole."""
    while size := int(received[start : (line_end := received.find(b"\r\n", start))].partition(b";")[0], 16):
        start = line_end + 2 + size + 2
        yield received[line_end + 2 : line_end + 2 + size]
