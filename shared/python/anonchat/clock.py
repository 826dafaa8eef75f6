"""The time, and what is random: all that tells two runs of a function apart, but for what it is asked."""

import secrets
import time


def now_ms() -> int:
    """Return the time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def random_token() -> str:
    """Return 48 random bits in 8 characters: a member salt, the tail of a message id, or what tells joins apart."""
    return secrets.token_urlsafe(6)
