"""The client of a room, end to end: what it sends is sealed and signed, what it gets is opened and judged."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

import anonchat_client.site as site
from anonchat_client.core.events import ConnectionLost, ConnectionRestored, Gap, Presence
from anonchat_client.core.frames import new_client
from anonchat_client.encryption.alias import clean_alias
from anonchat_client.encryption.envelope import longest_text
from anonchat_client.encryption.link import RoomLink
from anonchat_client.encryption.message import Message
from anonchat_client.encryption.room import Room
from anonchat_client.encryption.room_name import shown_name
from anonchat_client.encryption.sealed_log import SealedLog
from anonchat_client.encryption.signer import Signer, handle
from anonchat_client.errors import SiteError
from anonchat_client.plain_client import ECHO_SECONDS, PlainClient
from anonchat_client.text import fit_to_send, legible_alias

TEXT_LIMIT = 8192  # of a sealed text, until the server has told its own


@dataclass(frozen=True)
class Member:
    """Somebody in the room: a courtesy of the server's, which cannot say a word as them."""

    alias: str  # as it may be printed
    signer: str | None  # the fingerprint; None if the sealed alias does not open or is forged

    @property
    def handle(self) -> str:
        return handle(self.signer) if self.signer else ""


@dataclass(frozen=True)
class PresenceChange:
    """Who came and who left (in large rooms nobody is named), and how many are here now."""

    joined: tuple[Member, ...]
    left: tuple[Member, ...]
    online: int


Event = Message | PresenceChange | Gap | ConnectionLost | ConnectionRestored


class Client:
    """One person in one encrypted room.

        async with Client.from_link(link, alias="Ada") as client:
            await client.send("Hello")             # returns once it is acknowledged
            async for message in client:           # what others say from now on
                ...

    It comes back by itself after a cut and fetches what it has missed. Its key pair is made anew each time unless
    `signer` brings one; nothing is kept anywhere.
    """

    def __init__(
        self, link: RoomLink, alias: str, *, signer: Signer | None = None, echo_seconds: float = ECHO_SECONDS
    ) -> None:
        self.alias = clean_alias(alias)
        self.signer = signer or Signer.new()
        self.history: tuple[Message, ...] = ()  # what was said before it came in, as far as the server still had it
        self._link = link
        self._echo_seconds = echo_seconds
        self._events: deque[object] = deque()
        self._session: aiohttp.ClientSession | None = None
        self._plain: PlainClient | None = None

    @classmethod
    def from_link(
        cls, link: str, alias: str, *, signer: Signer | None = None, echo_seconds: float = ECHO_SECONDS
    ) -> Self:
        """Take the link that the page's "Share" gives. Raise LinkError and InvalidAlias.

        `echo_seconds` is how long to wait for an acknowledgement before a message is sent again.
        """
        parsed = RoomLink.parse(link)
        site.check_site(parsed.site)
        return cls(parsed, alias, signer=signer, echo_seconds=echo_seconds)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Find the socket and enter the room. Raise SiteError and RequestRefused."""
        self._session = aiohttp.ClientSession()
        try:
            await self._enter(self._session)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Leave, as a page does that is closed. What waits for its acknowledgement is not sent again."""
        if self._plain:
            await self._plain.close()
        if self._session:
            await self._session.close()

    # ---- what is known

    @property
    def handle(self) -> str:
        """What others see beside the alias: this client's key, in short."""
        return self.signer.handle

    @property
    def room_name(self) -> str:
        """The room's name; "" if its link has a key."""
        return shown_name(self._link.name)

    @property
    def online(self) -> int:
        """How many are in the room."""
        return self._opened.online

    @property
    def members(self) -> list[Member]:
        """Who is in the room, as far as the server has told, which in a large one is not all: see `roster`."""
        return [self._member(alias) for alias in self._opened.members.values()]

    @property
    def messages(self) -> list[Message]:
        """The newest messages of the room as known here, in the order that all members see."""
        return self._log.messages

    @property
    def in_room(self) -> bool:
        """On a live socket, in the room, with nothing left to fetch."""
        return self._opened.in_room

    @property
    def longest_text(self) -> int:
        """How many bytes a text may have."""
        return longest_text(self._opened.limits.get("text", TEXT_LIMIT), self.alias)

    # ---- what it does

    async def send(self, text: str, *, action: bool = False, client: str | None = None) -> Message:
        """Seal, sign and send a text; returns once it is acknowledged, whatever tries that takes.

        `client` names the message: sent again under the same name, it is still one. Raise ValueError for a text that
        is empty or too long or if the name is another message's, and RequestRefused where no other try can help.
        """
        text, client = fit_to_send(text), client or new_client()
        if (excess := len(text.encode()) - self.longest_text) > 0:
            raise ValueError(f"The text is too long for one message, by {excess} bytes.")
        known = self._log.own(client)
        if known and (known.text, known.action) != (text, action):
            raise ValueError("This `client` value is the name of another message.")
        sealed = self._room.seal_message(self.signer, client, self.alias, text, action)
        await self._opened.send(sealed, client=client)
        sent = self._log.own(client)
        assert sent is not None, "an echo is a message of one's own"
        return sent

    async def roster(self) -> list[Member]:
        """Ask who is in the room: in a large one `members` has only some. Raise RequestRefused as `events`."""
        return [self._member(alias) for alias in (await self._opened.roster()).values()]

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens from the moment of coming in: messages of others, and all of `Event` besides.

        What waits to be read is kept; let only one loop read. Raise RequestRefused if there is no coming back.
        """
        while True:
            await self._opened.until(lambda: bool(self._events))
            event = self._events.popleft()
            if isinstance(event, Presence):
                yield self._presence(event)
            elif isinstance(event, Message | Gap | ConnectionLost | ConnectionRestored):
                yield event

    async def __aiter__(self) -> AsyncIterator[Message]:
        async for event in self.events():
            if isinstance(event, Message):
                yield event

    # ---- coming in

    async def _enter(self, session: aiohttp.ClientSession) -> None:
        url = await site.find_socket(session, self._link.site)
        self._room = await asyncio.to_thread(Room.of, self._link)
        self._log = SealedLog(self._room, self.signer.fingerprint, self.alias)
        headers = {"Origin": site.origin(self._link.site)}
        self._plain = PlainClient(
            url, session=session, headers=headers, echo_seconds=self._echo_seconds, log=self._log, announce=self._note
        )
        try:
            await self._plain.connect()
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            host = site.shown_site(url)
            raise SiteError(f"The socket at {host} cannot be reached: {site.reason(failure)}") from failure
        await self._plain.join(self._room.id, self._room.seal_alias(self.signer, self.alias))
        self.history = tuple(self._log.messages)
        self._events.clear()
        for member in self.members:
            self._learn(member)

    @property
    def _opened(self) -> PlainClient:
        if self._plain is None:
            raise RuntimeError("The client is not open: `async with`, or `await client.open()`.")
        return self._plain

    def _note(self, event: object) -> None:
        if not (isinstance(event, Message) and event.mine):  # that one `send` returns
            self._events.append(event)

    def _presence(self, event: Presence) -> PresenceChange:
        joined, left = (tuple(self._member(alias) for alias in aliases) for aliases in (event.joined, event.left))
        for member in joined:
            self._learn(member)
        return PresenceChange(joined, left, event.online)

    def _learn(self, member: Member) -> None:
        if member.signer:
            self._log.meet(member.alias, member.signer)

    def _member(self, sealed: str) -> Member:
        opened = self._room.open_alias(sealed)
        return Member(legible_alias(opened.alias), opened.signer)
