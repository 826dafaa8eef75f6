"""From a room's secret or name to its id and key, and what they seal and open: docs/encryption.md, "The room"."""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anonchat_client.core.frames import CLIENT, Frame
from anonchat_client.encryption.base64url import Malformed, b64decode, b64encode
from anonchat_client.encryption.envelope import (
    ACTION,
    ALIAS_BYTES,
    BUCKETS,
    NONCE_BYTES,
    SEALED_ALIAS_CHARACTERS,
    TEXT,
    VERSION,
    Fields,
    OpenedAlias,
    OpenedMessage,
    Words,
    alias_context,
    body,
    message_context,
    proof,
    to_bucket,
)
from anonchat_client.encryption.link import SECRET_BYTES, RoomLink
from anonchat_client.encryption.room_name import normal_name
from anonchat_client.encryption.signer import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, Signer, fingerprint, verifies

NAME_ROUNDS = 600_000  # of PBKDF2: what guessing one name costs


class Room:
    """A room's id and key: seals what goes into it and opens what comes out. Opening says what was found."""

    def __init__(self, material: bytes) -> None:
        """Take what the key derivation starts from; see `from_key` and `from_name`."""
        self.id = b64encode(_derive(material, "room", 16))
        self.key = _derive(material, "key", 32)

    @classmethod
    def from_key(cls, secret: bytes) -> Room:
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")
        return cls(secret)

    @classmethod
    def from_name(cls, typed: str) -> Room:
        name = normal_name(typed).encode()
        return cls(hashlib.pbkdf2_hmac("sha256", name, f"{VERSION} name".encode(), NAME_ROUNDS, 32))

    @classmethod
    def from_link(cls, link: str) -> Room:
        """Take a link, or only its fragment with or without the #. Raise LinkError."""
        return cls.of(RoomLink.parse(link))

    @classmethod
    def of(cls, link: RoomLink) -> Room:
        """Take a link that was read. One with a name takes a moment."""
        return cls.from_name(link.name) if link.secret is None else cls.from_key(link.secret)

    def seal(self, context: bytes, plaintext: bytes) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return b64encode(nonce + AESGCM(self.key).encrypt(nonce, plaintext, context))

    def unseal(self, context: bytes, sealed: str) -> bytes:
        """Decrypt what was sealed here. Raise Malformed for what this key did not seal, or not for this place."""
        data = b64decode(sealed)
        try:
            return AESGCM(self.key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise Malformed("sealed with another key or for another place") from error

    def seal_alias(self, signer: Signer, alias: str) -> str:
        """Return the `alias` of a `join`. Raise ValueError for one that is too long or empty."""
        name, where = alias.encode(), alias_context(self.id)
        if not 1 <= len(name) <= ALIAS_BYTES:
            raise ValueError(f"an alias has 1 to {ALIAS_BYTES} bytes")
        padded = bytes([len(name)]) + name.ljust(ALIAS_BYTES, b"\0")
        return self.seal(where, proof(signer, where, name) + padded)

    def open_alias(self, sealed: str) -> OpenedAlias:
        try:
            return self._open_alias(sealed)
        except Malformed:
            return OpenedAlias()

    def seal_message(
        self,
        signer: Signer,
        client: str,
        alias: str,
        text: str,
        action: bool = False,
        written: int | None = None,
    ) -> str:
        """Return the `text` of a `send`. `written` is epoch milliseconds, now if left out."""
        where = message_context(self.id, client)
        content = body(alias.encode(), text.encode(), ACTION if action else TEXT, written)
        return self.seal(where, to_bucket(proof(signer, where, content) + content))

    def open_message(self, client: str, sealed: str) -> OpenedMessage:
        try:
            return self._open_message(client, sealed)
        except Malformed:
            return OpenedMessage("undecryptable")

    def open_frame(self, frame: Frame) -> tuple[OpenedMessage, str | None]:
        """Return the message of a `message` frame, and the signer of the sealed alias beside it."""
        return self.open_message(frame["client"], frame["text"]), self.open_alias(frame["from"]["alias"]).signer

    def _open_alias(self, sealed: str) -> OpenedAlias:
        if len(sealed) != SEALED_ALIAS_CHARACTERS:
            raise Malformed("not as long as every sealed alias is")
        where = alias_context(self.id)
        fields = Fields(self.unseal(where, sealed))
        public, signature = fields.take(PUBLIC_KEY_BYTES), fields.take(SIGNATURE_BYTES)
        name, alias = fields.alias()
        fields.end()
        return OpenedAlias(alias, fingerprint(public)) if verifies(public, signature, where + name) else OpenedAlias()

    def _open_message(self, client: str, sealed: str) -> OpenedMessage:
        if not CLIENT.fullmatch(client):
            raise Malformed("no client value of the protocol")
        where = message_context(self.id, client)
        plaintext = self.unseal(where, sealed)
        if len(plaintext) not in BUCKETS:
            raise Malformed("no bucket")
        fields = Fields(plaintext)
        public, signature = fields.take(PUBLIC_KEY_BYTES), fields.take(SIGNATURE_BYTES)
        start = fields.at
        kind, written = fields.number(1), fields.number(6)
        if kind not in (TEXT, ACTION):
            return OpenedMessage("newer")  # what else is in it, and what its signature is over, is unknown
        _, alias = fields.alias()
        text = fields.text(fields.number(2))
        content = plaintext[start : fields.at]
        fields.end()
        if not verifies(public, signature, where + content):
            return OpenedMessage("forged")
        return OpenedMessage("genuine", fingerprint(public), Words(alias, text, kind == ACTION, written))


def _derive(material: bytes, info: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, VERSION.encode(), info.encode()).derive(material)
