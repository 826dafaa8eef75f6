"""Writes docs/promises.md: the promises of docs/protocol.md, and under each the tests that fail when it is broken.

`python -m scripts.docs.promises_page`; tests/test_repository.py fails when the page is stale. A Python test says by
`@pytest.mark.promise(number)` which promise it proves, one of the page's own by its title in BY_TITLE.
"""

import re
from pathlib import Path

from scripts import ROOT
from scripts.docs.marked_tests import Marked, marked_tests

TARGET = ROOT / "docs" / "promises.md"
PROTOCOL = ROOT / "docs" / "protocol.md"

HEAD = """# The promises, and the tests that hold them

What [the protocol](protocol.md) promises, and under each promise the tests that fail when it is broken. Made of the
tests by `.venv/bin/python -m scripts.docs.promises_page`.
"""

# Tests in JavaScript, which have no markers: their titles in tests/frontend/.
BY_TITLE = {
    1: ("over ${LIVES} lives of a connection no message is lost, in either direction, and no gap is made up",),
    2: (
        "a message that comes again by the overlap of a resume is shown once",
        "the same words under the same number are one message, at the smallest of the ids",
    ),
    3: ("a gap stands behind its message and before the next, once",),
    5: ("the number of people rides on every message",),
}


def promises() -> dict[int, str]:
    """Return the sentences of the protocol's page, by their numbers."""
    _, _, section = PROTOCOL.read_text().partition("\n## Promises\n")
    listed = re.findall(r"^(\d+)\. (.+(?:\n {3}.+)*)", section, re.MULTILINE)
    return {int(number): re.sub(r"\s+", " ", sentence) for number, sentence in listed}


def tests_of(promise: int, tests: list[Marked]) -> list[str]:
    """Return one line for each test, with its file. Raise LookupError for no test, or a title that no test has."""
    found = [_line(test.sentence, test.path) for test in tests if promise in test.markers.get("promise", ())]
    found += [_line(title[0].upper() + title[1:], _file_of(title)) for title in BY_TITLE.get(promise, ())]
    if not found:
        raise LookupError(f"no test proves promise {promise}")
    return found


def _file_of(title: str) -> Path:
    for path in sorted((ROOT / "tests/frontend").rglob("*.test.js")):
        if f'test("{title}"' in path.read_text() or f"test(`{title}`" in path.read_text():
            return path
    raise LookupError(f"no test in tests/frontend/ is called {title!r}")


def _line(sentence: str, path: Path) -> str:
    name = path.relative_to(ROOT / "tests").as_posix()
    return f"- {sentence.replace('${LIVES}', 'many')} ([{name}](../tests/{name}))\n"


def page() -> str:
    tests = list(marked_tests("tests/**/test_*.py"))
    sections = [f"\n## {number}. {text}\n\n{''.join(tests_of(number, tests))}" for number, text in promises().items()]
    return HEAD + "".join(sections)


if __name__ == "__main__":
    TARGET.write_text(page())
    print(f"wrote {TARGET.relative_to(ROOT)}")
