"""Aliases: making one's own fit to be sealed, and who was first to use one.

Which aliases look alike is a question of eyes and no part of the format: other clients may answer it otherwise.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

from anonchat_client.encryption.envelope import ALIAS_BYTES
from anonchat_client.encryption.lookalikes import LOOK_ALIKES
from anonchat_client.errors import InvalidAlias
from anonchat_client.text import letters, one_line

MOST_ALIASES = 2000  # a flood of invented ones must not fill the memory; the earliest stay protected

_TWINS = str.maketrans({these: line[0] for line in LOOK_ALIKES.splitlines() for these in line[1:]})
_UNSEEN = ("M", "P", "Z", "C")  # categories: marks, punctuation, spaces, what shows nothing
_ORNAMENT = re.compile(r"[\s(\[]+(?:[0-9a-z]{3}-[0-9a-z]{3}|you)[\s)\]]*$", re.IGNORECASE)  # a handle, "(you)"


def clean_alias(typed: str) -> str:
    """Return one line of visible characters. Raise InvalidAlias if nothing is left, or more than can be sealed."""
    alias = unicodedata.normalize("NFC", one_line(typed))
    if not alias:
        raise InvalidAlias("An alias needs at least one visible character.")
    ends = itertools.accumulate(len(letter.encode()) for letter in letters(alias))
    surplus = sum(end > ALIAS_BYTES for end in ends)
    if surplus:
        raise InvalidAlias(
            f"This alias is {surplus} {'letter' if surplus == 1 else 'letters'} too long. It may have {ALIAS_BYTES} "
            "bytes: 35 Latin letters, 17 Cyrillic or Arabic ones, 11 Thai or Chinese ones."
        )
    return alias


class AliasBook:
    """Remembers which signer was first to use an alias: in the message with the smallest id, whenever that is read.

    Aliases are free, so a borrowed one is told, not forbidden. Of too many, those with the smallest ids stay.
    """

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, str]] = {}  # folded alias → id, signer

    def learn(self, alias: str, signer: str, id: str = "") -> bool:
        """Take in a use by the message of this id; "" is before all messages. Return whether an owner has changed."""
        name = fold(alias)
        known = self._first.get(name)
        if known is not None and known[0] <= id:
            return False
        self._first[name] = (id, signer)
        if len(self._first) > MOST_ALIASES:
            del self._first[max(self._first, key=lambda each: self._first[each][0])]
        return known is not None and known[1] != signer

    def borrowed_from(self, alias: str, signer: str) -> str | None:
        """Return the fingerprint that was first to use this alias, if that is somebody else."""
        _, first = self._first.get(fold(alias), ("", signer))
        return None if first == signer else first


def fold(alias: str) -> str:
    """Return the same for aliases that look the same."""
    plain = unicodedata.normalize("NFKD", _ORNAMENT.sub("", alias))
    visible = "".join(each for each in plain if unicodedata.category(each)[0] not in _UNSEEN)
    capitals = visible.translate(_TWINS).upper()  # so that ß is ss
    alike = capitals.translate(_TWINS).lower().translate(_TWINS)
    return alike.replace("rn", "m").replace("vv", "w") or alias
