"""docs/architecture.md and the pages beside it agree with the code: files, folders, words, steps and decisions."""

import re
from pathlib import Path

import pytest

from scripts import ROOT
from scripts.docs import architecture
from tests.support.pages import linked_files, make_targets, named_files, table_rows
from tests.support.terraform import alarm_names

LAYER = ROOT / "shared/python/anonchat"
PAGE = (ROOT / "docs/architecture.md").read_text()
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
PAGES += sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
# Folders that need no line of their own: made by tools, or described as part of another.
NO_LINE = {"build", "node_modules", "vendor", "__pycache__", "dialogs"}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_links_to_exists(page: str) -> None:
    path = ROOT / page
    missing = {link for link in linked_files(path.read_text()) if not (path.parent / link).exists()}
    assert not missing


def anchors(page: str) -> set[str]:
    """Return what GitHub makes of the page's headings."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_heading_that_a_page_links_to_exists(page: str) -> None:
    path = ROOT / page
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", path.read_text()):
        assert anchor in anchors((path.parent / file if file else path).read_text()), f"{file}#{anchor}"


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert make_targets((ROOT / page).read_text()) <= targets


def test_the_picture_is_the_one_that_its_script_draws() -> None:
    assert architecture.TARGET.read_text() == architecture.drawing(), "python -m scripts.docs.architecture"


def test_every_file_that_the_page_names_exists() -> None:
    named = named_files(PAGE)
    assert {"frontend/room.js", "local/gateway/", "Makefile"} <= named, "they are found at all"
    assert not {name for name in named if not (ROOT / name).exists()}


def test_every_folder_of_the_repository_is_on_the_map() -> None:
    tops = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    inside = {f"{top}/{path.name}" for top in ("frontend", "local") for path in (ROOT / top).iterdir() if path.is_dir()}
    for folder in (tops | inside) - NO_LINE:
        if Path(folder).name not in NO_LINE:
            assert re.search(rf"^\| `{folder}/", PAGE, re.MULTILINE), f"{folder}/ has no line"


def test_every_step_that_the_page_names_is_a_function_of_the_layer() -> None:
    steps = [
        (module, name) for module, name in re.findall(r"`(\w+)\.(\w+)`", PAGE) if (LAYER / f"{module}.py").exists()
    ]
    assert ("joining", "begin_join") in steps, "they are found at all"
    for module, name in steps:
        assert re.search(rf"^ *def {name}\(", (LAYER / f"{module}.py").read_text(), re.MULTILINE), (module, name)


def test_every_word_of_the_glossary_is_used_where_it_says() -> None:
    rows = table_rows(PAGE, "word")
    words = [word.strip("`") for word, _, _ in rows]
    assert {"echo", "gap", "cap", "overlap", "breaker", "throttle", "meter", "handle", "bucket"} <= set(words)
    assert words == sorted(words), "in the order of the alphabet, each once"
    for word, (_, meaning, where) in zip(words, rows, strict=True):
        assert meaning
        written = re.compile(word.replace(" ", "[ _-]"), re.IGNORECASE)
        assert written.search((ROOT / where.strip("`")).read_text()), f"{word} is not in {where}"


def test_the_words_with_a_second_meaning_are_named_before_the_glossary() -> None:
    [listed] = re.findall(r"would surprise: ([\w, ]+)\.", PAGE)
    assert listed.split(", ") == [
        word.strip("`") for word, meaning, _ in table_rows(PAGE, "word") if "Elsewhere: " in meaning
    ]


def test_the_page_says_how_each_handler_is_made() -> None:
    """Of messages, of the two events of a socket, and the one without a route."""
    made = {path.stem: path.read_text() for path in (ROOT / "lambdas").glob("*.py")}
    assert {name for name, text in made.items() if "lifecycle_route(" in text} == {"connect", "disconnect"}
    assert {name for name, text in made.items() if "_route(" not in text} == {"breaker"}
    assert "`$connect` and `$disconnect` are made by `route.lifecycle_route`" in PAGE
    assert "`lambdas/breaker.py` has no route" in PAGE


def test_every_decision_is_linked_by_its_title_and_has_its_three_parts() -> None:
    for path in DECISIONS:
        text = path.read_text()
        title = text.splitlines()[0].removeprefix("# ")
        assert f"- [{title}](decisions/{path.name})" in PAGE
        assert title.startswith(f"{int(path.name[:4])}. ")
        assert re.findall(r"^\*\*(\w+)\.\*\* ", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_costs_page_counts_the_alarms_of_the_stack() -> None:
    alarms = alarm_names("spending") + alarm_names("trouble")
    rows = table_rows((ROOT / "docs/costs.md").read_text(), "allowance of an account")
    [used] = [used for allowance, _, used in rows if "alarms" in allowance]
    assert used.startswith(f"{len(alarms)}: ")
