"""The bill of materials has what the lock files pin and what an apply uploads, with its hashes."""

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scripts import ROOT
from scripts.deploy.package import package
from scripts.supply import locked, sbom


@pytest.fixture(scope="module")
def bill() -> sbom.Bill:
    return sbom.bill()


def components(bill: sbom.Bill, scope: str) -> list[dict[str, Any]]:
    return [each for each in bill["components"] if each["scope"] == scope]


def test_every_pin_of_every_lock_file_is_in_it_by_its_url_and_its_hashes(bill: sbom.Bill) -> None:
    entries = {each["purl"]: each for each in components(bill, "excluded")}
    for file in locked.REQUIREMENTS:
        text = (ROOT / file).read_text()
        for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE):
            assert entries[f"pkg:pypi/{name}@{version}"]["hashes"], name
    tools = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert {f"pkg:npm/{name.replace('@', '%40')}@{version}" for name, version in tools.items()} <= entries.keys()
    assert any(purl.startswith("pkg:terraform/hashicorp/aws@5.") for purl in entries)
    assert any(purl.startswith("pkg:github/actions/checkout@") for purl in entries)


def test_what_is_deployed_is_in_it_file_by_file(bill: sbom.Bill, tmp_path: Path) -> None:
    files = {each["name"]: each for each in components(bill, "required") if each["type"] == "file"}
    zipped: dict[str, bytes] = {}
    for part in ("lambdas", "shared"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for path in package(tmp_path):
        with zipfile.ZipFile(path) as archive:
            part = "shared" if path.stem == "layer" else "lambdas"
            zipped |= {f"{part}/{name}": archive.read(name) for name in archive.namelist()}
    assert {name for name in files if not name.startswith("frontend/")} == set(zipped)
    for name, content in zipped.items():
        assert files[name]["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]
    site = {name.removeprefix("frontend/") for name in files if name.startswith("frontend/")}
    assert {"index.html", "main.js", "style.css", "sw.js", "vendor/lean-qr.js"} <= site
    assert not site & {"config.js", "config.example.js", "types.d.ts", "style.tailwind"}


def test_it_counts_as_uploaded_what_terraform_uploads() -> None:
    main = (ROOT / "terraform/modules/site/main.tf").read_text()
    [types] = re.findall(r"content_types = \{(.*?)\n  \}", main, re.DOTALL)
    assert set(re.findall(r"^\s+(\w+) +=", types, re.MULTILINE)) == sbom.UPLOADED
    [written] = re.findall(r"written = \[([^]]*)\]", main)
    assert set(re.findall(r'"([^"]+)"', written)) == sbom.WRITTEN


def test_the_same_sources_give_the_same_bill(bill: sbom.Bill) -> None:
    assert sbom.bill() == bill
    assert not {"serialNumber", "timestamp"} & {*bill, *bill["metadata"]}


def test_no_entry_comes_twice(bill: sbom.Bill) -> None:
    names = [each.get("bom-ref", each["name"]) for each in bill["components"]]
    assert len(names) == len(set(names))
