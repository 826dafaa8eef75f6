"""What a part of `make bench` has found: comparisons, the table of them, and docs/bench.json that keeps them."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts import ROOT

TARGET = ROOT / "docs/bench.json"
HEAD = ("", "measure", "anonchat", "beside", "theirs", "share", "at most")


@dataclass(frozen=True)
class Comparison:
    """One figure of ours beside another one, of the same run. Less is better.

    `most` is how large a share of theirs ours may be, `limit` how large ours itself.
    """

    what: str
    measure: str
    ours: float
    beside: str
    theirs: float
    most: float | None = None
    limit: float | None = None

    @property
    def share(self) -> float:
        return self.ours / self.theirs if self.theirs else float(self.ours != 0)

    @property
    def met(self) -> bool:
        return (self.most is None or self.share <= self.most) and (self.limit is None or self.ours <= self.limit)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON, with its share, and without what it has not."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {**given, "ours": rounded(self.ours), "theirs": rounded(self.theirs), "share": rounded(self.share)}


@dataclass(frozen=True)
class Result:
    """What one part has found. `figures` are what others reckon with, `notes` are sentences for people."""

    comparisons: Sequence[Comparison]
    figures: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()


def rounded(value: float) -> float:
    """Return four digits of it: no run knows more."""
    return float(f"{value:.4g}")


def machine() -> dict[str, Any]:
    """Describe this machine, as far as figures depend on it."""
    system = f"{platform.system()} {platform.machine()}"
    return {"system": system, "cores": os.cpu_count(), "python": platform.python_version()}


def keep(name: str, result: Result, rounds: int, path: Path = TARGET) -> None:
    """Put a part's result into the file, in place of its last one; the other parts stay."""
    parts = json.loads(path.read_text())["parts"] if path.exists() else {}
    parts[name] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "rounds": rounds,
        "comparisons": [each.as_dict() for each in result.comparisons],
        **({"figures": result.figures} if result.figures else {}),
        **({"notes": list(result.notes)} if result.notes else {}),
    }
    path.write_text(written({"parts": dict(sorted(parts.items()))}))


def written(value: Any) -> str:
    """Return JSON in which each innermost object has a line of its own."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return re.sub(r"\{[^{}]*\}", lambda inner: re.sub(r"\s*\n\s*", " ", inner[0]), text) + "\n"


def table(results: Mapping[str, Result]) -> str:
    """Return the table of all parts."""
    rows: list[tuple[str, ...]] = [HEAD]
    for name, result in results.items():
        rows.append((f"— {name}", *[""] * (len(HEAD) - 1)))
        rows += [row(each) for each in result.comparisons]
    widths = [max(len(line[column]) for line in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(map(aligned, line, widths, range(len(HEAD)))).rstrip() for line in rows)


def row(each: Comparison) -> tuple[str, ...]:
    most = [f"{each.most:g}" if each.most is not None else "", f"{each.limit:g} itself" if each.limit else ""]
    verdict = " and ".join(filter(None, most)) + ("" if each.met else " MISSED")
    return (
        each.what, each.measure, number(each.ours), each.beside, number(each.theirs), f"{each.share:.3f}", verdict,
    )  # fmt: skip


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if HEAD[column] in {"anonchat", "theirs", "share"} else cell.ljust(width)
