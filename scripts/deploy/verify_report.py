"""What `make verify` finds: one line for each check, with what to do next where something is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "look", "failed"]
WIDTH = len("headers")  # of the longest name


@dataclass(frozen=True)
class Finding:
    """`detail` is what was found; unless all is well it ends with what to do about it."""

    name: str
    verdict: Verdict
    detail: str

    def __str__(self) -> str:
        return f"  {self.verdict:<6}  {self.name:<{WIDTH}}  {self.detail}"


def ok(name: str, detail: str) -> Finding:
    return Finding(name, "ok", detail)


def look(name: str, detail: str) -> Finding:
    """Return what an owner should know or could not be looked at, while the chat works."""
    return Finding(name, "look", detail)


def failed(name: str, detail: str) -> Finding:
    return Finding(name, "failed", detail)


def listed(names: Iterable[str], most: int = 3) -> str:
    """Return the names with commas, the first few of them if there are many."""
    every = list(names)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def summary(findings: Iterable[Finding], seconds: float) -> str:
    counted = Counter(each.verdict for each in findings)
    sentence = f"{counted['ok']} ok, {counted['look']} to look at, {counted['failed']} failed, in {seconds:.0f} s."
    return f"Something is broken: {sentence}" if counted["failed"] else f"The chat works: {sentence}"
