"""The owner's address for mail, kept out of what GitHub shows: the log of a run, and the summary with its plan.

    python3 -m scripts.deploy.masked          tells GitHub to hide it in the log, wherever the owner has set it
    python3 -m scripts.deploy.masked PLAN     prints this plan without it

Standard library only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts import ROOT
from scripts.deploy import variables

NAME = "alert_email"


def command(folder: Path) -> str:
    """Return what tells GitHub's runner to hide the address; empty if there is none. Raise variables.CannotRead."""
    address = variables.read(folder, variables.arguments_of("plan", []))[NAME]
    return f"::add-mask::{address}" if address else ""


def plan_without_address(root: Path, plan: str) -> str:
    """Return the text of a plan. What it hides is the plan's own value. Raise subprocess.CalledProcessError."""
    address = json.loads(_shown(root, "-json", plan)).get("variables", {}).get(NAME, {}).get("value")
    text = _shown(root, "-no-color", plan)
    return text.replace(address, f"({NAME})") if address else text


def _shown(root: Path, *arguments: str) -> str:
    run = [str(root / "scripts/terraform"), "show", *arguments]
    return subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    try:
        print(plan_without_address(root, arguments[0]) if arguments else command(root / "terraform"))
    except variables.CannotRead as failure:
        print(failure, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print("This plan cannot be shown.", file=sys.stderr)
        return failure.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
