"""What commands share: the line of progress and the parser of whole numbers."""

import argparse
import sys
import time

import pytest

from scripts.command_line import ProgressLine, whole_number


def pretend_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make stderr a terminal, 10 columns wide."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "10")


def test_on_a_terminal_each_line_replaces_the_one_before_and_never_wraps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_a_terminal(monkeypatch)
    progress = ProgressLine()
    progress("one of many, many")
    progress("two")
    progress.clear()
    assert capsys.readouterr().err == "\r\033[Kone of ma\r\033[Ktwo\r\033[K"


def test_lines_may_come_no_faster_than_people_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_a_terminal(monkeypatch)
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    progress = ProgressLine(every_seconds=0.1)
    progress("one")
    progress("two")
    now = 100.2
    progress("three")
    assert capsys.readouterr().err == "\r\033[Kone\r\033[Kthree"


def test_elsewhere_nothing_is_said_or_whole_lines_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    silent, plain = ProgressLine(), ProgressLine(plain_seconds=10)
    for progress in (silent, plain):
        progress("one")
        progress("two")
        progress.clear()
    assert capsys.readouterr().err == "one\n"


@pytest.mark.parametrize("text", ["0", "6", "-1", "1.5", "many", ""])
def test_a_number_that_will_not_do_is_refused_in_a_sentence(text: str) -> None:
    parse = whole_number(range(1, 6), "from 1 to 5, not {text!r}")
    assert parse("5") == 5
    with pytest.raises(argparse.ArgumentTypeError, match="from 1 to 5, not '"):
        parse(text)
