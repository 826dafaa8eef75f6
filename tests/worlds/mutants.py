"""Break the layer in every listed way, and see that something notices: `python -m tests.worlds.mutants`.

Each mutant is one process, a fork of this one, that imports the layer with the mutant in it, and plays the short worlds
until one notices; if none does it runs the tests of single steps. Where a mutant names tests, it runs those alone.
Exits 1 if nothing notices one that says no why. It can be stopped at any time, and goes on where it was, as long as no
source of the layer or of the worlds changes.
"""

import argparse
import contextlib
import importlib
import io
import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection

import pytest

from scripts import ROOT
from scripts.command_line import ProgressLine
from tests.worlds import mutants_page, mutation
from tests.worlds.batch_mutants import BATCH_STEPS
from tests.worlds.digest import OF_MUTANTS, digest
from tests.worlds.mutant_list import (
    FAKES,
    JOIN_STEPS,
    LEAVING_STEPS,
    PAGE_STEPS,
    PRESENCE_STEPS,
    RULE_LINES,
    SEND_STEPS,
    Mutant,
)
from tests.worlds.table_mutants import FAKE_CONDITIONS, TABLE_CONDITIONS

MUTANTS: tuple[Mutant, ...] = (
    *JOIN_STEPS, *PAGE_STEPS, *SEND_STEPS, *PRESENCE_STEPS, *LEAVING_STEPS, *RULE_LINES,
    *FAKE_CONDITIONS, *TABLE_CONDITIONS, *BATCH_STEPS,
)  # fmt: skip
STEPS = tuple(f"tests/shared/test_{name}.py" for name in ("chat", "places", "missed", "lost_answers", "rules"))
KEPT = ROOT / "build/mutants"
CONTRACT = ("tests/shared/test_table.py",)  # of the table, which the fake keeps as well
PATIENCE_SECONDS = 600  # for one mutant, some of which never come to an end
NEVER_ENDS = "worlds that never end"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.worlds.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="only mutants whose file or text has this in it")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many at once (default: %(default)s)")
    options = parser.parse_args()
    wanted = [each for each in MUTANTS if options.only in f"{each.file} {each.old} {each.new}"]
    warm()
    found = {mutant: noticed for mutant, noticed in kept().items() if mutant in wanted}
    progress = ProgressLine(plain_seconds=60)
    with ProcessPoolExecutor(options.processes, mp_context=multiprocessing.get_context("fork")) as pool:
        left = [mutant for mutant in wanted if mutant not in found]
        for mutant, noticed in zip(left, pool.map(notice, left), strict=True):
            found[mutant] = noticed
            keep(mutant, noticed)
            progress(f"{len(found)} of {len(wanted)} mutants")
    progress.clear()
    found = {mutant: found[mutant] for mutant in wanted}
    for mutant, noticed in found.items():
        if options.only or not (noticed or mutant.harmless):
            print(f"{mutant.file} {mutant.name}\n    {noticed or mutant.harmless or 'NOT NOTICED'}")
    survivors = [mutant for mutant, noticed in found.items() if not (noticed or mutant.harmless)]
    print(f"{len(wanted)} mutants, {len(survivors)} not noticed")
    if not options.only and not survivors:
        mutants_page.write(found)
    return 1 if survivors else 0


def keep(mutant: Mutant, noticed: str) -> None:
    """Note what notices a mutant in a file that is named by the digest of the sources."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{digest(OF_MUTANTS)}.jsonl").open("a") as file:
        file.write(json.dumps([mutant.file, mutant.old, mutant.new, noticed]) + "\n")


def kept() -> dict[Mutant, str]:
    """Return what was noted of these sources."""
    file = KEPT / f"{digest(OF_MUTANTS)}.jsonl"
    lines = map(json.loads, file.read_text().splitlines()) if file.exists() else ()
    noticed = {tuple(rest): found for *rest, found in lines}
    known = {mutant: noticed.get((mutant.file, mutant.old, mutant.new)) for mutant in MUTANTS}
    return {mutant: found for mutant, found in known.items() if found is not None}


def warm() -> None:
    """Import what every mutant's process needs, and nothing of the layer."""
    importlib.import_module("local.dynamodb.moto_backend")
    assert not any(name.partition(".")[0] in ("anonchat", "lambdas") for name in sys.modules)


def notice(mutant: Mutant) -> str:
    """Return what notices a mutant, "" if nothing does."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_try, args=(mutant, theirs))
    child.start()
    theirs.close()
    try:
        return str(ours.recv()) if ours.poll(PATIENCE_SECONDS) else NEVER_ENDS
    except EOFError:
        return ""
    finally:
        child.kill()
        child.join()


def _try(mutant: Mutant, answer: Connection) -> None:
    mutation.install(mutant)
    noticed = "" if mutant.tests else _world_that_notices()
    where, tests = ("fake", CONTRACT) if mutant.file == FAKES else ("moto", STEPS)
    answer.send(noticed or _test_that_notices(mutant.tests or tests, where))


def _world_that_notices() -> str:
    """Play the short worlds. Return the promise that is broken, and in which world."""
    from tests.worlds.engine import Engine
    from tests.worlds.short import short
    from tests.worlds.verdict import judge

    for batch in short():
        engine = Engine(batch.rules)
        for world in batch.worlds():
            try:
                unexpected = judge(engine, world).broken
            except Exception as failure:
                return f"{type(failure).__name__} in {world}"
            if unexpected:
                shortest = min(unexpected, key=lambda each: len(each.trace))
                return f"{shortest.promise.replace('_', ' ')}: {world}"
    return ""


class _FirstFailure:
    """A plugin of pytest that notes which test fails."""

    def __init__(self) -> None:
        self.test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid.partition("[")[0]


def _test_that_notices(tests: tuple[str, ...], where: str) -> str:
    """Run tests, over `where` if there is a choice. Return the first that fails."""
    os.chdir(ROOT)
    first = _FirstFailure()
    others = " and ".join(f"not {each}" for each in ("moto", "ministack", "fake") if each != where)
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-k", others]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([*quiet, *tests], plugins=[first])
    return first.test


if __name__ == "__main__":
    sys.exit(main())
