"""What people run here talks to the chat by the Python client, a package of its own: it is found where it lies."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients/python"))
