"""Each function's row of the route map, which is its policy, names what its handler was seen to do: no more, no less.

No engine here enforces IAM, so a permission too few would show on AWS only, and there only on the rare path that needs
it: a member whose socket is gone, one that cannot be reached, a full room, a crowded one.
"""

import importlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from anonchat import limits
from anonchat.connections import Connections
from anonchat.dynamodb import DynamoDB
from anonchat.dynamodb_client import Client
from anonchat.http_pool import Exchange
from anonchat.table import Table
from tests.support import moto_chat_table
from tests.support.moto_chat_table import MotoChatTable

ROUTES = json.loads((Path(__file__).parents[2] / "lambdas/routes.json").read_text())
FUNCTIONS = {row["function"]: row for row in ROUTES.values() if "function" in row}
ROOM = "red"
CROWD = limits.NAMED_PRESENCE_MEMBERS + 3  # with one member gone and one leaving it is still one
LATE = ["late-1", "late-2"]  # one more than there is room for


class FakePool:
    """@connections, at the pool's place: notes each request's method and answers as `answers` says, 200 unless told."""

    url = urlsplit("https://api.example/prod")

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        self.methods: set[str] = set()

    def exchange(self, requests: Sequence[bytes], seconds: float, *, retry: bool) -> Exchange:
        statuses = [self._answer(*request.split(b" ", 2)[:2]) for request in requests]
        return Exchange([*statuses], troubled=statuses.count(500))

    def _answer(self, method: bytes, path: bytes) -> int:
        self.methods.add(method.decode())
        return self.answers.get(unquote(path.decode().rpartition("/")[2]), 200)


class Chat:
    """The six handlers on one table and one pool; `seen` is what they did since it was last cleared."""

    def __init__(self, table: MotoChatTable, pool: FakePool) -> None:
        self.table = table
        self.pool = pool
        self.handlers = {
            name: importlib.reload(importlib.import_module(f"lambdas.{name}")).handler for name in FUNCTIONS
        }

    def event(self, function: str, kind: str, who: str, **frame: Any) -> None:
        context = {"eventType": kind, "connectionId": who}
        self.handlers[function]({"requestContext": context, "body": json.dumps(frame), "headers": {}}, None)

    def connect(self, who: str) -> None:
        self.event("connect", "CONNECT", who)

    def join(self, who: str, room: str = ROOM) -> None:
        self.event("join", "MESSAGE", who, action="join", room=room, alias=who)

    def send(self, who: str) -> None:
        self.event("send", "MESSAGE", who, action="send", room=ROOM, text="hello", client="client-1")

    def leave(self, who: str) -> None:
        self.event("leave", "MESSAGE", who, action="leave")

    def disconnect(self, who: str) -> None:
        self.event("disconnect", "DISCONNECT", who)

    def arrive(self, *people: str) -> None:
        for person in people:
            self.connect(person)
            self.join(person)

    def let_presence_be_told_again(self) -> None:
        """As if the seconds had passed for which a crowded room keeps quiet about comings and goings."""
        key = {"pk": {"S": f"ROOM#{ROOM}"}, "sk": {"S": "ROOM"}}
        self.table.call("DeleteItem", Key=key)

    @property
    def operations(self) -> set[str]:
        return {operation for operation, _ in self.table.requests}

    def clear(self) -> None:
        self.table.requests.clear()
        self.pool.methods.clear()


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    with moto_chat_table.served() as moto:
        for name, value in {**moto.environ, "ROOM_CAP": str(CROWD), "PER_MINUTE": "1000"}.items():
            monkeypatch.setenv(name, value)
        pool, client = FakePool(), Client.from_environment()
        table = Table(DynamoDB(client, moto_chat_table.NAME))
        connections = Connections(pool, "eu-central-1")  # type: ignore[arg-type]
        monkeypatch.setattr(Table, "from_environment", classmethod(lambda cls: table))
        monkeypatch.setattr(Connections, "from_environment", classmethod(lambda cls: connections))
        yield Chat(moto, pool)
        client.close()


def leave_twice(chat: Chat) -> None:
    chat.leave("alice")
    chat.leave("alice")


def send_inside_and_outside(chat: Chat) -> None:
    chat.send("alice")
    chat.send("stranger")


def join_a_full_room_and_an_empty_one(chat: Chat) -> None:
    for person in LATE:
        chat.join(person)
    chat.join("stranger")
    chat.join("alice", "blue")


def say_nonsense(chat: Chat) -> None:
    for person in ("alice", "failing"):
        chat.event("default", "MESSAGE", person, action="dance")


# What each function meets in a crowded room in which one member is gone and another cannot be reached.
SCENES: dict[str, Callable[[Chat], None]] = {
    "connect": lambda chat: chat.connect("bob"),
    "disconnect": lambda chat: chat.disconnect("alice"),
    "default": say_nonsense,
    "join": join_a_full_room_and_an_empty_one,
    "leave": leave_twice,
    "send": send_inside_and_outside,
}


def test_every_function_has_its_scene() -> None:
    assert set(SCENES) == set(FUNCTIONS)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_does_what_its_row_allows_and_nothing_else(chat: Chat, function: str) -> None:
    chat.arrive("alice", "gone", "failing", *(f"person-{number}" for number in range(CROWD - 3)))
    for person in LATE:
        chat.connect(person)
    chat.let_presence_be_told_again()
    chat.pool.answers = {"gone": 410, "failing": 500}
    chat.clear()

    SCENES[function](chat)

    assert chat.operations == set(FUNCTIONS[function]["table"])
    assert chat.pool.methods == set(FUNCTIONS[function]["connections"])
