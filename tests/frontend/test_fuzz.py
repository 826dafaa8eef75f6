"""Bytes and names that nobody has thought of: the page and the Python client find the same in them, and never fail.

Each case begins as a genuine message or a good name and is changed by a seeded generator: before it is sealed, so that
the parsers see it, or after. The numbers are small here; `long` makes many of them.
"""

import json
import random
import subprocess
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonchat_client import Room, Signer
from anonchat_client.encryption.base64url import b64decode, b64encode
from anonchat_client.encryption.envelope import BUCKETS, alias_context, body, message_context, proof
from anonchat_client.encryption.room_name import is_name, normal_name
from anonchat_client.encryption.signer import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from scripts import ROOT
from tests.support.node import node

FEW, MANY = 150, 20_000
PROOF_BYTES = PUBLIC_KEY_BYTES + SIGNATURE_BYTES
SECRET = bytes(range(16))
RED, ANN, BEN = Room.from_key(SECRET), Signer.new(), Signer.new()
LINK = f"#key={b64encode(SECRET)}"
PIECES = (
    "room",
    "Ärger",
    "ﬁ",
    "İ",
    "ß",
    "Å",
    "e\u0301",
    "①",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "x" * 30,
    "한",
    "ｱ",
    "ǅ",
    "\t",
    "🦊",
    "ς",
    "ı",
    "i\u0307",
    "'",
    "′",
    "´",
    "--",
    "—",
    "..",
    "⋯",
    " \u2800",
    "\u3164",
    "«\u00a0",
    "»",
    "。",
)


NEARLY = st.text("aZ0-_\n", min_size=7, max_size=38)  # a client value, or nearly one
CLIENTS = ("client-2", "client-1\n", "short", "x" * 37, "", "__proto__", "clïent-12", "x" * 36)
ALIASES = (b"", b"x" * 35, b"x" * 36, b"\xff", "é".encode(), b"\xed\xa0\x80", b"\xef\xbb\xbf")
WORDS = (b"", b"\0", "🦊".encode()[:3], b"\xc0\x80")


class Maker:
    """Makes cases of one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def frame(self) -> dict[str, Any]:
        client = self.dice.choice(CLIENTS) if self.dice.random() < 0.1 else "client-1"
        text = RED.seal(message_context(RED.id, client), self.plaintext(client))
        alias = RED.seal(alias_context(RED.id), self.alias())
        changed = self.dice.random()
        if changed < 0.1:
            text = self.spelt(text)
        elif changed < 0.2:
            alias = self.spelt(alias)
        elif changed < 0.25:
            client = self.dice.choice(CLIENTS)
        return {"client": client, "text": text, "from": {"id": "member", "alias": alias}}

    def plaintext(self, client: str) -> bytes:
        """Return a signed message, with bits turned, fields out of bounds, or as many bytes as no bucket has."""
        kind, written = (
            self.dice.choice([0, 0, 0, 1, 1, 1, 2]),
            self.dice.choice([0, 1, 2**48 - 1, 1_800_000_000_000]),
        )
        alias = self.dice.choice([*ALIASES, b"Ann"] if self.dice.random() < 0.3 else [b"Ann"])
        words = self.dice.choice(
            [b"hello", b"", b"\0", b"x" * self.dice.randrange(400), "🦊".encode()[:3], b"\xc0\x80"]
        )
        content = body(alias, words, kind, written)
        if self.dice.random() < 0.15:
            content = self.turned(content)
        whole = proof(self.dice.choice([ANN, BEN]), message_context(RED.id, client), content) + content
        if self.dice.random() < 0.2:
            whole = self.turned(whole[:PROOF_BYTES]) + whole[PROOF_BYTES:]
        bucket = self.dice.choice([447, 449, 6592, 0] if self.dice.random() < 0.1 else [*BUCKETS])
        filled = whole.ljust(bucket, b"\0")[: max(bucket, self.dice.randrange(600))]
        return self.turned(filled) if self.dice.random() < 0.1 else filled

    def alias(self) -> bytes:
        name = self.dice.choice([b"Ann", b"", b"x" * 35, b"\xff", b"a\0"])
        whole = proof(ANN, alias_context(RED.id), name) + bytes([len(name)]) + name.ljust(35, b"\0")
        return self.turned(whole) if self.dice.random() < 0.3 else whole

    def turned(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.dice.randrange(1, 4)):
            if changed:
                changed[self.dice.randrange(len(changed))] ^= 1 << self.dice.randrange(8)
        return bytes(changed)

    def spelt(self, text: str) -> str:
        """Return it as base64url has not been spelt."""
        at = self.dice.randrange(len(text))
        ways: list[Callable[[], str]] = [
            lambda: text[:at] + self.dice.choice("+/= \n-_.é\0") + text[at + 1 :],
            lambda: text + self.dice.choice(["=", "==", "A", "\n", " "]),
            lambda: text[:at],
            lambda: b64encode(self.turned(b64decode(text))),
            lambda: text[:-1] + self.dice.choice("ABCDwxyz0189-_"),
        ]
        return self.dice.choice(ways)()

    def name(self) -> str:
        return "".join(self.dice.choice(PIECES) for _ in range(self.dice.randrange(5)))


def by_page(frames: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    program = [node(), str(ROOT / "tests/frontend/support/opened.js")]
    told = json.dumps({"link": LINK, "frames": frames, "names": names})
    answer = subprocess.run(program, input=told, capture_output=True, text=True, timeout=600, check=True)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def by_python(frame: dict[str, Any]) -> dict[str, Any]:
    opened, carrier = RED.open_frame(frame)
    words = vars(opened.words) if opened.words else {}
    return {"carrier": carrier, "verdict": opened.verdict, **({"signer": opened.signer} if words else {}), **words}


@pytest.mark.parametrize(
    ("seed", "count"), [(1, FEW), pytest.param(random.randrange(2**32), MANY, marks=pytest.mark.long)]
)
def test_page_and_python_client_find_the_same_in_any_bytes_and_names(seed: int, count: int) -> None:
    make = Maker(seed)
    frames, names = [make.frame() for _ in range(count)], [make.name() for _ in range(count)]
    page = by_page(frames, names)
    mine = [by_python(frame) for frame in frames]
    assert page["opened"] == mine, f"seed {seed}"
    assert page["rooms"] == [[normal_name(name), is_name(name)] for name in names], f"seed {seed}"
    assert all(normal_name(name) == name for name, _ in page["rooms"]), f"a normal form is its own, seed {seed}"
    verdicts = [each["verdict"] for each in mine]
    assert all(verdicts.count(kind) > count / 100 for kind in ("genuine", "forged", "undecryptable"))


@pytest.mark.parametrize("last", [0x2FFF, pytest.param(0x10FFFF, marks=pytest.mark.long)])
def test_page_and_python_client_fold_every_character_as_unicode_does(last: int) -> None:
    known = [chr(point) for point in range(last + 1) if unicodedata.category(chr(point)) not in ("Cn", "Co", "Cs")]
    forms = by_page([], [f"a{each}b" for each in known])["rooms"]
    for character, (form, _) in zip(known, forms, strict=True):
        folded = f"A{character.casefold()}B"
        assert form == normal_name(f"a{character}b") == normal_name(form) == normal_name(folded), ascii(character)


WAYS: tuple[Callable[[str], str], ...] = (
    str.lower,
    str.upper,
    str.title,
    str.casefold,
    str.swapcase,
    partial(unicodedata.normalize, "NFC"),
    partial(unicodedata.normalize, "NFD"),
)


def test_no_case_and_no_way_to_compose_a_character_leads_to_another_room() -> None:
    known = [chr(at) for at in range(0x110000) if unicodedata.category(chr(at)) not in ("Cn", "Co", "Cs")]
    for some in (known[at : at + 200] for at in range(0, len(known), 200)):
        room = normal_name("".join(f"a{each}b" for each in some))
        for way in WAYS:
            assert normal_name("".join(f"a{way(each)}b" for each in some)) == room, (way, ascii(some))


def test_a_dot_on_an_i_makes_no_other_room_whatever_marks_are_beside_it() -> None:
    assert (
        len({normal_name(name) for name in ("\u0130\u0316", "i\u0316", "i\u0316\u0307", "i\u0307\u0316", "I\u0316")})
        == 1
    )


@settings(max_examples=60, deadline=None)
@given(sealed=st.text("aZ0-_=é\ud800 ", max_size=40) | st.binary(max_size=200).map(b64encode), client=NEARLY)
def test_what_nobody_has_sealed_is_undecryptable_and_nobodys(sealed: str, client: str) -> None:
    opened, carrier = RED.open_frame({"client": client, "text": sealed, "from": {"id": "x", "alias": sealed}})
    assert (opened.verdict, opened.signer, opened.words, carrier) == ("undecryptable", None, None, None)


@settings(max_examples=100, deadline=None)
@given(
    plaintext=st.binary(max_size=700) | st.sampled_from(BUCKETS).flatmap(lambda n: st.binary(min_size=n, max_size=n))
)
def test_what_the_rooms_key_has_sealed_and_nobody_signed_is_never_genuine(plaintext: bytes) -> None:
    sealed = RED.seal(message_context(RED.id, "client-1"), plaintext)
    assert RED.open_message("client-1", sealed).verdict in {"undecryptable", "forged", "newer"}
    assert RED.open_alias(RED.seal(alias_context(RED.id), plaintext)).signer is None
