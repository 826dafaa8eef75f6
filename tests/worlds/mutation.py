"""One mutant in the place of a module, in memory: no file is changed. It comes before the module is imported."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

from scripts import ROOT
from tests.worlds.mutant_list import Mutant


class Stale(ValueError):
    """The text of a mutant does not stand in its file exactly once: its row is of an older layer."""


def changed(mutant: Mutant) -> str:
    """Return the source with the mutant in it. Raise Stale."""
    source = (ROOT / mutant.file).read_text()
    if source.count(mutant.old) != 1:
        raise Stale(f"{mutant.file} has {source.count(mutant.old)} times: {mutant.old}")
    return source.replace(mutant.old, mutant.new)


def module_of(file: str) -> str:
    return file.removeprefix("shared/python/").removesuffix(".py").replace("/", ".")


class _Loader(importlib.machinery.SourceFileLoader):
    """Compile the mutant, and never ask for the bytecode of the file."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(module_of(mutant.file), str(ROOT / mutant.file))
        self._source = changed(mutant)

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._module, self._loader = module_of(mutant.file), _Loader(mutant)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        return importlib.util.spec_from_file_location(fullname, self._loader.path, loader=self._loader)


def install(mutant: Mutant) -> None:
    """Let every import of the mutant's module get the mutant."""
    assert module_of(mutant.file) not in sys.modules, "it is too late: the module is imported"
    sys.meta_path.insert(0, _Finder(mutant))
