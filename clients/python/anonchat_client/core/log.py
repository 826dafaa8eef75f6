"""The messages of a room, each once."""

from __future__ import annotations

from typing import Protocol

from anonchat_client.core.frames import Frame


class MessageLog(Protocol):
    """What a session needs of a log: `Log` holds texts as they came, `SealedLog` opens and judges them."""

    duplicates: int  # copies dropped

    @property
    def frames(self) -> list[Frame]:
        """The messages' frames, sorted by id."""

    def add(self, frame: Frame) -> object | None:
        """Take a `message` frame in. Returns what is new to a reader, or None for a copy."""

    def echo(self, client: str) -> Frame | None:
        """Return the frame that acknowledges the message sent under this `client`, if it has come."""

    def newest(self) -> str | None:
        """Return the greatest message id."""

    def clear(self) -> None:
        """Forget everything: another room begins."""


class Log:
    """Messages as the server tells them, by `client` alone.

    A reconnect brings a new member id, so a message stored just before a cut and sent again after it comes as two
    members' and would stay twice if the member counted. That is safe among clients whose `client` values are random
    and honest. Where somebody could use a value again to hide the message it belongs to, it counts together with the
    signer: `SealedLog`. Of two copies the smaller id stays, so that all members sort alike whichever they saw first.
    """

    def __init__(self) -> None:
        self.duplicates = 0
        self._messages: dict[str, Frame] = {}

    @property
    def frames(self) -> list[Frame]:
        return sorted(self._messages.values(), key=lambda message: str(message["id"]))

    def add(self, frame: Frame) -> Frame | None:
        known = self._messages.get(frame["client"])
        if known is not None:
            self.duplicates += 1
        if known is None or frame["id"] < known["id"]:
            self._messages[frame["client"]] = frame
        return frame if known is None else None

    def echo(self, client: str) -> Frame | None:
        return self._messages.get(client)

    def newest(self) -> str | None:
        return max((message["id"] for message in self._messages.values()), default=None)

    def clear(self) -> None:
        self._messages = {}
