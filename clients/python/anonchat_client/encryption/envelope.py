"""The bytes of what is sealed: docs/encryption.md, "The envelope". Making and reading them; `Room` seals and opens.

Every step can be done wrongly on purpose, for tests of other clients: `body` takes any field, `proof` any signer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from anonchat_client.encryption.base64url import Malformed
from anonchat_client.encryption.signer import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, Signer

VERSION = "anonchat/1"

NONCE_BYTES = 12
TAG_BYTES = 16

ALIAS_BYTES = 35
SEALED_ALIAS_CHARACTERS = 256
BUCKETS = tuple(range(448, 5824 + 1, 768))
TEXT, ACTION = 0, 1

Verdict = Literal["genuine", "forged", "undecryptable", "newer"]


@dataclass(frozen=True)
class Words:
    """What somebody wrote: the words that a signature covers. `written` is epoch milliseconds by the writer's clock."""

    alias: str
    text: str
    action: bool
    written: int


@dataclass(frozen=True)
class OpenedAlias:
    """A sealed alias, opened: nobody's if it does not open or its signature is wrong."""

    alias: str | None = None
    signer: str | None = None


@dataclass(frozen=True)
class OpenedMessage:
    """What was found in a sealed message: `signer` is a fingerprint; words are there if it is genuine."""

    verdict: Verdict
    signer: str | None = None
    words: Words | None = None


def context(*parts: str) -> bytes:
    return "".join(f"{part}\n" for part in (VERSION, *parts)).encode()


def alias_context(room: str) -> bytes:
    return context("alias", room)


def message_context(room: str, client: str) -> bytes:
    return context("message", room, client)


def body(alias: bytes, text: bytes, kind: int = TEXT, written: int | None = None) -> bytes:
    """Return what a message's signature covers beside its context. `written` is epoch milliseconds, now if left out."""
    written = time.time_ns() // 1_000_000 if written is None else written
    head = bytes([kind]) + written.to_bytes(6, "big") + bytes([len(alias)])
    return head + alias + len(text).to_bytes(2, "big") + text


def proof(signer: Signer, context: bytes, content: bytes) -> bytes:
    """Return what a plaintext begins with: the public key and the signature."""
    return signer.public + signer.sign(context + content)


def to_bucket(plaintext: bytes) -> bytes:
    """Fill the smallest bucket that fits with zeros. Raise ValueError if none does."""
    size = next((bucket for bucket in BUCKETS if bucket >= len(plaintext)), None)
    if size is None:
        raise ValueError("longer than the largest bucket")
    return plaintext.ljust(size, b"\0")


def longest_text(limit_characters: int, alias: str) -> int:
    """Return how many bytes of text fit a sealed message of so many characters."""
    fitting = [size for size in BUCKETS if NONCE_BYTES + size + TAG_BYTES <= limit_characters * 3 // 4]
    if not fitting:
        return 0
    return fitting[-1] - PUBLIC_KEY_BYTES - SIGNATURE_BYTES - len(body(alias.encode(), b"", written=0))


class Fields:
    """Reads a plaintext from its beginning to its end; every method raises Malformed."""

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
