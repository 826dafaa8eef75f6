"""A world in which the handlers' use cases race: random interleavings, one table request or post at a time.

Each invocation is a greenlet that stops before every request. A seeded scheduler picks who goes next, moves the clock,
and kills an invocation that has run for a function's time-out. Clocks are skewed; slow invocations stamp late. In some
worlds functions are killed early, and requests are applied twice, as when an answer is lost and the client asks again.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from anonchat import limits, protocol
from anonchat.chat import Chat
from anonchat.protocol import Join, Leave, Refused, Send
from anonchat.settings import Settings
from tests.support.fakes import FakeConnections, FakeTable
from tests.support.handlers import join, leave, send

ROOMS = ("red", "blue")
SKEW_MS = 2_000  # of a function's clock, either way; OVERLAP_SECONDS covers it together with the time-out
START_MS = 1_800_000_000_000
PATIENT = Settings(per_minute=1_000)  # the limiter has tests of its own


@dataclass
class Participant:
    """A person who comes back after a cut and resumes by the protocol's overlap rule."""

    name: str
    socket: str = ""
    sockets: list[str] = field(default_factory=list)
    wants: str | None = None  # the room it asked for last
    asked: int = 0  # how many joins
    answered: int = 0  # the last of these whose `joined` has come
    accepts: frozenset[str] = frozenset({"missed"})  # a client of version 1 accepts nothing


class Unreliable:
    """The table behind a line that loses answers: the client asks again, and the second answer counts."""

    def __init__(self, table: FakeTable, lost: Callable[[], int]) -> None:
        """`lost` says how many answers to the next request are lost, one after the other."""
        self._table, self.lost = table, lost

    def __getattr__(self, name: str) -> Any:
        request = getattr(self._table, name)

        def ask(*arguments: Any, **options: Any) -> Any:
            lost = self.lost()
            for _ in range(lost):
                answer = request(*arguments, **options)
                if name == "messages":
                    list(answer)
            if not lost:
                return request(*arguments, **options)
            return self._again(name, request(*arguments, **options), arguments)

        return ask

    def _again(self, name: str, answer: Any, arguments: tuple[Any, ...]) -> Any:
        """Return what the real table makes of an answer when it knows that the request has come before."""
        if name == "delete_member":
            return answer._replace(is_unclear=answer.row is None and arguments[:2] not in self._table.rows)
        return True if name == "elect_presence" else answer


class World:
    def __init__(
        self,
        seed: int,
        *,
        settings: Settings = PATIENT,
        fails: float = 0.0,
        twice: float = 0.0,
        seconds: float = limits.FUNCTION_SECONDS,
    ) -> None:
        self.random = random.Random(seed)
        self.hub = getcurrent()
        self.time = START_MS
        self.settings = settings
        self.table = FakeTable(self.step)
        self.unreliable = Unreliable(self.table, lambda: self.random.random() < twice)
        self.milliseconds = seconds * 1000
        self.fails = fails
        self.connections = FakeConnections(self.step, lambda _: self.random.random() < self.fails)
        self.connections.on_close = lambda socket: self.after_close(socket, 1.0)
        self.connections.on_frame = self.on_frame
        self.clients: list[Participant] = []
        self.resumes = 0
        self.join_numbers: dict[greenlet, int] = {}  # which of its client's joins an invocation answers
        self.running: dict[greenlet, int] = {}  # when each invocation started
        self.weight: dict[greenlet, float] = {}  # how rarely a slow one gets its turn
        self.serial = 0
        self.killed = 0
        self.crashes: list[BaseException] = []

    # --- the scheduler

    def step(self) -> None:
        if getcurrent() is not self.hub:
            self.hub.switch()

    def run(self) -> None:
        while self.running:
            self.turn()

    def turn(self) -> None:
        self.time += self.random.choice((0, 1, 5, 40, 200))
        ready = list(self.running)
        chosen = self.random.choices(ready, [self.weight[each] for each in ready])[0]
        if self.time - self.running[chosen] > self.milliseconds:
            self.killed += 1
            self.milliseconds = float("inf")  # one death is healed; a second one on top of it may leave a ghost
            chosen.throw(GreenletExit)
        else:
            chosen.switch()
        if chosen.dead:
            del self.running[chosen], self.weight[chosen]

    def invoke(self, use_case: Callable[[Chat], None], connection_id: str) -> None:
        skew = self.random.randint(-SKEW_MS, SKEW_MS)
        clock = lambda: self.time + skew  # noqa: E731
        chat = Chat(self.unreliable, self.connections, self.settings, clock, lambda _: self.step())  # type: ignore[arg-type]

        def invocation() -> None:
            try:
                use_case(chat)
            except Refused as refused:
                self.connections.post([(connection_id, protocol.encode(refused.frame()))])
            except Exception as crash:
                self.crashes.append(crash)

        started = greenlet(invocation)
        self.running[started] = self.time
        self.weight[started] = self.random.choice((1.0, 1.0, 1.0, 0.05))

    # --- what people do

    def connect(self, client: Participant) -> None:
        self.serial += 1
        client.socket = f"{client.name}{self.serial}="
        client.sockets.append(client.socket)
        self.table.connections.pop(client.socket, None)
        self.table.put_connection(client.socket, f"salt{self.serial}", self.time)
        self.connections.connect(client.socket)

    def join(self, client: Participant, room: str) -> None:
        socket, client.wants = client.socket, room
        client.asked += 1
        request = Join(room, client.name, self.cursor(client, room), client.accepts)
        self.invoke(lambda chat: join(chat, socket, request), socket)
        self.join_numbers[next(reversed(self.running))] = client.asked

    def leave(self, client: Participant) -> None:
        socket, client.wants = client.socket, None
        self.invoke(lambda chat: leave(chat, socket, Leave()), socket)

    def send(self, client: Participant, room: str) -> None:
        self.serial += 1
        socket, request = client.socket, Send(room, "hello", f"client-{self.serial}")
        self.invoke(lambda chat: send(chat, socket, request), socket)

    def cut(self, client: Participant, told: float) -> None:
        if client.socket in self.connections.open:
            self.connections.cut(client.socket)
            self.after_close(client.socket, told)

    def after_close(self, socket: str, told: float) -> None:
        """`$disconnect` is best effort: it comes with a probability."""
        if self.random.random() < told:
            self.invoke(lambda chat: chat.broadcaster.disconnect(socket), socket)

    def on_frame(self, socket: str, frame: dict[str, Any]) -> None:
        """Note an answer. Resume, as the protocol asks of who has missed something."""
        reader = next((client for client in self.clients if client.socket == socket), None)
        if reader and frame["type"] == "joined":
            reader.answered = max(reader.answered, self.join_numbers[getcurrent()])
        if frame.get("missed") and reader and reader.wants:
            assert reader.accepts, "a client that does not know marks was told of one"
            self.resumes += 1
            self.join(reader, reader.wants)

    # --- what they know

    def frames(self, client: Participant) -> list[dict[str, Any]]:
        return [frame for socket in client.sockets for frame in self.connections.inbox[socket]]

    def seen(self, client: Participant, room: str) -> set[str]:
        """Ids of the room's messages that reached this person, live or in a snapshot."""
        ids = {m["id"] for f in self.frames(client) if f["type"] == "joined" for m in f["history"]}
        ids |= {frame["id"] for frame in self.frames(client) if frame["type"] == "message"}
        return ids & set(self.table.kept.get(room, {}))

    def cursor(self, client: Participant, room: str) -> str | None:
        seen = self.seen(client, room)
        return f"{int(max(seen)[:13]) - limits.OVERLAP_SECONDS * 1000:013d}" if seen else None

    def echoes(self) -> dict[str, set[str]]:
        """Return the ids that were acknowledged: the sender got its own frame back."""
        acknowledged: dict[str, set[str]] = {room: set() for room in ROOMS}
        for socket, inbox in self.connections.inbox.items():
            salt_row = [member for member in self.members_ever if member[0] == socket]
            own = {person for _, person in salt_row}
            for frame in inbox:
                if frame["type"] == "message" and frame["from"]["id"] in own:
                    for room, kept in self.table.kept.items():
                        if frame["id"] in kept:
                            acknowledged[room].add(frame["id"])
        return acknowledged

    @property
    def members_ever(self) -> set[tuple[str, str]]:
        return {
            (socket, frame["self"])
            for socket, inbox in self.connections.inbox.items()
            for frame in inbox
            if frame["type"] == "joined"
        }

    # --- what must hold

    def settled_members(self, clients: list[Participant]) -> list[tuple[Participant, str]]:
        """Those whose socket is open, whose row names a room, and whose last join was answered from there."""
        settled = []
        for client in clients:
            row = self.table.connections.get(client.socket)
            if client.socket in self.connections.open and row and row.connection.room:
                room = row.connection.room
                answered = [f for f in self.connections.inbox[client.socket] if f["type"] == "joined"]
                if client.answered == client.asked and answered and answered[-1]["room"] == room:
                    settled.append((client, room))
        return settled

    def assert_nothing_acknowledged_is_lost(self, clients: list[Participant]) -> None:
        """Each has seen it, or has a mark and will hear of that with the next frame."""
        acknowledged = self.echoes()
        for client, room in self.settled_members(clients):
            row = self.table.rows.get((room, client.socket))
            has_mark = row is not None and row.missed > 0
            assert has_mark or acknowledged[room] <= self.seen(client, room), f"{client.name} misses a message"

    def assert_nobody_has_a_mark(self) -> None:
        assert not [row for row in self.table.rows.values() if row.missed], "a mark that no frame told of"

    def assert_no_ghosts(self) -> None:
        for (room, socket), member in self.table.rows.items():
            row = self.table.connections.get(socket)
            assert socket in self.connections.open, f"the row of a dead socket stays in {room}"
            assert row is not None, f"a member of {room} without a connection row"
            assert (row.connection.room, row.connection.join_id) == (room, member.join_id), "a row of an older join"
        for socket, row in self.table.connections.items():
            if row.connection.room and socket in self.connections.open:
                assert (row.connection.room, socket) in self.table.rows, "a member without a member row"

    def assert_departures_are_told_once(self) -> None:
        left = Counter(
            person["id"] for frame in self.connections.told if frame["type"] == "presence" for person in frame["left"]
        )
        for (_, person), created in self.table.created.items():
            assert left[person] <= created, "a departure was told twice"

    def assert_all_have_heard_of_each_other(self, clients: list[Participant]) -> None:
        """By a snapshot or by presence, whatever order those came in."""
        settled = self.settled_members(clients)
        for client, room in settled:
            frames = self.connections.inbox[client.socket]
            heard = {p["id"] for f in frames for p in (*f.get("members", ()), *(f.get("joined", ())))}
            for other, where in settled:
                person = self.table.rows[where, other.socket].person.id
                assert where != room or person in heard, f"{client.name} has never heard of {other.name}"

    def known_members(self, client: Participant) -> set[str]:
        """Who is here by what this socket was told: its last snapshot, and presence since."""
        known: set[str] = set()
        for frame in self.connections.inbox[client.socket]:
            if frame["type"] == "joined":
                known = {person["id"] for person in frame["members"]}
            elif frame["type"] == "presence":
                known |= {person["id"] for person in frame["joined"]}
                known -= {person["id"] for person in frame["left"]}
        return known

    def sweep(self) -> None:
        """Somebody new comes into each room and speaks: what a dead socket left behind is found by its 410."""
        for room in ROOMS:
            stranger = Participant(f"stranger-{room}-")
            self.connect(stranger)
            self.join(stranger, room)
            self.run()
            self.send(stranger, room)
            self.run()


def people(world: World, count: int) -> list[Participant]:
    clients = [Participant(name) for name in ("ann", "bob", "cyd", "dee", "eve", "fay")[:count]]
    world.clients += clients
    for client in clients:
        world.connect(client)
    return clients


def act(world: World, client: Participant, told: float) -> None:
    action = world.random.choices(("join", "send", "leave", "cut", "nothing"), (4, 5, 1, 1.5, 3))[0]
    if client.socket not in world.connections.open:
        world.connect(client)
        world.join(client, client.wants or world.random.choice(ROOMS))
    elif action == "join" or (action == "send" and client.wants is None):
        world.join(client, world.random.choices(ROOMS, (3, 1))[0])
    elif action == "send" and client.wants:
        world.send(client, client.wants)
    elif action == "leave":
        world.leave(client)
    elif action == "cut":
        world.cut(client, told)


def play(seed: int, knows_marks: float = 1.0, **trouble: float) -> World:
    world = World(seed, **trouble)  # type: ignore[arg-type]
    clients = people(world, world.random.choice((2, 3, 4)))
    for client in clients:
        client.accepts = client.accepts if world.random.random() < knows_marks else frozenset()
    told = world.random.choice((0.0, 0.5, 1.0))
    for _ in range(world.random.randint(4, 14)):
        act(world, world.random.choice(clients), told)
        for _ in range(world.random.choice((0, 1, 3, 10, 40))):
            if world.running:
                world.turn()
    world.run()
    if world.crashes:
        raise world.crashes[0]
    world.assert_nothing_acknowledged_is_lost(clients)
    if not trouble:
        world.assert_all_have_heard_of_each_other(clients)
    if told == 1.0 and not trouble:
        world.assert_no_ghosts()
    if trouble:
        come_back(world, clients)
    world.fails = 0.0
    world.sweep()
    world.assert_no_ghosts()
    world.assert_nobody_has_a_mark()
    world.assert_nothing_acknowledged_is_lost(clients)
    if not trouble.get("twice"):  # who may have deleted a row tells it, too
        world.assert_departures_are_told_once()
    return world


def come_back(world: World, clients: list[Participant]) -> None:
    """Whoever has had no answer asks again, in peace: that must heal whatever a function left behind when it died."""
    world.milliseconds = float("inf")
    world.fails = 0.0
    world.unreliable.lost = lambda: False
    for client in clients:
        if client.socket in world.connections.open:
            world.join(client, client.wants or ROOMS[0])
            world.run()
    world.assert_nothing_acknowledged_is_lost(clients)


def play_many(seeds: range, **trouble: float) -> list[World]:
    worlds = []
    for seed in seeds:
        try:
            worlds.append(play(seed, **trouble))
        except AssertionError as broken:
            raise AssertionError(f"seed {seed}: {broken}") from broken
    assert sum(map(len, (ids for world in worlds for ids in world.echoes().values()))) > len(seeds), "proves nothing"
    return worlds
