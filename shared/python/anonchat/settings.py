"""What the environment says, read once at import. A missing name fails the import with that name."""

import os
from dataclasses import dataclass

from anonchat import limits


@dataclass(frozen=True)
class Settings:
    """The numbers an owner may choose; Terraform passes them on as environment variables."""

    history_seconds: int = limits.HISTORY_SECONDS
    room_cap: int = limits.ROOM_CAP
    per_minute: int = limits.PER_MINUTE
    allowed_origins: frozenset[str] = frozenset()  # empty: any

    @property
    def held_ms(self) -> int:
        """How far back a message can be fetched, in milliseconds; 0 without history."""
        return (self.history_seconds + limits.OVERLAP_SECONDS) * 1000 if self.history_seconds else 0


def _origins(text: str) -> list[str]:
    """Separated by commas, as people write them: with spaces, or the slash of an address."""
    return [origin.strip().rstrip("/") for origin in text.split(",") if origin.strip()]


def from_environment() -> Settings:
    return Settings(
        history_seconds=int(os.environ.get("HISTORY_SECONDS", limits.HISTORY_SECONDS)),
        room_cap=int(os.environ.get("ROOM_CAP", limits.ROOM_CAP)),
        per_minute=int(os.environ.get("PER_MINUTE", limits.PER_MINUTE)),
        allowed_origins=frozenset(_origins(os.environ.get("ALLOWED_ORIGINS", ""))),
    )
