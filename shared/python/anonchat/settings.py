"""What the owner of a chat may choose. Terraform's variables of the same names arrive as environment variables."""

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from anonchat import limits


class Settings(NamedTuple):
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
        given = {name: environ[name.upper()] for name in cls._fields if name.upper() in environ}
        values: dict[str, Any] = {name: _READERS[cls.__annotations__[name]](text) for name, text in given.items()}
        return cls(**values)

    @property
    def held_ms(self) -> int:
        """How far back a message can be fetched, in milliseconds; 0 without history."""
        return (self.history_seconds + limits.OVERLAP_SECONDS) * 1000 if self.history_seconds else 0


def _origins(text: str) -> frozenset[str]:
    """Take origins as people write them: with spaces, or with the slash of an address at the end."""
    return frozenset(origin.strip().rstrip("/") for origin in text.split(",") if origin.strip())


_READERS: dict[Any, Callable[[str], object]] = {int: int, frozenset[str]: _origins}
