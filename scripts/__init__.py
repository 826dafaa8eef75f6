"""What people run: the commands they type here, and folders that say for what the others are.

Some of them talk to a chat by the Python client, a package of its own: it is found where it lies.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # of the repository

sys.path.insert(0, str(ROOT / "clients/python"))
