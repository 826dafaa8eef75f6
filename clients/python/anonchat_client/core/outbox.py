"""The messages that wait for their acknowledgement, in the order they were written."""

from __future__ import annotations


class Outbox:
    """A queue of `client` values: only the first is under way, so that none overtakes another."""

    def __init__(self) -> None:
        self._clients: dict[str, None] = {}  # an ordered set

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def first(self) -> str | None:
        """The message whose turn it is."""
        return next(iter(self._clients), None)

    def add(self, client: str) -> None:
        """Append a message. Raise ValueError if one of this name is waiting already."""
        if client in self._clients:
            raise ValueError("a message of this `client` value is waiting for its acknowledgement already")
        self._clients[client] = None

    def remove(self, client: str) -> None:
        """Take a message out: it is acknowledged, or given up."""
        self._clients.pop(client, None)
