"""base64url without padding, of which only its own spelling counts."""

from __future__ import annotations

import base64


class Malformed(ValueError):
    """Bytes or characters that the format does not allow."""


def b64encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def b64decode(text: str) -> bytes:
    """Decode base64url without padding. Raise Malformed, also for unused bits that are not zero."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise Malformed("not base64") from error
    if b64encode(data) != text:
        raise Malformed("another spelling than base64url's own")
    return data
