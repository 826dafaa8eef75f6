"""A chat client that keeps every rule the protocol sets for a client, and a raw one for tests.

`Client` sends one message at a time, and again until it is acknowledged, comes back by itself after a cut,
resumes by the overlap rule and drops duplicates. The load run, the tests and the smoke test drive the chat
through it; it knows the protocol and nothing of the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

Frame = dict[str, Any]

ECHO_SECONDS = 10.0  # the protocol's: no echo for so long, and the message is sent again
OVERLAP_SECONDS = 15  # until a `joined` frame has told the server's own
RETRY_SECONDS = 0.2  # the first pause after a refusal without a reason; doubles, with jitter
RETRY_MOST_SECONDS = 5.0
SILENT_TRIES = 2  # so many time-outs in a row, and the socket is taken for dead


class Refused(Exception):
    """The server's `error` frame: `code`, a sentence, and the seconds to wait if it named them."""

    def __init__(self, code: str, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.retry_after = retry_after


class Unacknowledged(Exception):
    """No answer, or a frame of API Gateway's own: nobody knows whether the request was carried out."""


class Cut(Unacknowledged):
    """The socket died while a request was under way."""


@dataclass
class Counters:
    """What one client lived through."""

    resumes: int = 0  # sockets after the first on which it came back into its room
    duplicates: int = 0  # copies dropped, of one id or of one `client` under another id
    unacknowledged: int = 0  # frames without `type`: the function failed or was throttled
    timeouts: int = 0
    rate_limited: int = 0


@dataclass
class Request:
    """The one request under way and what would answer it."""

    wanted: tuple[str, str]  # ("message", its client), ("joined" or "left", the room)
    answer: asyncio.Future[Frame]


class Client:
    """One person in one room.

        async with Client(url) as client:
            await client.join("lobby", "Ada")
            echo = await client.send("Hello")      # returns once it is acknowledged
            client.log                             # every message of the room, by id, each once

    Duplicates are dropped by `client` alone. A reconnect brings a new member id, so a message stored just
    before a cut and sent again after it comes as two members' and would stay twice if the member counted.
    That is safe among clients like this one, whose `client` values are random and honest. A page cannot do
    it: whoever has seen a value could use it again and hide the message it belongs to, so a page counts it
    together with the signer. Of two copies the smaller id stays, so that all members sort alike whichever
    copy they saw first.
    """

    def __init__(
        self,
        url: str,
        *,
        session: aiohttp.ClientSession | None = None,
        headers: Mapping[str, str] | None = None,
        echo_seconds: float = ECHO_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.url = url
        self.room: str | None = None
        self.alias = ""
        self.id: str | None = None  # this socket's member id
        self.members: dict[str, str] = {}  # member id → alias, as far as told
        self.online = 0
        self.limits: Mapping[str, int] = {}
        self.gaps: list[str] = []  # the cursors after which the server may have dropped something
        self.counters = Counters()
        self.failure: Exception | None = None  # why it gave up
        self._messages: dict[str, Frame] = {}  # by `client`
        self._cursor: str | None = None  # nothing is missing up to this id
        self._arrived: str | None = None  # when it entered, by its own clock: the cursor of a room still empty
        self._entered = False
        self._request: Request | None = None
        self._turn = asyncio.Lock()  # one request at a time: a frame without `type` does not say whose it is
        self._order = asyncio.Lock()  # one message in flight: its order holds
        self._news = asyncio.Event()
        self._own_session = session is None
        self._session = session or aiohttp.ClientSession()
        self._headers = headers
        self._echo_seconds = echo_seconds
        self._retry_seconds = retry_seconds
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """Open the socket and keep it open until `close`. Raises WSServerHandshakeError if it is refused."""
        try:
            self._socket = await self._dial()
        except BaseException:
            await self.close()
            raise
        self._keeper = asyncio.create_task(self._stay_connected(self._socket))

    async def close(self) -> None:
        """Hang up properly, with a close frame."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._socket:
            await self._socket.close()
        if self._own_session:
            await self._session.close()

    def cut(self) -> None:
        """Lose the connection as a phone in a tunnel does: no close frame, whatever is on its way is lost."""
        self._entered = False
        if self._socket:
            sever(self._socket)

    @property
    def log(self) -> list[Frame]:
        """The room's messages as known here, sorted by id, each once."""
        return sorted(self._messages.values(), key=lambda message: message["id"])

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.log]

    @property
    def in_room(self) -> bool:
        """On a live socket, in the room, with nothing left to fetch."""
        return self._entered

    @property
    def busy(self) -> bool:
        """A message of its own is waiting for its echo."""
        return self._request is not None and self._request.wanted[0] == "message"

    async def join(self, room: str, alias: str) -> None:
        """Enter a room, or ask again in the one it is in. Raises Refused (bad_request, room_full, ...)."""
        if room != self.room:
            self._messages, self._cursor, self._arrived, self.gaps = {}, None, None, []
        fresh, self.room, self.alias = self._arrived is None, room, alias
        self._entered = False
        try:
            await self._enter()
        except Cut:
            await self.until(lambda: self._entered)  # whoever reconnects enters, too
        except Refused:
            if fresh:
                self.room = None
            raise

    async def leave(self) -> None:
        """Leave the room and keep the socket."""
        room, self.room, self._entered = self.room, None, False
        with contextlib.suppress(Cut):  # a dead socket has left as well
            await self._persist({"action": "leave"}, ("left", str(room)))
        self.members, self.online = {}, 0

    async def send(self, text: str) -> Frame:
        """Send a message and return its echo, whatever tries it takes. Raises Refused if none can help."""
        async with self._order:
            client = secrets.token_urlsafe(16)
            while True:
                await self.until(lambda: self._entered)
                if client in self._messages:  # a copy in the history counts as the echo
                    return self._messages[client]
                try:
                    request = {"action": "send", "room": self.room, "text": text, "client": client}
                    return await self._persist(request, ("message", client))
                except Cut:
                    continue
                except Refused as refusal:
                    if refusal.code != "not_joined":
                        raise
                    self.cut()  # the server has lost us: come back as after any cut

    async def ping(self) -> None:
        """Keep the socket from idling out. Nothing answers."""
        await self._write({"action": "ping"})

    async def until(self, true: Callable[[], bool], within: float | None = None) -> None:
        """Wait until something is true, looking after every frame. Raises TimeoutError, or `failure`."""
        async with asyncio.timeout(within):
            while not true():
                if self.failure:
                    raise self.failure
                await self._news.wait()

    # ---- the socket

    async def _dial(self) -> aiohttp.ClientWebSocketResponse:
        return await self._session.ws_connect(self.url, headers=self._headers, max_msg_size=0)

    async def _stay_connected(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        again = False
        while True:
            reader = asyncio.create_task(self._read(connection))
            try:
                if again and self.room is not None:
                    await self._come_back()
                await reader
            finally:
                reader.cancel()
            connection, again = await self._redial(), True
            self._socket = connection

    async def _come_back(self) -> None:
        try:
            await self._enter()
            self.counters.resumes += 1
        except Cut:
            pass
        except Refused as refusal:
            self.failure = refusal
            self._tell()

    async def _redial(self) -> aiohttp.ClientWebSocketResponse:
        for attempt in range(10**6):
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                return await self._dial()
            await self._pause(attempt)
        raise AssertionError("unreachable")

    async def _read(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for packet in connection:
                if packet.type is aiohttp.WSMsgType.TEXT:
                    self._take(json.loads(packet.data))
                    self._tell()
        finally:
            self._lose()

    def _lose(self) -> None:
        self._entered = False
        self.id = None
        self._fail(Cut("The socket died."))
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _write(self, frame: Frame) -> None:
        try:
            assert self._socket is not None, "connect first"
            await self._socket.send_str(json.dumps(frame))
        except (aiohttp.ClientError, OSError) as error:
            self._entered = False
            raise Cut("The socket died.") from error

    # ---- asking

    async def _ask(self, frame: Frame, wanted: tuple[str, str]) -> Frame:
        """Send one request and return its answer. Raises Refused, Unacknowledged, Cut, TimeoutError."""
        async with self._turn:
            self._request = Request(wanted, asyncio.get_running_loop().create_future())
            try:
                await self._write(frame)
                async with asyncio.timeout(self._echo_seconds):
                    return await self._request.answer
            finally:
                self._request = None

    async def _persist(self, frame: Frame, wanted: tuple[str, str]) -> Frame:
        """Ask until there is an answer. Raises Cut, and Refused where another try cannot help."""
        attempt = silent = 0
        while True:
            try:
                return await self._ask(frame, wanted)
            except Cut:
                raise
            except TimeoutError:
                self.counters.timeouts += 1
                silent += 1
                if silent == SILENT_TRIES:
                    self.cut()
            except Unacknowledged:
                await self._pause(attempt)
                attempt += 1
            except Refused as refusal:
                if refusal.code == "rate_limited":
                    self.counters.rate_limited += 1
                    await asyncio.sleep(refusal.retry_after or 1)
                elif refusal.code == "server_error" or overtaken(refusal, wanted):
                    await self._pause(attempt)
                    attempt += 1
                else:
                    raise

    async def _pause(self, attempt: int) -> None:
        longest = min(RETRY_MOST_SECONDS, self._retry_seconds * 2 ** min(attempt, 10))
        await asyncio.sleep(longest * random.uniform(0.5, 1))

    async def _enter(self) -> None:
        """Join and fetch all that is missing. Raises Cut and Refused."""
        since, now = self._resume_from(), f"{int(time.time() * 1000):013d}"
        while True:
            request: Frame = {"action": "join", "room": self.room, "alias": self.alias}
            if since:
                request["since"] = since
            joined = await self._persist(request, ("joined", str(self.room)))
            if joined["gap"] and since:
                self.gaps.append(since)
            if not (since and joined["more"] and joined["history"]):
                break
            since = joined["history"][-1]["id"]
            self._advance(since)
        # Live messages move the cursor only from here on: before, pages were missing below them.
        self._advance(max((message["id"] for message in self._messages.values()), default=None))
        self._arrived = self._arrived or now
        self._entered = True
        self._tell()

    def _resume_from(self) -> str | None:
        """The overlap rule: ids come from many clocks, so one can appear behind the last one we have."""
        cursor = self._cursor or self._arrived
        if cursor is None:
            return None
        overlap = self.limits.get("overlapSeconds", OVERLAP_SECONDS)
        return f"{max(0, int(cursor[:13]) - overlap * 1000):013d}"

    def _advance(self, cursor: str | None) -> None:
        self._cursor = max(filter(None, (self._cursor, cursor)), default=None)

    # ---- taking what comes

    def _take(self, frame: Frame) -> None:
        match frame.get("type"):
            case "message":
                self._keep(frame)
                self.online = frame["online"]
                if self._entered:
                    self._advance(frame["id"])
                self._answer(frame, ("message", frame["client"]))
            case "joined" if frame["room"] == self.room:
                self.id, self.online, self.limits = frame["self"], frame["online"], frame["limits"]
                self.members = {member["id"]: member["alias"] for member in frame["members"]}
                for message in frame["history"]:
                    self._keep(message)
                self._answer(frame, ("joined", frame["room"]))
            case "presence":
                self.online = frame["online"]
                self.members |= {member["id"]: member["alias"] for member in frame["joined"]}
                for member in frame["left"]:
                    self.members.pop(member["id"], None)
            case "left":
                self._answer(frame, ("left", frame["room"]))
            case "error":
                self._refuse(frame)
            case None:
                self.counters.unacknowledged += 1
                self._fail(Unacknowledged(str(frame.get("message"))))

    def _keep(self, message: Frame) -> None:
        known = self._messages.get(message["client"])
        if known is not None:
            self.counters.duplicates += 1
        if known is None or message["id"] < known["id"]:
            self._messages[message["client"]] = message

    def _answer(self, frame: Frame, answered: tuple[str, str]) -> None:
        request = self._request
        if request and not request.answer.done() and request.wanted == answered:
            request.answer.set_result(frame)

    def _refuse(self, frame: Frame) -> None:
        if self._request and frame.get("client") in (None, self._request.wanted[1]):
            self._fail(Refused(frame["code"], frame["message"], frame.get("retryAfter")))

    def _fail(self, error: Exception) -> None:
        if self._request and not self._request.answer.done():
            self._request.answer.set_exception(error)


def overtaken(refusal: Refused, wanted: tuple[str, str]) -> bool:
    """A join is told `not_joined` if a later try of it was quicker, or if the server wants it on a new socket."""
    return refusal.code == "not_joined" and wanted[0] == "joined"


def sever(connection: aiohttp.ClientWebSocketResponse) -> None:
    """End a socket without a close frame, as a network that is gone does."""
    with contextlib.suppress(OSError):
        connection.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class RawClient:
    """A socket that says exactly what it is told, for tests of the protocol itself.

    `frames` keeps all in the order they came; `receive` takes one out of `inbox` and leaves the others.
    """

    def __init__(self, url: str, *, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.headers = headers
        self.frames: list[Frame] = []
        self.inbox: list[Frame] = []
        self.over = False
        self.close_code: int | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        try:
            self._socket = await self._session.ws_connect(self.url, headers=self.headers, max_msg_size=0)
        except BaseException:
            await self._session.close()
            raise
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._reader
        await self._session.close()

    async def send_json(self, value: Any) -> None:
        await self._socket.send_str(json.dumps(value))

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def receive(self, type: str | None = None, within: float = 10.0) -> Frame:
        """The oldest frame not yet taken, or of a `type`. Raises TimeoutError, telling what came instead."""
        async with self._news:
            try:
                async with asyncio.timeout(within):
                    await self._news.wait_for(lambda: self._find(type) is not None or self.over)
            except TimeoutError:
                raise TimeoutError(f"no {type or 'frame'} in {within} s; came: {self.inbox}") from None
            found = self._find(type)
            if found is None:
                raise ConnectionError(f"closed with {self.close_code} before any {type or 'frame'}; came: {self.inbox}")
            self.inbox.remove(found)
            return found

    async def closed(self, within: float = 10.0) -> int | None:
        """Wait for the other side to close; returns the close code."""
        async with asyncio.timeout(within):
            await asyncio.shield(self._reader)
        return self.close_code

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code=code)

    def cut(self) -> None:
        """Without a close frame."""
        sever(self._socket)

    def _find(self, type: str | None) -> Frame | None:
        return next((frame for frame in self.inbox if type is None or frame.get("type") == type), None)

    async def _read(self) -> None:
        async for packet in self._socket:
            if packet.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = json.loads(packet.data)
            self.frames.append(frame)
            async with self._news:
                self.inbox.append(frame)
                self._news.notify_all()
        async with self._news:
            self.over, self.close_code = True, self._socket.close_code
            self._news.notify_all()
