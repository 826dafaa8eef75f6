"""What a test can make go wrong on purpose. Everything is off until it is set."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local.gateway.connection import Connection


@dataclass
class Faults:
    """Turn these while the gateway runs.

    drop_disconnect   a probability, or a predicate over connection ids: this `$disconnect` is never delivered,
                      which API Gateway allows itself
    post_status       connection id -> the status every post to it gets (410, 413, 429 or anything from 500 on)
    post_delay        connection id -> seconds, on the gateway's clock, until a post to it is answered
    refuse_post       a probability, or a predicate over connection ids: this post is answered 429
    """

    connections: Mapping[str, Connection]
    drop_disconnect: float | Callable[[str], bool] = 0.0
    post_status: dict[str, int] = field(default_factory=dict)
    post_delay: dict[str, float] = field(default_factory=dict)
    refuse_post: float | Callable[[str], bool] = 0.0

    def cut(self, connection_id: str) -> None:
        """Abort the TCP connection, as when a phone loses its network. Raise KeyError if there is none."""
        self.connections[connection_id].cut()

    def drops_disconnect(self, connection_id: str) -> bool:
        """Return whether the `$disconnect` of this connection is not to be delivered."""
        return _happens(self.drop_disconnect, connection_id)

    def status_of_post(self, connection_id: str) -> int | None:
        """Return the status that a post to this connection gets, None if nothing is wrong with it."""
        status = self.post_status.get(connection_id)
        return status or (429 if _happens(self.refuse_post, connection_id) else None)


def _happens(fault: float | Callable[[str], bool], connection_id: str) -> bool:
    return fault(connection_id) if callable(fault) else random.random() < fault
