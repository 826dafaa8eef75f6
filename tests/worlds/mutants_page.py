"""The table of mutants in docs/worlds.md, and what noticed each when `python -m tests.worlds.mutants` was run last."""

from collections.abc import Mapping
from itertools import groupby

from scripts import ROOT
from tests.worlds.mutant_list import Mutant

PAGE = ROOT / "docs/worlds.md"
BEGIN, END = "<!-- mutants -->\n", "<!-- end of mutants -->\n"


def write(noticed: Mapping[Mutant, str]) -> None:
    """Write the table into the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + table(noticed) + END + rest.partition(END)[2])


def table(noticed: Mapping[Mutant, str]) -> str:
    """Return a table for each file."""
    parts = []
    for file, mutants in groupby(noticed, key=lambda mutant: mutant.file):
        rows = [f"| {cell(each.name)} | {cell(told(each, noticed[each]))} |\n" for each in mutants]
        parts.append(f"\n`{file}`\n\n| the wrong line | what notices |\n|---|---|\n{''.join(rows)}")
    return "".join(parts) + "\n"


def told(mutant: Mutant, noticed: str) -> str:
    if not noticed:
        return f"nothing has to: {mutant.harmless}"
    return (
        noticed.replace("tests/shared/", "").replace("::test_", ": ").replace("_", " ") if "::" in noticed else noticed
    )


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def listed() -> str:
    """Return the table that is in the page."""
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
