"""What the page lets one try: what goes wrong, and time that goes by faster."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from local.dynamodb.server import TableServer
from local.gateway import Clock, Gateway

SHARE = 0.3  # of the requests to the table that are throttled
SLOW_SECONDS = 1.0
MOST_SECONDS = 3 * 3600  # that may go by at once: a socket lives for two hours


class Refused(Exception):
    """What cannot be tried; the text says why."""


class Trials:
    """Turns on and off what goes wrong on a gateway and a table, and pushes the gateway's clock."""

    def __init__(self, gateway: Gateway, table: TableServer, clock: Clock) -> None:
        self._gateway, self._table, self._clock = gateway, table, clock
        self._on = dict.fromkeys(SWITCHES, False)

    def state(self) -> dict[str, Any]:
        """Return what is on, and the open connections, ready for JSON."""
        now = self._clock.time()
        connections = [
            {"id": each.id, "open": now - each.connected_at, "silent": now - each.last_active_at}
            for each in list(self._gateway.connections.values())
        ]
        return {"on": dict(self._on), "connections": connections}

    def attempt(self, wanted: Any) -> None:
        """Do what is wanted: {"switch": name, "on": bool}, {"cut": connection id} or {"advance": seconds}.

        Raise Refused.
        """
        match wanted:
            case {"switch": str(name), "on": bool(on)} if name in SWITCHES:
                self._on[name] = on
                SWITCHES[name](self, on)
            case {"cut": str(connection_id)}:
                self._cut(connection_id)
            case {"advance": int(seconds)} if 0 < seconds <= MOST_SECONDS:
                self._clock.advance(seconds)
            case _:
                raise Refused("This cannot be tried here.")

    def _cut(self, connection_id: str) -> None:
        try:
            self._gateway.faults.cut(connection_id)
        except KeyError:
            raise Refused("This connection is closed already.") from None

    def drop_disconnects(self, on: bool) -> None:
        self._gateway.faults.drop_disconnect = float(on)

    def refuse_posts(self, on: bool) -> None:
        self._gateway.faults.refuse_post = 0.5 if on else 0.0

    def throttle_table(self, on: bool) -> None:
        self._table.throttles = partial(_happens, SHARE if on else 0.0)

    def slow_table(self, on: bool) -> None:
        self._table.delay_seconds = SLOW_SECONDS if on else 0.0


SWITCHES: Mapping[str, Callable[[Trials, bool], None]] = {
    "dropDisconnects": Trials.drop_disconnects,
    "refusePosts": Trials.refuse_posts,
    "throttleTable": Trials.throttle_table,
    "slowTable": Trials.slow_table,
}


def _happens(share: float) -> bool:
    return random.random() < share
