"""What one member knows of its room: frames go in, the state and events come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anonchat_client.core import frames
from anonchat_client.core.cursor import Cursor, digits
from anonchat_client.core.events import ConnectionLost, ConnectionRestored, Gap, Presence
from anonchat_client.core.frames import Frame
from anonchat_client.core.log import MessageLog
from anonchat_client.core.pacing import LISTED
from anonchat_client.core.wakefulness import Wakefulness
from anonchat_client.errors import RequestRefused

DOUBT_MS = 30_000  # so long after a join was asked again, the first try may still be answered
USUAL_LIMITS = {"overlapSeconds": 15, "historySeconds": 600}  # until a `joined` frame tells the server's own


@dataclass
class Counters:
    """What one client has met."""

    resumes: int = 0  # sockets after the first on which it came back into its room
    duplicates: int = 0  # copies dropped
    unacknowledged: int = 0  # frames without `type`: the function failed or was throttled
    timeouts: int = 0
    rate_limited: int = 0
    server_errors: int = 0
    missed: int = 0  # frames that said that messages before them did not reach this client
    found: int = 0  # messages of its own that were not sent again, since a copy had come

    def count(self, failure: Exception) -> None:
        """Note why a request has to be asked again."""
        self.timeouts += isinstance(failure, TimeoutError)
        self.rate_limited += isinstance(failure, RequestRefused) and failure.code == "rate_limited"
        self.server_errors += isinstance(failure, RequestRefused) and failure.code == "server_error"


class Session:
    """One member's view of one room at a time. All times are epoch milliseconds by this machine's clock."""

    def __init__(self, log: MessageLog, announce: Callable[[object], None] = lambda event: None) -> None:
        """Begin in no room. `announce` is called with every message that is new and every event of core/events.py."""
        self.log = log
        self.alias = ""
        self.id: str | None = None  # this socket's member id
        self.limits: Mapping[str, int] = {}
        self.in_room = False  # on a live socket, in the room, with nothing left to fetch
        self.wakefulness = Wakefulness()
        self._counters = Counters()
        self._announce = announce
        self.room: str | None = None
        self.members: dict[str, str] = {}  # member id → alias, as far as told
        self.online = 0
        self._begin()

    @property
    def counters(self) -> Counters:
        self._counters.duplicates = self.log.duplicates
        return self._counters

    def join(self, room: str, alias: str) -> None:
        """Be about to join: the room's messages stay only if it is the same room."""
        if room != self.room:
            self.room = room
            self._begin()
        self.alias, self.in_room = alias, False

    def leave(self) -> None:
        """Be in no room."""
        self.room, self.in_room, self.members, self.online = None, False, {}, 0

    def lose(self) -> None:
        """Note that the socket has died."""
        if self.in_room:
            self._announce(ConnectionLost())
        self.in_room, self.id = False, None
        self._doubted_until = 0  # on another socket, nothing late can come

    def receive(self, frame: Frame, now_ms: int) -> None:
        """Take any frame in."""
        if frames.says_missed(frame):
            self.counters.missed += 1
            self._missed = True
            self.cursor.hold()
        match frame.get("type"):
            case "message":
                self._keep(frame)
            case "joined" if frame["room"] == self.room:
                self._take_snapshot(frame, now_ms)
            case "page" if self.awaits == "page":
                self._take_history(frame, now_ms)
            case "presence":
                self._take_presence(frame)
                if self._is_joining:
                    self._told.append(frame)
            case None:
                self._counters.unacknowledged += 1
        if self.in_room:
            self._heard_at = self.wakefulness.known_ms

    def _begin(self) -> None:
        """Know nothing of the room yet."""
        self.members, self.online = {}, 0
        self.gaps: list[str] = []  # the cursors after which the server may have dropped something
        self.cursor = Cursor()
        self.log.clear()
        self._since: str | None = None  # what the join under way asks from
        self._began_ms = 0  # when it was begun
        self._heard_at = 0  # the last time it was in the room for certain
        self._doubted_until = 0
        self._missed = False  # since the latest join was begun
        self._told: list[Frame] = []  # presence while a join is under way
        self._is_joining: bool = False
        self._is_seated = False  # by that join, of which only pages are missing
        self._was_missed = False  # before it

    def _keep(self, message: Frame) -> None:
        self.online = message["online"]
        if self.in_room:  # before, pages are missing below it
            self.cursor.advance(message["id"])
        if new := self.log.add(message):
            self._announce(new)

    def _take_snapshot(self, joined: Frame, now_ms: int) -> None:
        self.id, self.limits = joined["self"], joined["limits"]
        self._take_history(joined, now_ms)
        self.members = {member["id"]: member["alias"] for member in joined["members"]}
        self.online = joined["online"]
        for frame in self._told:  # a snapshot can be older than what has come while it was waited for
            self._take_presence(frame)

    def _take_history(self, page: Frame, now_ms: int) -> None:
        lasted = self.in_room and not self._was_missed  # a socket that answers has lost nothing
        if page["gap"] and not lasted and self._since and self._since not in self.gaps:
            self._note_gap(self._since, now_ms)
        for message in page["history"]:
            if new := self.log.add(message):
                self._announce(new)

    def _take_presence(self, frame: Frame) -> None:
        """Take who came and went. Somebody may be told who is known as that, or gone of whom nothing was heard."""
        self.online = frame["online"]
        came = {member["id"]: member["alias"] for member in frame["joined"]}
        joined = tuple(alias for id, alias in came.items() if self.members.get(id) != alias)
        self.members |= came
        gone = [member["id"] for member in frame["left"] if member["id"] in self.members]
        left = tuple(self.members.pop(id) for id in gone)
        if joined or left or not (frame["joined"] or frame["left"]):
            self._announce(Presence(joined, left, self.online))

    @property
    def list_disagrees(self) -> bool:
        """Tell whether the list of members cannot be right: a presence frame was lost, or never sent."""
        return self.in_room and self.online <= LISTED and self.online != len(self.members)

    # ---- coming in, page by page

    def begin_joining(self, now_ms: int) -> None:
        """Set out to fetch all that is missing."""
        self._began_ms = now_ms
        self._told = []
        self._is_joining, self._is_seated = True, False
        self._was_missed, self._missed = self._missed, False
        self._since = self.cursor.since(self._limit("overlapSeconds"))

    def doubt(self, now_ms: int) -> None:
        """Note that a join is asked again on the same socket: nothing tells its two answers apart.

        The first may come late and be of the past. So messages are taken from both, and the position stays where it
        was until a join has been answered that was asked DOUBT_MS later.
        """
        self._doubted_until = now_ms + DOUBT_MS
        self.cursor.hold(digits(self._began_ms))

    def is_doubtful(self, now_ms: int) -> bool:
        """Tell whether a late answer may still come, so that there has to be another join."""
        return now_ms < self._doubted_until

    @property
    def awaits(self) -> str:
        """The type of the frame that answers `join_request`: what a member goes on with are pages."""
        return "page" if self._is_seated else "joined"

    def join_request(self) -> Frame:
        """Return what to send next."""
        ask = frames.page if self._is_seated else frames.join
        return ask(str(self.room), self.alias, self._since)

    def finish_page(self, page: Frame, now_ms: int, asked_ms: int) -> bool:
        """Go on behind a `joined` or `page` that `receive` has taken in. Returns whether it was the last one.

        `asked_ms` is when it was asked for: it may have lain here through a sleep.
        """
        self.wakefulness.answered(asked_ms)
        history = page["history"]
        doubtful = self.is_doubtful(now_ms)
        if doubtful and self._since and history and history[0]["id"] <= self._since:
            return False  # the late answer to a try that asked from further back
        last = history[-1]["id"] if history else ""
        if self._since and page["more"] and last > self._since:
            self._since, self._is_seated = last, True
            self.cursor.advance(last)
            return False
        again = not self.cursor.is_new and not self.in_room
        self.cursor.advance(self.log.newest())
        self.cursor.enter(self._began_ms)
        if not doubtful:
            self.cursor.release()
        if self._missed:
            self.cursor.hold()
        self.in_room, self._heard_at = True, asked_ms
        self._told = []
        self._is_joining = self._is_seated = False
        if again:
            self._announce(ConnectionRestored())
        return True

    def _note_gap(self, since: str, now_ms: int) -> None:
        """Announce a gap: the server says that the cursor is older than what it keeps.

        In a quiet room that alone means nothing: only who was away for as long can have missed something.
        """
        self.gaps.append(since)
        if now_ms - self._heard_at >= self._limit("historySeconds") * 1000:
            self._announce(Gap(since))

    def _limit(self, name: str) -> int:
        return self.limits.get(name, USUAL_LIMITS[name])
