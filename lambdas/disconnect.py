"""$disconnect: a socket has closed. Best effort on AWS: what it misses, a 410 finds later, and TTL in the end."""

from anonchat.chat import Chat
from anonchat.route import OK, Event, Response, connection_of, lifecycle_route

CHAT = Chat.from_environment()


def disconnect(event: Event) -> Response:
    CHAT.broadcaster.disconnect(connection_of(event))
    return OK


handler = lifecycle_route("DISCONNECT", disconnect, on_failure=OK)  # nobody reads it
