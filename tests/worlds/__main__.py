"""Try every small world: `python -m tests.worlds`. It can be stopped at any time, and goes on where it was.

Exits 1 if a promise does not hold, with the shortest way to that, or if a world is too large to be tried completely.
When all holds, docs/worlds.md gets the numbers.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

from scripts.command_line import ProgressLine
from tests.worlds import run_page
from tests.worlds.catalogue import Batch, complete
from tests.worlds.healing import STAGES
from tests.worlds.results import Kept, Result, explore_batch
from tests.worlds.short import short
from tests.worlds.verdict import Broken


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.worlds", description=__doc__)
    parser.add_argument("--short", action="store_true", help="only the few that make test tries")
    parser.add_argument("--group", action="append", help="only this group of worlds; may be given again")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many at once (default: %(default)s)")
    options = parser.parse_args()
    batches = short() if options.short else complete()
    batches = [each for each in batches if not options.group or each.group in options.group]
    kept = Kept()
    explore(batches, kept, options.processes)
    sums = sums_of(batches, kept)
    status = report(sums)
    if status == 0 and not options.short and not options.group:
        run_page.write(sums)
    return status


def explore(batches: list[Batch], kept: Kept, processes: int) -> None:
    """Explore the batches that are not kept, in several processes."""
    left = [batch for batch in batches if batch.name not in kept.results]
    weights = {batch.name: len(batch.kinds) ** 2 * batch.weight for batch in left}
    progress, started, done = ProgressLine(plain_seconds=60), time.monotonic(), 0.0
    with ProcessPoolExecutor(processes) as pool:
        running = {pool.submit(explore_batch, batch): batch for batch in left}
        for future in as_completed(running):
            batch = running.pop(future)
            kept.keep(batch.name, future.result())
            done += weights[batch.name]
            minutes = (time.monotonic() - started) * (sum(weights.values()) - done) / done / 60
            worlds, states = (
                sum(getattr(each, what) for each in kept.results.values()) for what in ("worlds", "states")
            )
            progress(f"{worlds:,} worlds, {states:,} states; about {minutes:.0f} minutes left; {batch.name}")
    progress.clear()


def sums_of(batches: list[Batch], kept: Kept) -> dict[str, Result]:
    """Return what each group comes to, and all of them."""
    sums: dict[str, Result] = {}
    for batch in batches:
        for group in (batch.group, "all"):
            sums[group] = sums.get(group, Result()).plus(kept.results[batch.name])
    return {**{group: each for group, each in sums.items() if group != "all"}, "all": sums["all"]}


def report(sums: dict[str, Result]) -> int:
    """Print the sums, and the shortest trace of what must not be. Return the exit status."""
    for group, result in sums.items():
        print(sentence(group, result))
    found = sums["all"]
    for world in found.too_large:
        print(f"not complete, it has too many states: {world}")
    if found.broken:
        print(f"\n{len(found.broken)} kinds of violation; the shortest:\n\n{told(min(found.broken, key=length))}")
        for broken, times in sorted(kinds(found.broken).items()):
            print("  ", *broken, times)
    return 1 if found.broken or found.too_large else 0


def sentence(group: str, result: Result) -> str:
    time_taken = f"{result.seconds / 60:,.1f} minutes of one core"
    return f"{group}: {result.worlds:,} worlds, {result.states:,} states, {result.ends:,} ends, {time_taken}"


def length(broken: Broken) -> int:
    return len(broken.trace)


def kinds(violations: Iterable[Broken]) -> Counter[tuple[str, str, str]]:
    return Counter((each.world.trouble, each.promise, STAGES[each.stage]) for each in violations)


def told(broken: Broken) -> str:
    """Say what is wrong, in which world, and how it comes to that."""
    lines = [f"{broken.promise} ({STAGES[broken.stage]}): {broken.sentence}", str(broken.world), *broken.trace]
    return "\n    ".join(lines)


if __name__ == "__main__":
    sys.exit(main())
