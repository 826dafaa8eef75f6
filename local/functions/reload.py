"""Which source files changed since we last looked. Polling works on every system and file share."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

Stamp = tuple[int, int]  # modification time in ns, size


class Sources:
    """The Python and JSON files under some folders."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = list(folders)
        self._stamps = self._look()

    def changed(self) -> list[str]:
        """Names of the files that are new, gone or different since the last call."""
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
        for folder in self._folders:
            for where, _, names in os.walk(folder):
                yield from (Path(where, name) for name in names if name.endswith((".py", ".json")))
