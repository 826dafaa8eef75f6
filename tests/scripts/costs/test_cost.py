"""`make cost`: what it says to one's own numbers, and the month behind it."""

import sys
from dataclasses import replace

import pytest

from anonchat import limits
from anonchat.settings import Settings
from scripts.costs import __main__ as command
from scripts.costs import month, units
from scripts.costs.bill import FREE, amounts, gross, paid, price
from scripts.costs.month import Month, Use
from scripts.costs.peers import PEERS, month_of

SMALL = Use(users=2, room=3, messages=10)


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    monkeypatch.setattr(sys, "argv", ["cost", *arguments])
    assert command.main() == 0
    return capsys.readouterr().out


def test_ones_own_numbers_are_answered_with_the_sum_and_with_what_others_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = said(monkeypatch, capsys, "--USERS=2", "--ROOM=3", "--MESSAGES=10")
    assert answer.startswith(
        "2 visits a day of 30 minutes and 10 messages, in rooms of 3:\nin 30 days 60 visits, 600 mes"
    )
    assert f"{'together, by list prices':<42}{command.money(gross(month.month(SMALL).counts)):>12}" in answer
    assert all(peer.name in answer for peer in PEERS)
    assert "Nothing was counted" not in answer


def test_a_room_larger_than_any_that_was_counted_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = said(monkeypatch, capsys, "--USERS=500", "--ROOM=500", "--MESSAGES=1")
    assert "Nothing was counted in rooms of more than 200" in answer


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("--USERS=none", "none is no whole number from 1 to 1000000: USERS are visits a day"),
        ("--ROOM=0", "0 is no whole number from 1 to 1000: ROOM are members of a room"),
        ("--ROOM=", "is no whole number from 1 to 1000"),
        ("--MESSAGES=-1", "-1 is no whole number"),
        ("--MESSAGES=901", "in 30 minutes nobody may say more than 900 messages"),
        ("--HISTORY=1.5", "1.5 is no whole number"),
    ],
)
def test_nonsense_is_answered_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argument: str, sentence: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["cost", argument])
    with pytest.raises(SystemExit):
        command.main()
    assert sentence in capsys.readouterr().err


def test_what_the_months_assume_of_the_chat_is_what_the_chat_does() -> None:
    assert (units.NAMED, units.TOLD_SECONDS * 1000) == (limits.NAMED_PRESENCE_MEMBERS, limits.PRESENCE_INTERVAL_MS)
    assert month.SOCKET_SECONDS == limits.CONNECTION_SECONDS
    assert (Use().history, command.A_MINUTE) == (Settings().history_seconds, Settings().per_minute)


def test_the_same_use_is_the_same_month_and_ten_times_as_many_people_are_ten_times_as_much() -> None:
    few, many = month.month(Use()), month.month(replace(Use(), users=200))
    assert month.month(Use()).counts == few.counts
    assert gross(many.counts) == pytest.approx(10 * gross(few.counts))


def test_everybody_comes_says_all_and_leaves_once_more_for_each_lost_socket() -> None:
    found = month.month(replace(SMALL, losses=4))
    assert found.of("message") == SMALL.said
    assert found.losses > 0
    visits = pytest.approx(SMALL.visits + found.losses)
    assert [found.of(kind) for kind in ("connect", "join", "leave")] == [visits] * 3


def test_who_hears_nothing_asks_as_often_as_a_page_does() -> None:
    """Alone and silent for an hour: every 200 seconds, or up to an eighth sooner."""
    alone = Use(room=1, messages=0, minutes=60, losses=0)
    found = month.month(alone)
    assert 3600 / 200 - 1 <= found.of("silence") / alone.visits <= 3600 / 175
    assert month.month(replace(alone, history=0)).of("silence") < found.of("silence") / 2


def test_in_a_large_room_few_are_told_of_who_comes() -> None:
    found = month.month(Use(users=50, room=50, messages=0, minutes=1, days=1, losses=0))
    assert found.of("join", "join, untold") == 50
    assert found.of("join, untold") > 20


def test_what_lies_between_counted_sizes_is_on_the_line_between_them() -> None:
    assert units.used("message", 35, True)["messagesOut"] == pytest.approx(35)
    assert units.used("message", 400, True)["messagesOut"] == pytest.approx(400)
    assert units.used("join, untold", 21, True)["messagesOut"] == 1


def test_what_is_free_is_paid_for_beyond_it() -> None:
    counts = {"messagesIn": 0.0, "messagesOut": 1e6, "invocations": FREE["invocations"] + 1e6}
    assert paid(counts) == pytest.approx(price("messages", 1e6) + price("invocations", 1e6))
    assert amounts(counts)["messages"] == 1e6


def test_another_chats_month_follows_its_formula() -> None:
    """The simplest one scans all connections and posts to each: a million messages to 20 of them."""
    [simple] = [peer for peer in PEERS if peer.name.endswith("simple-websockets-chat-app")]
    use = Use(users=0, room=20)
    found = month_of(simple, Month(use, {("message", 20): 1e6}))
    assert found == pytest.approx(21.26, abs=0.01)
