"""$connect: accept a socket and write its row. Nothing can be posted to it before this returns."""

from anonchat.clock import now_ms, random_token
from anonchat.route import FAILED, FORBIDDEN, OK, Event, Response, connection_of, lifecycle_route
from anonchat.settings import Settings
from anonchat.table import Table

SETTINGS = Settings.from_environment()
TABLE = Table.from_environment()


def connect(event: Event) -> Response:
    if not is_allowed(origin_of(event)):
        return FORBIDDEN
    TABLE.put_connection(connection_of(event), random_token(), now_ms())
    return OK


def is_allowed(origin: str | None) -> bool:
    """Check the origin, since API Gateway does not. Who sends none is no browser, and cannot be tricked by a page."""
    return origin is None or not SETTINGS.allowed_origins or origin in SETTINGS.allowed_origins


def origin_of(event: Event) -> str | None:
    """Return the Origin header, whatever its letters, None if there is none."""
    headers = event.get("headers") or {}
    return next((value for name, value in headers.items() if name.lower() == "origin"), None)


handler = lifecycle_route("CONNECT", connect, on_failure=FAILED)
