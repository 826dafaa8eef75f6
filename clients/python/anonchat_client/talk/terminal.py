"""Lines in and out: typed at a terminal, with what others say above the line that is being typed, or through pipes."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

try:
    import readline
    import termios
except ImportError:  # Windows has neither: lines can be typed all the same
    readline = termios = None  # type: ignore[assignment]

PROMPT = "> "
ERASE_LINE = "\r\033[K"
CHUNK_BYTES = 65536


class Terminal:
    """Standard input and output."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # not every terminal knows every character
        self._is_typed = sys.stdin.isatty() and sys.stdout.isatty()
        self.in_use = False  # lines are read
        self._prompting = False
        self._before: list[Any] | None = termios.tcgetattr(sys.stdin) if self._is_typed and termios else None

    def ask(self, question: str) -> str:
        """Return the answer to one question. Raise EOFError if there is none or nobody to answer."""
        if not sys.stdin.isatty():
            raise EOFError
        return input(question)

    def show(self, line: str) -> None:
        """Print a line above the one that is being typed."""
        typed = readline.get_line_buffer() if readline else ""
        try:
            print(
                f"{ERASE_LINE}{line}\n{PROMPT}{typed}" if self._prompting else line,
                end="" if self._prompting else "\n",
                flush=True,
            )
        except BrokenPipeError:  # nobody reads any more: end as after Ctrl-C
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            signal.raise_signal(signal.SIGINT)

    def lines(self) -> asyncio.Queue[str | None]:
        """Read on from here. The queue gets every line, and None when the input has ended.

        A thread reads, as there is no other way to wait for a line that works for terminals, pipes and files alike.
        It ends with the program.
        """
        self.in_use = True
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            for line in self._typed() if self._is_typed else self._piped():
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)

        threading.Thread(target=read, daemon=True).start()
        return queue

    def close(self) -> None:
        """Leave the terminal as it was: a reading thread cannot."""
        if self._prompting:
            print(flush=True)
        self._prompting = False
        if self._before is not None and termios:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def _typed(self) -> Iterator[str]:
        while True:
            self._prompting = True
            try:
                line = input(PROMPT)
            except EOFError:
                print(flush=True)
                return
            finally:
                self._prompting = False
            yield line

    def _piped(self) -> Iterator[str]:
        """Read past sys.stdin, whose lock would be held when the program ends."""
        rest = b""
        while data := os.read(0, CHUNK_BYTES):
            *whole, rest = (rest + data).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
        if rest:
            yield rest.decode(errors="replace")
