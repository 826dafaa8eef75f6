"""$default: whatever no other route took. It answers, touches no table, and leaves the socket open."""

from anonchat import protocol
from anonchat.connections import Connections
from anonchat.protocol import Refused
from anonchat.route import FORBIDDEN, OK, Event, Response, connection_of, is_event, refuse

CONNECTIONS = Connections.from_environment()


def handler(event: Event, context: object) -> Response:
    if not is_event(event, "MESSAGE"):
        return FORBIDDEN
    try:
        protocol.parse_unknown(protocol.decode(event.get("body")))
    except Refused as refused:
        refuse(CONNECTIONS, connection_of(event), refused)
    return OK
