"""Where worlds begin: every state that up to three requests reach one after the other, each once up to renaming."""

import itertools
from typing import Any

from tests.worlds.engine import Engine, Rest
from tests.worlds.requests import NAMES, Request
from tests.worlds.worlds import start

DEPTH = 3
LEADING = ("join", "join blue", "join without marks", "send", "send and miss one", "leave", "disconnect", "die")


def _asked(*requests: str) -> tuple[Request, ...]:
    """Read requests such as `a join`."""
    split = [each.partition(" ") for each in requests]
    return tuple(Request(kind, socket, f"s{number}") for number, (socket, _, kind) in enumerate(split))


NAMED = {
    "nobody": (),
    "one": _asked("a join"),
    "two": _asked("a join", "b join"),
    "two and one": _asked("a join", "b join", "c join blue"),
    "three": _asked("a join", "b join", "c join"),
    "from blue": _asked("a join blue", "a join", "b join"),
    "one has a mark": _asked("a join", "b join", "a send and miss one"),
    "one knows no marks": _asked("a join", "b join without marks"),
    "one is dead": _asked("a join", "b join", "b die"),
}


def all_starts(engine: Engine) -> list[tuple[Request, ...]]:
    """Return the requests that lead to each start, the shortest first."""
    found: dict[Any, tuple[Request, ...]] = {}
    level: list[tuple[Request, ...]] = [()]
    with engine.fixed():
        for depth in range(DEPTH + 1):
            views = [(_up_to_names(view(engine, start(engine, requests))), requests) for requests in level]
            new = [requests for seen, requests in views if found.setdefault(seen, requests) is requests]
            level = [(*each, Request(kind, name, f"s{depth}")) for each in new for kind in LEADING for name in NAMES]
    return list(found.values())


def view(engine: Engine, rest: Rest) -> tuple[Any, ...]:
    """Return what may matter later of each socket: is it open, where does it believe to be, what stands in its rows."""
    table, sockets = engine.tables.read(rest[0]), engine.sockets.at(rest[1])
    spoken = tuple(sorted((room, len(messages)) for room, messages in table.kept.items() if messages))
    views = []
    for name in NAMES:
        inbox, row = sockets.inbox(name), table.connections.get(name)
        connection = row.connection if row else None
        places = [
            (room, member.join_id - (connection.join_id if connection else 0), member.missed, member.knows_marks)
            for (room, socket), member in sorted(table.rows.items())
            if socket == name
        ]
        where = (connection.room, connection.previous_room) if connection else None
        views.append((inbox.is_open, inbox.room, inbox.missed, where, tuple(places)))
    return (spoken, *views)


def _up_to_names(seen: tuple[Any, ...]) -> tuple[Any, ...]:
    return (seen[0], *sorted(seen[1:], key=repr))


def renamings(engine: Engine, requests: tuple[Request, ...]) -> list[dict[str, str]]:
    """Return the ways to rename the sockets that change nothing at this start."""
    with engine.fixed():
        _, *views = view(engine, start(engine, requests))
    places = range(len(NAMES))
    return [
        dict(zip(NAMES, (NAMES[place] for place in order), strict=True))
        for order in itertools.permutations(places)
        if all(views[place] == views[order[place]] for place in places)
    ]
