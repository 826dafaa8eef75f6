"""What can go wrong, as one tree.

ChatError
├── LinkError          the link leads to no room
├── InvalidAlias       nothing visible is in it, or more than fits
├── SiteError          the site of the link has no chat, or cannot be reached
├── RequestRefused     the server said no, and why
└── Unacknowledged     nobody knows whether the request was carried out
    └── Disconnected   the socket died while it was under way
"""

from __future__ import annotations


class ChatError(Exception):
    """Base of all errors of this package; the text is a sentence for people."""


class LinkError(ChatError, ValueError):
    """The link leads to no room. The text never holds the link, which is a secret."""


class InvalidAlias(ChatError, ValueError):
    """Nothing visible is in the alias, or more than can be sealed."""


class SiteError(ChatError):
    """The site of the link has no chat, or cannot be reached."""


class RequestRefused(ChatError):
    """The server's `error` frame: its code, its sentence, and the seconds to wait if it named them."""

    def __init__(self, code: str, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after


class Unacknowledged(ChatError):
    """No answer, or a frame of API Gateway's own: nobody knows whether the request was carried out."""


class Disconnected(Unacknowledged):
    """The socket died while a request was under way."""
