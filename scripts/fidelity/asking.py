"""What a question has in its hands: sockets to a target, its @connections, and what the probes have seen."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from scripts.fidelity.management import Management
from scripts.fidelity.raw_socket import Closed, RawSocket
from scripts.fidelity.target import Event, Record, Target, Unseen

Ask = Callable[["Asking"], Awaitable[str]]


@dataclass(frozen=True)
class Question:
    """A function that returns what the target does, in a few words.

    `alone`: nothing else may be asked meanwhile, since it uses up a throttle. `minutes`: how long it takes, if that is
    long. `settings`: it needs a target whose stages can be changed while they run.
    """

    id: str
    ask: Ask
    alone: bool = False
    minutes: int = 0
    settings: bool = False


QUESTIONS: dict[str, Question] = {}


def question(*, alone: bool = False, minutes: int = 0, settings: bool = False) -> Callable[[Ask], Ask]:
    """Register a function as the question of its name, with dashes."""

    def register(ask: Ask) -> Ask:
        name = ask.__name__.replace("_", "-")
        QUESTIONS[name] = Question(name, ask, alone, minutes, settings)
        return ask

    return register


class Refused(Exception):
    """A handshake that did not end in a socket; the text is its status."""


class Asking:
    """An async context manager: what it has opened is gone after the block."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._sockets: list[RawSocket] = []

    async def __aenter__(self) -> Asking:
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            socket.leave()

    # Sockets

    async def dial(self, stage: str = "open", place: str = "", *, headers: Sequence[str] = (), **how: Any) -> RawSocket:
        """Ask for a socket, and do not wait. `place` is what follows the stage's address, `how` is RawSocket.dial's."""
        socket = await RawSocket.dial(self.target.stages[stage].socket + place, headers, **how)
        self._sockets.append(socket)
        return socket

    async def handshake(self, stage: str = "open", place: str = "", **how: Any) -> RawSocket:
        """Ask for a socket and read the answer, whatever it is."""
        socket = await self.dial(stage, place, **how)
        await self.within(socket.read_answer())
        return socket

    async def open(self, stage: str = "open", place: str = "", headers: Sequence[str] = ()) -> RawSocket:
        """Open a socket. Raise Refused."""
        socket = await self.handshake(stage, place, headers=headers)
        if socket.status != 101:
            raise Refused(f"handshake {socket.status}")
        return socket

    async def with_id(self, stage: str = "open", place: str = "", headers: Sequence[str] = ()) -> tuple[RawSocket, str]:
        """Open a socket and ask for its connection's id."""
        socket = await self.open(stage, place, headers)
        socket.send("who")
        return socket, await self.next(socket)

    async def echo(self, socket: RawSocket, **asked: Any) -> Any:
        """Have the echo probe post back its event. Raise Closed."""
        socket.act("echo", **asked)
        return await self.within(self._echoed(socket))

    async def _echoed(self, socket: RawSocket) -> Any:
        while True:  # others may post meanwhile
            with suppress(ValueError):
                answer = await socket.json()
                if isinstance(answer, dict) and "event" in answer:
                    return answer

    # What comes, and what does not

    async def within(self, waited: Awaitable[Any]) -> Any:
        """Wait as long as an answer may take. Raise TimeoutError."""
        return await asyncio.wait_for(waited, self.target.patience)

    async def next(self, socket: RawSocket) -> str:
        return str(await self.within(socket.message()))

    async def anything(self, socket: RawSocket) -> str:
        """Return what comes in the time in which it would: a message, a close, or "nothing"."""
        try:
            return await asyncio.wait_for(socket.message(), self.target.quiet)
        except TimeoutError:
            return "nothing"
        except Closed as closed:
            return str(closed)

    async def ending(self, socket: RawSocket) -> str:
        """Return how the other side closes."""
        try:
            return str(await self.within(socket.closing()))
        except TimeoutError:
            return "stays open"

    async def error_frame(self, socket: RawSocket) -> str:
        """Return the message of the next frame and its other keys, and whether the socket goes on after it."""
        text = await self.next(socket)
        try:
            found = json.loads(text)
            shape = f"{found.pop('message')} ({', '.join(sorted(found))})"
        except (ValueError, AttributeError, KeyError):
            return f"{text[:60]!r}"
        try:
            await self.echo(socket)
        except (Closed, TimeoutError):
            return f"{shape}, then it is closed"
        return f"{shape}, stays open"

    # The rest of the target

    def management(self, stage: str = "open") -> Management:
        return Management(self.target.stages[stage].endpoint, self.target.credentials, self.target.region)

    async def seen(self, name: str, kind: str, count: int = 1) -> list[Record]:
        """Return the events of a type under a connection's id or a token. Raise Unseen."""
        return await self.target.seen.wait(name, kind, self.target.patience, count)

    async def unseen(self, name: str, kind: str) -> bool:
        """Tell whether no such event is there after the time in which it would."""
        try:
            await self.target.seen.wait(name, kind, self.target.quiet)
        except Unseen:
            return True
        return False

    async def lifetime(self, headers: Sequence[str] = (), place: str = "") -> list[Event]:
        """Return the three events of a connection that sends one message and closes."""
        token = secrets.token_hex(8)
        socket = await self.open("open", f"{place}{'&' if '?' in place else '?'}probe={token}", headers)
        message = (await self.echo(socket))["event"]
        await self.within(socket.close())
        [ended] = await self.seen(message["requestContext"]["connectionId"], "DISCONNECT")
        [began] = await self.seen(token, "CONNECT")
        return [began.event, message, ended.event]


def query(**asked: str) -> tuple[str, str]:
    """Return a query string that asks the $connect probe for something, and the token that its event is found by."""
    token = secrets.token_hex(8)
    return "?" + urlencode({"probe": token, **asked}), token


def returning(result: Any) -> str:
    """Return a query string that makes the $connect probe return this."""
    return query(**{"return": json.dumps(result)})[0]


def words(*parts: Any) -> str:
    """Join parts of an answer; what is always the same is said once."""
    texts = ["null" if part is None else str(part) for part in parts]
    return f"each: {texts[0]}" if len(texts) > 1 and len(set(texts)) == 1 else ", ".join(texts)
