"""`python -m scripts.supply.advisories`: is anything that the lock files pin known to be vulnerable?

It asks no server: it reads scripts/supply/advisories.json, a snapshot of advisories in OSV's format
(https://ossf.github.io/osv-schema/), and says so where there is none. `--from FOLDER --as-of DATE` makes that
snapshot of a folder of JSON files, which OSV offers for PyPI and for npm: of those about packages that are pinned
here. What does not concern us is in ACCEPTED, each with its reason.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from scripts import ROOT
from scripts.supply import locked
from scripts.supply.locked import OSV, Package

SNAPSHOT = ROOT / "scripts/supply/advisories.json"
ACCEPTED: dict[str, str] = {}  # an advisory's id: why it does not concern us
NONE = "The pinned packages were not held against advisories: no snapshot lies in scripts/supply/advisories.json."

Advisory = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Return an exit code: 1 if a pinned package is known to be vulnerable."""
    parser = argparse.ArgumentParser(description="Holds the pinned packages against a snapshot of advisories.")
    parser.add_argument("--from", dest="folder", type=Path, help="make the snapshot of this folder of OSV's files")
    parser.add_argument("--as-of", metavar="DATE", help="the day of that folder's contents")
    chosen = parser.parse_args(arguments)
    packages = [*locked.pypi(), *locked.npm(), *locked.vendored()]
    if chosen.folder:
        return write(chosen.folder, chosen.as_of, packages)
    if not SNAPSHOT.exists():
        print(NONE)
        return 0
    try:
        snapshot = json.loads(SNAPSHOT.read_text())
        found = list(problems(packages, snapshot["advisories"]))
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        print(f"scripts/supply/advisories.json is no snapshot of advisories: {type(problem).__name__} {problem}")
        return 1
    print("\n".join(found) or f"No advisory of {snapshot['asOf']} is about what is pinned.")
    return 1 if found else 0


def problems(packages: Iterable[Package], advisories: Iterable[Advisory]) -> Iterator[str]:
    """Yield a sentence for each pinned package that an advisory is about."""
    by_name = by_package(advisories)
    for package in packages:
        for advisory in by_name.get((OSV[package.kind], package.name), ()):
            if advisory["id"] not in ACCEPTED and is_affected(package, advisory):
                yield f"{package.name} {package.version}: {advisory['id']} {advisory.get('summary', '')}".rstrip()


def by_package(advisories: Iterable[Advisory]) -> dict[tuple[str, str], list[Advisory]]:
    found: dict[tuple[str, str], list[Advisory]] = {}
    for advisory in advisories:
        for key in {names(each) for each in advisory.get("affected", [])}:
            found.setdefault(key, []).append(advisory)
    return found


def names(affected: dict[str, Any]) -> tuple[str, str]:
    """Return the ecosystem and the name, as the lock files write it."""
    package = affected.get("package", {})
    name = str(package.get("name", ""))
    ecosystem = str(package.get("ecosystem", ""))
    return ecosystem, re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name


def is_affected(package: Package, advisory: Advisory) -> bool:
    """Tell whether this version is one of those affected: by their list, or by a range."""
    if advisory.get("withdrawn"):
        return False
    mine = [each for each in advisory["affected"] if names(each) == (OSV[package.kind], package.name)]
    return any(
        package.version in each.get("versions", ())
        or any(is_within(package, row["events"]) for row in each.get("ranges", ()) if row["type"] != "GIT")
        for each in mine
    )


def is_within(package: Package, events: list[dict[str, str]]) -> bool:
    """Follow a range's events in their order, as OSV's specification does."""
    inside, version = False, order(package.kind, package.version)
    for event in sorted(events, key=lambda each: order(package.kind, next(iter(each.values())))):
        [(what, bound)] = event.items()
        limit = order(package.kind, bound)
        if what == "introduced" and version >= limit:
            inside = True
        elif (what == "fixed" and version >= limit) or (what == "last_affected" and version > limit):
            inside = False
    return inside


def order(kind: str, version: str) -> Any:
    """Return what versions of this kind of package are sorted by."""
    return semantic(version) if kind == "npm" else python(version)


def python(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:  # of a time before versions had a form: older than all that have one
        return Version("0.dev0")


def semantic(version: str) -> tuple[Any, ...]:
    """Return npm's order: numbers, then a release behind its pre-releases; `+build` counts for nothing."""
    numbers, _, before = version.partition("+")[0].partition("-")
    parts = [int(each) if each.isdecimal() else 0 for each in numbers.split(".")]
    release = [each for each, _ in zip_longest(parts, range(3), fillvalue=0)]
    identifiers = [(0, int(each), "") if each.isdecimal() else (1, 0, each) for each in before.split(".") if each]
    return (tuple(release), not before, tuple(identifiers))


def write(folder: Path, as_of: str | None, packages: list[Package]) -> int:
    """Write the snapshot and return an exit code."""
    if not folder.is_dir() or not as_of:
        print(f"--from needs a folder of OSV's files, and --as-of its day; {folder} and {as_of} will not do.")
        return 1
    pinned = {(OSV[each.kind], each.name) for each in packages}
    kept = [each for each in read(folder) if pinned & {names(one) for one in each.get("affected", [])}]
    for advisory in kept:
        advisory.pop("references", None)
    content = {"asOf": as_of, "advisories": sorted(kept, key=lambda each: str(each["id"]))}
    SNAPSHOT.write_text(json.dumps(content, indent=1) + "\n")
    print(f"{len(kept)} advisories about packages that are pinned here, of {as_of}")
    return 0


def read(folder: Path) -> Iterator[Advisory]:
    """Yield each advisory of a folder; other files are left out."""
    for path in sorted(folder.rglob("*.json")):
        try:
            found = json.loads(path.read_text())
        except ValueError:
            continue
        if isinstance(found, dict) and "id" in found and "affected" in found:
            yield found


if __name__ == "__main__":
    sys.exit(main())
