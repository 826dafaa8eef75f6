"""The name of a room and its normal form: one spelling for what looks and sounds the same.

docs/encryption.md, "The name of a room", has the rule. Normal forms, letters and their cases are Python's own: later
versions of Unicode leave them as they are.
"""

from __future__ import annotations

import re
import unicodedata

NAME_CHARACTERS = 64  # code points of the normal form

Signs = list[tuple[re.Pattern[str], str]]  # what looks the same, or is the same key on another phone

WHITE_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
DEFAULT_IGNORABLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
APOSTROPHES = (
    "`\u02b9\u02bb-\u02bf\u02c8\u055a\u05f3\u07f4\u07f5\u2018-\u201b\u2032\u2035\u2039\u203a\u275b\u275c\u275f\ua78c"
)
QUOTES = (
    "\xab\xbb\u02ba\u02ee\u05f4\u201c-\u201f\u275d\u275e\u2760\u2e42\u300c-\u300f\u301d-\u301f\U0001f676-\U0001f678"
)
DASHES = (
    "\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u2212"
    "\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u30a0\U00010d6e\U00010ead"
)
MIDDLE_DOTS = "\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\ua78f"

# What NFKD would take apart, or leave in its way.
WHOLE: Signs = [
    (re.compile(f"[{WHITE_SPACE}\u2800\u3164\uffa0]"), " "),
    (re.compile("[\xb4\u0384\u1fbd\u1ffd]"), "'"),
    (re.compile("\u02dd"), '"'),
    (re.compile(f"[{DEFAULT_IGNORABLE}]"), ""),
]
APART: Signs = [
    (re.compile(f"[{APOSTROPHES}]"), "'"),
    (re.compile(f"''|[{QUOTES}]"), '"'),
    (re.compile("[\u2053\u223c\u301c\u3030]"), "~"),
    (re.compile(f"[-{DASHES}]+"), "-"),
    (re.compile(f"[{MIDDLE_DOTS}]"), "\xb7"),
    (re.compile("[\u2044\u2215]"), "/"),
    (re.compile("\u3001"), ","),
    (re.compile("\u3002"), "."),
    (re.compile("\u22ef"), ".."),
    (re.compile(r"\.\.+"), "..."),
    (re.compile(" +"), " "),
    (re.compile(r"\A | \Z"), ""),
    (re.compile('" ?([^"]*?) ?"'), r'"\1"'),  # as « French » is written
]
DOTTED = re.compile("i[\u0300-\u036f]+")
SIGMA = re.compile("σ")


def normal_name(typed: str) -> str:
    letters = unicodedata.normalize("NFKD", replaced(typed, WHOLE)).lower().upper().lower()
    plain = DOTTED.sub(lambda dotted: dotted[0].replace("\u0307", ""), letters)
    name = unicodedata.normalize("NFKC", replaced(plain, APART)).replace("ς", "σ")
    return SIGMA.sub(lambda found: "ς" if ends_word(name, found.start()) else "σ", name)


def replaced(name: str, signs: Signs) -> str:
    for look, one in signs:
        name = look.sub(one, name)
    return name


def ends_word(name: str, at: int) -> bool:
    """Tell whether the letter there has a letter before it and none behind."""
    before, behind = name[at - 1 : at], name[at + 1 : at + 2]
    return before != "" and unicodedata.category(before)[0] in "LM" and not behind.isalpha()


def is_name(typed: str) -> bool:
    """Tell whether a room can be called that."""
    name = normal_name(typed)
    strange = [each for each in name if each == "\ufffd" or unicodedata.category(each) in ("Cc", "Cs")]
    return 1 <= len(name) <= NAME_CHARACTERS and not strange
