"""A client of the chat for Python programs: README.md beside this package says how to write a bot with it."""

from anonchat_client.client import Client, Event, Member, PresenceChange
from anonchat_client.core.events import ConnectionLost, ConnectionRestored, Gap
from anonchat_client.core.frames import Frame, new_client
from anonchat_client.core.session import Counters
from anonchat_client.encryption.link import RoomLink, key_link, name_link
from anonchat_client.encryption.message import Message
from anonchat_client.encryption.room import Room
from anonchat_client.encryption.signer import Signer
from anonchat_client.errors import (
    ChatError,
    Disconnected,
    InvalidAlias,
    LinkError,
    RequestRefused,
    SiteError,
    Unacknowledged,
)
from anonchat_client.plain_client import PlainClient
from anonchat_client.raw_client import RawClient

__all__ = [
    "ChatError",
    "Client",
    "ConnectionLost",
    "ConnectionRestored",
    "Counters",
    "Disconnected",
    "Event",
    "Frame",
    "Gap",
    "InvalidAlias",
    "LinkError",
    "Member",
    "Message",
    "PlainClient",
    "PresenceChange",
    "RawClient",
    "RequestRefused",
    "Room",
    "RoomLink",
    "Signer",
    "SiteError",
    "Unacknowledged",
    "key_link",
    "name_link",
    "new_client",
]
