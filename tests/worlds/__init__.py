"""Small worlds, tried completely: every order of the single table requests and posts of a few invocations at once.

`python -m tests.worlds` tries all of them, `python -m tests.worlds.mutants` breaks the layer to see that they notice.
docs/worlds.md says what they hold, and what they cannot.
"""

import sys

from scripts import ROOT

for folder in (ROOT / "shared/python", ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
