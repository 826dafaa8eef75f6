"""Which source files changed since we last looked. Polling works on every system and file share."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

Stamp = tuple[int, int]  # modification time in ns, size


NOT_SOURCES = ("__pycache__", "node_modules")  # folders that are not looked into, beside hidden ones


class Sources:
    """Some files, and the Python and JSON files under some folders."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = list(paths)
        self._stamps = self._look()

    def changed(self) -> list[str]:
        """Return the names of the files that are new, gone or different since the last call."""
        before, self._stamps = self._stamps, self._look()
        paths = [path for path in before | self._stamps if before.get(path) != self._stamps.get(path)]
        return sorted(path.name for path in paths)

    def _look(self) -> dict[Path, Stamp]:
        stamps = {}
        for path in self._files():
            with suppress(FileNotFoundError):  # an editor is just replacing it
                status = path.stat()
                stamps[path] = (status.st_mtime_ns, status.st_size)
        return stamps

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            if path.is_file():
                yield path
            for where, folders, names in os.walk(path):
                folders[:] = [name for name in folders if name not in NOT_SOURCES and not name.startswith(".")]
                yield from (Path(where, name) for name in names if name.endswith((".py", ".json")))
