"""What each route does from small starts: the scenes whose every call is put in trouble."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anonchat import limits, model
from anonchat.table import Table
from tests.matrix.people import ACCEPTS, Frame, Person
from tests.matrix.world import FUNCTIONS, Invocation, Socket, World

NAMED = limits.NAMED_PRESENCE_MEMBERS


class Play:
    """What people do, without any trouble."""

    def __init__(self, world: World) -> None:
        self.world = world

    def connect(self, name: str) -> Invocation:
        """Open a new socket."""
        person = self.world.person(name)
        person.sockets += 1
        socket = f"{name}{person.sockets}="
        outcome = self.world.invoke("connect", socket)
        if outcome.status == 200:
            self.world.state.sockets[socket] = Socket()
            person.socket = socket
        return outcome

    def ask(self, name: str, frame: Frame) -> Invocation:
        """Send a frame, and read whatever has come to anybody."""
        person = self.world.person(name)
        if frame["action"] == "join":
            if person.room != frame["room"]:
                person.came_from = person.room
            person.room, person.alias = frame["room"], frame["alias"]
        person.waits_for, person.error = frame, ""
        function = frame["action"] if frame["action"] in FUNCTIONS else "default"
        return self.world.invoke(function, person.socket, frame)

    def read(self) -> None:
        """Let everybody read what has come."""
        for person in self.world.state.people.values():
            if found := self.world.state.sockets.get(person.socket):
                for frame in found.frames:
                    person.receive(frame)
                found.frames.clear()

    def enter(self, name: str, room: str = "red", **fields: Any) -> None:
        """Connect and join."""
        if not self.world.person(name).socket:
            self.connect(name)
        self.ask(name, joining(self.world.person(name), room, **fields))
        self.read()

    def say(self, name: str, client: str, room: str = "red") -> None:
        self.ask(name, sending(client, room))
        self.read()

    def vanish(self, name: str) -> None:
        """End a socket of which nobody is told: $disconnect may never run."""
        person = self.world.person(name)
        self.world.state.sockets[person.socket].is_open = False
        person.socket = person.room = ""


def joining(person: Person, room: str = "red", **fields: Any) -> Frame:
    accepts = {"accepts": ACCEPTS} if person.knows_marks else {}
    return {"action": "join", "room": room, "alias": person.name.title(), **accepts, **fields}


def sending(client: str = "client-of-ann", room: str = "red") -> Frame:
    return {"action": "send", "room": room, "text": f"the words of {client}", "client": client}


@dataclass(frozen=True)
class Scene:
    """A start, and what one person, or its socket, does then. `act` returns what came of it."""

    function: str
    title: str
    start: Callable[[Play], object]
    act: Callable[[Play], Invocation]
    who: str = "ann"
    named: int = NAMED  # members that presence names
    batched: int = limits.BATCH_MEMBERS  # members that make a room busy


def _two(play: Play) -> None:
    play.enter("bob")
    play.enter("ann")


def _three(play: Play) -> None:
    _two(play)
    play.enter("cyd")


def _with_history(play: Play) -> None:
    play.enter("bob")
    play.say("bob", "client-of-bob")
    play.connect("ann")


def _spoken(play: Play) -> None:
    _two(play)
    play.say("bob", "client-of-bob")


def _full(play: Play) -> None:
    for name in ("bob", "cyd", "dee"):
        play.enter(name)
    play.connect("ann")


def _full_and_gone(play: Play) -> None:
    _full(play)
    play.vanish("dee")


def _joins_gone(play: Play) -> None:
    play.enter("bob")
    play.enter("cyd")
    play.vanish("cyd")
    play.connect("ann")


def _two_rooms(play: Play) -> None:
    _two(play)
    play.enter("cyd", "blue")


def _gone_peer(play: Play) -> None:
    _three(play)
    play.vanish("cyd")


def _waiting(play: Play) -> None:
    """Bob's message has waited for too long: its function was killed before it took the batch."""
    _three(play)
    bob, now, table = play.world.person("bob"), play.world.state.now, Table.from_environment()
    bob.waits_for = sending("client-of-bob")
    person = model.Person(bob.id, bob.alias)
    message = model.Message("red", f"{now:013d}-waiting", "client-of-bob", person, bob.waits_for["text"])
    table.put_message(message, now // 1000 + 600)
    table.add_to_batch(message, now - limits.BATCH_OVERDUE_MS - 1, now)


def _failing_peer(play: Play) -> None:
    _three(play)
    play.world.state.sockets[play.world.person("cyd").socket].fails = True


def _old_failing_peer(play: Play) -> None:
    play.world.person("cyd").knows_marks = False
    _failing_peer(play)


def _marked_peer(play: Play) -> None:
    _failing_peer(play)
    play.say("bob", "client-of-bob")
    play.world.state.sockets[play.world.person("cyd").socket].fails = False


def _marked_self(play: Play) -> None:
    _two(play)
    own = play.world.state.sockets[play.world.person("ann").socket]
    own.fails = True
    play.say("bob", "client-of-bob")
    own.fails = False


def _ask(frame: Callable[[Person], Frame]) -> Callable[[Play], Invocation]:
    return lambda play: play.ask("ann", frame(play.world.person("ann")))


def _close(play: Play) -> Invocation:
    person = play.world.person("ann")
    socket, person.socket, person.room = person.socket, "", ""
    play.world.state.sockets[socket].is_open = False
    return play.world.invoke("disconnect", socket)


def _rename(person: Person) -> Frame:
    return joining(person, alias="Anna")


def _leave(person: Person) -> Frame:
    return {"action": "leave"}


def _send(person: Person) -> Frame:
    return sending()


SCENES: tuple[Scene, ...] = (
    Scene("connect", "A socket opens", lambda play: None, lambda play: play.connect("ann")),
    Scene("disconnect", "Ann's socket closes; Bob is in the room too", _two, _close),
    Scene("disconnect", "Ann's socket closes; nobody has told that Cyd is gone", _gone_peer, _close),
    Scene("disconnect", "Ann's socket closes in a large room", _three, _close, named=1),
    Scene("disconnect", "Ann's socket closes, which was in no room", lambda play: play.connect("ann"), _close),
    Scene("join", "Ann joins Bob, who has said something", _with_history, _ask(joining)),
    Scene("join", "Ann joins a full room, of which Dee is gone", _full_and_gone, _ask(joining)),
    Scene("join", "Ann joins a full room, and nobody is gone", _full, _ask(joining)),
    Scene("join", "Ann, who has missed something, joins again", _marked_self, _ask(Person.join_frame)),
    Scene("join", "Ann takes another alias", _two, _ask(_rename)),
    Scene("join", "Ann goes to Cyd's room, and leaves Bob", _two_rooms, _ask(lambda ann: joining(ann, "blue"))),
    Scene("join", "Ann joins; nobody has told that Cyd is gone", _joins_gone, _ask(joining)),
    Scene("join", "Ann reads a page of what was said", _spoken, _ask(Person.page_frame)),
    Scene("join", "Ann reads a page of who is there", _three, _ask(Person.roster_frame)),
    Scene("send", "Ann writes to Bob and Cyd", _three, _ask(_send)),
    Scene("send", "Ann writes; nobody has told that Cyd is gone", _gone_peer, _ask(_send)),
    Scene("send", "Ann writes; no post reaches Cyd", _failing_peer, _ask(_send)),
    Scene("send", "Ann writes; no post reaches Cyd, whose client is old", _old_failing_peer, _ask(_send)),
    Scene("send", "Ann writes; Cyd has missed something before", _marked_peer, _ask(_send)),
    Scene("send", "Ann writes to a busy room; nobody else writes meanwhile", _three, _ask(_send), batched=3),
    Scene("send", "Ann writes to a busy room, where Bob's message waits", _waiting, _ask(_send), batched=3),
    Scene("send", "Ann writes to a room that she is not in", _two, _ask(lambda ann: sending(room="blue"))),
    Scene("leave", "Ann leaves Bob", _two, _ask(_leave)),
    Scene("leave", "Ann leaves; nobody has told that Cyd is gone", _gone_peer, _ask(_leave)),
    Scene("leave", "Ann leaves a large room", _three, _ask(_leave), named=1),
    Scene("default", "Ann says something that is no route", _two, _ask(lambda ann: {"action": "dance"})),
)  # fmt: skip
