"""What the page can say: what its HTML marks as text, in English, and the dictionaries of all languages."""

import json
import subprocess
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from scripts import ROOT
from tests.support.node import node

FRONTEND = ROOT / "frontend"
PAGES = ("index.html", "dialogs.html")
FIRST = "en-first"  # English for the landing page's scripts
LATER = "en-later"  # and for those that no first view has
VOID = {"br", "img", "input", "link", "meta"}
ATTRIBUTES = {"data-say-label": "aria-label", "data-say-placeholder": "placeholder"}

Forms = str | dict[str, str]
Dictionary = dict[str, Forms]

DUMP = """
const names = JSON.parse(process.argv[1]);
const modules = await Promise.all(names.map((name) => import(`${process.argv[2]}/${name}.js`)));
const told = names.map((name, at) => {
  const tag = name.replace(/-(?:first|later)$/, "");
  const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions();
  return [name, { words: modules[at].default, plurals: pluralCategories }];
});
console.log(JSON.stringify(Object.fromEntries(told)));
"""


@dataclass
class Part:
    """An element that is being read, with its text so far: other elements stand in it as {1}, {2}…"""

    tag: str
    key: str | None
    text: str = ""
    within: int = 0
    said: bool = False  # or one around it


@dataclass
class Marked(HTMLParser):
    """Reads a page: `said` is what it says by key, `unmarked` what it says without one."""

    said: list[tuple[str, str]] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=lambda: [Part("", None)])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        parent = self.parts[-1]
        parent.within += 1
        parent.text += f"{{{parent.within}}}"
        for mark, name in ATTRIBUTES.items():
            if mark in given:
                self.said.append((given[mark], given[name]))
            elif name in given:
                self.unmarked.append(given[name])
        self.unmarked += [given[name] for name in ("title", "alt") if name in given]
        if tag not in VOID:
            self.parts.append(Part(tag, given.get("data-say"), said="data-say" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        part = self.parts.pop()
        assert part.tag == tag, f"<{part.tag}> ends with </{tag}>"
        if part.key is not None:
            self.said.append((part.key, part.text))

    def handle_data(self, data: str) -> None:
        part = self.parts[-1]
        part.text += data
        silent = {each.tag for each in self.parts} & {"script", "title", "noscript"}
        if not silent and not part.said and any(map(str.isalpha, data)):
            self.unmarked.append(data.strip())


@cache
def marked(page: str) -> Marked:
    reader = Marked()
    reader.feed((FRONTEND / page).read_text())
    return reader


def static() -> Dictionary:
    """Return English as it stands in the pages."""
    found: Dictionary = {}
    for page in PAGES:
        for key, text in marked(page).said:
            assert found.setdefault(key, text) == text, f"{key}: {found[key]!r} and {text!r}"
    return found


@cache
def dumped() -> dict[str, dict[str, object]]:
    names = sorted(path.stem for path in (FRONTEND / "languages").glob("*.js"))
    script = [node(), "--input-type=module", "--eval", DUMP, "--", json.dumps(names)]
    folder = (FRONTEND / "languages").as_uri()
    done = subprocess.run([*map(str, script), folder], capture_output=True, text=True, check=True)
    told: dict[str, dict[str, object]] = json.loads(done.stdout)
    return told


def dictionary(name: str) -> Dictionary:
    words = dumped()[name]["words"]
    assert isinstance(words, dict)
    return words


def plurals(name: str) -> set[str]:
    """Return the plural categories of a language: one, few, other…"""
    categories = dumped()[name]["plurals"]
    assert isinstance(categories, list)
    return set(categories)


def english() -> Dictionary:
    """Return all that the page says."""
    return static() | dictionary("en") | dictionary(LATER)


def languages() -> list[str]:
    """Return the tags of all languages but English."""
    return [name for name in dumped() if name not in ("en", FIRST, LATER)]


def source(path: Path) -> str:
    return path.relative_to(FRONTEND).as_posix()
