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


# Signs that look alike, or that phones put in for one another: each becomes the first of its line.
ALIKE = """\
'`´ʹʻʼʽʾʿˈ΄՚׳᾽᾿\u1ffd῾‘’‚‛′‵‹›❛❜ꞌ
"«»ʺ˝ˮ״“”„‟❝❞〝〞〟⹂「」『』
-֊־᠆‐‑‒–—―−᐀⸗⸚⸺⸻⹀⹝
·•‧∙⋅・
~⁓∼〜
/⁄∕
:∶
…⋯
,、
.。
 \u2800\u3164\uffa0
"""
_SIGNS = str.maketrans({each: line[0] for line in ALIKE.splitlines() for each in line[1:]})


def normal_name(typed: str) -> str:
    """Return one spelling for what looks or sounds the same: docs/encryption.md has every step."""
    signs = unicodedata.normalize("NFC", typed).translate(_SIGNS)
    visible = DEFAULT_IGNORABLE.sub("", unicodedata.normalize("NFKD", signs))
    spaced = WHITE_SPACE.sub(" ", visible).strip(" ")
    cased = spaced.lower().upper().lower().replace("ς", "σ")
    folded = re.sub("i[\u0300-\u036f]+", lambda marked: marked[0].replace("\u0307", ""), cased)
    name = unicodedata.normalize("NFKC", folded).translate(_SIGNS)
    dotted = re.sub(r"\.{2,}", "...", re.sub("-{2,}", "-", name.replace("''", '"')))
    return re.sub('" ?([^"]*?) ?"', r'"\1"', dotted)


def shown_name(name: str) -> str:
    """Return a normal form as it is written: sigma has a form of its own at the end of a word."""
    return re.sub(r"(?<=[^\W\d_])σ(?!\w)", "ς", name)


def is_name(typed: str) -> bool:
    """Tell whether a room can be called that."""
    name = normal_name(typed)
    strange = [each for each in name if each == "\ufffd" or unicodedata.category(each) in ("Cc", "Cs")]
    return 1 <= len(name) <= NAME_CHARACTERS and not strange
