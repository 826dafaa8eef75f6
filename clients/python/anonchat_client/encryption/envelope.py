"""Sealing and opening in Python, written from docs/encryption.md alone: what the page makes must open here, and back.

It shares no code with the page. It is also the hostile member of the browser tests, so every step can be done wrongly:
`Room.seal` takes any plaintext, `proof` any key beside the signature, `body` any field.
"""

import base64
import hashlib
import re
import secrets
import time
import unicodedata
import urllib.parse
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "anonchat/1"
SECRET_BYTES = 16
NAME_CHARACTERS = 64
NAME_ROUNDS = 600_000

NONCE_BYTES = 12
TAG_BYTES = 16
PUBLIC_KEY_BYTES = 64
SIGNATURE_BYTES = 64
FINGERPRINT_BYTES = 16
CLIENT_BYTES = 9

ALIAS_BYTES = 35
SEALED_ALIAS_CHARACTERS = 256
BUCKETS = tuple(range(448, 5824 + 1, 768))
TEXT, ACTION = 0, 1

CLIENT = re.compile(r"[A-Za-z0-9_-]{8,36}", re.ASCII)
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

# Unicode properties that the standard library does not have.
WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
DEFAULT_IGNORABLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class Malformed(ValueError):
    """Bytes that the format does not allow."""


# --- links and names ---------------------------------------------------------------------------------------


def b64encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def b64decode(text: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise Malformed("not base64") from error
    if b64encode(data) != text:
        raise Malformed("another spelling than base64url's own")
    return data


def link(secret: bytes) -> str:
    return f"#key={b64encode(secret)}"


def name_link(name: str) -> str:
    return "#" + urllib.parse.urlencode({"name": name})


def normal_name(typed: str) -> str:
    visible = DEFAULT_IGNORABLE.sub("", unicodedata.normalize("NFKC", typed))
    return unicodedata.normalize("NFKC", WHITE_SPACE.sub(" ", visible).strip(" ").lower())


def is_name(typed: str) -> bool:
    name = normal_name(typed)
    strange = [each for each in name if each == "\ufffd" or unicodedata.category(each) in ("Cc", "Cs")]
    return 1 <= len(name) <= NAME_CHARACTERS and not strange


# --- who signs ---------------------------------------------------------------------------------------------


class Signer:
    """A key pair. The page has one for each room."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        point = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.public = point[1:]
        self.fingerprint = fingerprint(self.public)
        self.handle = handle(self.fingerprint)

    @classmethod
    def new(cls) -> "Signer":
        return cls(ec.generate_private_key(ec.SECP256R1()))

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self._private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(SIGNATURE_BYTES // 2, "big") + s.to_bytes(SIGNATURE_BYTES // 2, "big")


def verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    half = SIGNATURE_BYTES // 2
    der = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
        key.verify(der, data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    return b64encode(hashlib.sha256(public).digest()[:FINGERPRINT_BYTES])


def handle(fingerprint: str) -> str:
    bits = int.from_bytes(b64decode(fingerprint)[:4], "big") >> 2
    characters = [CROCKFORD[bits >> shift & 31] for shift in range(25, -1, -5)]
    return "".join(characters[:3]) + "-" + "".join(characters[3:])


def hue(fingerprint: str) -> int:
    return b64decode(fingerprint)[4] * 360 // 256


# --- what is sealed ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    alias: str
    text: str
    action: bool
    written: int


@dataclass(frozen=True)
class OpenedAlias:
    """Nobody's is one that does not open or whose signature is wrong."""

    alias: str | None = None
    signer: str | None = None


@dataclass(frozen=True)
class OpenedMessage:
    verdict: str
    signer: str | None = None
    words: Words | None = None


def context(*parts: str) -> bytes:
    return "".join(f"{part}\n" for part in (VERSION, *parts)).encode()


def alias_context(room: str) -> bytes:
    return context("alias", room)


def message_context(room: str, client: str) -> bytes:
    return context("message", room, client)


def new_client() -> str:
    return secrets.token_urlsafe(CLIENT_BYTES)


def body(alias: bytes, text: bytes, kind: int = TEXT, written: int | None = None) -> bytes:
    """What a message's signature covers, beside its context. `written` is epoch milliseconds, now if left out."""
    written = time.time_ns() // 1_000_000 if written is None else written
    head = bytes([kind]) + written.to_bytes(6, "big") + bytes([len(alias)])
    return head + alias + len(text).to_bytes(2, "big") + text


def proof(signer: Signer, context: bytes, content: bytes, *, public: bytes | None = None) -> bytes:
    """What a plaintext begins with. `public` puts another key beside the signature than the one that made it."""
    return (public or signer.public) + signer.sign(context + content)


def to_bucket(plaintext: bytes) -> bytes:
    size = next((bucket for bucket in BUCKETS if bucket >= len(plaintext)), None)
    if size is None:
        raise ValueError("longer than the largest bucket")
    return plaintext.ljust(size, b"\0")


def longest_text(limit_characters: int, alias: str) -> int:
    """Bytes of text that fit a sealed message of so many characters."""
    fitting = [size for size in BUCKETS if NONCE_BYTES + size + TAG_BYTES <= limit_characters * 3 // 4]
    if not fitting:
        return 0
    return fitting[-1] - PUBLIC_KEY_BYTES - SIGNATURE_BYTES - len(body(alias.encode(), b"", written=0))


class Room:
    def __init__(self, material: bytes) -> None:
        """`material` is what the key derivation starts from; see `from_key` and `from_name`."""
        self.id = b64encode(_derive(material, "room", 16))
        self.key = _derive(material, "key", 32)

    @classmethod
    def from_key(cls, secret: bytes) -> "Room":
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")
        return cls(secret)

    @classmethod
    def from_name(cls, typed: str) -> "Room":
        name = normal_name(typed).encode()
        return cls(hashlib.pbkdf2_hmac("sha256", name, f"{VERSION} name".encode(), NAME_ROUNDS, 32))

    @classmethod
    def from_link(cls, address: str) -> "Room":
        """An address, or only its fragment with or without the #."""
        fields = urllib.parse.parse_qs(address.rpartition("#")[2])
        return cls.from_key(b64decode(fields["key"][0])) if "key" in fields else cls.from_name(fields["name"][0])

    def seal(self, context: bytes, plaintext: bytes) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return b64encode(nonce + AESGCM(self.key).encrypt(nonce, plaintext, context))

    def unseal(self, context: bytes, sealed: str) -> bytes:
        data = b64decode(sealed)
        try:
            return AESGCM(self.key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise Malformed("sealed with another key or for another place") from error

    def seal_alias(self, signer: Signer, alias: str, *, public: bytes | None = None) -> str:
        name, where = alias.encode(), alias_context(self.id)
        if not 1 <= len(name) <= ALIAS_BYTES:
            raise ValueError(f"an alias has 1 to {ALIAS_BYTES} bytes")
        padded = bytes([len(name)]) + name.ljust(ALIAS_BYTES, b"\0")
        return self.seal(where, proof(signer, where, name, public=public) + padded)

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
        *,
        public: bytes | None = None,
    ) -> str:
        """`public` claims to be somebody else: a forgery."""
        where = message_context(self.id, client)
        content = body(alias.encode(), text.encode(), ACTION if action else TEXT, written)
        return self.seal(where, to_bucket(proof(signer, where, content, public=public) + content))

    def open_message(self, client: str, sealed: str) -> OpenedMessage:
        try:
            return self._open_message(client, sealed)
        except Malformed:
            return OpenedMessage("undecryptable")

    def open_frame(self, frame: dict[str, Any]) -> tuple[OpenedMessage, str | None]:
        """The message of a `message` frame, and the signer of the sealed alias beside it."""
        return self.open_message(frame["client"], frame["text"]), self.open_alias(frame["from"]["alias"]).signer

    def _open_alias(self, sealed: str) -> OpenedAlias:
        if len(sealed) != SEALED_ALIAS_CHARACTERS:
            raise Malformed("not as long as every sealed alias is")
        where = alias_context(self.id)
        fields = _Fields(self.unseal(where, sealed))
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
        fields = _Fields(plaintext)
        public, signature = fields.take(PUBLIC_KEY_BYTES), fields.take(SIGNATURE_BYTES)
        start = fields.at
        kind, written = fields.number(1), fields.number(6)
        if kind not in (TEXT, ACTION):
            raise Malformed("a kind of message that nobody knows yet")
        _, alias = fields.alias()
        text = fields.text(fields.number(2))
        content = plaintext[start : fields.at]
        fields.end()
        if not verifies(public, signature, where + content):
            return OpenedMessage("forged")
        return OpenedMessage("genuine", fingerprint(public), Words(alias, text, kind == ACTION, written))


def _derive(material: bytes, info: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, VERSION.encode(), info.encode()).derive(material)


class _Fields:
    """Reads a plaintext from its beginning to its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def take(self, length: int) -> bytes:
        taken = self._data[self.at : self.at + length]
        if len(taken) < length:
            raise Malformed("ends too early")
        self.at += length
        return taken

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def text(self, length: int) -> str:
        if length == 0:
            raise Malformed("an empty text")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8") from error

    def alias(self) -> tuple[bytes, str]:
        length = self.number(1)
        if length > ALIAS_BYTES:
            raise Malformed("too long an alias")
        alias = self.text(length)
        return alias.encode(), alias

    def end(self) -> None:
        if self._data[self.at :].strip(b"\0"):
            raise Malformed("something behind the end")
