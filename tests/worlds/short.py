"""The few worlds that `make test` tries: those that notice the most mutants of the layer for their time."""

from tests.worlds.catalogue import CROWD, Batch
from tests.worlds.engine import Rules
from tests.worlds.starts import NAMED

MOVES = ("join", "join blue", "send", "leave", "disconnect")


def short() -> list[Batch]:
    """Return the batches, the most telling ones first."""
    return [
        Batch("short", Rules(), NAMED["two"], "none", 2, ("join", "join blue", "send", "leave", "disconnect", "die")),
        Batch("short", Rules(), NAMED["from blue"], "killed", 2, ("join", "send", "leave")),
        Batch("short", Rules(), NAMED["one has a mark"], "none", 2, ("resume", "send", "send and miss one")),
        Batch("short", Rules(cap=1), NAMED["nobody"], "none", 2, ("join", "leave", "send")),
        Batch("short", Rules(), NAMED["two"], "answer lost", 2, ("join blue", "leave", "disconnect")),
        Batch("short", CROWD, NAMED["two"], "none", 2, ("join", "leave", "disconnect")),
    ]
