"""What the chat keeps: connections, members, messages. Plain data, without a clock, a table or a socket.

Times are epoch milliseconds, but `expires_at`, which DynamoDB's TTL wants in epoch seconds.
"""

import base64
import hashlib
from typing import NamedTuple

GIVEN_UP = -1  # the ticket of a member row that is no member's
CAPABILITIES = frozenset({"batch", "missed"})  # what a client may understand beyond version 1 of the protocol


class Person(NamedTuple):
    """What the others see of a member: a public id, which is not the connection's, and an alias."""

    id: str
    alias: str


class Connection(NamedTuple):
    """One open socket, as its row says. `join_id` grows with every join and leave: a later one always wins.

    `salt` is random and never leaves the table; the member ids of this socket are made from it. `previous_room` is the
    one before `room`, kept until the next join, which makes up for a departure that failed half-way.
    """

    connection_id: str
    salt: str
    room: str | None
    alias: str | None
    join_id: int
    previous_room: str | None = None

    def rooms_except(self, room: str | None) -> list[str]:
        """Return the rooms other than `room` in which a member row of this socket may be."""
        return [each for each in dict.fromkeys((self.room, self.previous_room)) if each is not None and each != room]

    def person(self, room: str, alias: str) -> Person:
        """Make the member id for one room: public, of no use to find the connection or the same person elsewhere."""
        digest = hashlib.sha256(f"{self.salt}/{room}".encode()).digest()
        return Person(base64.urlsafe_b64encode(digest[:8]).decode().rstrip("="), alias)


class Member(NamedTuple):
    """One connection in one room: what the others need to see and to reach.

    `join_id` is the join that wrote the row last, `first_join_id` the one that brought the connection in. `accepts` is
    what the client understands of the protocol's additions. `missed` is the row's mark: 0 for none, otherwise in how
    many broadcasts no post reached the member since it joined last. `ticket` is its place in the queue of those who
    have found the room over its cap, 0 for none. With GIVEN_UP the row is no member's: whoever wrote it is about to
    delete it, or has died before that.
    """

    room: str
    connection_id: str
    person: Person
    join_id: int
    expires_at: int
    first_join_id: int
    accepts: frozenset[str] = frozenset()
    missed: int = 0
    ticket: int = 0

    @property
    def has_given_up(self) -> bool:
        """Tell whether this row is no member's."""
        return self.ticket == GIVEN_UP

    @property
    def knows_marks(self) -> bool:
        """Tell whether the client resumes when a frame says `missed`."""
        return "missed" in self.accepts

    @property
    def takes_batches(self) -> bool:
        """Tell whether the client takes several messages in one frame."""
        return "batch" in self.accepts


class Batch(NamedTuple):
    """Messages of a busy room that wait to be sent together, as the room's batch row has them.

    `collector` is the id of the message whose function sends them all at `until`, None if no message waits. The batch
    before it was due at `last_until` and had `last_size` messages.
    """

    collector: str | None
    until: int
    ids: frozenset[str]
    last_size: int = 0
    last_until: int = 0


class Message(NamedTuple):
    """One message as it is kept. `id` sorts by time; `client` is the sender's own id for it."""

    room: str
    id: str
    client: str
    author: Person
    text: str
