"""What clients do after a trouble, by docs/protocol.md: one retry, one message in each room; then all is right."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.matrix.people import Person
from tests.matrix.scenes import NAMED, Play, Scene
from tests.matrix.world import World

RETRY_MS = 2_000  # before a client asks again: sooner than any does, and later than a batch may wait
REACTIONS = 4  # rounds in which people answer what they have been told


@dataclass
class Healing:
    """`how` says what it took; `complaints` what was still wrong then."""

    world: World
    scene: Scene
    audience: dict[str, str]
    usual_error: str  # the code that who asks is answered by without trouble, if it is one
    retries: bool = True
    how: str = ""
    complaints: list[str] = field(default_factory=list)

    def run(self) -> None:
        self._play = Play(self.world)
        self._has_asked_again = False
        self._play.read()
        for socket in self.world.state.sockets.values():
            socket.fails = False  # the trouble is over
        steps = [*self._come_back(), *self._retry()]
        self.how = ", ".join(dict.fromkeys(steps))
        if self._is_waiting():
            self.complaints.append(f"one retry has not helped: {self._asker.error or 'no answer'}")
        spoken = self._speak("one-more")
        if self.scene.named < NAMED:  # nobody is told by name here: the number comes with what is said next
            spoken |= self._speak("and-one-more")
        self._react()
        self.complaints += self._wrong(spoken)

    @property
    def _asker(self) -> Person:
        return self.world.person(self.scene.who)

    @property
    def _people(self) -> list[Person]:
        return list(self.world.state.people.values())

    # --- the retry -----------------------------------------------------------------------------------------

    def _come_back(self) -> Iterator[str]:
        """Let those whose sockets were closed come back, and $disconnect run for these sockets."""
        for person in self._people:
            socket = self.world.state.sockets.get(person.socket)
            if socket is None or socket.is_open:
                continue
            self.world.invoke("disconnect", person.socket)
            self._play.connect(person.name)
            if person.room:
                self._rejoin(person)
            yield f"{person.name.title()} comes back"
            if (
                self._is_waiting()
                and person is self._asker
                and person.waits_for
                and person.waits_for["action"] != "join"
            ):
                self._ask_again()

    def _retry(self) -> Iterator[str]:
        if not self.retries or (self.scene.function == "connect" and self._asker.socket):
            return
        if self.scene.function == "connect":
            self._play.connect(self.scene.who)
            yield "Ann connects again"
        elif self._is_waiting():
            yield "Ann asks again"
            self.world.state.now += RETRY_MS
            if self._asker.error == "not_joined" and self._asker.room:
                self._rejoin(self._asker)
            self._ask_again()

    def _ask_again(self) -> None:
        self._has_asked_again = True
        if self._asker.waits_for is None:
            return  # a copy of its message has come with the history
        self._play.ask(self._asker.name, self._asker.waits_for)
        self._play.read()

    def _rejoin(self, person: Person) -> None:
        """Join with `since`. Whatever else it waits for it goes on waiting for."""
        waits_for = person.waits_for
        self._play.ask(person.name, person.join_frame())
        person.waits_for = waits_for
        self._play.read()

    def _is_waiting(self) -> bool:
        """Tell whether who asked still has to ask again. Who leaves, and again, and is in no room has left."""
        asker = self._asker
        if asker.waits_for is None:
            return False
        if self._has_asked_again and asker.waits_for["action"] == "leave" and asker.error == "not_joined":
            asker.waits_for, asker.room = None, ""
            return False
        return asker.error != (self.usual_error or "never")

    # --- one more message ----------------------------------------------------------------------------------

    def _speak(self, words: str) -> dict[str, str]:
        """Let one person in each room say something, rather one who has not asked. Return who said what."""
        spoken = {}
        for room in sorted({person.room for person in self._people if person.room}):
            here = sorted(
                (each for each in self._people if each.room == room and each.socket),
                key=lambda each: each is self._asker,
            )
            if here:
                client = spoken[here[0].name] = f"{words}-in-{room}"
                self._play.say(here[0].name, client, room)
        return spoken

    def _react(self) -> None:
        for _ in range(REACTIONS):
            list(self._come_back())
            for person in self._people:
                if person.is_unsure and person.socket:
                    self._rejoin(person)

    # --- what must be true then ----------------------------------------------------------------------------

    def _wrong(self, spoken: dict[str, str]) -> Iterator[str]:
        rows = self.world.rows()
        here = [person for person in self._people if person.socket and person.room]
        wanted = {(f"ROOM#{person.room}", f"MEMBER#{person.socket}") for person in here}
        found = {key for key in rows if key[1].startswith("MEMBER#")}
        for pk, sk in sorted(found - wanted):
            yield f"the row {sk} is still in {pk}"
        for pk, sk in sorted(wanted - found):
            yield f"the row {sk} is missing in {pk}"
        yield from (f"{sk} still has a mark" for (_, sk), row in rows.items() if "missed" in row)
        for person in here:
            yield from self._wrong_for(person, here)
        for name, client in spoken.items():
            if client not in self.world.person(name).echoes:
                yield f"{name}'s one more message has no echo: {self.world.person(name).error}"

    def _wrong_for(self, person: Person, here: list[Person]) -> Iterator[str]:
        others = {each.id: each.alias for each in here if each.room == person.room}
        if person.roster != others or person.online != len(others):
            yield f"{person.name} believes in {sorted(person.roster.values())}, {person.online} online"
        row = self.world.rows().get((f"CONNECTION#{person.socket}", "CONNECTION"), {})
        if row.get("roomId", {}).get("S") != person.room:
            yield f"the connection of {person.name} is in {row.get('roomId')}"
        for author in here:
            for client in author.echoes:
                was_there = person.name in self.audience or "one-more" in client
                if was_there and author.room == person.room and client not in person.seen and not person.gaps:
                    yield f"{person.name} has lost {client}"
