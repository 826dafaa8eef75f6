"""A state in which nobody does anything any more, as the promises look at it."""

from dataclasses import dataclass
from functools import cached_property

from anonchat.model import Connection
from tests.support.fakes import FakeTable
from tests.worlds.engine import Engine, Rest
from tests.worlds.requests import KINDS, ROOMS, Request
from tests.worlds.sockets import Inbox, Sockets
from tests.worlds.worlds import World

LAST_STAGE = 2
REFUSALS = {"not_joined", "room_full", "rate_limited"}


@dataclass(frozen=True)
class Ending:
    """The rows and the sockets at an end of a world. `killed` has numbers of requests; `stage` is the healing's."""

    engine: Engine
    world: World
    rest: Rest
    killed: frozenset[int]
    stage: int = 0

    def healed(self, rest: Rest) -> "Ending":
        """Return the end after one more stage of its healing, at which this rest was reached."""
        return Ending(self.engine, self.world, self.engine.forget_answers(rest), self.killed, self.stage + 1)

    @cached_property
    def table(self) -> FakeTable:
        return self.engine.tables.read(self.rest[0])

    @cached_property
    def sockets(self) -> Sockets:
        return self.engine.sockets.at(self.rest[1])

    @cached_property
    def inboxes(self) -> dict[str, Inbox]:
        return dict(self.sockets.inboxes)

    def connection(self, socket: str) -> Connection | None:
        row = self.table.connections.get(socket)
        return row.connection if row else None

    def members(self, room: str) -> list[str]:
        """Return the sockets that have a row in the room, but for those that gave up waiting for a place."""
        return [socket for (where, socket), row in self.table.rows.items() if where == room and not row.has_given_up]

    def asked(self, socket: str) -> list[tuple[int, Request]]:
        """Return what a socket has asked in this world, with the numbers."""
        return [(number, each) for number, each in enumerate(self.world.requests) if each.socket == socket]

    def moves(self, socket: str) -> bool:
        """Tell whether a socket joins or leaves in this world."""
        return any(KINDS[each.kind].joins or KINDS[each.kind].leaves for _, each in self.asked(socket))

    def answers(self, number: int) -> set[str]:
        """Return the types and error codes with which a request was answered."""
        inbox = self.inboxes[self.world.requests[number].socket]
        return {what for tag, what in inbox.answers if tag == self.world.requests[number].tag}

    @cached_property
    def settled(self) -> dict[str, str]:
        """Return who is in which room and knows it: its socket is open, and its last join was answered from there."""
        found = {}
        for socket, inbox in self.inboxes.items():
            connection = self.connection(socket)
            joins = [number for number, each in self.asked(socket) if KINDS[each.kind].joins]
            is_answered = self.stage > 0 or not joins or "joined" in self.answers(joins[-1])
            if inbox.is_open and inbox.room and connection and connection.room == inbox.room and is_answered:
                found[socket] = inbox.room
        return found

    def wants(self, socket: str) -> str | None:
        """Return the room in which this client wants to be, by what it asked for last."""
        wanted = None
        for each in (*self.world.start, *self.world.requests):
            if each.socket == socket and KINDS[each.kind].joins:
                wanted = KINDS[each.kind].room
            elif each.socket == socket and KINDS[each.kind].leaves:
                wanted = None
        return wanted

    @cached_property
    def dead(self) -> set[str]:
        """Return the sockets that have ended by themselves."""
        every = (*self.world.start, *self.world.requests)
        return {each.socket for each in every if KINDS[each.kind].ends}

    @cached_property
    def untold(self) -> set[str]:
        """Return the dead sockets of which no $disconnect has come, or none that ran to its end."""
        if self.stage == LAST_STAGE:
            return set()
        every = (*self.world.start, *self.world.requests)
        told = {each.socket for each in every if each.kind == "disconnect"}
        cut_short = {self.world.requests[number].socket for number in self.killed if number < len(self.world.requests)}
        return (self.dead - told) | (self.dead & cut_short)

    def room_of(self, id: str) -> str | None:
        return next((room for room in ROOMS if id in self.table.kept.get(room, {})), None)
