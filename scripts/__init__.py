"""What people run: the commands they type here, and folders that say for what the others are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # of the repository
