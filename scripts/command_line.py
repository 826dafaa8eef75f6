"""What commands share: one line of progress, and whole numbers among their arguments."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Container


class ProgressLine:
    """One line on stderr that each call replaces, for who is watching a terminal.

    Elsewhere nothing is said, or a whole line every `plain_seconds` if there are any.
    """

    def __init__(self, *, every_seconds: float = 0, plain_seconds: float | None = None) -> None:
        """Show no more than one line in `every_seconds`; the calls between go unseen."""
        self._terminal = sys.stderr.isatty()
        self._seconds = every_seconds if self._terminal else plain_seconds
        self._next = 0.0

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if self._seconds is None or now < self._next:
            return
        self._next = now + self._seconds
        if self._terminal:
            self._replace(text[: shutil.get_terminal_size().columns - 1])
        else:
            print(text, file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._terminal:
            self._replace("")

    def _replace(self, text: str) -> None:
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def whole_number(numbers: Container[int], refusal: str) -> Callable[[str], int]:
    """Return, for argparse, a parser of these whole numbers; the refusal may hold {text}, what was given."""

    def parse(text: str) -> int:
        if text.isdecimal() and int(text) in numbers:
            return int(text)
        raise argparse.ArgumentTypeError(refusal.format(text=text))

    return parse
