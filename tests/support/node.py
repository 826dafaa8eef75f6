"""The Node that the page's tools run with."""

import subprocess

from scripts import ROOT


def node() -> str:
    """Return the program's path."""
    found = subprocess.run([ROOT / "scripts/setup/node"], capture_output=True, text=True, check=True)
    return f"{found.stdout.strip()}/node"
