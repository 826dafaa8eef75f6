"""A person as docs/protocol.md wants clients to be: what it knows by its frames, and what it still waits for."""

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]
OVERLAP_MS = 15_000
ACCEPTS = ["missed", "batch"]
BEGINNING = "0" * 13


@dataclass
class Person:
    """One client. `socket` is its connection id, "" without one; `waits_for` what it has asked and has no answer to."""

    name: str
    knows_marks: bool = True
    socket: str = ""
    sockets: int = 0
    room: str = ""  # the one it wants to be in
    came_from: str = ""  # the one it was in when it asked for that
    alias: str = ""
    id: str = ""
    roster: dict[str, str] = field(default_factory=dict)
    online: int = 0
    seen: dict[str, str] = field(default_factory=dict)  # message `client` -> id
    cursor: int = 0  # of the last message, in milliseconds
    gaps: int = 0
    missed: bool = False
    waits_for: Frame | None = None
    error: str = ""  # the code of the latest answer, if it was an error
    echoes: set[str] = field(default_factory=set)

    def join_frame(self) -> Frame:
        frame: Frame = {"action": "join", "room": self.room, "alias": self.alias}
        if self.cursor:
            frame["since"] = f"{self.cursor - OVERLAP_MS:013d}"
        return frame | ({"accepts": ACCEPTS} if self.knows_marks else {})

    def page_frame(self) -> Frame:
        """Ask for what was said after the beginning, whatever it has seen: then there is something to read."""
        return self.join_frame() | {"since": BEGINNING, "page": True}

    def roster_frame(self) -> Frame:
        """Ask who is there, from the beginning."""
        return self.join_frame() | {"roster": ""}

    @property
    def is_unsure(self) -> bool:
        """Tell whether it has reason to join again for a fresh snapshot."""
        return bool(self.room) and (self.missed or self.online != len(self.roster))

    def receive(self, frame: Frame) -> None:
        self.missed = self.missed or frame.get("missed", False)
        match frame.get("type"):
            case "joined":
                self._enter(frame)
            case "page":
                self._read(frame)
            case "roster":
                self._meet(frame)
            case "message" | "messages":
                for message in frame.get("messages", [frame]):
                    self._see(message)
                self.online = frame["online"]
            case "presence":
                self._notice(frame)
            case "left":
                self._answered("leave")
                self.room = ""
            case "error":
                self.error = frame["code"]
                if self.error == "room_full":
                    self.room = self.came_from

    def _enter(self, frame: Frame) -> None:
        if frame["room"] != self.room:
            return
        self.id, self.online, self.missed = frame["self"], frame["online"], False
        self.roster = {each["id"]: each["alias"] for each in frame["members"]}
        self._read(frame)

    def _notice(self, frame: Frame) -> None:
        self.roster |= {each["id"]: each["alias"] for each in frame["joined"]}
        for each in frame["left"]:
            self.roster.pop(each["id"], None)
        self.online = frame["online"]

    def _meet(self, frame: Frame) -> None:
        """Learn who is there from a page that has them all, as those of these scenes do."""
        self.online = frame["online"]
        self.roster = {each["id"]: each["alias"] for each in frame["members"]}
        self._answered("join")

    def _read(self, frame: Frame) -> None:
        self.gaps += frame["gap"]
        for message in frame["history"]:
            self._see(message)
        self._answered("join")

    def _see(self, message: Frame) -> None:
        self.seen[message["client"]] = message["id"]
        self.cursor = max(self.cursor, int(message["id"][:13]))
        if self.waits_for and self.waits_for.get("client") == message["client"]:
            self.echoes.add(message["client"])
            self._answered("send")

    def _answered(self, action: str) -> None:
        if self.waits_for and self.waits_for["action"] == action:
            self.waits_for, self.error = None, ""
