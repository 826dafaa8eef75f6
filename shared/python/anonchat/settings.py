"""What the owner of a chat may choose. Terraform's variables of the same names arrive as environment variables."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from anonchat import limits


@dataclass(frozen=True)
class Settings:
    """One line for each setting: its name, which in capitals is its environment variable, its type and its default.

    A type needs a reader in _READERS: whole numbers and sets of texts have one.
    """

    history_seconds: int = 600  # how long a message can be fetched again; 0 turns history off
    room_cap: int = 50  # members; every message costs a post for each of them
    per_minute: int = 30  # sends, and joins, of one connection in one clock minute
    allowed_origins: frozenset[str] = frozenset()  # of pages that may connect, separated by commas; none: any

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables that are set; the others keep their defaults. A number that is none is a ValueError."""
        given = {each: environ[each.name.upper()] for each in fields(cls) if each.name.upper() in environ}
        values: dict[str, Any] = {each.name: _READERS[each.type](text) for each, text in given.items()}
        return cls(**values)

    @property
    def held_ms(self) -> int:
        """How far back a message can be fetched, in milliseconds; 0 without history."""
        return (self.history_seconds + limits.OVERLAP_SECONDS) * 1000 if self.history_seconds else 0


def _origins(text: str) -> frozenset[str]:
    """Take origins as people write them: with spaces, or with the slash of an address at the end."""
    return frozenset(origin.strip().rstrip("/") for origin in text.split(",") if origin.strip())


_READERS: dict[Any, Callable[[str], object]] = {int: int, frozenset[str]: _origins}
