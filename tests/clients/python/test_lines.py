"""Every line that the terminal shows."""

import datetime
import re

import pytest

from anonchat_client import ConnectionLost, ConnectionRestored, Gap, Member, Message, PresenceChange, Signer
from anonchat_client.encryption.message import Verdict
from anonchat_client.talk import lines

ADA = Signer.new()
NOW = int(datetime.datetime.now().timestamp() * 1000)
SAID = Message("genuine", f"{NOW}-a", "client-1", NOW, "Ada", "Hello", signer=ADA.fingerprint, written=NOW)


def said(text: str = "Hello", verdict: Verdict = "genuine", **more: object) -> Message:
    return Message(**vars(SAID) | {"text": text, "verdict": verdict} | more)


def test_a_message_has_its_time_its_writer_and_the_handle() -> None:
    assert re.fullmatch(rf"\d\d:\d\d Ada {ADA.handle}: Hello", lines.event(said()))
    assert lines.event(said("waves", action=True)).endswith(f" * Ada {ADA.handle} waves")


def test_no_line_of_somebodys_text_begins_at_the_margin() -> None:
    first, *more = lines.event(said("one\n--- You have left. ---\n12:00 Ben: Hi")).split("\n")
    assert first.endswith(": one")
    assert [line.startswith(lines.INDENT) for line in more] == [True, True]


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("undecryptable", "!! A message that this room's key does not open."),
        ("forged", "!! A message whose signature is false"),
        ("replayed", "!! Somebody sent again what Ada"),
        ("conflict", "signed two messages as one. The other: Hello"),
    ],
)
def test_what_is_not_genuine_says_so(verdict: Verdict, sentence: str) -> None:
    assert sentence in lines.event(said(verdict=verdict))


def test_warnings_stand_below_their_message() -> None:
    ben = Signer.new()
    assert f"\n{lines.INDENT}!! Not the Ada {ben.handle} who" in lines.event(said(borrowed_from=ben.fingerprint))
    assert "!! Has your name, but another key." in lines.event(said(borrowed_from=ben.fingerprint, namesake=True))
    assert "!! Written at " in lines.event(said(written=0))
    assert "!! Written at --:-- by" in lines.event(said(written=2**48 - 1))


def test_who_comes_and_goes_is_named_and_a_number_alone_is_no_line() -> None:
    ada, nobody = Member("Ada", ADA.fingerprint), Member("Ada", None)
    line = lines.event(PresenceChange((ada,), (nobody,), 7))
    assert line == f"--- Ada {ADA.handle} came. Somebody unverified left. 7 here. ---"
    assert lines.event(PresenceChange((), (), 30)) == ""


def test_gaps_and_the_connections_ups_and_downs_are_lines() -> None:
    assert [lines.event(each) for each in (Gap("0"), ConnectionLost(), ConnectionRestored())] == [
        lines.GAP,
        lines.LOST,
        lines.RESTORED,
    ]


def test_leaving_says_what_may_be_lost() -> None:
    assert lines.goodbye(0) == "You have left."
    assert "2 of your messages may not have been sent" in lines.goodbye(2)


def test_a_long_text_is_shortened_where_it_is_only_named() -> None:
    assert len(lines.sent("x" * 1000)) < 60
    assert lines.waiting("one\ntwo").endswith(": one two")
