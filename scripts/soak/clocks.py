"""Functions whose clocks are wrong: the handlers as they are, in a folder that sets time before they are loaded.

Python imports `sitecustomize` before anything else from the folders that it is given. Functions in processes are given
their handlers' folder, so one there changes the clock of each process, as a machine's own clock would be wrong.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.chat import LAMBDAS

MACHINES = 8  # clocks that differ; a process has one of them
SKEW_SECONDS = 2.0  # either way; what OVERLAP_SECONDS covers together with a function's time

CUSTOMIZE = '''"""The clock of this machine is wrong, and jumps."""

import os
import time

_CLOCKS = os.path.join(os.path.dirname(__file__), "clocks")
_time_ns = time.time_ns


def time_ns() -> int:
    with open(_CLOCKS) as file:
        offsets = file.read().split()
    return _time_ns() + int(float(offsets[os.getpid() % len(offsets)]) * 1e9)


time.time_ns = time_ns
time.time = lambda: time_ns() / 1e9
'''


class Clocks:
    """The folder with the handlers, and what their clocks say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(LAMBDAS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "sitecustomize.py").write_text(CUSTOMIZE)
        self._set([0.0] * MACHINES)

    def jump(self, dice: random.Random) -> None:
        """Let every clock be wrong by another time from now on."""
        self._set([dice.uniform(-SKEW_SECONDS, SKEW_SECONDS) for _ in range(MACHINES)])

    def right(self) -> None:
        self._set([0.0] * MACHINES)

    def _set(self, offsets: list[float]) -> None:
        new = self.folder / "clocks.new"
        new.write_text(" ".join(f"{offset:.3f}" for offset in offsets))
        new.rename(self.folder / "clocks")  # at once: a function never reads half of it


@contextmanager
def clocks() -> Iterator[Clocks]:
    with tempfile.TemporaryDirectory() as folder:
        yield Clocks(Path(folder))
