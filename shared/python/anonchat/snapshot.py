"""The `joined`, `page` and `roster` frames: who is in the room and what was said, cut to one billed frame. Pure."""

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
    people = _people(members, limits.MEMBERS_BYTES)
    frame = protocol.joined(member, len(members), people.frames, settings)
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


def roster_frame(members: Sequence[Member], after: str) -> Frame:
    """Build a page of who is in the room, by their ids, from the first one after `after`; at most FRAME_BYTES long.

    Ids have one order and never change, so who is there all the time stands in one page, whoever comes and goes.
    """
    frame = protocol.roster(len(members))
    following = sorted((each for each in members if each.person.id > after), key=lambda each: each.person.id)
    page = _people(following, limits.FRAME_BYTES - len(protocol.encode(frame)))
    return {**frame, "members": page.frames, "more": page.is_cut}


def _people(members: Iterable[Member], free: int) -> Fitting:
    return _fitting((protocol.person(each.person) for each in members), free)


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
