"""CONTRIBUTING.md leads to where a change goes: its files exist, and recipes that can be walked cheaply are true."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.functions.route_map import function_names, read_routes
from scripts import ROOT
from scripts.deploy import package
from tests.support.pages import named_files

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
RECIPES = PAGE.partition("## Where does a change go?")[2].split("\n### ")[1:]
# What the recipes mean by `make check`, and one test of `make test` that needs no Terraform.
HAS_HANDLER = "tests/test_repository.py::test_every_route_has_a_handler_and_every_handler_a_route"
HAS_THROTTLE = "tests/test_repository.py::test_every_route_has_a_throttle_but_disconnect"
SUMS_UP = "tests/test_repository.py::test_the_routes_throttles_sum_up_to_the_owners_one_which_pings_take_least_of"
HAS_ACTION = "tests/test_repository.py::test_the_protocol_page_has_every_action_of_the_route_map"
NAMES_FIELDS = "tests/test_repository.py::test_the_protocol_page_names_the_fields_of_every_frame"
IN_BOTH = "tests/test_repository.py::test_a_setting_of_the_owner_is_one_line_in_python_and_one_variable_in_terraform"
TABLES = "tests/test_repository.py::test_the_tables_of_terraforms_variables_and_outputs_are_fresh"
TOLD = "tests/test_repository.py::test_a_function_is_told_the_settings_its_table_and_its_endpoint_and_nothing_else"
NAMES = "tests/test_repository.py::test_index_html_names_exactly_the_modules_of_each_view"
PICTURE = "tests/test_architecture.py::test_the_picture_is_the_one_that_its_script_draws"
COUNTS_ALARMS = "tests/test_architecture.py::test_the_costs_page_counts_the_alarms_of_the_stack"
MAP = "tests/test_repository.py::test_the_layer_s_map_names_every_module_once"
RECORDED = "tests/lambdas/test_recording.py::test_a_scripted_visit_makes_the_requests_rows_and_frames_that_are_recorded"
EXPLAINS = "tests/terraform/test_static.py::test_every_variable_and_output_explains_itself"
REFUSES = "tests/terraform/test_static.py::test_every_variable_has_a_value_that_it_refuses"
QUIET_HOURS = """variable "quiet_hours" {
  description = "How long a night is, in hours."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.quiet_hours >= 0
    error_message = "quiet_hours is at least 0."
  }
}

"""
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
    """Return a copy in which a recipe can be walked."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(*UNUSED))
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile", ROOT / "package.json"]:
        shutil.copy(path, tmp_path)
    return tmp_path


def python(tree: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with the copy's packages and without this run's settings."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI", "AWS_"))}
    environ |= {"PYTHONPATH": f"{tree}:{tree / 'shared/python'}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=tree, env=environ, capture_output=True, text=True, timeout=120, check=False)


def failing(tree: Path, *tests: str) -> set[str]:
    """Run these tests in the copy, without any plugin, and return those that fail."""
    options = ["-c", os.devnull, "--rootdir", str(tree), "--import-mode=importlib"]
    options += ["-q", "--tb=no", "-rf", "-p", "no:cacheprovider"]
    ran = python(tree, "-m", "pytest", *options, *tests)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return set(re.findall(r"^FAILED (\S+::\w+)", ran.stdout, re.MULTILINE))


def run(tree: Path, module: str) -> str:
    """Run a module as the page says it, and return what it prints."""
    ran = python(tree, "-m", module)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


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
    tests = (HAS_HANDLER, HAS_ACTION, HAS_THROTTLE, SUMS_UP, PICTURE)
    routes = tree / "lambdas/routes.json"
    row: dict[str, Any] = {"function": "wave", "table": [], "connections": ["POST", "DELETE"]}

    routes.write_text(json.dumps(json.loads(routes.read_text()) | {"wave": row}))
    assert failing(tree, *tests) == {*tests}

    row["throttle"] = {"rate": 10, "burst": 20}
    routes.write_text(json.dumps(json.loads(routes.read_text()) | {"wave": row}))
    change(tree / "terraform/variables.tf", "rate  = optional(number, 100)", "rate  = optional(number, 110)")
    change(tree / "terraform/variables.tf", "burst = optional(number, 200)", "burst = optional(number, 220)")
    assert failing(tree, *tests) == {HAS_HANDLER, HAS_ACTION, PICTURE}

    (tree / "lambdas/wave.py").write_text((tree / "lambdas/leave.py").read_text())
    run(tree, "scripts.docs.architecture")
    assert failing(tree, *tests) == {HAS_ACTION}
    before = (tree / "tests/lambdas/recording.txt").read_text().splitlines()
    changed = [line for line in run(tree, "tests.support.recording").splitlines() if line not in before]
    assert changed
    assert all("send, leave, ping or wave." in line for line in changed), (
        "the recording changes by the answer of $default"
    )

    change(tree / "docs/protocol.md", "\n| `leave` | none |", "\n| `wave` | none | Greet. |\n| `leave` | none |")
    assert failing(tree, *tests) == set()
    assert "wave" in function_names(read_routes(routes)), "make dev serves it"
    assert "wave.zip" in {path.name for path in package.package(tree)}, "make package makes its zip"


def test_a_new_module_of_the_layer_is_made_as_the_recipe_of_a_route_says(tree: Path) -> None:
    layer = tree / "shared/python/anonchat"
    (layer / "greeting.py").write_text('"""What is said to who comes in."""\n')
    assert failing(tree, MAP, PICTURE) == {MAP}
    change(layer / "__init__.py", "    rules ", "    greeting        what is said to who comes in\n    rules ")
    assert failing(tree, MAP, PICTURE) == {PICTURE}
    run(tree, "scripts.docs.architecture")
    assert failing(tree, MAP, PICTURE) == set()


def test_a_setting_of_the_owners_is_made_as_its_recipe_says(tree: Path) -> None:
    tests = (IN_BOTH, TOLD, EXPLAINS, REFUSES, TABLES)
    settings = tree / "terraform/settings.tf"

    change(
        tree / "shared/python/anonchat/settings.py",
        "    room_cap: int",
        "    quiet_hours: int = 0  # a night, in hours\n    room_cap: int",
    )
    assert failing(tree, *tests) == {IN_BOTH, TOLD}
    code = "from anonchat.settings import Settings; print(Settings.from_environment().quiet_hours)"
    assert python(tree, "-c", code, QUIET_HOURS="8").stdout == "8\n", "QUIET_HOURS=8 make dev"

    change(settings, "    ROOM_CAP ", "    QUIET_HOURS = var.quiet_hours\n    ROOM_CAP ")
    change(settings, 'variable "room_cap" {', QUIET_HOURS + 'variable "room_cap" {')
    assert failing(tree, *tests) == {REFUSES, TABLES}
    run(tree, "scripts.docs.terraform_page")
    assert failing(tree, *tests) == {REFUSES}

    refused = '    "quiet_hours": [("-1", "at least 0")],\n'
    change(tree / "tests/terraform/test_static.py", '    "room_cap": ', f'{refused}    "room_cap": ')
    assert failing(tree, *tests) == set()


def test_a_field_of_a_frame_is_made_as_its_recipe_says(tree: Path) -> None:
    change(tree / "shared/python/anonchat/protocol.py", '"type": "left", ', '"type": "left", "reason": "asked", ')
    assert failing(tree, NAMES_FIELDS) == {NAMES_FIELDS}
    change(tree / "docs/protocol.md", "| `left` | `room` |", "| `left` | `room`, `reason` |")
    assert failing(tree, NAMES_FIELDS) == set()


def test_an_alarm_is_counted_as_its_recipe_says(tree: Path) -> None:
    line = '    "slow" = { namespace = "AWS/Lambda", metric = "Duration", means = "A function was slow." }\n'
    alarms = tree / "terraform/modules/guardrails/alarms.tf"
    change(alarms, '    "logged-errors" ', line + '    "logged-errors" ')
    assert failing(tree, COUNTS_ALARMS) == {COUNTS_ALARMS}
    change(tree / "docs/costs.md", "| 10: messages ", "| 11: slowness, messages ")
    assert failing(tree, COUNTS_ALARMS) == set()


def test_a_module_of_the_page_is_made_as_its_recipe_says(tree: Path) -> None:
    (tree / "frontend/view/greeting.js").write_text("export const GREETING = 1;\n")
    room, index = tree / "frontend/room.js", tree / "frontend/index.html"
    room.write_text('import { GREETING } from "./view/greeting.js";\n' + room.read_text())
    assert failing(tree, NAMES) == {NAMES}
    link = '<link rel="room" href="view/room.js"'
    change(index, link, link.replace("view/room", "view/greeting") + ">\n  " + link)
    assert failing(tree, NAMES) == set()


@pytest.mark.parametrize("form", ["bug", "idea"])
def test_the_forms_for_issues_are_what_github_takes(form: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-issue-forms"]
    checked = subprocess.run(
        [*command, str(ROOT / f".github/ISSUE_TEMPLATE/{form}.yml")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
