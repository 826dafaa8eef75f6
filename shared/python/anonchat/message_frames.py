"""The frames in which messages go to each member: one by one, or several in one where the client takes that. Pure."""

from collections.abc import Sequence
from functools import cached_property

from anonchat import limits, protocol
from anonchat.model import Member, Message
from anonchat.protocol import Frame


class MessageFrames:
    """Messages of one room, oldest first, as frames. `online` counts its members. Each frame is encoded once."""

    def __init__(self, messages: Sequence[Message], online: int) -> None:
        self._messages = messages
        self._online = online
        self._authors = {message.author.id for message in messages}
        self._encoded: dict[tuple[str | None, bool, bool, bool], list[bytes]] = {}

    def all(self, member: Member) -> list[bytes]:
        """Return the frames with every message, for one that has a mark: they say so."""
        return self._of(member, None, is_own=False)

    def own(self, member: Member) -> list[bytes]:
        """Return the frames with what this member has written, which are its echo."""
        return self._of(member, member.person.id, is_own=True) if member.person.id in self._authors else []

    def others(self, member: Member) -> list[bytes]:
        """Return the frames with what this member has not written."""
        return self._of(member, member.person.id if member.person.id in self._authors else None, is_own=False)

    def _of(self, member: Member, person: str | None, *, is_own: bool) -> list[bytes]:
        key = (person, is_own, member.takes_batches, bool(member.missed))
        if key not in self._encoded:
            chosen = [each for each in self._messages if person is None or (each.author.id == person) is is_own]
            frames = self._together(chosen) if member.takes_batches else self._one_by_one(chosen)
            marked = map(protocol.after_missed, frames) if member.missed else frames
            self._encoded[key] = [protocol.encode(frame) for frame in marked]
        return self._encoded[key]

    def _one_by_one(self, messages: Sequence[Message]) -> list[Frame]:
        return [protocol.message(message, self._online) for message in messages]

    def _together(self, messages: Sequence[Message]) -> list[Frame]:
        """Put as many into each frame as it holds; one that is alone is no batch."""
        groups: list[list[Message]] = []
        free = 0
        for message in messages:
            size = len(protocol.encode(protocol.said(message))) + 1  # a comma
            if size > free:
                groups.append([])
                free = self._free_bytes
            groups[-1].append(message)
            free -= size
        return [
            protocol.messages(list(map(protocol.said, group)), self._online)
            if len(group) > 1
            else protocol.message(group[0], self._online)
            for group in groups
        ]

    @cached_property
    def _free_bytes(self) -> int:
        empty = protocol.after_missed(protocol.messages([], self._online))
        return limits.FRAME_BYTES - len(protocol.encode(empty))
