"""CONTRIBUTING.md leads to where a change goes: its files exist, and three of its recipes, when walked, are true."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.functions.route_map import function_names, read_routes
from scripts.deploy import package
from tests.support.pages import named_files

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
RECIPES = PAGE.partition("## Where does a change go?")[2].split("\n### ")[1:]
CHECKS = "tests/test_repository.py"  # what the recipes mean by `make check`
# Where the lines stand that the page shows.
SHOWN = (
    *("lambdas/routes.json", "shared/python/anonchat/settings.py", "shared/python/anonchat/limits.py"),
    *("terraform/settings.tf", "tests/terraform/test_static.py", "terraform/modules/guardrails/alarms.tf"),
)
# All that those checks and the walks read.
COPIED = ("shared", "lambdas", "docs", "frontend", "local", "scripts", "terraform", "tests", "clients")
UNUSED = ("node_modules", "__pycache__", ".terraform", "screenshots", "e2e", "*.png", "*.zip", "terraform.d")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy in which a recipe can be walked."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(*UNUSED))
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile", ROOT / "package.json"]:
        shutil.copy(path, tmp_path)
    return tmp_path


def failing(tree: Path, *tests: str) -> set[str]:
    """Run these tests of CHECKS in the copy, without any plugin, and return the names of those that fail."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI", "AWS_"))}
    environ |= {"PYTHONPATH": f"{tree}:{tree / 'shared/python'}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tree), "--import-mode=importlib"]
    command += ["-q", "--tb=no", "-rf", "-p", "no:cacheprovider", *(f"{CHECKS}::{test}" for test in tests)]
    ran = subprocess.run(command, cwd=tree, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return set(re.findall(r"^FAILED \S+::(\w+)", ran.stdout, re.MULTILINE))


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text, f"{path.name} has no {before!r}"
    path.write_text(text.replace(before, after, 1))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.splitlines()[0])
def test_every_file_of_a_recipe_exists_and_its_steps_are_numbered(recipe: str) -> None:
    for step in re.split(r"^\d+\. ", recipe, flags=re.MULTILINE):
        names = named_files(step)
        # A file without a folder lies in one that its step names.
        folders = [ROOT, *(ROOT / name for name in names if name.endswith("/"))]
        assert not {name for name in names if not any((folder / name).exists() for folder in folders)}
    steps = re.findall(r"^(\d+)\. ", recipe, re.MULTILINE)
    assert steps == [str(number + 1) for number in range(len(steps))]
    assert all(re.match(r"\(?`|Where ", step) for step in re.split(r"^\d+\. ", recipe, flags=re.MULTILINE)[1:])


def test_the_files_that_the_page_names_before_its_recipes_exist() -> None:
    named = named_files(PAGE.partition("## Where does a change go?")[0])
    assert "tests/support/" in named, "they are found at all"
    assert not {name for name in named if not (ROOT / name).exists()}


def test_the_lines_that_the_page_shows_stand_in_the_code() -> None:
    # Alone in a line, after the step that each belongs to; and those of a setting in a block.
    shown = re.findall(r"^   `(?!PYTHONPATH)([^`\n]+)`$", PAGE, re.MULTILINE)
    [block] = re.findall(r"^```\n(.*?)^```$", PAGE.partition("## Where")[2], re.MULTILINE | re.DOTALL)
    shown += [re.sub(r" {2,}[\w.]+\.(?:py|tf)\b.*$", "", line) for line in block.splitlines()]
    assert len(shown) == 6
    code = "".join("".join((ROOT / name).read_text().split()) for name in SHOWN)
    assert [line for line in shown if "".join(line.split()) not in code] == []


def test_there_is_a_recipe_for_whatever_people_ask_for() -> None:
    titles = " ".join(recipe.splitlines()[0] for recipe in RECIPES)
    asked = ("route", "setting", "limit", "field", "guardrail", "price", "page", "Python client", "local gateway")
    for word in (*asked, "decision", "end-to-end test"):
        assert word in titles


def test_a_new_route_is_made_as_its_recipe_says(tree: Path) -> None:
    has_handler = "test_every_route_has_a_handler_and_every_handler_a_route"
    has_action = "test_the_protocol_page_has_every_action_of_the_route_map"
    routes = tree / "lambdas/routes.json"
    row = {"function": "wave", "table": [], "connections": ["POST", "DELETE"]}

    routes.write_text(json.dumps(json.loads(routes.read_text()) | {"wave": row}))
    assert failing(tree, has_handler, has_action) == {has_handler, has_action}

    (tree / "lambdas/wave.py").write_text((tree / "lambdas/leave.py").read_text())
    assert failing(tree, has_handler, has_action) == {has_action}

    change(tree / "docs/protocol.md", "\n| `leave` | none |", "\n| `wave` | none | Greet. |\n| `leave` | none |")
    assert failing(tree, has_handler, has_action) == set()
    assert "wave" in function_names(read_routes(routes)), "make dev serves it"
    assert "wave.zip" in {path.name for path in package.package(tree)}, "make package makes its zip"


def test_a_setting_of_the_owners_is_made_as_its_recipe_says(tree: Path) -> None:
    held = "test_a_setting_of_the_owner_is_one_line_in_python_and_one_variable_in_terraform"
    python, terraform = tree / "shared/python/anonchat/settings.py", tree / "terraform/settings.tf"

    change(python, "    room_cap: int", "    quiet_hours: int = 0  # a night, in hours\n    room_cap: int")
    assert failing(tree, held) == {held}
    code = "from anonchat.settings import Settings; print(Settings.from_environment().quiet_hours)"
    environ = os.environ | {"PYTHONPATH": str(tree / "shared/python"), "QUIET_HOURS": "8"}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert ran.stdout == "8\n", "QUIET_HOURS=8 make dev"

    change(terraform, "    ROOM_CAP ", "    QUIET_HOURS = var.quiet_hours\n    ROOM_CAP ")
    change(
        terraform, 'variable "room_cap" {', 'variable "quiet_hours" {\n  default     = 0\n}\n\nvariable "room_cap" {'
    )
    assert failing(tree, held) == set()


def test_a_field_of_a_frame_is_made_as_its_recipe_says(tree: Path) -> None:
    named = "test_the_protocol_page_names_the_fields_of_every_frame"
    change(tree / "shared/python/anonchat/protocol.py", '"type": "left", ', '"type": "left", "reason": "asked", ')
    assert failing(tree, named) == {named}
    change(tree / "docs/protocol.md", "| `left` | `room` |", "| `left` | `room`, `reason` |")
    assert failing(tree, named) == set()


@pytest.mark.parametrize("form", ["bug", "idea"])
def test_the_forms_for_issues_are_what_github_takes(form: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-issue-forms"]
    checked = subprocess.run(
        [*command, str(ROOT / f".github/ISSUE_TEMPLATE/{form}.yml")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
