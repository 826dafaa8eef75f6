"""Read which tests carry which pytest markers, without importing them: pages of docs/ are made of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import ROOT


@dataclass(frozen=True)
class Marked:
    """A test, and its markers by name, each with the literal arguments it was given."""

    path: Path
    name: str
    markers: dict[str, tuple[Any, ...]]

    @property
    def sentence(self) -> str:
        words = self.name.removeprefix("test_").replace("_", " ")
        return words[0].upper() + words[1:]


def marked_tests(*patterns: str) -> Iterator[Marked]:
    """Yield the tests of the files that match, in the order of the files and of their lines."""
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                markers = dict(filter(None, map(_marker, node.decorator_list)))
                yield Marked(path, node.name, markers)


def _marker(decorator: ast.expr) -> tuple[str, tuple[Any, ...]] | None:
    """Read `pytest.mark.name` or `pytest.mark.name(…)`; arguments that are no literals are left out."""
    call = decorator if isinstance(decorator, ast.Call) else None
    marker = call.func if call else decorator
    if not (isinstance(marker, ast.Attribute) and ast.unparse(marker.value) == "pytest.mark"):
        return None
    return marker.attr, tuple(each.value for each in (call.args if call else []) if isinstance(each, ast.Constant))
