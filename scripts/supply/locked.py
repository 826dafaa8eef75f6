"""What the lock files pin: every package that is used to develop, check or deploy this, with its hashes."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

from scripts import ROOT

REQUIREMENTS = (
    "local/requirements.txt",
    "requirements-dev.txt",
    "scripts/setup/node.txt",
    "scripts/setup/uv.txt",
    "tests/terraform/checkov.txt",
)
PACKAGES = "package-lock.json"
PROVIDERS = "terraform/.terraform.lock.hcl"
WORKFLOWS = ".github/workflows"
VENDORED = "frontend/vendor"
OSV = {"pypi": "PyPI", "npm": "npm"}  # what advisories call these kinds


@dataclass(frozen=True, order=True)
class Package:
    """One pinned package. `hashes` are pairs of an algorithm, as CycloneDX calls it, and hexadecimal digits."""

    kind: str  # the type of a package URL: pypi, npm, terraform, github or generic
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...] = ()

    @property
    def purl(self) -> str:
        """Return the package's URL, by which other programs know it."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def pypi(root: Path = ROOT) -> list[Package]:
    """Return what the hashed requirements pin, each version once."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for file in REQUIREMENTS:
        name = version = ""
        for line in (root / file).read_text().splitlines():
            if pin := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", line):
                name, version = re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2]
                found.setdefault((name, version), set())
            found.get((name, version), set()).update(("SHA-256", each) for each in hashes_in(line))
    return [Package("pypi", name, version, tuple(sorted(each))) for (name, version), each in sorted(found.items())]


def hashes_in(line: str) -> list[str]:
    return re.findall(r"--hash=sha256:([0-9a-f]{64})", line)


def npm(root: Path = ROOT) -> list[Package]:
    """Return what package-lock.json pins, for all platforms, each version once."""
    locked = json.loads((root / PACKAGES).read_text())["packages"]
    return sorted(
        {
            Package("npm", path.rpartition("node_modules/")[2], row["version"], integrity(row["integrity"]))
            for path, row in locked.items()
            if path and not row.get("inBundle")
        }
    )


def integrity(text: str) -> tuple[tuple[str, str], ...]:
    """Return the hashes of npm's form: `sha512-` and base64, several parted by spaces."""
    pairs = [each.partition("-")[::2] for each in text.split()]
    return tuple((f"SHA-{name.removeprefix('sha')}", base64.b64decode(value).hex()) for name, value in pairs)


def providers(root: Path = ROOT) -> list[Package]:
    """Return Terraform's providers. Their zips' hashes are those with `zh:`."""
    text = (root / PROVIDERS).read_text()
    found = re.findall(
        r'^provider "[^/"]+/([^"]+)" \{\n  version\s+= "([^"]+)"(.*?)^\}', text, re.MULTILINE | re.DOTALL
    )
    return [
        Package("terraform", name, version, tuple(("SHA-256", each) for each in re.findall(r'"zh:(\w+)"', rest)))
        for name, version, rest in found
    ]


def actions(root: Path = ROOT) -> list[Package]:
    """Return the actions that the workflows use, by the commits that they are pinned to."""
    text = "".join(path.read_text() for path in sorted((root / WORKFLOWS).glob("*.yml")))
    return sorted({Package("github", *pair) for pair in re.findall(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40})", text)})


def vendored(root: Path = ROOT) -> list[Package]:
    """Return the scripts of others that the page brings along, by the comment that each begins with."""
    found = []
    for path in sorted((root / VENDORED).glob("*.js")):
        [(name, version, digest)] = re.findall(
            r"^/\* (\S+) (\S+) .*sha256 of the rest: ([0-9a-f]{64})", path.read_text()
        )
        found.append(Package("npm", name, version, (("SHA-256", digest),)))
    return found
