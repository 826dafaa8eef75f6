"""How far a room's messages are known without a hole: where to ask on after an interruption."""

from __future__ import annotations

DIGITS = 13  # of a message id: epoch milliseconds; ids sort as strings


class Cursor:
    """A position in a room's messages; up to it, none is missing."""

    def __init__(self) -> None:
        self._position: str | None = None
        self._entered: str | None = None  # the cursor of a room that was empty: when it was entered
        self._held: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether the room was never entered."""
        return self._entered is None

    def enter(self, now_ms: int) -> None:
        """Note when the room was entered for the first time, in epoch milliseconds by this machine's clock."""
        self._entered = self._entered or digits(now_ms)

    def advance(self, id: str | None) -> None:
        """Note that nothing is missing up to this message, unless the position is held."""
        if id is not None:
            self._position = max(self._position or "", id)

    def hold(self, otherwise: str | None = None) -> None:
        """Stay at this position, or at `otherwise` where there is none yet, until `release`: some may be missing."""
        self._held = self._held or self._position or self._entered or otherwise

    def release(self) -> None:
        """Note that nothing is missing any more."""
        self._held = None

    def since(self, overlap_seconds: int) -> str | None:
        """Return where to ask from, or None for the newest messages.

        Ids are stamped by many clocks, so a message can appear behind the last one known: hence the overlap.
        """
        position = self._position or self._entered
        if position is None:
            return None
        position = min(self._held or position, position)
        return digits(max(0, int(position[:DIGITS]) - overlap_seconds * 1000))


def digits(ms: int) -> str:
    """Write epoch milliseconds as a cursor."""
    return f"{ms:0{DIGITS}d}"
