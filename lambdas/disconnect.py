"""$disconnect: a socket has closed. Best effort on AWS: what it misses, a 410 finds later, and TTL in the end."""

from anonchat import log
from anonchat.chat import Chat
from anonchat.route import FORBIDDEN, OK, Event, Response, connection_of, is_event

CHAT = Chat.from_environment()


def handler(event: Event, context: object) -> Response:
    if not is_event(event, "DISCONNECT"):
        return FORBIDDEN
    try:
        CHAT.disconnect(connection_of(event))
    except Exception as failure:
        log.error("disconnect failed", failure)
    return OK
