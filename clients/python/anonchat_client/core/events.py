"""What happens in a room besides messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """Messages may be missing after this cursor: the absence was longer than the server keeps them."""

    since: str


@dataclass(frozen=True)
class Presence:
    """Members came and went: `joined` and `left` are aliases as the server tells them (in large rooms, none)."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    online: int


@dataclass(frozen=True)
class ConnectionLost:
    """The room is not heard any more; the client is coming back by itself."""


@dataclass(frozen=True)
class ConnectionRestored:
    """Back in the room, with nothing left to fetch."""
