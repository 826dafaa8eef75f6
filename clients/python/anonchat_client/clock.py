"""This machine's clock."""

import time


def now_ms() -> int:
    """Return epoch milliseconds. They may jump, but go on while the machine sleeps."""
    return time.time_ns() // 1_000_000
