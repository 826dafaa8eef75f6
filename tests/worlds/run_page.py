"""The table of the last complete run in docs/worlds.md."""

from collections.abc import Mapping

from tests.worlds.digest import OF_WORLDS, digest
from tests.worlds.mutants_page import PAGE
from tests.worlds.results import Result

BEGIN, END = "<!-- the run -->\n", "<!-- end of the run -->\n"


def write(sums: Mapping[str, Result]) -> None:
    """Write the table into the page: the sums of each group, and those of all."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + table(sums) + END + rest.partition(END)[2])


def table(sums: Mapping[str, Result]) -> str:
    rows = [
        f"| {group} | {each.worlds:,} | {each.states:,} | {each.ends:,} | {each.seconds / 60:,.0f} |\n"
        for group, each in sums.items()
    ]
    about = f"Of the sources with the digest `{digest(OF_WORLDS)}`:"
    head = "| group | worlds | states | ends | minutes of one core |\n|---|---|---|---|---|\n"
    return f"\n{about}\n\n{head}{''.join(rows)}\n"
