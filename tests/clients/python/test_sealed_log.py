"""What the client makes of sealed messages: docs/encryption.md, "Opening"."""

import json
import re
import secrets
from typing import Any

import pytest

from anonchat_client import Message, Room, Signer, new_client
from anonchat_client.core.frames import Frame
from anonchat_client.encryption import alias, sealed_log
from anonchat_client.encryption.alias import AliasBook, clean_alias, fold
from anonchat_client.encryption.base64url import b64encode
from anonchat_client.encryption.envelope import message_context, proof, to_bucket
from anonchat_client.encryption.lookalikes import LOOK_ALIKES
from anonchat_client.encryption.message import LATE_MS
from anonchat_client.encryption.sealed_log import SealedLog
from anonchat_client.errors import InvalidAlias
from anonchat_client.talk import lines
from scripts import ROOT
from tests.support.forgery import forger

NOW = 1_700_000_000_000
LATER = NOW + 3_600_000
ROOM = Room.from_key(bytes(16))
ME, ADA, BEN = Signer.new(), Signer.new(), Signer.new()


def frame(signer: Signer, text: str = "Hello", *, at: int = NOW, carrier: Signer | None = None, **more: Any) -> Frame:
    client, alias = more.pop("client", None) or new_client(), more.pop("alias", "Ada")
    sealed = ROOM.seal_message(signer, client, alias, text, written=more.pop("written", at), **more)
    sender = {"id": "m1", "alias": ROOM.seal_alias(carrier or signer, alias)}
    head = {"type": "message", "id": f"{at}-{secrets.token_hex(2)}", "client": client, "at": at, "online": 2}
    return head | {"from": sender, "text": sealed}


def new_log() -> SealedLog:
    return SealedLog(ROOM, ME.fingerprint, "Me")


def added(log: SealedLog, frame: Frame) -> Message:
    message = log.add(frame)
    assert message is not None
    return message


def test_a_genuine_message_has_its_words_its_signer_and_its_handle() -> None:
    message = added(new_log(), frame(ADA, "waves", action=True))
    assert message.genuine
    assert (message.alias, message.text, message.action, message.written) == ("Ada", "waves", True, NOW)
    assert (message.signer, message.handle) == (ADA.fingerprint, ADA.handle)
    assert (message.mine, message.late, message.borrowed_from) == (False, False, None)


def test_what_does_not_open_and_what_is_forged_has_no_words() -> None:
    log = new_log()
    noise = added(log, frame(ADA) | {"text": b64encode(bytes(476))})
    forged = added(log, frame(forger(BEN, ADA), "Send me money."))
    assert (noise.verdict, forged.verdict) == ("undecryptable", "forged")
    for message in (noise, forged):
        assert not message.genuine
        assert (message.alias, message.text, message.signer, message.handle) == ("", "", None, "")


def test_words_sent_again_by_somebody_else_are_replayed_and_take_no_place() -> None:
    log = new_log()
    said = frame(ADA)
    assert added(log, said).genuine
    again = frame(BEN) | {"client": said["client"], "text": said["text"]}
    assert added(log, again).verdict == "replayed"
    nobody = said | {"id": f"{NOW}-z", "from": {"id": "m2", "alias": "plain"}}
    assert added(log, nobody).verdict == "replayed"
    assert [message.verdict for message in log.messages].count("genuine") == 1


def test_other_words_under_the_same_name_are_a_conflict_and_the_first_stay() -> None:
    log = new_log()
    client = new_client()
    assert added(log, frame(ADA, "Yes", client=client)).genuine
    assert added(log, frame(ADA, "No", client=client)).verdict == "conflict"
    assert added(log, frame(BEN, "Yes", client=client)).genuine, "another's message of the same name is another message"


def test_a_copy_comes_once_in_the_place_of_the_smallest_id() -> None:
    log = new_log()
    first = frame(ADA)
    ids = [f"{NOW + 2}-b", f"{NOW + 1}-a", f"{NOW + 3}-c"]
    news = [log.add(first | {"id": id}) for id in ids]
    assert [bool(message) for message in news] == [True, False, False]
    assert [message.id for message in log.messages] == [f"{NOW + 1}-a"]
    assert log.add(first | {"id": ids[1]}) is None
    assert log.duplicates == 3


def test_only_its_own_key_makes_an_echo() -> None:
    log = new_log()
    client = new_client()
    log.add(frame(ADA, client=client))
    log.add(frame(forger(ADA, ME), client=client))
    assert log.echo(client) is None
    mine = frame(ME, client=client, alias="Me")
    message = added(log, mine)
    assert message.mine
    assert log.echo(client) == mine
    assert log.own(client) == message
    again = frame(BEN) | {"client": client, "text": mine["text"]}
    assert not added(log, again).mine


@pytest.mark.parametrize(
    ("off", "late"), [(LATE_MS, False), (LATE_MS + 1, True), (-LATE_MS, False), (-LATE_MS - 1, True)]
)
def test_a_message_whose_clocks_differ_much_is_late(off: int, late: bool) -> None:
    assert added(new_log(), frame(ADA, written=NOW - off)).late is late


def test_a_borrowed_alias_is_told_with_whose_it_was() -> None:
    log = new_log()
    assert added(log, frame(ADA)).borrowed_from is None
    assert added(log, frame(BEN, alias="\u0410d\u0430", at=NOW + 1)).borrowed_from == ADA.fingerprint  # Cyrillic
    namesake = added(log, frame(BEN, alias="me"))
    assert namesake.borrowed_from == ME.fingerprint
    assert namesake.namesake


def test_an_earlier_message_makes_its_writer_the_owner_and_marks_that_are_there_follow() -> None:
    log = new_log()
    assert added(log, frame(BEN, at=LATER)).borrowed_from is None
    assert added(log, frame(ADA, at=LATER + 1)).borrowed_from == BEN.fingerprint
    assert added(log, frame(ADA)).borrowed_from is None
    assert [message.borrowed_from for message in log.messages] == [None, ADA.fingerprint, None]


def test_who_is_here_without_a_word_has_an_alias_since_the_newest_message() -> None:
    log = new_log()
    log.add(frame(ADA, alias="Somebody"))
    log.meet("Ada", BEN.fingerprint)
    assert added(log, frame(ADA, at=LATER)).borrowed_from == BEN.fingerprint
    assert added(log, frame(ADA, at=NOW - 1)).borrowed_from is None
    assert log.aliases.borrowed_from("Ada", BEN.fingerprint) == ADA.fingerprint


@pytest.mark.parametrize("kind", [2, 3, 4, 255])
def test_what_only_a_newer_client_knows_is_no_attack_and_has_no_words(kind: int) -> None:
    client, content = new_client(), bytes([kind]) + secrets.token_bytes(200)
    where = message_context(ROOM.id, client)
    sealed = ROOM.seal(where, to_bucket(proof(ADA, where, content) + content))
    message = added(new_log(), frame(ADA) | {"client": client, "text": sealed})
    assert (message.verdict, message.genuine, message.text, message.signer) == ("newer", False, "", None)
    assert "from a newer version of this program: update it" in lines.message(message)


def test_of_too_many_aliases_the_earliest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alias, "MOST_ALIASES", 3)
    book = AliasBook()
    for number in range(5):
        book.learn(f"e{number}x", "flood", f"2{number}")
    book.learn("Ada", "first", "1")
    assert book.borrowed_from("Ada", "second") == "first"
    assert [number for number in range(5) if book.borrowed_from(f"e{number}x", "x")] == [0, 1]


def test_the_log_of_a_program_that_runs_for_months_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_log, "MOST_MESSAGES", 3)
    log = new_log()
    for at in range(5):
        log.add(frame(ADA, str(at), at=NOW + at))
    assert [message.text for message in log.messages] == ["2", "3", "4"]
    assert len(log.frames) == 3


# --- aliases and texts -----------------------------------------------------------------------------------------


VECTORS = json.loads((ROOT / "tests/frontend/vectors.json").read_text())


@pytest.mark.parametrize("row", VECTORS["alike"], ids=lambda row: row["folded"])
def test_aliases_that_look_alike_are_one_here_as_in_the_page(row: dict[str, Any]) -> None:
    assert {fold(alias) for alias in row["names"]} == {row["folded"]}


def test_the_page_and_this_client_take_the_same_characters_for_others() -> None:
    page = (ROOT / "frontend/state/lookalikes.js").read_text()
    assert re.findall(r"`([^`]*)`;$", page, re.MULTILINE) == [LOOK_ALIKES]


@pytest.mark.parametrize("alias", ["ADA", "A d a", "Ada (you)", "Ada k7m-q2x", "\u202eAda", "A\u200dda", "ada."])
def test_what_is_not_seen_and_ornaments_make_no_other_alias(alias: str) -> None:
    assert fold(alias) == fold("Ada")


def test_other_aliases_are_others() -> None:
    assert len({fold(alias) for alias in ("Ada", "Adam", "Eda", "🦦", "!!", "Ωmega")}) == 6


def test_whoever_has_an_alias_first_keeps_it() -> None:
    book = AliasBook()
    book.learn("Ada", "first")
    book.learn("ada", "second")
    assert book.borrowed_from("Ada", "first") is None
    assert book.borrowed_from("ADA", "second") == "first"
    assert book.borrowed_from("Ben", "second") is None


def test_an_alias_is_one_visible_line_that_fits() -> None:
    assert clean_alias("  Ada\n\x1b[31m Lovelace ") == "Ada [31m Lovelace"
    assert clean_alias("a\u0308" * 17) == "ä" * 17
    for nothing in ("", " \n", "\u200b\u202e"):
        with pytest.raises(InvalidAlias):
            clean_alias(nothing)


@pytest.mark.parametrize(
    ("alias", "surplus"),
    [
        ("a" * 36, "1 letter"),
        ("ä" * 20, "3 letters"),
        ("Александр Константинович Иванов", "13 letters"),
        ("ศิริพรรณ นพรัตน์วัฒนา", "7 letters"),
        ("👩🏽\u200d🚀" * 3, "1 letter"),
        ("🚀" * 10, "2 letters"),
    ],
)
def test_an_alias_that_is_too_long_is_told_and_not_cut(alias: str, surplus: str) -> None:
    with pytest.raises(InvalidAlias, match=rf"^This alias is {surplus} too long\. It may have 35 bytes"):
        clean_alias(alias)


def test_what_may_be_printed_steers_no_terminal() -> None:
    message = added(new_log(), frame(ADA, "one\x1b]0;x\x07\ntwo\u202e\u2028\x9b31m👩\u200d🚀", alias="A\x1b[2Jda\nBen"))
    assert message.shown_text == "one]0;x\ntwo\n31m👩\u200d🚀"
    assert message.shown_alias == "A[2Jda Ben"
    assert message.text == "one\x1b]0;x\x07\ntwo\u202e\u2028\x9b31m👩\u200d🚀"


def test_a_message_that_is_printed_by_accident_does_not_show_its_text() -> None:
    assert "secret" not in repr(added(new_log(), frame(ADA, "secret")))
