"""A member of a room without a page: honest, hostile, or just fast."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anonchat_client import Frame, RawClient, Room, Signer, new_client
from local.chat import LocalChat
from tests.support.page_actions import PLAINTEXTS

AT_ONCE = 5  # messages on their way at the same time, of a flood: half of the runs that a function has
PER_SECOND = 40  # within what is deployed for `send`


class Member:
    """A member without a page, with the link and a program of their own.

    `say` is honest; with `post`, anything can be said. `alias` is the name in plain text.
    """

    def __init__(self, socket: RawClient, room: Room, alias: str, signer: Signer | None = None) -> None:
        self.socket, self.room, self.alias = socket, room, alias
        self.signer = signer or Signer.new()
        self.sealed_alias = room.seal_alias(self.signer, alias)

    async def join(self, alias: str | None = None) -> None:
        """Join, or change the alias. `alias` goes out as it is."""
        await self.socket.send_json({"action": "join", "room": self.room.id, "alias": alias or self.sealed_alias})
        self.id = (await self.socket.receive("joined"))["self"]

    async def rename(self, alias: str) -> None:
        await self.join(self.room.seal_alias(self.signer, alias))

    async def say(self, text: str, client: str | None = None, alias: str | None = None, **how: Any) -> Frame:
        """Send a sealed message and return its echo. `how` is what else `seal_message` takes."""
        client = client or new_client()
        return await self.post(self.room.seal_message(self.signer, client, alias or self.alias, text, **how), client)

    async def post(self, text: str, client: str | None = None) -> Frame:
        """Send a text as it is and return the echo."""
        client = client or new_client()
        await self.socket.send_json({"action": "send", "room": self.room.id, "text": text, "client": client})
        while True:
            frame = await self.socket.receive("message")
            if frame["client"] == client and frame["from"]["id"] == self.id:
                return frame

    async def hear(self, text: str) -> Frame:
        """Wait for these words, genuine and from who signed them."""
        while True:
            frame = await self.socket.receive("message")
            opened, carrier = self.room.open_frame(frame)
            if opened.words and opened.words.text == text and opened.signer == carrier:
                return frame

    async def say_in_turn(self, *texts: str) -> None:
        """Say one after the other, each when the one before is with everybody."""
        PLAINTEXTS.update(texts)
        for text in texts:
            await self.say(text)

    async def say_at_once(self, *texts: str) -> list[str]:
        """Return the texts in the order that the server has given them in the log."""
        said: dict[str, str] = {}
        for text in texts:
            client = new_client()
            said[client] = text
            sealed = self.room.seal_message(self.signer, client, self.alias, text)
            await self.socket.send_json({"action": "send", "room": self.room.id, "client": client, "text": sealed})
        echoes: dict[str, str] = {}
        while len(echoes) < len(said):
            frame = await self.socket.receive("message")
            if frame["client"] in said:
                echoes[frame["id"]] = said[frame["client"]]
        return [text for _, text in sorted(echoes.items())]

    async def flood(self, texts: list[str]) -> list[str]:
        """Say many, as fast as the deployed server takes them. Return them in the order of the log."""
        said: list[str] = []
        for start in range(0, len(texts), AT_ONCE):
            batch = texts[start : start + AT_ONCE]
            order, _ = await asyncio.gather(self.say_at_once(*batch), asyncio.sleep(AT_ONCE / PER_SECOND))
            said += order
        return said


@asynccontextmanager
async def member(chat: LocalChat, link: str, alias: str, signer: Signer | None = None) -> AsyncIterator[Member]:
    """Yield somebody who has joined the room of this link."""
    PLAINTEXTS.add(alias)
    async with RawClient(chat.url) as socket:
        somebody = Member(socket, Room.from_link(link), alias, signer)
        await somebody.join()
        yield somebody
