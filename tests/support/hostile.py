"""A client that keeps to no contract, and a room of people who must notice nothing of it."""

import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anonchat_client import Frame, RawClient
from local.chat import LocalChat
from local.functions.route_map import read_routes
from local.gateway import GatewayOptions, Throttle
from scripts import ROOT
from tests.support.gateway_kit import FIN, TEXT, BareClient, client_frame
from tests.support.raw_chat import present, send

# What these clients send is refused for what it is, and not because there is much of it.
UNTHROTTLED = GatewayOptions(
    route_throttles=dict.fromkeys(read_routes(ROOT / "lambdas/routes.json"), Throttle(10_000, 10_000))
)
COMPRESSED = FIN | 0x40 | TEXT  # RSV1, as permessage-deflate marks it


@dataclass
class Room:
    """A room with Ada and Ben in it, who have said one word each."""

    chat: LocalChat
    name: str
    ada: RawClient
    ben: RawClient
    said: list[Frame]

    async def heard_nothing(self) -> None:
        """Fail if either got a frame that was not awaited: the next word must be the next frame."""
        for speaker, listener in ((self.ada, self.ben), (self.ben, self.ada)):
            echo = await send(speaker, self.name, "still here")
            frame = await listener.receive()
            assert frame == echo
            assert speaker.inbox == listener.inbox == []


@asynccontextmanager
async def a_room(chat: LocalChat, name: str) -> AsyncIterator[Room]:
    """Run the block beside two people, and see at its end that they have noticed nothing."""
    async with present(chat, name, "Ada", "Ben") as (ada, ben):
        said = []
        for speaker, listener in ((ada, ben), (ben, ada)):
            said.append(await send(speaker, name, "a word of ours"))
            await listener.receive("message")
        room = Room(chat, name, ada, ben, said)
        yield room
        await room.heard_nothing()


async def answer_to(hostile: RawClient, text: str) -> Frame:
    """Send a text, and return the next frame, whatever it is."""
    await hostile.send_text(text)
    return await hostile.receive()


async def offers_deflate(chat: LocalChat) -> BareClient:
    """Open a socket that offers compression in every usual way."""
    extensions = "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame, permessage-bzip2"
    client = await BareClient.dial(chat.gateway, [f"Sec-WebSocket-Extensions: {extensions}", "Accept-Encoding: gzip"])
    await client.read_answer()
    return client


def bomb() -> bytes:
    """Return a compressed frame, small as it comes, that would be 20 MB."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b" " * 20_000_000) + packer.flush(zlib.Z_SYNC_FLUSH)
    return client_frame(packed.removesuffix(b"\x00\x00\xff\xff"), COMPRESSED)


def close_code(payload: bytes) -> int:
    return int(struct.unpack("!H", payload[:2])[0])


def text_of(**fields: object) -> str:
    return json.dumps(fields)
