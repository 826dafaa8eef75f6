"""A room's messages, opened and judged, each once; nothing is dropped in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from anonchat_client.core.frames import Frame
from anonchat_client.encryption.alias import AliasBook
from anonchat_client.encryption.envelope import OpenedMessage
from anonchat_client.encryption.message import Message, Verdict
from anonchat_client.encryption.room import Room

MOST_MESSAGES = 10_000  # a program may run for months; copies come within minutes


class SealedLog:
    """The log of one room for the one who signs as `me`, a fingerprint.

    A copy is the same signer, `client` and words: whoever has seen a `client` could use it again, but not sign for
    somebody else. Of two copies the smaller id stays, so that all members sort alike.
    """

    def __init__(self, room: Room, me: str, alias: str) -> None:
        self.duplicates = 0
        self.aliases = AliasBook()
        self.aliases.learn(alias, me)  # the alias somebody enters with is theirs from the beginning
        self._room = room
        self._me = me
        self._frames: dict[str, Frame] = {}  # by id
        self._messages: dict[str, Message] = {}  # by id
        self._genuine: dict[tuple[str, str], str] = {}  # (signer, client) → id

    @property
    def frames(self) -> list[Frame]:
        return [self._frames[id] for id in sorted(self._frames)]

    @property
    def messages(self) -> list[Message]:
        """The messages, sorted by id."""
        return [self._messages[id] for id in sorted(self._messages)]

    def meet(self, alias: str, signer: str) -> None:
        """Take in the alias of somebody who is here: used since the newest message, as far as anybody knows."""
        self.aliases.learn(alias, signer, f"{self.newest() or '0'}~")

    def own(self, client: str) -> Message | None:
        """Return the message that this client's own key has signed under this name."""
        id = self._genuine.get((self._me, client))
        return None if id is None else self._messages[id]

    def add(self, frame: Frame) -> Message | None:
        if frame["id"] in self._messages:
            self.duplicates += 1
            return None
        opened, carrier = self._room.open_frame(frame)
        known = self._genuine.get((opened.signer or "", frame["client"]))
        verdict = self._verdict(opened, carrier, known)
        message = self._message(frame, verdict, opened)
        if verdict == "genuine" and known is not None:
            self._drop_copy(frame, message, known)
            return None
        self._put(frame, message)
        return message

    def echo(self, client: str) -> Frame | None:
        message = self.own(client)
        return None if message is None else self._frames[message.id]

    def newest(self) -> str | None:
        return max(self._messages, default=None)

    def clear(self) -> None:
        self._frames, self._messages, self._genuine = {}, {}, {}

    def _verdict(self, opened: OpenedMessage, carrier: str | None, known: str | None) -> Verdict:
        if opened.words is None:
            return opened.verdict
        if carrier != opened.signer:
            return "replayed"
        if known is not None and not _same_words(self._messages[known], opened):
            return "conflict"
        return "genuine"

    def _message(self, frame: Frame, verdict: Verdict, opened: OpenedMessage) -> Message:
        if verdict != "genuine" or opened.words is None or opened.signer is None:
            return Message.of(frame, verdict, opened)
        if self.aliases.learn(opened.words.alias, opened.signer, frame["id"]):
            self._mark_anew()
        mine, marks = opened.signer == self._me, self._marks(opened.words.alias, opened.signer)
        return Message.of(frame, verdict, opened, mine=mine, **marks)

    def _marks(self, alias: str, signer: str) -> dict[str, Any]:
        first = self.aliases.borrowed_from(alias, signer)
        return {"borrowed_from": first, "namesake": first == self._me}

    def _mark_anew(self) -> None:
        """Let the marks follow: an earlier message has come in, whose signer is the owner of its alias from now on."""
        for id, message in self._messages.items():
            if message.verdict == "genuine" and message.signer:
                self._messages[id] = replace(message, **self._marks(message.alias, message.signer))

    def _put(self, frame: Frame, message: Message) -> None:
        self._frames[message.id], self._messages[message.id] = frame, message
        if message.verdict == "genuine" and message.signer:
            self._genuine[message.signer, message.client] = message.id
        while len(self._messages) > MOST_MESSAGES:
            self._forget(next(iter(self._messages)))

    def _drop_copy(self, frame: Frame, copy: Message, known: str) -> None:
        self.duplicates += 1
        if copy.id < known:
            self._forget(known)
            self._put(frame, copy)

    def _forget(self, id: str) -> None:
        del self._frames[id]
        message = self._messages.pop(id)
        if message.verdict == "genuine" and message.signer:
            del self._genuine[message.signer, message.client]


def _same_words(message: Message, opened: OpenedMessage) -> bool:
    said = (message.alias, message.text, message.action, message.written)
    words = opened.words
    return words is not None and said == (words.alias, words.text, words.action, words.written)
