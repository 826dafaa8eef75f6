"""The handlers through their front door: events in, frames out, never an exception, never a word in the log."""

import importlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonchat import route
from anonchat.chat import Chat
from anonchat.connections import Connections
from anonchat.settings import Settings
from anonchat.table import Table
from tests.support.fakes import FakeConnections, FakeTable
from tests.support.frames import anything

ME = "TXzPWdnOjoECGj-="
SECRET = "what-nobody-may-log"


@pytest.fixture
def table() -> FakeTable:
    return FakeTable()


@pytest.fixture
def connections() -> FakeConnections:
    connections = FakeConnections()
    connections.connect(ME)
    return connections


@pytest.fixture
def handlers(table: FakeTable, connections: FakeConnections, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Table, "from_environment", classmethod(lambda cls: table))
    monkeypatch.setattr(Connections, "from_environment", classmethod(lambda cls: connections))
    return lambda name: importlib.reload(importlib.import_module(f"lambdas.{name}")).handler


def event(kind: str, body: str | None = None, **more: Any) -> dict[str, Any]:
    context = {"eventType": kind, "connectionId": ME, "routeKey": "x", "identity": {"sourceIp": "203.0.113.7"}}
    return {"requestContext": context, "body": body, "isBase64Encoded": False} | more


def say(handler: Any, **frame: Any) -> dict[str, Any]:
    answer: dict[str, Any] = handler(event("MESSAGE", json.dumps(frame)), None)
    return answer


def test_a_whole_visit(handlers: Any, table: FakeTable, connections: FakeConnections, capsys: Any) -> None:
    assert handlers("connect")(event("CONNECT", headers={}), None) == {"statusCode": 200}
    assert say(handlers("join"), action="join", room="red", alias=SECRET) == {"statusCode": 200}
    assert say(handlers("send"), action="send", room="red", text=SECRET, client="client-1") == {"statusCode": 200}
    assert say(handlers("leave"), action="leave") == {"statusCode": 200}
    assert handlers("disconnect")(event("DISCONNECT"), None) == {"statusCode": 200}
    assert [frame["type"] for frame in connections.inbox[ME]] == ["joined", "message", "left"]
    assert table.connections == {}
    assert capsys.readouterr().out == "", "a healthy function logs nothing"


@pytest.mark.parametrize(
    ("origin", "allowed", "status"),
    [
        ("https://chat.example", "https://chat.example,https://other.example", 200),
        ("https://evil.example", "https://chat.example", 403),
        ("null", "https://chat.example", 403),
        (None, "https://chat.example", 200),
        ("https://anywhere.example", "", 200),
    ],
)
@pytest.mark.parametrize("header", ["Origin", "origin"])
def test_connect_looks_at_the_origin(
    handlers: Any, table: FakeTable, monkeypatch: Any, origin: str | None, allowed: str, status: int, header: str
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", allowed)
    headers = {} if origin is None else {header: origin}
    assert handlers("connect")(event("CONNECT", headers=headers), None)["statusCode"] == status
    assert bool(table.connections) == (status == 200)


@pytest.mark.parametrize("name", ["connect", "disconnect", "default", "join", "leave", "send"])
@pytest.mark.parametrize("kind", ["CONNECT", "DISCONNECT", "MESSAGE"])
def test_a_handler_takes_only_its_own_type_of_event(
    handlers: Any, table: FakeTable, connections: FakeConnections, name: str, kind: str
) -> None:
    own = {"connect": "CONNECT", "disconnect": "DISCONNECT"}.get(name, "MESSAGE")
    if kind != own:
        table.put_connection(ME, "salt", 0)
        assert handlers(name)(event(kind, '{"action": "join"}'), None)["statusCode"] == 403
        assert ME in table.connections
        assert connections.inbox[ME] == []


def test_what_no_route_took_gets_a_polite_frame(handlers: Any, connections: FakeConnections) -> None:
    default = handlers("default")
    for body in ("hello", "[]", "{}", '{"action": "dance"}', '{"action": "$disconnect"}', None):
        assert default(event("MESSAGE", body), None) == {"statusCode": 200}
    codes = [frame["code"] for frame in connections.inbox[ME]]
    assert codes == ["bad_request", "bad_request", "bad_request", "unknown_action", "unknown_action", "bad_request"]


@pytest.mark.parametrize("name", ["join", "send"])
def test_a_failing_table_is_told_to_the_client_and_logged_without_a_word_of_it(
    handlers: Any, table: FakeTable, connections: FakeConnections, capsys: Any, name: str
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError(f"no table for {arguments}")

    table.move_to_room = table.count_send = broken  # type: ignore[assignment, method-assign]
    assert say(handlers(name), action=name, room="red", alias=SECRET, text=SECRET, client="client-1")
    (frame,) = connections.inbox[ME]
    assert frame["code"] == "server_error"
    assert frame.get("client") == ("client-1" if name == "send" else None)
    out = capsys.readouterr().out
    (line,) = out.splitlines()
    assert json.loads(line)["level"] == "ERROR"
    assert json.loads(line)["failure"] == "RuntimeError"
    assert SECRET not in out
    assert "203.0.113.7" not in out
    assert ME not in out


def test_a_failing_table_refuses_the_handshake(
    handlers: Any, table: FakeTable, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "put_connection", lambda *_: 1 / 0)
    assert handlers("connect")(event("CONNECT", headers={}), None) == {"statusCode": 500}
    assert json.loads(capsys.readouterr().out)["level"] == "ERROR"


frames = st.dictionaries(
    st.sampled_from(["action", "room", "alias", "since", "text", "client"]),
    st.sampled_from(["join", "send", "red", "hello", "client-1", "1800000000000", ""]) | anything,
)


BODIES = st.lists(st.text(st.characters(codec=None)) | frames.map(json.dumps), min_size=1, max_size=6)


def test_garbage_of_every_kind_gets_one_answer_each_and_never_an_exception() -> None:
    table, connections = FakeTable(), FakeConnections()
    chat = Chat(table, connections, Settings())  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chat, "from_environment", classmethod(lambda cls: chat))
        patch.setattr(Connections, "from_environment", classmethod(lambda cls: connections))
        modules = [
            importlib.reload(importlib.import_module(f"lambdas.{n}")) for n in ("join", "leave", "send", "default")
        ]

    @settings(max_examples=300)
    @given(bodies=BODIES)
    def answer(bodies: list[str]) -> None:
        for fake in (table, connections):
            fake.__init__()  # type: ignore[misc] # each list of bodies meets a chat of its own
        table.put_connection(ME, "salt", 0)
        connections.connect(ME)
        for body in bodies:
            for module in modules:
                before = len(connections.inbox[ME])
                assert module.handler(event("MESSAGE", body), None) == route.OK
                answers = [frame for frame in connections.inbox[ME][before:] if frame["type"] != "presence"]
                assert len(answers) == 1
                assert answers[0].get("code") != "server_error"

    answer()
