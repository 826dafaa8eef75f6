"""$connect: lets a socket in and opens its row. Nothing can be posted to it before this returns."""

from anonchat import log, settings
from anonchat.chat import now_ms, random_token
from anonchat.route import FAILED, FORBIDDEN, OK, Event, Response, connection_of, is_event
from anonchat.table import Table

SETTINGS = settings.from_environment()
TABLE = Table.from_environment()


def handler(event: Event, context: object) -> Response:
    if not is_event(event, "CONNECT") or not may_come_from(origin_of(event)):
        return FORBIDDEN
    try:
        TABLE.put_connection(connection_of(event), random_token(), now_ms())
    except Exception as failure:
        log.error("connect failed", failure)
        return FAILED
    return OK


def may_come_from(origin: str | None) -> bool:
    """API Gateway does not look at Origin, so we do. A client that sends none is no browser and cannot be tricked."""
    return origin is None or not SETTINGS.allowed_origins or origin in SETTINGS.allowed_origins


def origin_of(event: Event) -> str | None:
    headers = event.get("headers") or {}
    return next((value for name, value in headers.items() if name.lower() == "origin"), None)
