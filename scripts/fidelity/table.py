"""The table: what is asked, how it is known, what is expected, and what each target has answered.

expected.json holds the expectations, one line for each question, and answers/ what was measured. What AWS refutes is a
change of one line there; the local gateway then fails tests/fidelity until it does the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ANSWERS = HERE / "answers"
CANNOT = "cannot be asked here"  # the answer of a target that has no means for a question


@dataclass(frozen=True)
class Row:
    """A question's line. `tests` are those of tests/local/gateway that say the same about the local gateway."""

    id: str
    section: str
    asks: str
    evidence: str  # documented, observed, assumed: as the markers in pyproject.toml
    expected: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """What one target has answered, by the questions' ids."""

    target: str
    version: str
    asked: str  # the day
    answers: dict[str, str] = field(default_factory=dict)


def rows() -> list[Row]:
    """Return all expectations, in their order."""
    sections = json.loads((HERE / "expected.json").read_text())
    return [
        Row(name, section, row["asks"], row["evidence"], row["expected"], tuple(row["tests"]))
        for section, lines in sections.items()
        for name, row in lines.items()
    ]


def not_asked() -> dict[str, str]:
    """Return the gateway's tests that no question repeats, each with the reason."""
    return dict(json.loads((HERE / "not_asked.json").read_text()))


def questions_of(test: str) -> list[Row]:
    """Return the questions that repeat a test of the gateway."""
    return [row for row in rows() if test in row.tests]


def measured(target: str) -> Measured | None:
    """Return what is published of a target, if anything is."""
    file = _file(target)
    return Measured(**json.loads(file.read_text())) if file.exists() else None


def publish(found: Measured) -> None:
    """Keep what was measured. What was not asked this time stays, if the version is the same."""
    before = measured(found.target)
    kept = before.answers if before and before.version == found.version else {}
    answers = {row.id: (kept | found.answers)[row.id] for row in rows() if row.id in kept | found.answers}
    ANSWERS.mkdir(exist_ok=True)
    whole = {"target": found.target, "version": found.version, "asked": found.asked, "answers": answers}
    _file(found.target).write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


def differences(answers: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return what was answered in another way than expected: id → expected, answered."""
    return {
        row.id: (row.expected, answers[row.id])
        for row in rows()
        if row.id in answers and answers[row.id] not in (row.expected, CANNOT)
    }


def _file(target: str) -> Path:
    return ANSWERS / f"{target.lower().replace(' ', '-')}.json"
