"""`make bench ONLY=fanout`: the fan-out beside others', in one run, against a TLS server that takes 8 ms for each post.

Each poster is a process of its own. They take turns, round by round, so that whatever else the machine does meets all;
each measures its own wall time and CPU, and what is compared are medians.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from scripts import ROOT
from scripts.bench.posters import POSTERS
from scripts.bench.processes import Figures, Worker, environment, in_turn, make_certificates, medians_of
from scripts.bench.results import Comparison, Result
from scripts.command_line import ProgressLine

ROOMS = (10, 100, 500, 2000)
WARM_UP = (100, 160, 160, 160)  # posts that open all connections: ours opens 32 at once, and up to 128
ROUNDS = 9
POSTS_A_ROOM = 3000  # in all rounds together, so that large rooms take no longer than small ones
FEWEST = 2  # rounds
TARGET_ROOM, TARGET_BESIDE = 500, "boto3, 10 threads"
TARGETS = {"wall": 0.12, "cpu": 0.04}  # of that one's
MEASURES = {"wall": "wall ms", "cpu": "CPU ms", "memory": "memory MB"}
OPTIONAL = ROOT / ".venv/aiobotocore"  # it pins botocore, which has other users in .venv
LACKING = "aiobotocore is left out: .venv/bin/pip install --target .venv/aiobotocore aiobotocore  brings it."

Medians = dict[tuple[str, int], Figures]


def measure(rounds: int) -> Result:
    """Compare all posters that are there."""
    names = [name for name in POSTERS if not name.startswith("aiobotocore") or is_there("aiobotocore")]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        certificate, bundle = make_certificates(Path(folder))
        server = stack.enter_context(Worker("server", "-m", __name__, certificate, environ=os.environ))
        environ = environment(server.hear(), bundle)
        optional = environ | {"PYTHONPATH": str(OPTIONAL)}
        workers = {
            name: stack.enter_context(
                Worker(
                    name, "-m", "scripts.bench.posters", name,
                    environ=optional if name.startswith("aiobotocore") else environ,
                )
            )
            for name in names
        }  # fmt: skip
        medians = taking_turns(workers, rounds)
    return Result(comparisons(medians), notes=[] if len(names) == len(POSTERS) else [LACKING])


def is_there(module: str) -> bool:
    return (OPTIONAL / module).is_dir() or importlib.util.find_spec(module) is not None


def taking_turns(workers: Mapping[str, Worker], rounds: int) -> Medians:
    """Return the medians of each poster and room size, after a warm-up that opens the connections."""
    progress = ProgressLine()
    samples: dict[tuple[str, int], list[Figures]] = {(name, size): [] for size in ROOMS for name in workers}
    for worker in workers.values():
        for posts in WARM_UP:
            worker.ask(posts)
    for size in ROOMS:
        several = max(min(FEWEST, rounds), min(rounds, POSTS_A_ROOM // size))
        for number in range(several):
            for name in in_turn([*workers], number):
                progress(f"fan-out to {size:,}, round {number + 1} of {several}: {name}")
                figures = workers[name].ask(size)
                if figures["delivered"] != size:
                    sys.exit(f"{name} delivered {figures['delivered']:.0f} of {size} posts: nothing to compare.")
                samples[name, size].append(figures)
    progress.clear()
    return {key: medians_of(taken) for key, taken in samples.items()}


def comparisons(medians: Medians) -> Sequence[Comparison]:
    """Compare ours with each other one, in rooms of each size."""
    found = []
    for size in sorted({size for _, size in medians}):
        for beside in (name for name, of in medians if of == size and name != "anonchat"):
            targets = TARGETS if (size, beside) == (TARGET_ROOM, TARGET_BESIDE) else {}
            found += [
                Comparison(
                    f"fan-out to {size:,}", name, medians["anonchat", size][each], beside, medians[beside, size][each],
                    most=targets.get(each),
                )
                for each, name in MEASURES.items()
            ]  # fmt: skip
    return found


if __name__ == "__main__":
    import asyncio

    from scripts.bench.processes import serve

    asyncio.run(serve(sys.argv[1]))
