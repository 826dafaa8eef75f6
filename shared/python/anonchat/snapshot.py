"""The `joined` and `page` frames: who is in the room and what was said, cut to one billed frame. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anonchat import limits, protocol, rules
from anonchat.model import Member, Message
from anonchat.protocol import Frame
from anonchat.settings import Settings


class Fitting(NamedTuple):
    """The first frames of a list that a number of bytes holds."""

    frames: list[Frame]
    is_cut: bool  # at least one was left out


def joined_frame(
    member: Member,
    members: Sequence[Member],
    messages: Iterable[Message],
    since: str | None,
    now: int,
    settings: Settings,
) -> Frame:
    """Build the snapshot for the joiner, at most FRAME_BYTES long.

    `messages` are oldest first with `since`, newest first without; they are read only as far as they fit.
    """
    frame = protocol.joined(
        member, len(members), _fitting(map(protocol.member, members), limits.MEMBERS_BYTES).frames, settings
    )
    frame["gap"] = rules.has_gap(since, now, settings)
    history = _history(frame, (protocol.message(message, len(members)) for message in messages))
    frame["history"] = history.frames if since is not None else history.frames[::-1]
    frame["more"] = history.is_cut and since is not None
    return frame


def page_frame(messages: Iterable[Message], since: str, now: int, settings: Settings) -> Frame:
    """Build a page of what was said after `since`, at most FRAME_BYTES long. `messages` are oldest first."""
    frame = protocol.page(rules.has_gap(since, now, settings))
    history = _history(frame, map(protocol.said, messages))
    return {**frame, "history": history.frames, "more": history.is_cut}


def _history(frame: Frame, messages: Iterable[Frame]) -> Fitting:
    """Take messages as long as they fit beside what is in the frame."""
    return _fitting(messages, limits.FRAME_BYTES - len(protocol.encode(frame)))


def _fitting(frames: Iterable[Frame], free: int) -> Fitting:
    """Take frames as long as they fit into `free` bytes of a JSON array."""
    fitting: list[Frame] = []
    for frame in frames:
        free -= len(protocol.encode(frame)) + 1  # a comma
        if free < 0:
            return Fitting(fitting, is_cut=True)
        fitting.append(frame)
    return Fitting(fitting, is_cut=False)
