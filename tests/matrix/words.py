"""What happens in a cell, as a sentence for readers: only what differs from the same scene without trouble."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.matrix.calls import row_name
from tests.matrix.cells import Cell, Frames, Seen

AS_USUAL = "As without trouble."


def sentence(cell: Cell) -> str:
    """Say what who asked is told, what the others see, which rows remain, and what heals it."""
    seen, usual = cell.seen, cell.usual
    if (seen.invocation.status, seen.told, seen.closed, seen.rows) == (
        usual.invocation.status,
        usual.told,
        usual.closed,
        usual.rows,
    ):
        return AS_USUAL
    who = cell.scene.who
    names = sorted({*seen.told, *usual.told} | set(seen.closed), key=lambda name: (name != who, name))
    parts = [*_status(seen, usual), *(each for name in names for each in _told(name, seen, usual))]
    parts += [*_rows(seen, usual)]
    return " ".join([*parts, f"{cell.healed_by or 'The next message'}: right."])


def _status(seen: Seen, usual: Seen) -> Iterator[str]:
    if seen.invocation.status != usual.invocation.status:
        yield f"The answer is {seen.invocation.status}."


def _told(name: str, seen: Seen, usual: Seen) -> Iterator[str]:
    now, before = _frames(name, seen.told), _frames(name, usual.told)
    if name in seen.closed and name not in usual.closed:
        yield f"{name.title()}'s socket is closed."
    elif now != before:
        yield f"{name.title()} gets {', '.join(now) if now else 'nothing'}."


def _frames(name: str, told: Frames) -> list[str]:
    """Name what somebody was told: a frame's type, with what is special about it."""
    found = Counter(_frame(frame) for frame in told.get(name, []))
    return [
        f"`{kind}`{' twice' if times == 2 else f' {times} times' if times > 2 else ''}" for kind, times in found.items()
    ]


def _frame(frame: Mapping[str, object]) -> str:
    return str(frame["code"]) if frame["type"] == "error" else str(frame["type"])


def _rows(seen: Seen, usual: Seen) -> Iterator[str]:
    """Name rows that are there or not, unlike without trouble, who has a mark, and what else stands in a row."""
    now, before = ({_row(key, row): row for key, row in each.rows.items()} for each in (seen, usual))
    if left := sorted(now.keys() - before.keys()):
        yield f"Left in the table: {', '.join(left)}."
    if missing := sorted(before.keys() - now.keys()):
        yield f"Not in the table: {', '.join(missing)}."
    for name in sorted(now.keys() & before.keys()):
        if other := _other(now[name], before[name]):
            yield f"Other than usual in {name}: {', '.join(other)}."


def _row(key: tuple[str, str], row: Mapping[str, object]) -> str:
    room = row.get("roomId")
    where = f" in {room['S']}" if isinstance(room, dict) else ""
    return re.sub(r"#\S+", "", row_name(*key)) + where


def _other(row: Mapping[str, object], usual: Mapping[str, object]) -> list[str]:
    """Name the attributes that differ, without what they were numbered with; times and random words differ anyway."""
    names = {name for name in {*row, *usual} if row.get(name) != usual.get(name)}
    return sorted({f"`{re.sub(r'[0-9]+$', '', name)}`" for name in names - {"expiresAt", "movedBy", "presenceAt"}})
