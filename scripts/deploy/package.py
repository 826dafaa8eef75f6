"""`make package`: what is deployed, as zips in build/: one for each function, and layer.zip.

The same sources give the same bytes on any machine and Python, so that a plan after an apply is empty. Hence names in
order, one fixed time and mode, no bytecode, and no compression: zlib's output differs between its versions and forks,
and the whole deployment is smaller than one photo. It needs the standard library only, so any Python 3.11 will do:
`python3 -m scripts.deploy.package`.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local.functions.route_map import Routes, function_names
from scripts import ROOT

WITHOUT_ROUTE = ["breaker"]  # functions that no route calls
DATA = {"default": ["routes.json"]}  # what a function reads beside its module: the actions there are
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
UNIX, READABLE_FILE = 3, 0o100644  # the system and the mode of every entry, whoever packages


class CannotPackage(Exception):
    """Something is missing; the text says what, for whoever ran this."""


def package(root: Path = ROOT) -> list[Path]:
    """Write root/build/*.zip and return their paths. Zips that nothing asks for any more are removed."""
    build = root / "build"
    build.mkdir(exist_ok=True)
    zips = {f"{name}.zip": function_files(root, name) for name in functions(root)}
    zips["layer.zip"] = layer_files(root)
    for stale in build.glob("*.zip"):
        if stale.name not in zips:
            stale.unlink()
    return [write_zip(build / name, files) for name, files in zips.items()]


def functions(root: Path) -> list[str]:
    """Return the functions of the route map and those without a route, each once, in order of name."""
    try:
        routes: Routes = json.loads(source(root, "lambdas/routes.json"))
    except json.JSONDecodeError as problem:
        raise CannotPackage(f"lambdas/routes.json is not JSON: {problem}.") from None
    return sorted({*function_names(routes), *WITHOUT_ROUTE})


def function_files(root: Path, name: str) -> dict[str, bytes]:
    return {path: source(root, f"lambdas/{path}") for path in (f"{name}.py", *DATA.get(name, ()))}


def layer_files(root: Path) -> dict[str, bytes]:
    shared = root / "shared"
    files = {path.relative_to(shared).as_posix(): path.read_bytes() for path in shared.glob("python/**/*.py")}
    if not files:
        raise CannotPackage("shared/python holds no module to make the layer of.")
    return files


def source(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except FileNotFoundError:
        why = "" if path.endswith(".json") else ", although lambdas/routes.json or scripts/deploy/package.py names it"
        raise CannotPackage(f"{path} is missing{why}.") from None


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    unfinished = path.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = UNIX
            entry.external_attr = READABLE_FILE << 16
            archive.writestr(entry, files[name])
    return unfinished.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Packages the functions and their layer into build/.")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    try:
        zips = package(parser.parse_args().root)
    except CannotPackage as problem:
        sys.exit(f"Cannot package: {problem}")
    for path in zips:
        print(f"build/{path.name:15} {path.stat().st_size:7,} bytes")


if __name__ == "__main__":
    main()
