"""What is deployed: the same bytes from any machine and Python, nothing superfluous in it, and it runs as it is."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.functions.route_map import function_names, read_routes
from scripts import ROOT
from scripts.deploy import package

ROUTED = function_names(read_routes(ROOT / "lambdas/routes.json"))
VERSIONS = range(11, 20)  # of Python 3


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of everything that is packaged."""
    for folder in ("lambdas", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def hashes(tree: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tree / "build").glob("*")}


def run(tree: Path, python: str = sys.executable, *options: str) -> subprocess.CompletedProcess[str]:
    command = [python, *options, "-m", "scripts.deploy.package", "--root", str(tree)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def other_pythons() -> list[str]:
    """Return the other Pythons here that are new enough, one of each version: on PATH, of pyenv, of a runner."""
    candidates = [shutil.which(f"python3.{minor}") for minor in VERSIONS]
    candidates += map(str, Path(os.environ.get("PYENV_ROOT", "/nowhere")).glob("versions/3.*/bin/python3"))
    candidates += map(str, Path(os.environ.get("RUNNER_TOOL_CACHE", "/nowhere")).glob("Python/3.*/*/bin/python3"))
    found: dict[tuple[int, int], str] = {}
    for candidate in filter(None, candidates):
        asked = subprocess.run(
            [candidate, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True
        )
        if asked.returncode == 0:
            major, minor = map(int, asked.stdout.split())
            found[major, minor] = candidate
    return [path for version, path in found.items() if version >= (3, 11) and version != sys.version_info[:2]]


def test_one_zip_for_each_function_and_one_for_the_layer(tree: Path) -> None:
    assert {path.name for path in package.package(tree)} == {f"{name}.zip" for name in {*ROUTED, "breaker", "layer"}}


def test_packaging_twice_gives_the_same_bytes(tree: Path) -> None:
    package.package(tree)
    first = hashes(tree)
    for source in tree.rglob("*.py"):
        os.utime(source, (1, 1))
        source.chmod(0o700)
    package.package(tree)
    assert hashes(tree) == first


def test_packaging_needs_the_standard_library_alone(tree: Path) -> None:
    ran = run(tree, sys.executable, "-S")  # without site-packages
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_python_gives_the_same_bytes(tree: Path) -> None:
    pythons = other_pythons()
    if not pythons:
        pytest.skip("there is no second Python of 3.11 or later here to compare with")
    package.package(tree)
    expected = hashes(tree)
    for python in pythons:
        shutil.rmtree(tree / "build")
        assert run(tree, python).returncode == 0, python
        assert hashes(tree) == expected, python


def test_the_bytes_are_those_of_the_format_and_of_nobody_s_compressor(tree: Path) -> None:
    """Every field that a machine could fill in differently, by value."""
    for path in package.package(tree):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                assert entry.compress_type == zipfile.ZIP_STORED
                assert entry.date_time == (1980, 1, 1, 0, 0, 0)
                assert (entry.create_system, entry.external_attr) == (3, 0o100644 << 16)
                assert (entry.extra, entry.comment) == (b"", b"")
            assert archive.namelist() == sorted(archive.namelist())


def test_nothing_is_in_them_but_our_own_modules_and_the_route_map(tree: Path) -> None:
    (tree / "shared/python/anonchat/__pycache__").mkdir(exist_ok=True)
    (tree / "shared/python/anonchat/__pycache__/log.cpython-311.pyc").write_bytes(b"bytecode")
    (tree / "shared/python/anonchat/notes.txt").write_text("not a module")
    for path in package.package(tree):
        with zipfile.ZipFile(path) as archive:
            if path.name == "layer.zip":
                expected = {
                    f"python/anonchat/{module.name}" for module in (ROOT / "shared/python/anonchat").glob("*.py")
                }
            else:
                expected = {f"{path.stem}.py", *(["routes.json"] if path.stem == "default" else [])}
            assert set(archive.namelist()) == expected


@pytest.mark.parametrize("name", ROUTED)
def test_a_handler_runs_from_its_zip_with_the_layer_s(tree: Path, name: str) -> None:
    package.package(tree)
    program = f"""
import sys
sys.path[:0] = [{str(tree / "build" / f"{name}.zip")!r}, {str(tree / "build/layer.zip/python")!r}]
import {name}, anonchat
assert ".zip" in {name}.__file__ and ".zip" in anonchat.__file__
print({name}.handler({{"requestContext": {{"connectionId": "x"}}}}, None)["statusCode"])
"""
    environ = {
        "TABLE_NAME": "chat",
        "CONNECTIONS_ENDPOINT": "https://api.example/prod",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, env=environ, cwd="/")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "403", "an event of no kind is answered by our own code"


def test_it_says_what_it_built_and_how_big(tree: Path) -> None:
    said = run(tree).stdout.splitlines()
    for path in (tree / "build").glob("*.zip"):
        assert [f"build/{path.name}", f"{path.stat().st_size:,}", "bytes"] in [line.split() for line in said]


def test_a_route_is_one_file_and_one_row(tree: Path) -> None:
    routes = json.loads((tree / "lambdas/routes.json").read_text())
    (tree / "lambdas/routes.json").write_text(json.dumps(routes | {"wave": {"function": "wave"}}))
    (tree / "lambdas/wave.py").write_text("def handler(event, context):\n    return {'statusCode': 200}\n")
    assert "wave.zip" in {path.name for path in package.package(tree)}


def test_the_zip_of_a_route_that_is_gone_goes_too(tree: Path) -> None:
    (tree / "build").mkdir()
    (tree / "build/wave.zip").write_bytes(b"")
    package.package(tree)
    assert "wave.zip" not in hashes(tree)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (
            "lambdas/send.py",
            "lambdas/send.py is missing, although lambdas/routes.json or scripts/deploy/package.py names it.",
        ),
        ("lambdas/routes.json", "lambdas/routes.json is missing."),
        ("shared", "shared/python holds no module to make the layer of."),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(tree: Path, missing: str, sentence: str) -> None:
    if (tree / missing).is_dir():
        shutil.rmtree(tree / missing)
    else:
        (tree / missing).unlink()
    ran = run(tree)
    assert (ran.returncode, ran.stderr) == (1, f"Cannot package: {sentence}\n")


def test_a_broken_route_map_is_said_in_a_sentence(tree: Path) -> None:
    (tree / "lambdas/routes.json").write_text('{"$connect": }')
    ran = run(tree)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Cannot package: lambdas/routes.json is not JSON: Expecting value: line 1")
