"""The pinned packages against a snapshot of advisories in OSV's format."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.supply import advisories, locked
from scripts.supply.locked import Package


def advisory(ecosystem: str, name: str, **what: Any) -> dict[str, Any]:
    return {"id": "OSV-1", "affected": [{"package": {"ecosystem": ecosystem, "name": name}, **what}]}


def ranges(kind: str, *events: dict[str, str]) -> list[dict[str, Any]]:
    return [{"type": kind, "events": list(events)}]


FIXED = ranges("ECOSYSTEM", {"introduced": "0"}, {"fixed": "1.10.0"})
TWICE = ranges("SEMVER", {"introduced": "1.0.0"}, {"fixed": "1.2.3"}, {"introduced": "2.0.0-rc.1"}, {"fixed": "2.1.0"})
LAST = ranges("ECOSYSTEM", {"introduced": "1.5"}, {"last_affected": "1.6"})
COMMITS = ranges("GIT", {"introduced": "0"})


@pytest.mark.parametrize(
    ("kind", "version", "what", "affected"),
    [
        ("pypi", "1.9.9", {"ranges": FIXED}, True),
        ("pypi", "1.10.0", {"ranges": FIXED}, False),
        ("pypi", "1.10.0rc1", {"ranges": FIXED}, True),
        ("pypi", "1.6", {"ranges": LAST}, True),
        ("pypi", "1.6.1", {"ranges": LAST}, False),
        ("pypi", "1.4", {"ranges": LAST}, False),
        ("pypi", "9", {"versions": ["9"]}, True),
        ("pypi", "9.1", {"versions": ["9"], "ranges": COMMITS}, False),
        ("npm", "1.2.2", {"ranges": TWICE}, True),
        ("npm", "1.2.3", {"ranges": TWICE}, False),
        ("npm", "2.0.0-beta.9", {"ranges": TWICE}, False),
        ("npm", "2.0.0-rc.2", {"ranges": TWICE}, True),
        ("npm", "2.0.0", {"ranges": TWICE}, True),
        ("npm", "2.1.0+build.1", {"ranges": TWICE}, False),
    ],
)
def test_a_version_is_affected_or_not_as_osv_says(
    kind: str, version: str, what: dict[str, Any], affected: bool
) -> None:
    given = advisory({"pypi": "PyPI", "npm": "npm"}[kind], "some-package", **what)
    assert bool(list(advisories.problems([Package(kind, "some-package", version)], [given]))) == affected


def test_a_name_is_the_same_however_python_spells_it_and_npm_minds_each_letter() -> None:
    package = Package("pypi", "some-package", "1.0")
    assert list(advisories.problems([package], [advisory("PyPI", "Some_Package", ranges=FIXED)]))
    assert not list(advisories.problems([package], [advisory("npm", "some-package", ranges=FIXED)]))
    assert not list(advisories.problems([Package("npm", "a-b", "1.0.0")], [advisory("npm", "a_b", ranges=FIXED)]))


def test_what_was_withdrawn_or_accepted_with_a_reason_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    package, given = Package("pypi", "some-package", "1.0"), advisory("PyPI", "some-package", ranges=FIXED)
    assert not list(advisories.problems([package], [given | {"withdrawn": "2026-01-01T00:00:00Z"}]))
    monkeypatch.setitem(advisories.ACCEPTED, "OSV-1", "We call nothing of it.")
    assert not list(advisories.problems([package], [given]))


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(advisories, "SNAPSHOT", tmp_path / "advisories.json")
    return tmp_path / "advisories.json"


def test_a_snapshot_holds_what_is_about_pinned_packages_and_the_check_fails_by_it(
    snapshot: Path, tmp_path: Path, capsys: Any
) -> None:
    pinned = locked.pypi()[0]
    folder = tmp_path / "osv"
    folder.mkdir()
    for number, name in enumerate([pinned.name, "nothing-of-ours"]):
        given = advisory("PyPI", name, versions=[pinned.version]) | {"id": f"OSV-{number}", "summary": "Very bad."}
        (folder / f"{number}.json").write_text(json.dumps(given))
    (folder / "notes.json").write_text("[]")
    (folder / "broken.json").write_text("{")
    assert advisories.main(["--from", str(folder), "--as-of", "2026-11-01"]) == 0
    assert [each["id"] for each in json.loads(snapshot.read_text())["advisories"]] == ["OSV-0"]
    capsys.readouterr()
    assert advisories.main([]) == 1
    assert capsys.readouterr().out == f"{pinned.name} {pinned.version}: OSV-0 Very bad.\n"
    snapshot.write_text(json.dumps({"asOf": "2026-11-01", "advisories": []}))
    assert advisories.main([]) == 0
    assert capsys.readouterr().out == "No advisory of 2026-11-01 is about what is pinned.\n"


def test_without_a_snapshot_it_says_in_one_sentence_that_nothing_was_looked_at(snapshot: Path, capsys: Any) -> None:
    assert advisories.main([]) == 0
    assert capsys.readouterr().out == f"{advisories.NONE}\n"


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"asOf": "x", "advisories": [7]}'])
def test_what_is_no_snapshot_gets_a_sentence_and_fails(snapshot: Path, capsys: Any, content: str) -> None:
    snapshot.write_text(content)
    assert advisories.main([]) == 1
    assert capsys.readouterr().out.startswith("scripts/supply/advisories.json is no snapshot of advisories: ")


def test_a_snapshot_of_nothing_is_refused_in_a_sentence(snapshot: Path, tmp_path: Path, capsys: Any) -> None:
    assert advisories.main(["--from", str(tmp_path / "nowhere"), "--as-of", "2026-11-01"]) == 1
    assert advisories.main(["--from", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("--from needs a folder of OSV's files") == 2
    assert not snapshot.exists()


def test_what_is_accepted_has_a_reason() -> None:
    assert all(len(reason) > 20 for reason in advisories.ACCEPTED.values())
