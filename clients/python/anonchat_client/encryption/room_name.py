"""The name of a room and its normal form: one spelling for what looks or sounds the same."""

from __future__ import annotations

import re
import unicodedata

NAME_CHARACTERS = 64  # code points of the normal form

# Unicode properties that the standard library does not have.
WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
DEFAULT_IGNORABLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def normal_name(typed: str) -> str:
    visible = DEFAULT_IGNORABLE.sub("", unicodedata.normalize("NFKC", typed))
    return unicodedata.normalize("NFKC", WHITE_SPACE.sub(" ", visible).strip(" ").lower())


def is_name(typed: str) -> bool:
    """Tell whether a room can be called that."""
    name = normal_name(typed)
    strange = [each for each in name if each == "\ufffd" or unicodedata.category(each) in ("Cc", "Cs")]
    return 1 <= len(name) <= NAME_CHARACTERS and not strange
