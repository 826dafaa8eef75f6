"""The few worlds that `make test` tries: those that notice the most mutants of the layer for their time."""

from tests.worlds.catalogue import BUSY, CROWD, Batch
from tests.worlds.engine import Rules
from tests.worlds.starts import NAMED

MOVES = ("join", "join blue", "send", "leave", "disconnect", "die")


def short() -> list[Batch]:
    """Return the batches, the most telling ones first."""
    return [
        _of("two", "none", MOVES),
        _of("from blue", "killed", ("join", "send", "leave")),
        _of("one has a mark", "none", ("resume", "send", "send and miss one")),
        _of("nobody", "none", ("join", "leave", "send"), Rules(cap=1)),
        _of("one is dead", "none", ("join", "send"), Rules(cap=2)),
        _of("two", "none", ("join", "join blue"), Rules(cap=2)),
        _of("two", "none", ("join", "leave", "disconnect"), CROWD),
        _of("two and one", "none", ("join as another", "join without marks", "send and miss one")),
        _of("two", "answer lost", ("join blue", "leave", "disconnect")),
        _of("two", "not applied", ("join", "leave", "send")),
        _of("two", "false 410", ("join", "send")),
        _of("two", "post fails", ("join", "send", "leave")),
        _of("two", "none", ("send", "send late", "join", "leave"), BUSY),
        _of("two", "killed", ("send", "send late"), BUSY),
        _of("one has a mark", "none", ("send", "send late", "resume"), BUSY),
        _of("one knows no marks", "post fails", ("join without marks", "send")),
    ]


def _of(start: str, trouble: str, kinds: tuple[str, ...], rules: Rules = Rules()) -> Batch:  # noqa: B008
    return Batch("short", rules, NAMED[start], trouble, 2, kinds)
