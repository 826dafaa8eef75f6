"""Try the call matrix: `--short` a part of it, compared with docs/faults.md; else all of it, which writes that page.

A program of its own, since it changes clock, randomness and limits before the handlers are imported.
"""

import argparse
import sys
import time

from scripts.command_line import ProgressLine
from tests.matrix.cells import Cell, Matrix
from tests.matrix.page import COMMAND, TARGET, differences, page
from tests.matrix.scenes import SCENES
from tests.matrix.troubles import every_one, one_in_turn
from tests.matrix.world import world


def tried(*, short: bool) -> list[Cell]:
    """Return the cells, telling on stderr how far it is."""
    line, cells, started = ProgressLine(every_seconds=0.2, plain_seconds=30), [], time.monotonic()
    with world() as made:
        matrix = Matrix(made)
        for number, scene in enumerate(SCENES):
            for cell in matrix.cells(scene, one_in_turn if short else every_one):
                cells.append(cell)
                line(f"scene {number + 1} of {len(SCENES)}, {len(cells)} cells, {time.monotonic() - started:.0f} s")
    line.clear()
    return cells


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.matrix", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="one trouble of each call; the page is not written")
    parser.add_argument("--check", action="store_true", help="compare with the page, and do not write it")
    options = parser.parse_args()
    cells = tried(short=options.short)
    complaints = [
        f"{cell.scene.title}, {cell.call.name}, {cell.trouble.name}: {each}"
        for cell in cells
        for each in cell.complaints
    ]
    if options.short or options.check:
        complaints += [
            f"{TARGET.name} does not say so ({COMMAND}): {each}" for each in differences(cells, TARGET.read_text())
        ]
    else:
        TARGET.write_text(page(cells))
    print(f"{len(cells)} cells, {len(complaints)} complaints", *complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
