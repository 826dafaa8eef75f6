"""The real handlers between two servers whose requests can be in trouble: a table in memory, and @connections.

Everything happens one thing after the other and the same each time: the clock stands, tokens are counted, and posts go
out one at a time. So a state can be kept and come back to, and two states can be compared.
"""

import contextlib
import importlib
import io
import json
import os
import pickle
import secrets
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from anonchat import limits
from local.dynamodb.backends import CONTENT_TYPE, TARGET
from local.dynamodb.memory_backend import MemoryBackend
from local.dynamodb.memory_table import MemoryTable
from scripts.soak.fault_proxy import Answer, FaultProxy, Request, beside
from tests.matrix.calls import Calls, connection_of
from tests.matrix.people import Frame, Person

START_MS = 1_800_000_000_000
STEP_MS = 10  # from one invocation to the next
FUNCTIONS = ("connect", "disconnect", "default", "join", "leave", "send")
EVENTS = {"connect": "CONNECT", "disconnect": "DISCONNECT"}
ROOM_CAP = 3
TABLE_NAME = "chat"
PATIENCE_SECONDS = 30.0  # where nobody is to wait for nothing, nobody's time is to be over either

Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Socket:
    """One socket as @connections sees it. `frames` have come and are not read yet."""

    frames: list[Frame] = field(default_factory=list)
    is_open: bool = True
    fails: bool = False  # every post to it is answered 500
    is_told: bool = False  # whether $disconnect has run


@dataclass
class Invocation:
    """What came of one run of a function."""

    status: int = 0
    failure: str = ""  # the exception that the handler let through
    log: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class State:
    """All that can change: rows are kept apart."""

    people: dict[str, Person] = field(default_factory=dict)
    sockets: dict[str, Socket] = field(default_factory=dict)
    now: int = START_MS
    tokens: int = 0


class World:
    """Made by `world()`, once in a process."""

    def __init__(self) -> None:
        self.state = State()
        self.calls = Calls()
        self._database = MemoryBackend()
        self._handlers: dict[str, Any] = {}
        self.table = FaultProxy(self._perform, lambda request: self.calls.of_table(request))
        self.connections = FaultProxy(self._connections, lambda request: self.calls.of_posts(request))

    # --- the two servers -----------------------------------------------------------------------------------

    async def _perform(self, request: Request) -> Answer:
        operation = request.headers["x-amz-target"].removeprefix(TARGET)
        status, answer = self._database.call(operation, json.loads(request.body))
        body = json.dumps(answer).encode()
        return Answer(status, body, {"Content-Type": CONTENT_TYPE, "x-amz-crc32": str(zlib.crc32(body))})

    async def _connections(self, request: Request) -> Answer:
        found = self.state.sockets.get(connection_of(request))
        if found is None or not found.is_open:
            return Answer(410)
        if request.method == "DELETE":
            found.is_open = False
            return Answer(204)
        if found.fails:
            return Answer(500)
        if request.method == "POST":
            found.frames.append(json.loads(request.body))
        return Answer(200)

    # --- what there is -------------------------------------------------------------------------------------

    @property
    def _table(self) -> MemoryTable:
        assert self._database.is_immediate, "moto answers: a request was none that the chat makes"
        return self._database._tables[TABLE_NAME]

    def rows(self) -> Rows:
        """Return the table's rows by their keys, each as DynamoDB writes it down."""
        return {(row["pk"]["S"], row["sk"]["S"]): row for row in self._table.items()}

    def clear(self) -> None:
        self.state, self.calls = State(), Calls()
        self._table._partitions.clear()

    def keep(self) -> bytes:
        """Return all there is, to `restore` it."""
        return pickle.dumps((self.state, self._table._partitions))

    def restore(self, kept: bytes) -> None:
        self.state, self._table._partitions = pickle.loads(kept)
        self.calls = Calls()

    def key(self) -> str:
        """Return the same words for the same state, whatever the clock says."""
        return repr((sorted(self.rows().items()), self.state.people, self.state.sockets))

    # --- what happens --------------------------------------------------------------------------------------

    def person(self, name: str) -> Person:
        return self.state.people.setdefault(name, Person(name, alias=name.title()))

    def invoke(self, function: str, connection_id: str, frame: object = None) -> Invocation:
        """Run a function for an event of this connection."""
        context = {"eventType": EVENTS.get(function, "MESSAGE"), "connectionId": connection_id}
        event = {"requestContext": context, "body": frame if isinstance(frame, str) else json.dumps(frame)}
        printed, outcome = io.StringIO(), Invocation()
        with contextlib.redirect_stdout(printed):
            try:
                outcome.status = self._handlers[function](event, None)["statusCode"]
            except BaseException as failure:
                outcome.failure = f"{type(failure).__name__}: {failure}"
        outcome.log = [json.loads(line) for line in printed.getvalue().splitlines()]
        self.state.now += STEP_MS
        return outcome

    def use_patience(self, table: float, posts: float) -> None:
        """Set how many seconds an answer of the table and one of @connections may take."""
        vars(limits).update(POST_TIMEOUT_SECONDS=posts, TABLE_TIMEOUT_SECONDS=table)

    def load(self) -> None:
        """Import the handlers, once."""
        self._database.call(
            "CreateTable",
            {
                "TableName": TABLE_NAME,
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            },
        )
        self._handlers = {name: importlib.import_module(f"lambdas.{name}").handler for name in FUNCTIONS}


def _fix(world: World) -> None:
    """Make clock, tokens and the order of posts the same each time, and no pause longer than it must be."""
    time.time_ns = lambda: world.state.now * 1_000_000
    secrets.token_urlsafe = lambda nbytes=None: _token(world)
    limits.POSTS_AT_ONCE = 1
    limits.RETRY_JITTER_SECONDS = (0.3, 0.3)  # after all first attempts: they decide whether it is overload
    vars(limits).update(TABLE_SECONDS=limits.ATTEMPTS * PATIENCE_SECONDS, TABLE_BACKOFF_SECONDS=0.0)
    vars(limits).update(BATCH_LOOK=1, BATCH_WINDOW_MS=1)  # whose members take batches is busy where there are enough
    vars(limits).update(RETRY_TOKENS=10**9)  # each try is to find a function that has had no trouble before


def _token(world: World) -> str:
    world.state.tokens += 1
    return f"token{world.state.tokens:03d}"


@contextlib.contextmanager
def world() -> Iterator[World]:
    """Serve a world. The process is spoilt for anything else by it."""
    made = World()
    _fix(made)
    with beside(made.table, made.connections):
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL_DYNAMODB": made.table.address,
            "CONNECTIONS_ENDPOINT": f"{made.connections.address}/prod",
            "ROOM_CAP": str(ROOM_CAP),
            "TABLE_NAME": TABLE_NAME,
        }
        made.load()
        yield made
