"""The repository agrees with itself: routes, handlers, protocol page, README, pins and the rules of the house."""

import ast
import base64
import gzip
import hashlib
import json
import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from anonchat import limits, protocol
from anonchat.model import Member, Message, Person
from anonchat.settings import Settings
from scripts import ROOT
from scripts.docs import draw, gateway_page, promises_page, terraform_page
from tests.support.imports import imported_names
from tests.support.served_page import served

LAYER = ROOT / "shared/python/anonchat"
ROUTES = json.loads((ROOT / "lambdas/routes.json").read_text())
PROTOCOL = (ROOT / "docs/protocol.md").read_text()
README = (ROOT / "README.md").read_text()
HANDLER_LINES = 30
NOT_ROUTES = {"breaker"}  # lambdas without a route

FRONTEND = ROOT / "frontend"
INDEX = (FRONTEND / "index.html").read_text()
WRITTEN = "config.js"  # by `make dev` and by the deployment; its example stands for it here
LATER = "later.js"  # the one that loads what the first view can do without
SPEAKER = "language.js"  # loads dictionaries: at once where the browser's language is not English
DIALOGS = "dialogs.html"
# By gzip, level 6 as Terraform has it, and requests: a slow phone's 500 kbit/s brings 60 KB in a second.
# English is in it. Who reads another language fetches, in place of ENGLISH, its dictionary and SPEAKER, which are not
# counted there: LANGUAGE_BYTES at most.
FIRST_VIEWS = {"landing": (20_000, 14), "room": (66_900, 58)}
LANGUAGE_BYTES = 9_000
WHOLE_BYTES = 90_000

PURE = {"limits", "settings", "model", "protocol", "rules", "snapshot", "rows", "sigv4", "http_response"}
PURE |= {"dynamodb_errors"}
TALKS_TO_DYNAMODB = {"dynamodb"}
TALKS_TO_SOCKETS = {"http_connection", "trust"}


def tracked() -> list[Path]:
    """List what git knows or would take in; every file where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        skip = {".venv", "node_modules", "build", ".terraform", "__pycache__", ".git"}
        return [path for path in ROOT.rglob("*") if path.is_file() and not skip & set(path.parts)]
    return [path for path in (ROOT / line for line in listed) if path.is_file()]


def imports(path: Path) -> set[str]:
    """Return the top-level packages a file imports, anonchat's own modules by their names."""
    found = {f"{module}.{name}" if module == "anonchat" else module for module, name in imported_names(path)}
    return {".".join(name.split(".")[:2]) if name.startswith("anonchat.") else name.split(".")[0] for name in found}


def table_of(page: str, first_column: str) -> dict[str, list[str]]:
    """Return the rows of the page's Markdown table that starts with this column, by their first cell."""
    _, _, rest = page.partition(f"| {first_column} |")
    rows = {}
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[cells[0].strip("`")] = cells[1:]
    return rows


# --- routes ------------------------------------------------------------------------------------------------


def test_every_route_has_a_handler_and_every_handler_a_route() -> None:
    functions = {row["function"] for row in ROUTES.values() if "function" in row}
    assert functions == {path.stem for path in (ROOT / "lambdas").glob("*.py")} - NOT_ROUTES
    for function in functions:
        tree = ast.parse((ROOT / f"lambdas/{function}.py").read_text())
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        names |= {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert "handler" in names, f"lambdas/{function}.py has no handler"


def test_the_route_map_asks_for_no_scan_and_no_transaction() -> None:
    allowed = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"}
    for row in ROUTES.values():
        assert set(row.get("table", [])) <= allowed
        assert set(row.get("connections", [])) <= {"POST", "GET", "DELETE"}


def test_every_route_has_a_throttle_but_disconnect() -> None:
    """Without one a route would take as much as the whole account; who has gone cannot be refused."""
    assert {key: set(row["throttle"] or {}) for key, row in ROUTES.items()} == {
        key: set() if key == "$disconnect" else {"rate", "burst"} for key in ROUTES
    }


def test_the_routes_throttles_sum_up_to_the_owners_one_which_pings_take_least_of() -> None:
    throttles = {key: row["throttle"] for key, row in ROUTES.items() if row["throttle"]}
    terraform = (ROOT / "terraform/variables.tf").read_text()
    for name in ("rate", "burst"):
        [default] = re.findall(rf"^    {name} += optional\(number, (\d+)\)", terraform, re.MULTILINE)
        assert sum(throttle[name] for throttle in throttles.values()) == int(default)
        assert min(throttle[name] for throttle in throttles.values()) == throttles["ping"][name]


@pytest.mark.parametrize("path", sorted((ROOT / "lambdas").glob("*.py")), ids=lambda path: path.stem)
def test_a_handler_is_short_enough_to_read_at_a_glance(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < HANDLER_LINES, f"{path.name}: {node.name}"


FUNCTION_LINES = 30
FILE_LINES = {"tests": 500, "": 300}


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_no_file_of_python_is_too_long_to_read_in_one_go() -> None:
    for path in python_files():
        name = path.relative_to(ROOT).as_posix()
        most = FILE_LINES["tests" if name.startswith("tests/") else ""]
        assert len(path.read_text().splitlines()) <= most, f"{name} has more than {most} lines: two nouns in one file?"


def test_no_function_is_longer_than_a_screen() -> None:
    """Outside the tests, whose scripts of a visit read best in one piece."""
    for path in python_files():
        if "tests" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                lines = node.end_lineno - node.lineno + 1
                assert lines <= FUNCTION_LINES, f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"


# --- the layer ---------------------------------------------------------------------------------------------


def test_only_one_module_talks_to_dynamodb_and_only_one_opens_sockets() -> None:
    for path in LAYER.glob("*.py"):
        found = imports(path)
        assert ("anonchat.dynamodb_client" in found) == (path.stem in TALKS_TO_DYNAMODB), path.name
        assert not found & {"boto3", "botocore"}, f"{path.name}: it is most of a cold start"
        assert bool(found & {"socket", "ssl"}) == (path.stem in TALKS_TO_SOCKETS), path.name
        assert not found & {"http", "urllib3", "requests", "asyncio", "threading"}, path.name


def test_the_core_imports_only_the_core() -> None:
    for name in PURE:
        inside = {each.partition(".")[2] for each in imports(LAYER / f"{name}.py") if each.startswith("anonchat.")}
        assert inside <= PURE, f"{name}.py imports {inside - PURE}"


def test_the_layer_s_map_names_every_module_once() -> None:
    described = re.findall(
        r"^    (\w+) +[a-z@J]", ast.get_docstring(ast.parse((LAYER / "__init__.py").read_text())) or "", re.M
    )
    assert sorted(described) == sorted(path.stem for path in LAYER.glob("*.py") if path.stem != "__init__")


def test_no_module_of_the_layer_imports_another_in_a_circle() -> None:
    imported = {
        path.stem: {each.partition(".")[2] for each in imports(path) if each.startswith("anonchat.")}
        for path in LAYER.glob("*.py")
    }
    while leaves := {name for name, needs in imported.items() if not needs & imported.keys()}:
        imported = {name: needs for name, needs in imported.items() if name not in leaves}
    assert not imported, f"these import each other: {sorted(imported)}"


def test_no_code_asks_whether_it_runs_locally() -> None:
    for path in [*LAYER.glob("*.py"), *(ROOT / "lambdas").glob("*.py")]:
        assert not re.search(r"\b(LOCAL|IS_LOCAL|localhost|AWS_SAM_LOCAL)\b", path.read_text()), path.name


# --- the protocol page -------------------------------------------------------------------------------------


def test_no_test_takes_the_words_of_a_page_that_may_still_be_written() -> None:
    """They wait: by `expect`, `text_of` or `expect_to_become`."""
    read_once = re.compile(r"assert .*await .*\.(text_content|inner_text|input_value|all_text_contents|is_visible)\(")
    for path in (ROOT / "tests").rglob("*.py"):
        assert not read_once.findall(path.read_text()), path


def test_the_protocol_page_has_every_action_of_the_route_map() -> None:
    assert set(table_of(PROTOCOL, "action")) == {route for route in ROUTES if not route.startswith("$")}


def test_the_protocol_page_has_every_error_code() -> None:
    codes = {value for name, value in vars(protocol).items() if name.isupper() and isinstance(value, str)}
    assert set(table_of(PROTOCOL, "code")) == codes


def test_the_protocol_page_names_the_fields_of_every_frame() -> None:
    person = Person("id", "Ann")
    member = Member("red", "connection=", person, 1, 1, 1)
    frames = [
        protocol.joined(member, 1, [protocol.person(person)], Settings()),
        protocol.page(gap=False),
        protocol.roster(1),
        protocol.after_missed(protocol.message(Message("red", "1800000000000-x", "client-1", person, "hello"), 1)),
        protocol.after_missed(protocol.messages([], 1)),
        protocol.after_missed(protocol.presence(1, [person], [person])),
        protocol.left("red"),
        protocol.Refused("x", "y", client="client-1", retry_after=1).frame(),
    ]
    rows = table_of(PROTOCOL, "type")
    for frame in frames:
        listed = set(re.findall(r"`(\w+)`", rows[frame["type"]][0]))
        assert listed == set(frame) - {"type"}, frame["type"]
    assert set(rows) == {frame["type"] for frame in frames}


def test_the_protocol_page_states_the_limits_of_the_code() -> None:
    fields = table_of(PROTOCOL, "field")
    assert f"1 to {limits.ALIAS_BYTES} bytes" in fields["alias"][0]
    assert f"1 to {limits.TEXT_BYTES} bytes" in fields["text"][0]
    assert f"1 to {limits.ROOM_CHARACTERS} of" in fields["room"][0]
    assert "{} to {} of".format(*limits.CLIENT_CHARACTERS) in fields["client"][0]
    settings = Settings()
    assert f"Up to {limits.NAMED_PRESENCE_MEMBERS} members" in PROTOCOL
    counts = f"{settings.per_minute} sends, {settings.per_minute} joins and {limits.PAGES_PER_MINUTE} pages a minute"
    assert counts in PROTOCOL
    assert f"A full room ({settings.room_cap} members)" in PROTOCOL
    assert f"once in {limits.PRESENCE_INTERVAL_MS // 1000} seconds" in PROTOCOL


# --- README, pictures, pins --------------------------------------------------------------------------------


def test_a_function_runs_as_long_as_its_callers_wait_for_it() -> None:
    """The same number in three languages."""
    terraform = (ROOT / "terraform/modules/function/main.tf").read_text()
    page = (FRONTEND / "net/requests.js").read_text()
    assert re.findall(r"^  timeout += (\d+) ", terraform, re.MULTILINE) == [str(limits.FUNCTION_SECONDS)]
    assert re.findall(r"^const ANSWER_MS = ([\d_]+);", page, re.MULTILINE) == [f"{limits.FUNCTION_SECONDS}_000"]


def test_a_setting_of_the_owner_is_one_line_in_python_and_one_variable_in_terraform() -> None:
    """The names, the defaults, and that each reaches the functions as the environment variable of its name."""
    terraform = (ROOT / "terraform/settings.tf").read_text()
    settings = Settings._field_defaults
    passed = re.findall(r"^    ([A-Z_]+) += .*\bvar\.(\w+)", terraform, re.MULTILINE)
    defaults = dict(re.findall(r'^variable "(\w+)" {.*?^  default += (\S+)$', terraform, re.MULTILINE | re.DOTALL))
    assert sorted(passed) == sorted((name.upper(), name) for name in settings)
    assert defaults.keys() == settings.keys()
    for name, default in settings.items():
        assert json.loads(defaults[name]) == (default if isinstance(default, int) else []), name


def test_a_function_is_told_the_settings_its_table_and_its_endpoint_and_nothing_else() -> None:
    """In one place, so that a setting needs no line of its own there. Terraform's own tests look at the values."""
    root, module = (ROOT / "terraform/main.tf").read_text(), (ROOT / "terraform/modules/function/main.tf").read_text()
    [merged] = re.findall(r"\benvironment\b += (.*?\n  \}\))\n", root, re.DOTALL)
    assert [line.split() for line in merged.splitlines()] == [
        ["merge(local.settings,", "{"],
        ["TABLE_NAME", "=", "module.table.name"],
        ["CONNECTIONS_ENDPOINT", "=", "local.endpoint"],
        ["})"],
    ]
    assert re.findall(r"^  environment \{\n(.*?)^  \}", module, re.MULTILINE | re.DOTALL) == [
        "    variables = var.environment\n"
    ]
    [settings] = re.findall(
        r"^  settings = \{\n(.*?)^  \}", (ROOT / "terraform/settings.tf").read_text(), re.MULTILINE | re.DOTALL
    )
    assert sorted(line.split()[0] for line in settings.splitlines()) == sorted(
        name.upper() for name in Settings._fields
    )


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`|\$ |=\d+ |&& )make ([a-z][a-z-]*)", README, re.MULTILINE))
    assert {"dev", "test"} <= named <= targets


def test_every_file_the_readme_points_to_exists() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_what_scripts_draw_and_write_into_docs_is_fresh() -> None:
    assert draw.TARGET.read_text() == draw.drawing(), "python -m scripts.docs.draw"
    assert gateway_page.TARGET.read_text() == gateway_page.page(), "python -m scripts.docs.gateway_page"
    assert promises_page.TARGET.read_text() == promises_page.page(), "python -m scripts.docs.promises_page"


def test_the_tables_of_terraforms_variables_and_outputs_are_fresh() -> None:
    assert terraform_page.TARGET.read_text() == terraform_page.page(), "python -m scripts.docs.terraform_page"


def pins(path: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / path).read_text(), re.MULTILINE))


def test_both_requirement_files_pin_the_same_versions_with_hashes() -> None:
    few, many = pins("local/requirements.txt"), pins("requirements-dev.txt")
    assert few.items() <= many.items()
    for path in ("local/requirements.txt", "requirements-dev.txt"):
        text = (ROOT / path).read_text()
        assert text.count("==") <= text.count("--hash=sha256:")
        assert "http" not in text.replace("aiohttp", "")


# --- the page ----------------------------------------------------------------------------------------------


def test_the_page_never_writes_html_and_loads_nothing_from_elsewhere() -> None:
    for path in (ROOT / "frontend").rglob("*"):
        if path.suffix in {".js", ".html", ".css"} and "vendor" not in path.parts:
            text = path.read_text()
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), path.name
            loads = re.findall(r"""(?:src|href|from|import|url)\s*[=(]?\s*["'(](https?:)?//""", text)
            assert not loads, path.name


def code(name: str) -> str:
    """Read a file of the page without its comments; config.example.js in place of config.js, which nobody commits."""
    text = (FRONTEND / ("config.example.js" if name == WRITTEN else name)).read_text()
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)


def imported(name: str) -> set[str]:
    """Return the files that a module imports, by their paths in frontend/."""
    statement = r"""^\s*(?:import|(?:import|export)\b[^;='"()]*\bfrom)\s*["']([^"']+)["']"""
    found = re.findall(statement, code(name), re.MULTILINE)
    folder = (FRONTEND / name).parent
    return {(folder / path).resolve().relative_to(FRONTEND).as_posix() for path in found}


def modules(first: Iterable[str] = ("main.js",)) -> set[str]:
    """All that main.js loads before it does anything."""
    reached, waiting = set(), set(first)
    while waiting:
        reached |= waiting
        waiting = set().union(*map(imported, waiting)) - reached
    return reached


def called(name: str) -> list[str]:
    """Return what a module imports by a call."""
    return re.findall(r'\bimport\("\./([^"]+)"\)', code(name))


def of_a_room() -> set[str]:
    """All that a room needs beside the landing page's modules, for who reads English."""
    return modules(set(called("main.js")) - {SPEAKER}) - modules()


def loaded_later() -> set[str]:
    """All modules that no first view has, but for the dictionaries of other languages."""
    return modules([*called(LATER), *called(SPEAKER)]) - modules() - of_a_room()


def named(rel: str) -> list[str]:
    return re.findall(rf'<link rel="{rel}" href="([^"]+)"', INDEX)


ENGLISH = "languages/en.js"
LANGUAGES = re.findall(r'<link rel="language" hreflang="[^"]+" href="([^"]+)"', INDEX)


def test_index_html_names_exactly_the_modules_of_each_view() -> None:
    """Otherwise they come one after another, each when its importer has been read, and the worker keeps too few."""
    assert re.findall(r'<script type="module" src="([^"]+)"></script>', INDEX) == ["main.js"]
    views = {
        "modulepreload": modules() - {"main.js"},
        "room": of_a_room() - {ENGLISH},
        "later": loaded_later() | {DIALOGS},
    }
    for rel, expected in views.items():
        assert sorted(named(rel)) == sorted(expected), rel
    dictionaries = {path.relative_to(FRONTEND).as_posix() for path in FRONTEND.glob("languages/*.js")}
    assert dictionaries == {*LANGUAGES, "languages/en-first.js", "languages/en-later.js"}


def test_every_module_of_the_page_is_imported_and_by_a_call_in_three_files_only() -> None:
    """All call as soon as there is something to see: a file may be gone after the next deployment."""
    for path in FRONTEND.rglob("*.js"):
        name = path.relative_to(FRONTEND).as_posix()
        assert name in {"main.js", LATER, SPEAKER} or not re.search(r"\bimport\s*\(", code(name)), name
        known = modules() | of_a_room() | loaded_later() | {*LANGUAGES, "sw.js", "config.example.js"}
        assert name in known, f"nothing imports {name}"


def test_the_page_allows_itself_nothing_unsafe() -> None:
    [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', INDEX)
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert "unsafe-" not in policy
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'self'"
    [script] = re.findall(r"<script>(.*?)</script>", INDEX, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules["script-src"] == f"'self' 'sha256-{digest}'"
    assert f"<script>{script}</script>" in served("index.html"), "or its hash would be another"
    assert rules["require-trusted-types-for"] == "'script'"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?!>| type=\"module\" src=)", INDEX)


def test_the_page_says_which_version_it_is() -> None:
    """It has no build step that could write it there."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.findall(r">anonchat (\d[^<]*)<", (FRONTEND / DIALOGS).read_text()) == [version]


def fetched(first: Iterable[str]) -> dict[str, int]:
    """Return what a view fetches, and how large each is by gzip."""
    files = {"index.html", *named("stylesheet"), *named("manifest"), *named("icon"), *first}
    return {name: len(gzip.compress(served(name).encode(), 6)) for name in files - {WRITTEN}}


@pytest.mark.parametrize("view", FIRST_VIEWS)
def test_a_first_view_fetches_little(view: str) -> None:
    most_bytes, most_requests = FIRST_VIEWS[view]
    sizes = fetched(modules() if view == "landing" else modules() | of_a_room())
    largest = ", ".join(f"{name} {size:,}" for name, size in sorted(sizes.items(), key=lambda each: -each[1])[:8])
    assert sum(sizes.values()) <= most_bytes, f"{sum(sizes.values()):,} bytes by gzip: {largest}, …"
    assert len(sizes) <= most_requests


def test_a_language_adds_little_to_a_first_view() -> None:
    for name in set(LANGUAGES) - {ENGLISH}:
        parts = [len(gzip.compress(served(part).encode(), 6)) for part in (name, SPEAKER)]
        assert sum(parts) <= LANGUAGE_BYTES, f"{name}: {parts}"


def test_the_whole_page_is_small() -> None:
    sizes = fetched(modules() | of_a_room() | loaded_later() | {DIALOGS, *named("later-stylesheet")})
    assert sum(sizes.values()) <= WHOLE_BYTES, f"{sum(sizes.values()):,} bytes by gzip"


@pytest.mark.parametrize("path", sorted((FRONTEND / "vendor").glob("*.js")), ids=lambda path: path.name)
def test_a_vendored_file_is_the_one_its_comment_names(path: Path) -> None:
    comment, _, rest = path.read_text().partition("*/\n")
    named = re.fullmatch(r"/\* \S+ \d+\.\d+\.\d+ .*\blicence: (\S+\.txt); sha256 of the rest: ([0-9a-f]{64}) ", comment)
    assert named, "name, version, the licence and its file come first"
    licence, digest = named.groups()
    assert "Copyright" in (path.parent / licence).read_text()
    assert digest == hashlib.sha256(rest.encode()).hexdigest()


def test_the_pages_tools_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert package["private"]
    assert "dependencies" not in package, "the page is served as it is"
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name


def test_no_file_names_a_registry() -> None:
    hosts = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian")))
    for path in tracked():
        if path.suffix not in {".png", ".ico", ".woff2"}:
            assert not hosts.search(path.read_text(errors="replace")), path
