"""What a Python file imports, read from its source: for the tests of which part may know which."""

import ast
from collections.abc import Iterator
from pathlib import Path


def imported_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what a file imports, also inside functions, as (module, name); the name is "" for a whole module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            yield from ((str(node.module), alias.name) for alias in node.names)
