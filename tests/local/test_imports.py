"""Which package of local/ may import which: each can be lifted out with what it names here, and nothing else."""

from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import local.gateway
from scripts import ROOT
from tests.support.imports import imported_names

MAY_IMPORT = {
    "http": set(),
    "functions": {"http"},
    "gateway": {"functions", "http"},
    "dynamodb": {"http"},
    "billing": set(),
    "deployed": {"functions", "gateway"},
    "console": {"billing", "dynamodb", "functions", "gateway", "http"},
    "chat": {"functions", "gateway", "dynamodb", "billing", "console", "deployed"},
    "__main__": {"chat", "deployed", "functions", "gateway", "dynamodb"},
}
OURS = {"anonchat", "local", "scripts", "tests"}


def name_of(path: Path) -> str:
    """Return the dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in (ROOT / "local").rglob("*.py")}


def imports(path: Path) -> set[str]:
    """Return the names of the modules of this repository that a file imports, also inside functions."""
    found = {f"{module}.{name}" if f"{module}.{name}" in MODULES else module for module, name in imported_names(path)}
    return {name for name in found if name.partition(".")[0] in OURS}


def test_every_package_and_module_has_its_line_here() -> None:
    assert {name.split(".")[1] for name in MODULES if "." in name} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_what_its_package_may(name: str) -> None:
    package = ([*name.split("."), ""])[1]
    allowed = {f"local.{other}" for other in {package, *MAY_IMPORT.get(package, set())}}
    for imported in imports(MODULES[name]):
        assert ".".join(imported.split(".")[:2]) in allowed, f"{name} imports {imported}"


def test_no_imports_go_round_in_a_circle() -> None:
    TopologicalSorter({name: imports(path) for name, path in MODULES.items()}).prepare()  # raises CycleError


def test_what_others_may_rely_on_is_there() -> None:
    assert local.gateway.__all__ == sorted(local.gateway.__all__)
    assert all(hasattr(local.gateway, name) for name in local.gateway.__all__)
