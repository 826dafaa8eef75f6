"""leave: leave the room, keep the socket."""

from anonchat import protocol
from anonchat.chat import Chat
from anonchat.protocol import Leave, Refused
from anonchat.route import message_route


def leave(chat: Chat, connection_id: str, request: Leave) -> None:
    room = chat.broadcaster.leave(connection_id)
    if room is None:
        raise Refused(protocol.NOT_JOINED, "You are not in a room.")
    chat.broadcaster.send_to(connection_id, protocol.left(room))


handler = message_route(protocol.parse_leave, leave, Chat.from_environment())
