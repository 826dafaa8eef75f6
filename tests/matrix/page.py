"""docs/faults.md: for every scene its calls, and under each trouble of a call the sentence that says what happens."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from scripts import ROOT
from tests.matrix.cells import Cell
from tests.matrix.words import sentence

TARGET = ROOT / "docs" / "faults.md"
COMMAND = "PYTHONPATH=shared/python .venv/bin/python -m tests.matrix"

OTHERS = "all others"

HEAD = f"""# What happens when one request fails

Every request that a function makes, to the table and to `@connections`, put in every trouble that a request can be in:
{{calls}} calls of {{scenes}} scenes, {{cells}} cells. Which calls there are is not written down anywhere: each scene is
played once without trouble, its calls are counted, and then it is played again for each call and trouble. It runs the
real handlers through our own client and HTTP pool, against servers that refuse, keep silent, reset, answer half or
nonsense, or do what was asked and lose the answer. `make test` tries a part of it, `make prove` all. Made by
`{COMMAND}`.

In every cell: who asked is told something, in words of [the protocol](protocol.md), unless the post that fails is the
very answer (then it asks again after 10 seconds). No handler ends in a traceback. Whoever is not sent an acknowledged
message has a mark, or its socket is closed, and the message is in the history. One retry of the client (the same frame
once more; after a lost socket a new one and a `join` with `since`) and one more message in each room make it right:
rows, members and presence of everybody. "Each time" means all three attempts at a request to the table, or both at a
post.

What is the same as without trouble is not mentioned.
"""


def page(cells: Iterable[Cell]) -> str:
    """Return the page that all cells together make."""
    known = list(cells)
    head = HEAD.format(
        calls=len({(cell.scene.title, cell.number) for cell in known}),
        scenes=len({cell.scene.title for cell in known}),
        cells=f"{len(known):,}",
    )
    return head + "".join(_scene(list(of_scene)) for _, of_scene in groupby(known, key=lambda cell: cell.scene.title))


def _scene(cells: list[Cell]) -> str:
    scene = cells[0].scene
    rows = "".join(row for _, of_call in groupby(cells, key=lambda cell: cell.number) for row in _call(list(of_call)))
    return f"\n## `{scene.function}`: {scene.title}\n\n| call | trouble | what happens |\n|---|---|---|\n{rows}"


def _call(cells: list[Cell]) -> Iterator[str]:
    """Yield one row for each thing that happens, with all troubles that make it happen."""
    happens: dict[str, list[str]] = {}
    for cell in cells:
        happens.setdefault(sentence(cell), []).append(cell.trouble.name)
    name = f"{cells[0].number + 1} {cells[0].call.name}"
    most = max(happens, key=lambda words: len(happens[words]))
    for words, troubles in sorted(happens.items(), key=lambda each: each[0] != most):
        which = "; ".join(troubles) if words != most else "any" if len(happens) == 1 else OTHERS
        yield f"| {name} | {which} | {words} |\n"
        name = ""


def differences(cells: Iterable[Cell], text: str) -> Iterator[str]:
    """Say what a page's text does not say of these cells."""
    for cell in cells:
        _, _, section = text.partition(f"\n## `{cell.scene.function}`: {cell.scene.title}\n")
        call = re.search(
            rf"^\| {cell.number + 1} {re.escape(cell.call.name)} \|.*\n(?:\|  \|.*\n)*", section, re.MULTILINE
        )
        rows = [row.split(" | ") for row in (call[0] if call else "").splitlines()]
        said = {trouble: row[2].removesuffix(" |") for row in rows for trouble in row[1].split("; ")}
        if said.get(cell.trouble.name, said.get("any", said.get(OTHERS))) != sentence(cell):
            yield f"{cell.scene.title}, {cell.call.name}, {cell.trouble.name}: {sentence(cell)}"
