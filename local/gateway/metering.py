"""What a gateway tells whoever counts: every message, invocation and connection that AWS would bill."""

from typing import Protocol


class GatewayMeter(Protocol):
    """What is told. billing/meter.py is one; NoMeter is another."""

    def message_in(self, route: str, size: int) -> None:
        """Count a client's message of `size` bytes for a route."""

    def message_out(self, route: str, size: int) -> None:
        """Count a message of `size` bytes to one client, sent on behalf of a route."""

    def connection_opened(self, connection_id: str) -> None:
        """Begin to count the time of a connection."""

    def connection_closed(self, connection_id: str) -> None:
        """Stop counting the time of a connection."""

    def invocation(self, route: str, seconds: float, memory_mb: int) -> None:
        """Count an invocation for a route: how long it ran, and with how many megabytes of memory."""


class NoMeter:
    """Counts nothing."""

    def message_in(self, route: str, size: int) -> None: ...

    def message_out(self, route: str, size: int) -> None: ...

    def connection_opened(self, connection_id: str) -> None: ...

    def connection_closed(self, connection_id: str) -> None: ...

    def invocation(self, route: str, seconds: float, memory_mb: int) -> None: ...
