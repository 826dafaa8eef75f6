"""What the browsers that README names lack, by MDN's compatibility data, and what of that the page seems to use.

A feature is a path in that data, such as `css.properties.content.alt_text`. What the data says without a version, or
only with a flag, a prefix or a gap, counts as lacking.
"""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from scripts import ROOT
from tests.support.node import node

DATA = ROOT / "node_modules/@mdn/browser-compat-data/data.json"
PROMISE = re.compile(r"Chrome\s(\d+),\s+Firefox\s(\d+),\s+Safari\s([\d.]+)\s+and\s+later")
PHONES = {"chrome": "chrome_android", "firefox": "firefox_android", "safari": "safari_ios"}
BUILTINS = ("javascript", "builtins")
OWNERS = [("api",), BUILTINS, (*BUILTINS, "Intl")]  # where an interface or a class may be
SCOPES = [("api", scope) for scope in ("Window", "WorkerGlobalScope", "ServiceWorkerGlobalScope")]
SYNTAX = {"classes", "functions", "grammar", "operators", "regular_expressions", "statements"}
# A feature that is one key of an object which is handed over, such as `options_renotify_parameter`.
OPTION = re.compile(r"(?:options?|init|data)_(?P<one>\w+?)_(?:parameter|option)|(?P<other>\w+)_option")

Path = tuple[str, ...]


def promised() -> dict[str, tuple[int, ...]]:
    """Return the oldest version of each browser for which README promises the page, on desktops and phones."""
    found = PROMISE.search((ROOT / "README.md").read_text())
    assert found, "README says for which browsers the page is written"
    versions = dict(zip(PHONES, map(_version, found.groups()), strict=True))
    return versions | {PHONES[name]: version for name, version in versions.items()}


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(DATA.read_text())
    return data


@cache
def lacking() -> dict[Path, str]:
    """Return all features that one of the promised browsers lacks, each with the names of those browsers."""
    oldest = promised()

    def walk(feature: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
        for name, part in feature.items():
            if name != "__compat":
                yield from walk(part, (*path, name))
                continue
            without = [each for each in oldest if not _has(part["support"].get(each), oldest[each])]
            if without:
                yield path, ", ".join(without)

    return dict(pair for part in ("api", "css", "html", "javascript") for pair in walk(_data()[part], (part,)))


def _has(support: Any, version: tuple[int, ...]) -> bool:
    unsure = {"flags", "prefix", "alternative_name", "partial_implementation"}
    for statement in support if isinstance(support, list) else [support or {}]:
        added, removed = statement.get("version_added"), statement.get("version_removed")
        if not added or added == "preview" or unsure & statement.keys():
            continue
        if _version(added) <= version and not (removed and removed != "preview" and _version(removed) <= version):
            return True
    return False


def _version(written: str) -> tuple[int, ...]:
    return tuple(map(int, written.lstrip("≤").split(".")))


def _feature(path: Path) -> Any:
    found: Any = _data()
    for name in path:
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return found


# Style


def of_style(css: str) -> set[Path]:
    """Return what the style sheet seems to use of what is lacking."""
    values, preludes = _parsed(css)
    everything = " ".join(values.values())

    def is_used(path: Path) -> bool:
        _, kind, name, *rest = path
        if kind == "properties":
            return name in values and (not rest or "_" in path[-1] or _has_word(path[-1], values[name]))
        if kind == "types":
            return _has_word(path[-1], everything) or ("_" in path[-1] and _has_word(path[-2], everything))
        if kind == "selectors":
            return _has_word(name, preludes)
        return f"@{name}" in preludes and (not rest or "_" in path[-1] or _has_word(path[-1], preludes))

    return {path for path in lacking() if path[0] == "css" and len(path) > 2 and is_used(path)}


def _parsed(css: str) -> tuple[dict[str, str], str]:
    """Return the values of each property, and all selectors and at-rules."""
    values: dict[str, str] = {}
    preludes = []
    for text, end in re.findall(r"([^{};]*)([{};])", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        name, colon, value = text.strip().partition(":")
        if end == "{" or name.startswith("@"):
            preludes.append(text)
        elif colon:
            values[name] = f"{values.get(name, '')} {value}"
    return values, "\n".join(preludes)


def _has_word(word: str, text: str) -> bool:
    """Return whether it is there as a word or, behind a number, as a unit."""
    return bool(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])|\d{re.escape(word)}\b", text))


# Markup


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[Path] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(("html", "elements", tag))
        for name, value in attrs:
            for owner in (("html", "elements", tag), ("html", "global_attributes")):
                self.seen.add((*owner, name))
                self.seen |= {(*owner, name, word) for word in (value or "").split()}


def of_markup(html: str) -> set[Path]:
    """Return what a page's elements, attributes and their values are of what is lacking."""
    markup = _Markup()
    markup.feed(html)
    return markup.seen & lacking().keys()


# Scripts


def of_scripts() -> set[Path]:
    """Return what the page's scripts use of what is lacking, as TypeScript understands them; and all syntax that is."""
    printed = subprocess.run(
        [node(), "tests/frontend/support/platform.js"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names: list[str] = json.loads(printed)
    keys = {name[1:] for name in names if name.startswith(":")}
    strings = {name[1:] for name in names if name.startswith("=")}
    members = [name for name in names if name[:1] not in {":", "=", ""}]
    found = {part for name in members for path in _paths(name) for part in _with_parts(path)}
    found |= {path for path in lacking() if path[-1].endswith("_event") and path[-1].removesuffix("_event") in strings}
    found |= {path for path in lacking() if path[0] == "javascript" and path[1] in SYNTAX}
    return {path for path in found & lacking().keys() if _is_reached(path) and _is_given(path, keys)}


def _paths(name: str) -> Iterable[Path]:
    """Return where a member such as "Element.animate", or a global, may be in the data.

    What TypeScript counts to another owner (it has names for what several interfaces share), may be anybody's.
    """
    owner, dot, member = name.partition(".")
    if not dot:
        return [path for scope in (*OWNERS, *SCOPES) if _feature(path := (*scope, name))]
    owner = re.sub(r"Constructor$|^Readonly(?=Array|Map|Set)", "", owner)
    owners = [path for place in OWNERS if _feature(path := (*place, owner))]
    event = re.sub(r"^on(?=[a-z])", "", member)
    kinds = (member, f"{member}_static", f"{event}_event")
    anybody = OWNERS if owner == "?" else OWNERS[:1]
    owners = owners or [(*place, name) for place in anybody for name in _feature(place) if name != "__compat"]
    return [path for place in owners for kind in kinds if _feature(path := (*place, kind))]


def _with_parts(path: Path) -> Iterator[Path]:
    """Yield a feature and what is said of parts of it: of an interface or a class, only its constructor."""
    yield path
    is_interface = len(path) == 2 or (path[: len(BUILTINS)] == BUILTINS and len(path) == 3)
    for name, part in _feature(path).items():
        if name != "__compat" and isinstance(part, dict) and (not is_interface or name == path[-1]):
            yield from _with_parts((*path, name))


def _is_reached(path: Path) -> bool:
    """Return whether one comes there: who lacks an interface lacks what leads to it, and that is listed for itself."""
    return len(path) < 3 or path[0] != "api" or path[:2] not in lacking() or path[2] == path[1]


def _is_given(path: Path, keys: set[str]) -> bool:
    option = OPTION.fullmatch(path[-1])
    if path[-2] == "options_parameter" and not option:
        return path[-1] in keys
    return not option or (option["one"] or option["other"]) in keys
