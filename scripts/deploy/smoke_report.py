"""What the smoke test finds: one line per check, and a sum."""

from __future__ import annotations

import statistics
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts import ROOT
from scripts.deploy.traffic import Traffic


class Broken(Exception):
    """A check has found something; the text says what."""


class Skipped(Exception):
    """A check that cannot be made here; the text says why."""


def checkout_version() -> str:
    """Return the version of this checkout, which makes the checks. No deployed chat tells its own."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


@dataclass
class Outcome:
    name: str
    verdict: str  # "ok", "FAILED" or "skipped"
    detail: str


@dataclass
class Report:
    url: str
    outcomes: list[Outcome] = field(default_factory=list)
    trips: list[float] = field(default_factory=list)  # seconds from a send to its echo
    seconds: float = 0.0
    traffic: Traffic = field(default_factory=Traffic)
    version: str = field(default_factory=checkout_version)

    @property
    def passed(self) -> bool:
        return all(each.verdict != "FAILED" for each in self.outcomes)

    def __str__(self) -> str:
        first = f"Smoke test of {self.url} by anonchat {self.version}"
        return "\n".join([first, "", *self._table(), "", *self._summary()])

    def _table(self) -> Iterator[str]:
        width = max(len(each.name) for each in self.outcomes)
        for each in self.outcomes:
            yield f"  {each.verdict:<7}  {each.name:<{width}}  {each.detail}"

    def _summary(self) -> Iterator[str]:
        if len(self.trips) >= 2:
            median, rare = statistics.median(self.trips), statistics.quantiles(self.trips, n=20)[-1]
            yield (
                f"Round trips of {len(self.trips)} messages: p50 {median * 1000:.0f} ms, p95 {rare * 1000:.0f} ms, "
                f"slowest {max(self.trips) * 1000:.0f} ms"
            )
        verdicts = Counter(each.verdict for each in self.outcomes)
        broken = verdicts["FAILED"]
        counted = f"{verdicts['ok']} of {verdicts['ok'] + broken} checks passed in {self.seconds:.1f} s."
        yield f"BROKEN: only {counted}" if broken else f"All is well: {counted}"
