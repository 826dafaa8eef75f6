"""A chat on fakes, whose clock and whose failing posts a test chooses."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from anonchat.chat import Chat
from anonchat.protocol import Join, Refused, Send
from anonchat.settings import Settings
from tests.support.fakes import FakeConnections, FakeTable
from tests.support.handlers import join, send

NOW = 1_800_000_000_000


class Room:
    """One person is one connection of the same name. `failing` are those whom no post reaches; they stay open."""

    def __init__(self, pause: Callable[[float], None] = lambda _: None, **settings: Any) -> None:
        self.table = FakeTable()
        self.pause = pause
        self.settings = Settings(**settings)
        self.failing: set[str] = set()
        self.connections = FakeConnections(fails=self.failing.__contains__)
        self.time = NOW
        self.tokens = map("token{:03}".format, itertools.count())
        self.answer_through(lambda table: table)

    def answer_through(self, line: Callable[[FakeTable], Any]) -> None:
        """Put what `line` makes of the table between it and the chat."""
        table, token = line(self.table), lambda: next(self.tokens)
        self.chat = Chat(table, self.connections, self.settings, lambda: self.time, self.pause, token)  # type: ignore[arg-type]

    def connect(self, *names: str) -> None:
        for name in names:
            self.table.put_connection(name, f"salt-{name}", self.time)
            self.connections.connect(name)

    def join(
        self,
        name: str,
        room: str = "red",
        since: str | None = None,
        alias: str | None = None,
        accepts: frozenset[str] = frozenset(),
    ) -> None:
        join(self.chat, name, Join(room, alias or name, since, accepts))

    def enter(self, *names: str, room: str = "red", accepts: frozenset[str] = frozenset()) -> None:
        self.connect(*names)
        for name in names:
            self.join(name, room, accepts=accepts)
        for name in self.connections.inbox:
            self.connections.inbox[name].clear()
        self.connections.told.clear()

    def send(self, name: str, text: str = "hello", room: str = "red") -> None:
        send(self.chat, name, Send(room, text, f"client-{name}"))

    def heard(self, name: str, type_: str) -> list[dict[str, Any]]:
        return [frame for frame in self.connections.inbox[name] if frame["type"] == type_]

    def left_told(self) -> list[str]:
        return [each["alias"] for told in self.connections.told for each in told.get("left", [])]


def code_of(use_case: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(Refused) as refused:
        use_case(*arguments, **options)
    return refused.value.code
