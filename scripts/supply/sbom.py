"""`make sbom`: the bill of materials, in CycloneDX's JSON: what is deployed, and what this is developed with.

The same sources give the same bytes: no time and no random number is in it. It needs the standard library only.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from scripts import ROOT
from scripts.deploy.package import function_files, functions, layer_files
from scripts.supply import locked
from scripts.supply.locked import Package

TARGET = ROOT / "build" / "sbom.cdx.json"
UPLOADED = {"css", "html", "ico", "js", "json", "png", "svg", "txt", "webmanifest", "woff2"}  # terraform/modules/site
WRITTEN = {"config.js", "config.example.js"}  # the first by the deployment itself; the second is its documentation


Bill = dict[str, Any]


def bill(root: Path = ROOT) -> Bill:
    """Return the bill. What is deployed is `required`, what runs on developers' machines alone is `excluded`."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    ours = [file(name, content) for name, content in sorted(deployed(root).items())]
    theirs = [component(each, "required") for each in locked.vendored(root)]
    tools = [*locked.pypi(root), *locked.npm(root), *locked.providers(root), *locked.actions(root)]
    developed = [component(each, "excluded") for each in tools]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "anonchat", "version": version}},
        "components": [*ours, *theirs, *developed],
    }


def deployed(root: Path) -> dict[str, bytes]:
    """Return the files that an apply puts into an account, by where they lie here."""
    sources = [function_files(root, name) for name in functions(root)]
    found = {f"lambdas/{path}": content for files in sources for path, content in files.items()}
    found |= {f"shared/{path}": content for path, content in layer_files(root).items()}
    page = root / "frontend"
    for path in page.rglob("*"):
        name = path.relative_to(page).as_posix()
        if path.suffix.removeprefix(".") in UPLOADED and name not in WRITTEN:
            found[f"frontend/{name}"] = path.read_bytes()
    return found


def file(name: str, content: bytes) -> dict[str, Any]:
    hashes = [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]
    return {"type": "file", "name": name, "scope": "required", "hashes": hashes}


def component(package: Package, scope: str) -> dict[str, Any]:
    """Return a package's entry. Where a lock file takes one of several files, all their hashes are there."""
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "scope": scope,
        "purl": package.purl,
        **({"hashes": [{"alg": name, "content": digits} for name, digits in package.hashes]} if package.hashes else {}),
    }


def main() -> None:
    found = bill()
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(found, indent=1) + "\n")
    scopes = [each["scope"] for each in found["components"]]
    print(
        f"{TARGET.relative_to(ROOT)}: {scopes.count('required')} files and packages that are deployed, "
        f"{scopes.count('excluded')} packages that it is developed with"
    )


if __name__ == "__main__":
    main()
