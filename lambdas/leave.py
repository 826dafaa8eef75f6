"""leave: leave the room, keep the socket."""

from anonchat import protocol
from anonchat.chat import Chat
from anonchat.protocol import Leave, Refused
from anonchat.route import message_route


def leave(chat: Chat, connection_id: str, request: Leave) -> None:
    before = chat.table.clear_room(connection_id)
    departed = chat.remove_from_rooms(before) if before else []
    room = (before and before.room) or next(iter(departed), None)
    if room is None:
        raise Refused(protocol.NOT_JOINED, "You are not in a room.")
    chat.send_to(connection_id, protocol.left(room))


handler = message_route(protocol.parse_leave, leave)
