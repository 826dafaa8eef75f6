"""The edge: an API Gateway event comes in, a use case runs, an error becomes a frame or a status. One per function.

A message route's return value reaches nobody (API Gateway discards it), so it is always 200 and every answer is a post.
Handlers look at `eventType` as well as being wired to a route key: a client may write `$connect` into its `action`.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from anonchat import log, protocol
from anonchat.connections import Connections
from anonchat.protocol import Frame, Refused

Event = dict[str, Any]
Response = dict[str, Any]
Handler = Callable[[Event, object], Response]


class Answering(Protocol):
    """What a message route needs of its chat: the connections that its error frames go to."""

    @property
    def connections(self) -> Connections: ...


Chat = TypeVar("Chat", bound=Answering)
Request = TypeVar("Request")

OK: Response = {"statusCode": 200}
FORBIDDEN: Response = {"statusCode": 403}
FAILED: Response = {"statusCode": 500}


def message_route(
    parse: Callable[[Frame], Request], use_case: Callable[[Chat, str, Request], None], chat: Chat
) -> Handler:
    """Make a handler for MESSAGE events: parse the frame, run the use case, send an `error` frame if either fails."""

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


def lifecycle_route(event_type: str, use_case: Callable[[Event], Response], on_failure: Response) -> Handler:
    """Make a handler for CONNECT or DISCONNECT events, which answers by status: `on_failure` if the use case raises."""

    def handler(event: Event, context: object) -> Response:
        if not is_event(event, event_type):
            return FORBIDDEN
        try:
            return use_case(event)
        except Exception as failure:
            log.error(f"{use_case.__name__} failed", failure)
            return on_failure

    return handler


def refuse(connections: Connections, connection_id: str, refused: Refused) -> None:
    """Send the `error` frame, whatever becomes of it."""
    connections.post([(connection_id, protocol.encode(refused.frame()))])


def is_event(event: Event, event_type: str) -> bool:
    """Tell CONNECT, MESSAGE and DISCONNECT apart. Another one is a wiring fault, or a client that tries something."""
    found = event.get("requestContext", {}).get("eventType")
    if found != event_type:
        log.warn("an event of another type", expected=event_type)
    return bool(found == event_type)


def connection_of(event: Event) -> str:
    """Return the id of the connection that an event is about."""
    return str(event["requestContext"]["connectionId"])
