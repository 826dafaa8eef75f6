"""What a person's words are before they are sealed, and as a terminal prints them."""

import sys
import unicodedata

import pytest

from anonchat_client.text import fit_to_send, legible

LINE_ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_whatever_breaks_a_line_becomes_a_line_feed(end: str) -> None:
    assert fit_to_send(f"Monday 9:00{end}Room 5") == "Monday 9:00\nRoom 5"
    assert legible(f"Monday 9:00{end}Room 5") == "Monday 9:00\nRoom 5"


def test_indentation_stays_and_only_blank_lines_around_a_text_go() -> None:
    code = "    def f():\n\n        return 1"
    assert fit_to_send(f" \t\n\n{code}\n \n") == code
    assert fit_to_send(f"\u200b\n \ufeff\n{code}\n\u2800\n\u200d") == code


def test_a_text_in_which_there_is_nothing_to_be_seen_is_refused() -> None:
    for text in ("", " \n", "\u200d", "\ufe0f", "\u200b \ufeff", "\u2800", "\u3164\n\u00ad", "\U000e0041", "\u061c"):
        with pytest.raises(ValueError, match="nothing to send"):
            fit_to_send(text)
    for text in ("\u2764\ufe0f", "می\u200cخواهم", "."):
        assert fit_to_send(text) == text


def test_of_control_and_format_characters_and_white_space_none_is_seen() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            with pytest.raises(ValueError, match="nothing to send"):
                fit_to_send(character)
