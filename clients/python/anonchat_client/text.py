"""Words of people, made fit to send and safe to print: nothing in them steers a terminal, hides, or turns letters."""

from __future__ import annotations

import re
import unicodedata

NO_ALIAS = "(no name)"
MOST_MARKS = 3  # on one letter, in a row: a pile of them would cover the lines above and below

_JOINERS = "\u200c\u200d"  # invisible, and yet parts of words and emoji
_LINE_ENDS = re.compile("\r\n|[\v\f\r\x85\u2028\u2029]")
# What shows nothing and is neither white space nor of the category Cf; the rest of Unicode's default-ignorable ones.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")


def fit_to_send(text: str) -> str:
    """Return a text without control characters, halves of characters and the blank lines around it.

    Whatever breaks a line is a line feed. Raise ValueError if there is nothing to be seen.
    """
    lines = _LINE_ENDS.sub("\n", text)
    fit = "".join("\ufffd" if unicodedata.category(each) == "Cs" else each for each in lines if not _is_control(each))
    seen = [number for number, line in enumerate(fit.split("\n")) if _is_seen(line)]
    if not seen:
        raise ValueError("There is nothing to send.")
    return "\n".join(fit.split("\n")[seen[0] : seen[-1] + 1]).rstrip()


def legible(text: str) -> str:
    """Return somebody's text, whose program may not have cleaned it, as it may be printed on one or more lines."""
    lines = _LINE_ENDS.sub("\n", text)
    return _PILE.sub(r"\1", "".join(each for each in lines if not _is_control(each) and not _is_invisible(each)))


def one_line(text: str) -> str:
    """Return a text as it may be printed on one line."""
    return " ".join(legible(text).split())


def letters(text: str) -> list[str]:
    """Return what people take for one letter each, nearly: marks, skins and joined emoji belong to what they follow."""
    found: list[str] = []
    for each in text:
        if found and _goes_on(found[-1][-1], each):
            found[-1] += each
        else:
            found.append(each)
    return found


def legible_alias(alias: str | None) -> str:
    return one_line(alias or "") or NO_ALIAS


def _goes_on(before: str, character: str) -> bool:
    is_mark = unicodedata.category(character).startswith("M") or "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_mark or character in _JOINERS or before == "\u200d"


def _is_seen(text: str) -> bool:
    return any(not each.isspace() and unicodedata.category(each) != "Cf" for each in _UNSEEN.sub("", text))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\n\t"


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cs", "Zl", "Zp") and character not in _JOINERS
