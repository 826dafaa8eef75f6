"""The package as such: its parts keep their bounds, its README is true, its version is the project's."""

import asyncio
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

import anonchat_client
from anonchat_client import Client, key_link
from local.chat import LocalChat, LocalOptions
from scripts import ROOT
from tests.support.imports import imported_names
from tests.support.waiting import WAIT_SECONDS

HERE = ROOT / "clients/python"
PACKAGE = HERE / "anonchat_client"
README = (HERE / "README.md").read_text()
ROOTS_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
INPUT_AND_OUTPUT = {"aiohttp", "asyncio", "os", "socket", "ssl", "threading", "time"}


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, in full."""
    return {each for module, name in imported_names(path) for each in (module, f"{module}.{name}".rstrip("."))}


def part(name: str) -> str:
    """Return which part of the package a module belongs to; "" for none of its own."""
    parts = name.split(".")
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    return parts[1] if parts[0] == "anonchat_client" and len(parts) > 1 and parts[1] in folders else ""


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_what_its_part_may(path: Path) -> None:
    names = imports(path)
    top = {name.split(".")[0] for name in names}
    third_party = top - sys.stdlib_module_names - {"anonchat_client", "__future__"}
    assert third_party <= {"aiohttp", "cryptography"}
    allowed = {"core": {"core"}, "encryption": {"core", "encryption"}, "talk": {"core", "encryption", "talk"}}
    folder = path.relative_to(PACKAGE).parts[0]
    if folder in ("core", "encryption"):
        clock = {"time"} if path.name == "envelope.py" else set()  # when a message was written, if nobody says
        assert not top & INPUT_AND_OUTPUT - clock
    if folder in allowed:
        assert {part(name) for name in names} - {""} <= allowed[folder]
    elif path.name != "__main__.py":
        assert "talk" not in {part(name) for name in names}


def test_its_version_is_the_projects() -> None:
    assert PROJECT["version"] == ROOTS_PROJECT["version"]
    assert PROJECT["requires-python"] == ROOTS_PROJECT["requires-python"]


def test_what_it_needs_is_installed_for_make_dev() -> None:
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "local/requirements.txt").read_text(), re.MULTILINE))
    assert {re.split(r"\W", need)[0] for need in PROJECT["dependencies"]} <= pinned


def test_the_readme_names_only_what_there_is() -> None:
    table = README.partition("## What there is")[2].partition("## What it promises")[0]
    public = set(anonchat_client.__all__)
    assert all(hasattr(anonchat_client, name) for name in public)
    named = set(re.findall(r"\b[A-Z][a-z]+[A-Za-z]*\b", " ".join(re.findall(r"`([^`]*)`", table)))) - {"False", "None"}
    assert named <= public
    for name in re.findall(r"`(?:await )?client\.(\w+)", table):
        assert hasattr(Client, name) or name == "history", name


async def test_the_bot_of_the_readme_greets(tmp_path: Path) -> None:
    [program] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(program.splitlines()) <= 15
    (tmp_path / "greeter.py").write_text(program)
    environ = os.environ | {"PYTHONPATH": str(HERE), "PYTHONUNBUFFERED": "1"}
    async with LocalChat(LocalOptions(site=ROOT / "frontend")) as chat, asyncio.timeout(WAIT_SECONDS):
        link = f"{chat.http_url}/{key_link(b'sixteen bytes ok')}"
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "greeter.py", link), cwd=tmp_path, env=environ, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert bot.stdout
            said = (await bot.stdout.readline()).decode()
            async with Client.from_link(link, "Ada") as ada:
                await ada.send("Hi there")
                answer = await anext(aiter(ada))
            assert answer.genuine
            assert answer.text == "Hello Ada, you said: Hi there"
            assert answer.handle in said
        finally:
            bot.kill()
            await bot.wait()
