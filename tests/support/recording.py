"""Record every table request, post, answer and log line of a scripted visit through the handlers.

Run as a program of its own, since it fixes clock, randomness and some limits before the handlers are imported:
`PYTHONPATH=shared/python python -m tests.support.recording` prints the recording. tests/lambdas/test_recording.py holds
the handlers to it: a change of names passes, a change of a request shows which one and what it says now.
"""

import contextlib
import importlib
import io
import itertools
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from anonchat import limits
from tests.support import moto_chat_table
from tests.support.moto_chat_table import MotoChatTable

START_MS = 1_800_000_000_000
FUNCTIONS = ("connect", "disconnect", "default", "join", "leave", "send")
KINDS = {"connect": "CONNECT", "disconnect": "DISCONNECT"}
ROOM_CAP = 4


class Recording:
    """Lines of text, one for each thing that happened, and the state of a scripted world: its clock and its sockets."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.time = START_MS
        self.statuses: dict[str, int] = {}  # what @connections answers for a connection id; 200 for all others

    def note(self, what: str, **facts: object) -> None:
        self.lines.append(f"{what} {json.dumps(facts, ensure_ascii=False, sort_keys=True)}" if facts else what)

    def note_request(self, operation: str, parameters: dict[str, Any]) -> None:
        """Note a request to the table."""
        self.note(f"  {operation}", **parameters)


class _Connections(BaseHTTPRequestHandler):
    """@connections: note the request, answer as the script says."""

    recording: Recording
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        connection_id = unquote(self.path.rpartition("/")[2])
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        status = self.recording.statuses.get(connection_id, 200)
        frame = {"frame": json.loads(body)} if body else {}
        self.recording.note(f"  {self.command} {connection_id} -> {status}", **frame)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET = do_DELETE = _answer

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(recording: Recording) -> Iterator[str]:
    """Serve @connections on 127.0.0.1 and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Connections,), {"recording": recording}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/prod"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fix_the_world(recording: Recording) -> None:
    """Make clock, random tails and the order of posts the same each time, before any handler is imported."""
    serial = itertools.count(1)
    time.time_ns = lambda: recording.time * 1_000_000
    secrets.token_urlsafe = lambda nbytes=None: f"token{next(serial):03d}"
    limits.POSTS_AT_ONCE = 1
    limits.RETRY_JITTER_SECONDS = (0.5, 0.5)  # after all first attempts, however slow this machine is
    limits.NAMED_PRESENCE_MEMBERS = 3


class Visit:
    """The handlers on one table, driven by API Gateway's events."""

    def __init__(self, recording: Recording, table: MotoChatTable) -> None:
        self.recording = recording
        self.table = table
        self.handlers = {name: importlib.import_module(f"lambdas.{name}").handler for name in FUNCTIONS}

    def invoke(self, function: str, connection_id: str, frame: object = None, **event: object) -> None:
        self.recording.note(f"{function} {connection_id}", frame=frame)
        context = {"eventType": KINDS.get(function, "MESSAGE"), "connectionId": connection_id}
        body = frame if isinstance(frame, str) else json.dumps(frame)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            answer = self.handlers[function]({"requestContext": context, "body": body, **event}, None)
        for line in printed.getvalue().splitlines():
            logged = {key: value for key, value in json.loads(line).items() if key not in ("timestamp", "where")}
            self.recording.note("  log", **logged)
        self.recording.note("  returns", **answer)
        self.recording.time += 10

    def connect(self, *connection_ids: str) -> None:
        for connection_id in connection_ids:
            self.invoke("connect", connection_id, headers={"Origin": "https://chat.example"})

    def join(self, connection_id: str, room: str = "red", alias: str = "", **fields: object) -> None:
        frame = {"action": "join", "room": room, "alias": alias or connection_id.title(), **fields}
        self.invoke("join", connection_id, frame)

    def send(self, connection_id: str, text: str = "hello", room: str = "red", client: str = "client-1") -> None:
        self.invoke("send", connection_id, {"action": "send", "room": room, "text": text, "client": client})

    def leave(self, connection_id: str) -> None:
        self.invoke("leave", connection_id, {"action": "leave"})

    def disconnect(self, connection_id: str) -> None:
        self.invoke("disconnect", connection_id)


def _ordinary(visit: Visit) -> None:
    visit.connect("ann=", "bob=")
    visit.join("ann=")
    visit.join("bob=", alias="Bób 😀")
    visit.send("ann=", "line one\nline two")
    visit.send("bob=", client="client-2")
    visit.join("bob=")
    visit.join("bob=", alias="Robert")
    visit.join("ann=", since=f"{START_MS}")
    visit.join("ann=", since=f"{START_MS - 10_000_000}")
    visit.join("ann=", since=f"{START_MS}", page=True)
    visit.join("ann=", roster="")
    visit.join("bob=", room="blue")
    visit.join("bob=", room="green")
    visit.send("bob=")
    visit.leave("bob=")
    visit.leave("bob=")
    visit.disconnect("bob=")
    visit.disconnect("bob=")


def _refused(visit: Visit) -> None:
    visit.invoke("connect", "eve=", headers={"origin": "https://evil.example"})
    visit.send("eve=")
    visit.connect("eve=")
    visit.send("eve=")
    visit.leave("eve=")
    visit.send("eve=", "x" * 8193)
    visit.join("eve=", room="no spaces")
    visit.join("eve=", since="yesterday")
    visit.invoke("send", "eve=", {"action": "send", "room": "red", "text": 7, "client": "client-3"})
    for body in ("hello", "[]", "{}", '{"action": "dance"}', '{"action": "$connect"}'):
        visit.invoke("default", "eve=", body)
    visit.invoke("join", "eve=", "{")
    visit.invoke("leave", "eve=", requestContext={"eventType": "CONNECT", "connectionId": "eve="})


def _full_and_gone(visit: Visit) -> None:
    statuses = visit.recording.statuses
    visit.connect("cyd=", "dee=", "fay=", "gus=")
    visit.join("cyd=")
    visit.join("dee=")
    visit.join("fay=")
    visit.join("gus=")
    statuses["dee="] = 410
    visit.join("gus=")
    visit.recording.time += 6_000
    statuses["cyd="] = 500
    visit.send("fay=")
    statuses["cyd="] = 410
    visit.send("fay=")
    statuses["fay="] = 410
    visit.send("fay=")
    visit.leave("gus=")


def _too_fast(visit: Visit) -> None:
    visit.connect("hal=")
    visit.join("hal=", room="fast")
    for number in range(9):
        visit.send("hal=", room="fast", client=f"client-{number:02d}")
    for _ in range(8):
        visit.join("hal=", room="fast")
    visit.recording.time += 60_000
    visit.send("hal=", room="fast")


def _missed(visit: Visit) -> None:
    statuses = visit.recording.statuses
    visit.connect("kim=", "lee=", "max=")
    visit.join("kim=", room="busy")
    visit.join("lee=", room="busy", accepts=["missed"])
    visit.join("max=", room="busy", accepts=["missed", "unheard of"])
    statuses["lee="] = 429
    visit.send("kim=", "lost", room="busy")
    visit.send("kim=", "lost too", room="busy")
    del statuses["lee="]
    visit.send("max=", "heard", room="busy", client="client-2")
    visit.join("lee=", room="busy", since=f"{START_MS}", accepts=["missed"])
    visit.send("kim=", "heard again", room="busy", client="client-3")
    statuses |= {"lee=": 500, "max=": 500}
    visit.send("kim=", "lost by all", room="busy", client="client-4")
    visit.send("kim=", "lost by all again", room="busy", client="client-5")


def _failing(visit: Visit) -> None:
    visit.connect("ida=")
    visit.join("ida=", room="broken")
    visit.table.call("DeleteTable")
    visit.send("ida=", room="broken")
    visit.join("ida=", room="broken")
    visit.disconnect("ida=")
    visit.connect("jon=")


def record() -> str:
    """Play every scene and return the recording, a line for each event, request, post, log line and answer."""
    recording = Recording()
    fix_the_world(recording)
    with served(recording) as endpoint, moto_chat_table.served() as table:
        os.environ |= {
            **table.environ,
            "ALLOWED_ORIGINS": "https://chat.example",
            "CONNECTIONS_ENDPOINT": endpoint,
            "PER_MINUTE": "8",
            "ROOM_CAP": str(ROOM_CAP),
        }
        table.note = recording.note_request
        visit = Visit(recording, table)
        for scene in (_ordinary, _refused, _full_and_gone, _missed, _too_fast, _failing):
            recording.note(f"# {scene.__name__.strip('_').replace('_', ' ')}")
            recording.time += 60_000
            scene(visit)
    return "\n".join(recording.lines) + "\n"


if __name__ == "__main__":
    print(record(), end="")
