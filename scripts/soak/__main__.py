"""`make soak`: real clients talk for a long time while everything around the functions goes wrong.

The functions run in processes, as on Lambda, under the numbers that are deployed, and nothing of them is changed: the
troubles are proxies before the table and before @connections, processes that are killed, clocks that are wrong,
$disconnects that come late, twice or never, sockets that are cut, and lines that lose every packet. A seed makes the
schedule of all this. At the end nothing acknowledged may be lost for anybody who was not told of a gap, nothing shown
twice, everybody's list of people right after one more message, and no row there for longer than it may be.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from dataclasses import replace

from local.chat import LocalOptions
from local.deployed import deployed
from scripts.command_line import ProgressLine, whole_number
from scripts.soak.chat import SoakChat
from scripts.soak.clocks import clocks
from scripts.soak.crowd import Crowd, Outcome, Plan, Progress, report

RANGES = {
    "clients": range(2, 1001),
    "room": range(2, 51),
    "messages": range(1, 1_000_001),
    "events": range(100_001),
    "seed": range(2**32),
}


async def run(plan: Plan, progress: Progress = lambda text: None, *, environments: int | None = None) -> Outcome:
    """Serve a chat and let the crowd talk on it. `environments`: how often a function runs at once, or as deployed."""
    numbers = deployed()
    if environments:
        numbers = replace(numbers, function=replace(numbers.function, concurrency=environments))
    with clocks() as wrong_clocks:
        options = LocalOptions(
            mode="processes",
            deployed=numbers,
            lambdas=wrong_clocks.folder,
            environ={"AWS_LAMBDA_LOG_LEVEL": "FATAL"},  # each trouble would be a line
        )
        async with SoakChat(options, random.Random(plan.seed)) as chat:
            return await Crowd(chat, wrong_clocks, plan, progress).run()


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=(__doc__ or "").partition("\n")[0])
    for name, numbers in RANGES.items():
        parse = whole_number(numbers, f"{{text}} is no whole number from {numbers[0]} to {numbers[-1]}")
        parser.add_argument(f"--{name}", type=parse, metavar="N", default=getattr(Plan, name))
    plan = replace(Plan(), **vars(parser.parse_args()))
    line = ProgressLine(every_seconds=0.2, plain_seconds=10)
    print(f"seed {plan.seed}", flush=True)
    outcome = asyncio.run(run(plan, line))
    line.clear()
    print(report(plan, outcome))
    for complaint in outcome.complaints:
        print(complaint, file=sys.stderr)
    if not outcome.complaints:
        print("\nNothing acknowledged is lost, nothing is there twice, and everybody knows who is here.")
    return 1 if outcome.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
