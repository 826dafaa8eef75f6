"""The encryption, second opinion: an implementation in Python opens what the page sealed, and refuses what it refuses.

tests/frontend/crypto/crypto.test.js holds the page to the same vectors.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from anonchat import limits
from anonchat.clock import random_token
from anonchat.dynamodb import DynamoDB
from anonchat.dynamodb_client import Parameters, Reply
from anonchat.model import Connection, Message
from anonchat.rules import message_expiry, message_id
from anonchat.settings import Settings
from anonchat.table import Table
from anonchat_client import Room, Signer, new_client
from anonchat_client.core.frames import CLIENT_BYTES
from anonchat_client.encryption import envelope
from anonchat_client.encryption.base64url import b64decode
from anonchat_client.encryption.envelope import BUCKETS, OpenedAlias, OpenedMessage, Words
from anonchat_client.encryption.link import SECRET_BYTES
from anonchat_client.encryption.room import NAME_ROUNDS
from anonchat_client.encryption.room_name import ALIKE, NAME_CHARACTERS, is_name, normal_name, shown_name
from anonchat_client.encryption.signer import (
    FINGERPRINT_BYTES,
    PUBLIC_KEY_BYTES,
    SIGNATURE_BYTES,
    fingerprint,
    handle,
    hue,
)
from local.dynamodb.item_size import item_size, write_units
from scripts import ROOT

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
PAGE = (ROOT / "docs/encryption.md").read_text()
NOW = 1_795_379_971_110  # any time until 2286: its seconds have ten digits, and none of them is left out

_rooms: dict[str, Room] = {}


def room(fragment: str) -> Room:
    """Return the room of a link, made once for each: PBKDF2 takes its time."""
    if fragment not in _rooms:
        _rooms[fragment] = Room.from_link(fragment)
    return _rooms[fragment]


def described(row: dict[str, Any]) -> str:
    return f"{row['by']}: {row.get('what') or row.get('fragment') or row.get('signer')}"


# --- vectors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", VECTORS["rooms"], ids=described)
def test_a_link_leads_to_the_same_room_and_key(row: dict[str, Any]) -> None:
    assert room(row["fragment"]).id == row["id"]
    assert room(row["fragment"]).key == b64decode(row["key"])


@pytest.mark.parametrize("row", VECTORS["names"], ids=lambda row: ascii(row["typed"]))
def test_a_name_has_the_same_normal_form(row: dict[str, str]) -> None:
    assert normal_name(row["typed"]) == row["normal"] == normal_name(row["normal"])
    assert is_name(row["typed"])


def test_sigma_is_written_as_a_word_of_it_ends() -> None:
    assert shown_name("\u03bf\u03b4\u03bf\u03c3 \u03c3 a\u03c3b") == "\u03bf\u03b4\u03bf\u03c2 \u03c3 a\u03c3b"


@pytest.mark.parametrize("typed", VECTORS["noNames"], ids=ascii)
def test_what_is_no_name_is_none_here_either(typed: str) -> None:
    assert not is_name(typed)


def test_names_that_differ_in_what_one_hears_are_different_rooms() -> None:
    names = VECTORS["otherNames"]
    assert len({normal_name(name) for name in names}) == len(names)


@pytest.mark.parametrize("row", VECTORS["signers"], ids=described)
def test_a_public_key_has_the_same_fingerprint_handle_and_colour(row: dict[str, Any]) -> None:
    assert fingerprint(b64decode(row["publicKey"])) == row["signer"]
    assert handle(row["signer"]) == row["handle"]
    assert hue(row["signer"]) == row["hue"]


@pytest.mark.parametrize("row", VECTORS["aliases"], ids=described)
def test_a_sealed_alias_opens_to_the_same(row: dict[str, Any]) -> None:
    assert room(row["room"]).open_alias(row["sealed"]) == OpenedAlias(row["alias"], row["signer"])


@pytest.mark.parametrize("row", VECTORS["messages"], ids=described)
def test_a_sealed_message_opens_to_the_same(row: dict[str, Any]) -> None:
    frame = {"client": row["client"], "text": row["sealed"], "from": {"id": "m", "alias": row["from"]}}
    opened, carrier = room(row["room"]).open_frame(frame)
    words = Words(**row["words"]) if "words" in row else None
    assert opened == OpenedMessage(row["verdict"], row.get("signer"), words)
    assert carrier == row["carrier"]


def test_the_vectors_have_both_makers_every_verdict_and_every_bucket() -> None:
    for kind in ("rooms", "signers", "aliases", "messages"):
        assert {row["by"] for row in VECTORS[kind]} == {"page", "python"}, kind
    assert {row["verdict"] for row in VECTORS["messages"]} == {"genuine", "forged", "undecryptable", "newer"}
    genuine = [row for row in VECTORS["messages"] if row["verdict"] == "genuine"]
    assert {len(row["sealed"]) for row in genuine} == {sealed_characters(size) for size in BUCKETS}


def test_what_python_seals_python_opens() -> None:
    red, ann = Room.from_key(bytes(16)), Signer.new()
    client = new_client()
    said = Words("Ann", "waves 🦦", True, 1_800_000_000_000)
    sealed = red.seal_message(ann, client, said.alias, said.text, said.action, said.written)
    assert red.open_message(client, sealed) == OpenedMessage("genuine", ann.fingerprint, said)
    assert red.open_alias(red.seal_alias(ann, "Ann")) == OpenedAlias("Ann", ann.fingerprint)


# --- sizes -------------------------------------------------------------------------------------------------


def sealed_characters(plaintext: int) -> int:
    return -(-(envelope.NONCE_BYTES + plaintext + envelope.TAG_BYTES) * 4 // 3)


class RowRecorder:
    """A client that keeps the row which is written."""

    row: Any

    def request(self, operation: str, parameters: Parameters) -> Reply:
        self.row = parameters["Item"]
        return Reply({}, is_repeated=False)


def row_of(text: str, now: int) -> dict[str, Any]:
    """Return the row that the server writes for a message of the page's."""
    red, ann, client, recorder = Room.from_key(bytes(16)), Signer.new(), new_client(), RowRecorder()
    sealed = red.seal_message(ann, client, "Ann", text)
    author = Connection("c", "salt", red.id, None, 1).person(red.id, red.seal_alias(ann, "Ann"))
    id = message_id(now, random_token())
    message = Message(red.id, id, client, author, sealed)
    Table(DynamoDB(recorder, "table")).put_message(message, message_expiry(id, Settings()))
    row: dict[str, Any] = recorder.row
    return row


@pytest.mark.parametrize(("bucket", "size"), list(enumerate(BUCKETS)))
@pytest.mark.parametrize("now", [NOW, 1_800_000_000_000, 9_999_999_000_000])
def test_a_bucket_costs_one_write_unit_more_than_the_one_before(bucket: int, size: int, now: int) -> None:
    room_for_text = size - 138 - len("Ann")
    smallest = 1 if bucket == 0 else BUCKETS[bucket - 1] - 138 - len("Ann") + 1
    for length in (smallest, room_for_text):
        row = row_of("x" * length, now)
        assert len(row["text"]["S"]) == sealed_characters(size)
        assert write_units(row) == bucket + 1


def test_the_protocol_lets_every_sealed_string_through() -> None:
    assert envelope.SEALED_ALIAS_CHARACTERS == limits.ALIAS_BYTES
    assert sealed_characters(BUCKETS[-1]) <= limits.TEXT_BYTES
    assert limits.CLIENT_CHARACTERS[0] <= len(new_client()) <= limits.CLIENT_CHARACTERS[1]
    assert len(Room.from_key(bytes(16)).id) <= limits.ROOM_CHARACTERS


def test_the_longest_text_fills_the_largest_bucket_that_the_limit_allows() -> None:
    red, ann, client = Room.from_key(bytes(16)), Signer.new(), new_client()
    longest = envelope.longest_text(limits.TEXT_BYTES, "Ann")
    assert len(red.seal_message(ann, client, "Ann", "x" * longest)) == sealed_characters(BUCKETS[-1])
    with pytest.raises(ValueError):
        red.seal_message(ann, client, "Ann", "x" * (longest + 1))


# --- docs/encryption.md ------------------------------------------------------------------------------------


def rows(first_column: str) -> list[list[str]]:
    """Return the cells of the page's first table that starts with this column."""
    _, _, rest = PAGE.partition(f"| {first_column} |")
    lines = rest.splitlines()[2:]
    end = next(at for at, line in enumerate(lines) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:end]]


def test_the_page_has_the_buckets_and_what_they_cost() -> None:
    told = [[int(cell) for cell in row] for row in rows("bucket")]
    for bucket, (size, row) in enumerate(zip(BUCKETS, told, strict=True)):
        written = row_of("x" * (size - 138 - len("Ann")), NOW)
        assert row == [bucket, size, sealed_characters(size), item_size(written), bucket + 1]


def test_the_page_states_the_numbers_of_the_format() -> None:
    for number in (
        f"{NAME_ROUNDS:,} iterations".replace(",", " "),
        f"of these {SECRET_BYTES} random bytes",
        f"1 to {NAME_CHARACTERS} code points",
        f"nonce of {envelope.NONCE_BYTES} bytes",
        f"tag of\n{envelope.TAG_BYTES} bytes",
        f"public key is {PUBLIC_KEY_BYTES} bytes",
        f"signature is {SIGNATURE_BYTES} bytes",
        f"first {FINGERPRINT_BYTES} bytes of SHA-256",
        f"by {CLIENT_BYTES} random bytes: a `client` of {len(new_client())} characters",
        f"always {envelope.SEALED_ALIAS_CHARACTERS} characters",
        f"| alias | {envelope.ALIAS_BYTES} | padded with zeros |",
    ):
        assert re.sub(r"\s+", " ", number) in re.sub(r"\s+", " ", PAGE), number
    assert PAGE.count(f"| length | 1 | 1 to {envelope.ALIAS_BYTES} |") == 2, "in the alias and in the message"
    overhead = BUCKETS[-1] - envelope.longest_text(limits.TEXT_BYTES, "")
    assert f"{overhead} bytes less than its bucket, and the alias's less: {BUCKETS[-1] - overhead} in" in PAGE


def test_the_page_lists_the_signs_that_are_one_in_a_name() -> None:
    signs = {one[-2]: [chr(int(each[2:], 16)) for each in others.split()] for one, others in rows("one")}
    assert signs == {line[0]: [*line[1:]] for line in ALIKE.splitlines()}


def test_the_page_names_the_contexts_and_salts() -> None:
    told = {what: "".join(f"{part.strip('` ')}\n" for part in parts.split(",")) for what, parts in rows("what")}
    assert told["alias"].encode() == envelope.alias_context("room")
    assert told["message"].encode() == envelope.message_context("room", "client")
    salts = {step: (salt, info) for step, _, _, salt, info, _ in rows("step")}
    assert salts["a name's material"] == (f"`{envelope.VERSION} name`", "")
    assert salts["room"] == (f"`{envelope.VERSION}`", "`room`")
    assert salts["key"] == (f"`{envelope.VERSION}`", "`key`")


def test_the_page_says_when_a_message_is_late() -> None:
    minutes = re.search(r"LATE_MS = (\d+) \* 60_000", (ROOT / "frontend/state/log.js").read_text())
    assert minutes
    assert PAGE.count(f"{minutes[1]} minutes") == 2
