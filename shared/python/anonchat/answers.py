"""What a request to the table answers where that is more than a row."""

import enum
from typing import NamedTuple

from anonchat.model import Member


class Refusal(enum.Enum):
    """Why a counted update did not happen."""

    NO_CONNECTION = enum.auto()  # the row is gone: so is, or should be, the socket
    NOT_IN_ROOM = enum.auto()
    RATE_LIMITED = enum.auto()


class MemberWrite(NamedTuple):
    """A member row was written. `previous` is the row as it was before, if there was one."""

    previous: Member | None


class MemberDeletion(NamedTuple):
    """A member row was to be deleted. `row` is what stood in it, for the one who deleted it.

    `is_unclear` says that no row is there, but that an earlier attempt of this request may have deleted it: its answer
    was lost, and the client has asked again. Nobody else may know of it then.
    """

    row: Member | None
    is_unclear: bool = False
