"""The edge: an API Gateway event comes in, a use case runs, an error becomes a frame. One per function.

A message route's return value reaches nobody (API Gateway discards it), so it is always 200 and every answer is a post.
Handlers look at `eventType` as well as being wired to a route key: a client may write `$connect` into its `action`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from anonchat import log, protocol
from anonchat.chat import Chat
from anonchat.connections import Connections
from anonchat.protocol import Frame, Refused

Event = dict[str, Any]
Response = dict[str, Any]
Handler = Callable[[Event, object], Response]
Request = TypeVar("Request")

OK: Response = {"statusCode": 200}
FORBIDDEN: Response = {"statusCode": 403}
FAILED: Response = {"statusCode": 500}


def message_route(parse: Callable[[Frame], Request], use_case: Callable[[Chat, str, Request], None]) -> Handler:
    """A handler for MESSAGE events: parse the frame, run the use case, answer with an `error` frame if either fails."""
    chat = Chat.from_environment()

    def handler(event: Event, context: object) -> Response:
        if not is_event(event, "MESSAGE"):
            return FORBIDDEN
        connection_id = connection_of(event)
        request: Request | None = None
        try:
            request = parse(protocol.decode(event.get("body")))
            use_case(chat, connection_id, request)
        except Refused as refused:
            refused.client = refused.client or getattr(request, "client", None)
            refuse(chat.connections, connection_id, refused)
        except Exception as failure:
            log.error(f"{use_case.__name__} failed", failure)
            client = getattr(request, "client", None)
            refuse(chat.connections, connection_id, protocol.server_error(client))
        return OK

    return handler


def refuse(connections: Connections, connection_id: str, refused: Refused) -> None:
    connections.broadcast([(connection_id, protocol.encode(refused.frame()))])


def is_event(event: Event, kind: str) -> bool:
    """`kind`: CONNECT, MESSAGE or DISCONNECT. Anything else is a wiring fault, or a client that tries something."""
    found = event.get("requestContext", {}).get("eventType")
    if found != kind:
        log.warn("an event of another type", expected=kind)
    return bool(found == kind)


def connection_of(event: Event) -> str:
    return str(event["requestContext"]["connectionId"])
