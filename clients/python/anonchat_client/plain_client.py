"""A client of the protocol that sends and shows texts as they are: for rooms without encryption, and under `Client`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Self

import aiohttp

from anonchat_client import clock
from anonchat_client.asker import Asker
from anonchat_client.connection import ADMISSION_SECONDS, Connection, Dialler
from anonchat_client.core import frames
from anonchat_client.core.frames import Answer, Frame
from anonchat_client.core.log import Log, MessageLog
from anonchat_client.core.outbox import Outbox
from anonchat_client.core.pacing import silence_seconds
from anonchat_client.core.retries import FIRST_SECONDS, Backoff
from anonchat_client.core.session import DOUBT_MS, Counters, Session
from anonchat_client.errors import Disconnected, RequestRefused
from anonchat_client.request import RequestSlot
from anonchat_client.resumer import Resumer

ECHO_SECONDS = 10.0  # the protocol's: no echo for so long, and the message is sent again
RECONNECT_FACTOR = 4  # of a request's first pause: many lose their sockets at once, and come back over some seconds


class PlainClient:
    """One person in one room.

        async with PlainClient(url) as client:
            await client.join("lobby", "Ada")
            echo = await client.send("Hello")      # returns once it is acknowledged
            client.log                             # every message of the room, by id, each once

    Sends one message at a time, and again until it is acknowledged, comes back by itself after a cut, resumes by the
    overlap rule and drops duplicates.
    """

    def __init__(
        self,
        url: str,
        *,
        session: Dialler | None = None,
        headers: Mapping[str, str] | None = None,
        echo_seconds: float = ECHO_SECONDS,
        retry_seconds: float = FIRST_SECONDS,
        log: MessageLog | None = None,
        announce: Callable[[object], None] = lambda event: None,
    ) -> None:
        """Open no socket yet. `session` opens them and stays the caller's.

        `log` and `announce` are those of a core Session.
        """
        self.url = url
        self.failure: Exception | None = None  # why it gave up
        self._own_session = None if session else aiohttp.ClientSession()
        dialler = session or self._own_session
        assert dialler is not None, "one of the two"
        self._log = log if log is not None else Log()
        self._session = Session(self._log, announce)
        self._outbox = Outbox()
        self._news = asyncio.Event()
        backoff = Backoff(RECONNECT_FACTOR * retry_seconds, least=0)
        self._connection = Connection(url, dialler, self, backoff, headers, self._session.wakefulness)
        self._requests = RequestSlot(self._write, self._log, echo_seconds)
        self._asker = Asker(self._requests, self._session, self.cut, retry_seconds)
        self._resumer = Resumer(self._enter, self.failed)

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def connect(self, patience_seconds: float = ADMISSION_SECONDS) -> None:
        """Open the socket and keep it open until `close`.

        Raise WSServerHandshakeError if it is refused. Refused for now (429, 5xx) it tries again; then, raise SiteError.
        """
        try:
            await self._connection.open(patience_seconds)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Hang up properly, with a close frame."""
        await self._resumer.close()
        await self._connection.close()
        if self._own_session:
            await self._own_session.close()

    def cut(self) -> None:
        """Lose the connection without a close frame; whatever is on its way is lost. It comes back by itself."""
        self._session.lose()
        self._connection.cut()

    # ---- what is known

    @property
    def room(self) -> str | None:
        return self._session.room

    @property
    def alias(self) -> str:
        return self._session.alias

    @property
    def id(self) -> str | None:
        """This socket's member id."""
        return self._session.id

    @property
    def log(self) -> list[Frame]:
        """The room's messages as known here, sorted by id, each once."""
        return self._log.frames

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.log]

    @property
    def members(self) -> dict[str, str]:
        """Member id → alias, as far as told."""
        return self._session.members

    @property
    def online(self) -> int:
        """How many are in the room."""
        return self._session.online

    @property
    def limits(self) -> Mapping[str, int]:
        """The server's, once it has told them."""
        return self._session.limits

    @property
    def gaps(self) -> list[str]:
        """The cursors after which the server may have dropped something."""
        return self._session.gaps

    @property
    def counters(self) -> Counters:
        return self._session.counters

    @property
    def in_room(self) -> bool:
        """On a live socket, in the room, with nothing left to fetch."""
        return self._session.in_room

    @property
    def busy(self) -> bool:
        """A message of its own is waiting for its echo."""
        expected = self._requests.expected
        return expected is not None and expected.type == "message"

    # ---- what it does

    async def join(self, room: str, alias: str) -> None:
        """Enter a room, or ask again in the one it is in. Raise RequestRefused (bad_request, room_full, ...)."""
        self._resumer.forget()
        try:
            async with self._resumer.entering:
                self._session.join(room, alias)
                await self._enter()
        except Disconnected:
            await self.until(lambda: self.in_room)  # whoever reconnects enters, too
        except RequestRefused:
            if self._session.cursor.is_new:
                self._session.leave()
            raise

    async def leave(self) -> None:
        """Leave the room and keep the socket."""
        room = str(self.room)
        self._session.leave()
        self._resumer.forget()
        with contextlib.suppress(Disconnected):  # a dead socket has left as well
            await self._asker.ask(frames.LEAVE, Answer("left", room))

    async def send(self, text: str, *, client: str | None = None) -> Frame:
        """Send a message and return its echo, whatever tries it takes. Raise RequestRefused if none can help.

        `client` names the message, so that whoever sends it again after a crash sends it once: 8 to 36 characters,
        random ones if left out. One that is acknowledged already is not sent again.
        """
        client = client or frames.new_client()
        self._outbox.add(client)
        try:
            await self.until(lambda: self._outbox.first == client)
            return await self._send(client, text)
        finally:
            self._outbox.remove(client)
            self._notify()

    async def roster(self) -> dict[str, str]:
        """Ask who is in the room: in a large one `members` has only some. Returns member id → alias, each of them.

        Who comes or goes meanwhile may be in it or not. Raise RequestRefused if there is no coming back.
        """
        while True:
            await self.until(lambda: self.in_room)
            with contextlib.suppress(Disconnected):
                return await self._asker.roster(str(self.room), self.alias)

    async def ping(self) -> None:
        """Keep the socket from idling out. Nothing answers."""
        await self._write(frames.PING)

    async def until(self, true: Callable[[], bool], within: float | None = None) -> None:
        """Wait until something is true, looking after every frame. Raise TimeoutError, or `failure`."""
        async with asyncio.timeout(within):
            while not true():
                if self.failure:
                    raise self.failure
                await self._news.wait()

    # ---- what the connection calls

    def received(self, frame: Frame) -> None:
        self._session.receive(frame, clock.now_ms())
        if frames.says_missed(frame):
            self._resumer.missed(self.online)
        self._resumer.check_list(lambda: self._session.list_disagrees)
        self._requests.receive(frame)
        self._notify()

    def lost(self) -> None:
        self._session.lose()
        self._requests.fail(Disconnected("The socket died."))
        self._notify()

    async def reopened(self) -> None:
        if self.room is not None and await self._resumer.resume():
            self.counters.resumes += 1

    def failed(self, error: Exception) -> None:
        self.failure = error
        self._notify()

    async def ask_anything(self) -> None:
        """Find out whether there is still a server. Nothing answers a ping: it is for who is in no room."""
        await (self._resumer.resume() if self.in_room else self.ping())

    # ---- asking

    async def _send(self, client: str, text: str) -> Frame:
        while True:
            await self.until(lambda: self.in_room)
            if echo := self._log.echo(client):  # a copy in the history counts, too
                self.counters.found += 1
                return echo
            try:
                return await self._asker.ask(frames.send(str(self.room), text, client), Answer("message", client))
            except Disconnected:
                continue
            except RequestRefused as refusal:
                if refusal.code != "not_joined":
                    raise
                self.cut()  # the server has lost us: come back as after any cut

    async def _enter(self) -> None:
        """Join and fetch all that is missing. Raise Disconnected and RequestRefused."""
        room, entered = self.room, False
        self._session.begin_joining(clock.now_ms())
        while not entered:
            asked_ms = clock.now_ms()
            page = await self._asker.ask(self._session.join_request(), Answer(self._session.awaits, str(room)))
            if self.room != room:
                return  # it has gone elsewhere meanwhile
            entered = self._session.finish_page(page, clock.now_ms(), asked_ms)
        if self._session.is_doubtful(clock.now_ms()):
            self._resumer.resume_in(DOUBT_MS / 1000)
        self._connection.mark_useful()
        self._connection.patience_seconds = silence_seconds(self.limits["historySeconds"])
        self._notify()

    async def _write(self, frame: Frame) -> None:
        try:
            await self._connection.write(frame)
        except Disconnected:
            self._session.lose()
            raise

    def _notify(self) -> None:
        """Let everybody who waits look again."""
        self._news.set()
        self._news = asyncio.Event()
