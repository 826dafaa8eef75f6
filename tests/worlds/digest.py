"""What changes with every source that a verdict depends on. It imports none of them: mutants take their places."""

import hashlib
from collections.abc import Sequence

from scripts import ROOT

LAYER = ("shared/python/anonchat/*.py", "lambdas/*.py")
OF_MUTANTS = (*LAYER, "tests/support/*.py", "tests/worlds/*.py")
OF_WORLDS = (
    *LAYER,
    *(f"tests/support/{name}.py" for name in ("fakes", "handlers")),
    *(f"tests/worlds/{name}.py" for name in ("catalogue", "ending", "engine", "expected", "freezing", "healing")),
    *(f"tests/worlds/{name}.py" for name in ("invocations", "promises", "requests", "results", "sockets", "starts")),
    *(f"tests/worlds/{name}.py" for name in ("digest", "tables", "troubles", "verdict", "walking", "worlds")),
)


def digest(sources: Sequence[str]) -> str:
    """Return 16 letters that stand for the contents of all these sources."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in sources for path in ROOT.glob(pattern)):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]
