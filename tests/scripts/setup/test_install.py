"""The installer: uv with what pip is configured for, and pip where that will not do."""

import ast
import sys
from pathlib import Path

import pytest

from scripts.setup import install


class Machine:
    """A fake pip and a fake uv that note what they are asked, in an environment of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uv_works = True
        self.configuration = ""

    def set_up(self) -> None:
        (self.folder / "bin").mkdir()
        (self.folder / "configuration").write_text(self.configuration)
        asks = f'"config list") cat "{self.folder}/configuration" ;;'
        self.write("pip", f'case "$*" in {asks} *uv.txt*) {self.get_uv} ;; esac')
        uv = f'echo "uv $* | $UV_DEFAULT_INDEX | $UV_INDEX | $UV_FIND_LINKS | $SSL_CERT_FILE" >>"{self.folder}/asked"'
        self.write("uv-to-be", f"{uv}\nexit {int(not self.uv_works)}")

    @property
    def get_uv(self) -> str:
        return f'cp "{self.folder}/uv-to-be" "{self.folder}/bin/uv"'

    def write(self, name: str, script: str) -> None:
        log = f'echo "{name} $*" >>"{self.folder}/asked"\n' if name == "pip" else ""
        (self.folder / name).write_text(f"#!/bin/sh\n{log}{script}\n")
        (self.folder / name).chmod(0o755)

    def install(self, *options: str) -> list[str]:
        """Return what was asked, but for the questions after pip's configuration."""
        assert install.main("/a/python", "some.txt", *options) == 0
        asked = (self.folder / "asked").read_text().splitlines()
        (self.folder / "asked").unlink()
        return [line for line in asked if line != "pip config list"]


BY_UV = "uv pip install --quiet --require-hashes --requirement some.txt --python /a/python | "
BY_PIP = "pip --python /a/python install --quiet --require-hashes --requirement some.txt --no-compile"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for variable, _ in install.TOLD.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(install, "PIP", (str(tmp_path / "pip"),))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return Machine(tmp_path)


def test_uv_is_installed_once_by_its_hash_and_installs_the_rest(machine: Machine) -> None:
    machine.set_up()
    first = machine.install()
    assert "--require-hashes" in first[0]
    assert first[0].endswith("setup/uv.txt")
    assert first[1:] == [BY_UV + " |  |  | "]
    assert machine.install() == [BY_UV + " |  |  | "]


def test_options_go_to_whoever_installs(machine: Machine) -> None:
    machine.set_up()
    assert "--requirement some.txt --target /b --python /a/python" in machine.install("--target", "/b")[1]


def test_uv_takes_the_indexes_that_pip_is_configured_for(machine: Machine) -> None:
    machine.configuration = (
        ":env:.index-url='https://mine.example/simple'\n"
        "global.cert='/a folder/ca.pem'\n"
        "global.extra-index-url='\\nfile:///a\\nfile:///b'\n"
        "global.find-links='/c /d'\n"
        "global.index-url='https://others.example/simple'\n"
    )
    machine.set_up()
    told = "https://mine.example/simple | file:///a file:///b | /c,/d | /a folder/ca.pem"
    assert machine.install()[1:] == [BY_UV + told]


def test_what_uv_is_told_by_its_own_variables_stands(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.configuration = "global.index-url='https://others.example/simple'\n"
    machine.set_up()
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uvs.example/simple")
    assert machine.install()[1:] == [BY_UV + "https://uvs.example/simple |  |  | "]


@pytest.mark.parametrize("setting", sorted(install.UNTOLD))
def test_a_machine_that_tells_pip_more_than_uv_can_be_told_is_left_to_pip(machine: Machine, setting: str) -> None:
    machine.configuration = f"global.{setting}='something'\n"
    machine.set_up()
    assert machine.install() == [BY_PIP]


def test_where_uv_cannot_be_had_pip_does_it(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "get_uv", "exit 1")
    machine.set_up()
    assert machine.install()[-1] == BY_PIP


def test_where_uv_does_not_succeed_pip_does_it(machine: Machine) -> None:
    machine.uv_works = False
    machine.set_up()
    assert machine.install()[-1] == BY_PIP


def test_what_pip_says_and_how_it_ends_is_what_people_see(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.set_up()
    machine.write("pip", "echo no such thing >&2; exit 7")
    assert install.main("/a/python", "some.txt") == 7
    assert capfd.readouterr().err == "no such thing\n"


def test_it_needs_the_standard_library_only() -> None:
    nodes = list(ast.walk(ast.parse(Path(install.__file__).read_text())))
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names
