"""A command that runs beside a test: what it prints, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.support.waiting import WAIT_SECONDS

TIMEOUT = float(WAIT_SECONDS)  # until a line that never comes fails a test


class RunningCommand:
    """One running `python -m …` and the lines it has printed so far."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def says(self, text: str) -> str:
        """Wait for a line with this text in it, and return it."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            ended = self.process.poll() is not None
            for line in list(self.lines):
                if text in line:
                    return line
            assert not ended, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.02)

    def ends(self, seconds: float = TIMEOUT) -> int:
        """Wait for the end, and return the exit code."""
        code = self.process.wait(seconds)
        self._reader.join()
        return code

    def close(self) -> None:
        """Stop it, unless it has ended already."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.ends()

    def _read(self) -> None:
        assert self.process.stdout is not None, "it is a pipe"
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
