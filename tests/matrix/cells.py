"""One cell: a scene with one call in one trouble. What it says, what it leaves behind, and what a retry makes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from anonchat import limits
from tests.matrix.calls import Calls
from tests.matrix.healing import Healing
from tests.matrix.people import Frame
from tests.matrix.scenes import Play, Scene
from tests.matrix.troubles import POSTS, TABLE, Call, Trouble
from tests.matrix.world import PATIENCE_SECONDS, Invocation, State, World

SHORT_SECONDS = {TABLE: 0.15, POSTS: 0.5}  # what a time-out costs, where one is the trouble
MORE_TIME = (10, 50)  # so many times that, where it looks as if others had been too slow as well
PUBLIC = {"timestamp", "level", "message", "failure", "code", "operation", "where", "failed", "of", "answers", "closed"}
Troubles = Callable[[Call, int], tuple[Trouble, ...]]
Frames = dict[str, list[Frame]]


@dataclass
class Seen:
    """What there is after one invocation, before anybody reacts."""

    invocation: Invocation
    told: Frames  # by name: the frames that have come
    closed: list[str]  # whose sockets the server has closed
    rows: dict[tuple[str, str], dict[str, object]]
    calls: list[Call]

    def error_for(self, name: str) -> str:
        """Return the code of the error that this person was told, if any."""
        return next((frame["code"] for frame in self.told.get(name, []) if frame["type"] == "error"), "")


@dataclass(frozen=True)
class Cell:
    """One call in one trouble, what came of it, and what is wrong with that: nothing, it is hoped."""

    scene: Scene
    number: int
    call: Call
    trouble: Trouble
    seen: Seen
    usual: Seen
    healed_by: str
    complaints: list[str] = field(default_factory=list)


class Matrix:
    """All cells of all scenes. A state that has been healed once is not healed again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._healed: dict[str, Healing] = {}
        self._serial = count()

    def record(self, scene: Scene) -> tuple[bytes, Seen]:
        """Play a scene without trouble. Return its start, and what came of it."""
        limits.NAMED_PRESENCE_MEMBERS, limits.BATCH_MEMBERS = scene.named, scene.batched
        self._world.clear()
        play = Play(self._world)
        scene.start(play)
        play.read()
        start = self._world.keep()
        return start, self._act(scene, Calls())

    def cells(self, scene: Scene, troubles: Troubles) -> Iterator[Cell]:
        """Put each call of a scene in each trouble."""
        start, usual = self.record(scene)
        for number, call in enumerate(usual.calls):
            for trouble in troubles(call, next(self._serial)):
                yield self._patiently(scene, start, usual, number, trouble)

    def _patiently(self, scene: Scene, start: bytes, usual: Seen, number: int, trouble: Trouble) -> Cell:
        """Try a cell in which a time is over quickly again, with more time, if this machine may have been too slow."""
        for times in (1, *MORE_TIME):
            self._world.restore(start)
            short = {trouble.service: SHORT_SECONDS[trouble.service] * times} if trouble.takes_time else {}
            self._world.use_patience(*(short.get(service, PATIENCE_SECONDS) for service in (TABLE, POSTS)))
            calls = Calls(number, trouble)
            cell = self._cell(scene, calls, usual)
            if not trouble.takes_time or not (cell.complaints or calls.hurried):
                break
        return cell

    def _cell(self, scene: Scene, calls: Calls, usual: Seen) -> Cell:
        world = self._world
        audience = audience_of(world.state, scene.who)
        seen = self._act(scene, calls)
        world.use_patience(PATIENCE_SECONDS, PATIENCE_SECONDS)
        call = usual.calls[calls.target]
        complaints = list(wrong_at_once(scene, seen, call, audience))
        key = world.key()
        if key not in self._healed:
            error = usual.error_for(scene.who)
            self._healed[key] = Healing(world, scene, audience, error, retries=scene.function != "disconnect")
            self._healed[key].run()
        healing = self._healed[key]
        assert calls.trouble is not None, "a cell has one"
        complaints += healing.complaints
        return Cell(scene, calls.target, call, calls.trouble, seen, usual, healing.how, complaints)

    def _act(self, scene: Scene, calls: Calls) -> Seen:
        world = self._world
        world.calls = calls
        invocation = scene.act(Play(world))
        world.calls = Calls()
        sockets = world.state.sockets
        owners = {person.socket: name for name, person in world.state.people.items() if person.socket}
        told = {owners[each]: list(sockets[each].frames) for each in sockets if each in owners and sockets[each].frames}
        closed = sorted(owners[each] for each in sockets if each in owners and not sockets[each].is_open)
        return Seen(invocation, told, closed, world.rows(), calls.made)


def audience_of(state: State, who: str) -> dict[str, str]:
    """Return who is in a room with whom it concerns, by their sockets as they are before anything happens."""
    room = state.people[who].room if who in state.people else ""
    return {name: each.socket for name, each in state.people.items() if room and each.room == room and name != who}


def wrong_at_once(scene: Scene, seen: Seen, call: Call, audience: dict[str, str]) -> Iterator[str]:
    """Say what is wrong before anybody has done anything about it."""
    if seen.invocation.failure:
        yield f"the handler let an exception through: {seen.invocation.failure}"
    if seen.invocation.status not in (200, 403, 500):
        yield f"the handler answered {seen.invocation.status}"
    for line in seen.invocation.log:
        if not set(line) <= PUBLIC:
            yield f"a log line holds {sorted(set(line) - PUBLIC)}"
    answers = [frame for frame in each_alone(seen.told.get(scene.who, [])) if is_answer(scene, frame)]
    is_post_to_asker = call.service == POSTS and call.name.endswith(f"to {scene.who.title()}")
    has_asked = scene.function not in ("connect", "disconnect")
    if has_asked and not answers and scene.who not in seen.closed and not is_post_to_asker:
        yield "who asked is told nothing"
    errors = [line for line in seen.invocation.log if line["level"] == "ERROR"]
    is_failure = seen.invocation.status == 500 or any(frame.get("code") == "server_error" for frame in answers)
    if is_failure and not 1 <= len(errors) <= 2:  # where a mark could not be written, that has a line of its own
        yield f"a failure has {len(errors)} lines at ERROR in the log"
    yield from lost(scene, seen, audience)


def each_alone(frames: list[Frame]) -> list[Frame]:
    """Return frames, and several messages in one as each by itself."""
    return [each for frame in frames for each in frame.get("messages", [frame])]


def is_answer(scene: Scene, frame: Frame) -> bool:
    """Tell whether this frame answers what was asked."""
    wanted = {"join": ("joined", "page", "roster", "error"), "send": ("message", "error"), "leave": ("left", "error")}
    return frame["type"] in wanted.get(scene.function, ("error",)) and frame.get("client") in (None, own_client(scene))


def own_client(scene: Scene) -> str:
    """Return what who asks calls its message."""
    return f"client-of-{scene.who}"


def lost(scene: Scene, seen: Seen, audience: dict[str, str]) -> Iterator[str]:
    """Name everybody for whom an acknowledged message is lost: not sent, no mark, and not closed."""
    own = own_client(scene)
    echoes = [
        frame
        for frame in each_alone(seen.told.get(scene.who, []))
        if (frame["type"], frame.get("client")) == ("message", own)
    ]
    for echo in echoes if scene.function == "send" else []:
        if not any(sk == f"MESSAGE#{echo['id']}" for _, sk in seen.rows):
            yield "a message that is acknowledged is not in the history"
        for name, socket in audience.items():
            row = next((row for (_, sk), row in seen.rows.items() if sk == f"MEMBER#{socket}"), {})
            got = any(frame.get("client") == own for frame in each_alone(seen.told.get(name, [])))
            if not got and "missed" not in row and name not in seen.closed:
                yield f"{name} is not sent a message that is acknowledged, and has no mark"
