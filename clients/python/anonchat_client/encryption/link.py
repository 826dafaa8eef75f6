"""The link to a room: the page's address, and behind the # the secret or the name of the room."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass, field

from anonchat_client.encryption.base64url import Malformed, b64decode, b64encode
from anonchat_client.encryption.room_name import is_name, normal_name
from anonchat_client.errors import LinkError

SECRET_BYTES = 16

CUT_OFF = "This link is not whole: its key was cut off or changed. Ask for it again and copy all of it."
NO_NAME = (
    "This link leads to no room: its name is empty, too long, or holds something that is no letter, digit or sign."
)
NO_ROOM = "This link leads to no room: behind its # there is neither a key nor a name. Copy all of it."


@dataclass(frozen=True)
class RoomLink:
    """A link, read. It is a secret: it shows nothing of itself when printed."""

    site: str  # the page's address without the fragment; "" where there is none
    secret: bytes | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)  # in its normal form, if there is no secret

    @classmethod
    def parse(cls, link: str) -> RoomLink:
        """Read a link, or only its fragment with or without the #. Raise LinkError."""
        site, _, fragment = link.strip().rpartition("#")
        fields = urllib.parse.parse_qs(fragment, keep_blank_values=True)
        if "key" in fields:
            return cls(site, secret=_secret(fields["key"][0]))
        if "name" not in fields:
            raise LinkError(NO_ROOM)
        if not is_name(fields["name"][0]):
            raise LinkError(NO_NAME)
        return cls(site, name=normal_name(fields["name"][0]))


def key_link(secret: bytes) -> str:
    """Return the fragment, with its #, of the room of these random bytes."""
    return f"#key={b64encode(secret)}"


def name_link(name: str) -> str:
    """Return the fragment, with its #, of the room of this name."""
    return "#" + urllib.parse.urlencode({"name": name})


def _secret(key: str) -> bytes:
    try:
        secret = b64decode(key)
    except Malformed:
        raise LinkError(CUT_OFF) from None
    if len(secret) != SECRET_BYTES:
        raise LinkError(CUT_OFF)
    return secret
