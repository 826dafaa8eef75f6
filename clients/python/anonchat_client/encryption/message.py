"""A message that was opened and judged: docs/encryption.md, "Opening"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from anonchat_client.core.frames import Frame
from anonchat_client.encryption.envelope import OpenedMessage
from anonchat_client.encryption.signer import handle
from anonchat_client.text import legible, legible_alias

LATE_MS = 10 * 60_000  # more than clocks and retries explain

Verdict = Literal[
    "genuine",
    "undecryptable",  # this room's key does not open it
    "newer",  # of a kind that only a later version of this client knows
    "forged",  # its signature is false
    "replayed",  # genuine once, and sent again by somebody else
    "conflict",  # its signer signed other words under the same `client`
]


@dataclass(frozen=True)
class Message:
    """One message. Without the verdict "genuine" nobody vouches for its words, of which there may be none.

    `alias` and `text` are what was signed, whatever is in them: to print them, use `shown_alias` and `shown_text`.
    """

    verdict: Verdict
    id: str
    client: str
    at: int  # the server's time, epoch milliseconds
    alias: str = ""
    text: str = field(default="", repr=False)
    action: bool = False  # as in "/me waves"
    written: int = 0  # the writer's time, epoch milliseconds
    signer: str | None = None  # the whole fingerprint
    mine: bool = False  # signed with this client's own key
    borrowed_from: str | None = None  # the fingerprint of who was first to use this alias, if that is another
    namesake: bool = False  # that other is this client itself

    @property
    def genuine(self) -> bool:
        return self.verdict == "genuine"

    @property
    def handle(self) -> str:
        """The signer in short, as in `k7m-q2x`; "" if it is not known."""
        return handle(self.signer) if self.signer else ""

    @property
    def late(self) -> bool:
        """Whether the server's time and the writer's differ by more than 10 minutes."""
        return self.signer is not None and abs(self.at - self.written) > LATE_MS

    @property
    def shown_alias(self) -> str:
        """The alias as it may be printed on one line."""
        return legible_alias(self.alias)

    @property
    def shown_text(self) -> str:
        """The text as it may be printed; it can have several lines."""
        return legible(self.text)

    @classmethod
    def of(cls, frame: Frame, verdict: Verdict, opened: OpenedMessage, **marks: Any) -> Message:
        """Take from a `message` frame, and from what was found in it; `marks` are fields that the log knows."""
        words = {} if opened.words is None else {**vars(opened.words), "signer": opened.signer, **marks}
        return cls(verdict, frame["id"], frame["client"], frame["at"], **words)
