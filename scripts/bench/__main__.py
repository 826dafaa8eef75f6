"""`make bench`: measure all of it beside others', in one table, and keep that in docs/bench.json.

    make bench                      all parts, which takes half an hour
    make bench ONLY=fanout,page     some of them; what docs/bench.json says of the others stays
    make bench ONLY=fanout ROUNDS=3

Each part takes turns with what it is compared with, round by round. A share is what to trust: a machine's
milliseconds are its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

from scripts import ROOT
from scripts.bench import results
from scripts.bench.results import Result
from scripts.command_line import whole_number

# A part is a module with ROUNDS, how many it takes by default, and measure(rounds), which returns its Result.
PARTS = {
    "functions": "cold starts and warm invocations beside plain boto3",
    "fanout": "posts to 10, 100, 500 and 2,000 beside boto3, aiobotocore and the bare loop",
    "local_stack": "the chat on this machine beside serverless-offline and a bare chat: what a delivery takes",
    "page": "a message more, and scrolling, where 2,000 and 20,000 were said",
    "first_view": "how soon the page is there on a slow line, beside one that waits for all of it",
    "units": "what each request uses of what is billed, by the size of the room",
    "busy_rooms": "a message in busy rooms of all sizes, by batches and one by one",
    "resuming": "1,500 missed messages: by pages, and by joins as before",
    "months": "months of several sizes beside others' formulas and a small server",
}


def parts(text: str) -> list[str]:
    """Return the parts that are named, in the order in which they run."""
    named = [each.strip() for each in text.split(",")]
    if unknown := [each for each in named if each not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no part {unknown[0]!r}: they are {', '.join(PARTS)}")
    return [each for each in PARTS if each in named]


def main() -> int:
    sys.path.insert(0, str(ROOT / "shared/python"))  # the layer, whose limits some parts know
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=parts, default=[*PARTS], metavar="PART,…", help=", ".join(PARTS))
    positive = whole_number(range(1, 1000), "{text} is no whole number from 1 to 999")
    parser.add_argument("--rounds", type=positive, metavar="N", help="other than what each part takes by itself")
    options = parser.parse_args()
    found = {name: run(name, options.rounds) for name in options.only}
    print(results.table(found))
    for result in found.values():
        print(*(f"\n{note}" for note in result.notes), sep="", end="")
    missed = sum(not each.met for result in found.values() for each in result.comparisons)
    print(f"\n{missed or 'No'} target{'s' if missed != 1 else ''} missed. Kept in {results.TARGET.relative_to(ROOT)}.")
    print("What docs/costs.md says of it: .venv/bin/python -m scripts.docs.costs_page")
    return 1 if missed else 0


def run(name: str, rounds: int | None) -> Result:
    """Measure one part, and keep what it finds."""
    module = import_module(f"scripts.bench.{name}")
    rounds = rounds or module.ROUNDS
    print(f"{name}: {PARTS[name]}", file=sys.stderr, flush=True)
    began = time.monotonic()
    measure: Callable[[int], Result] = module.measure
    result = measure(rounds)
    results.keep(name, result, rounds)
    print(f"{name}: {time.monotonic() - began:.0f} seconds", file=sys.stderr, flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
