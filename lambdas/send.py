"""send: publish a message to the room you have joined. The echo goes last: every other post has settled by then."""

from anonchat import room
from anonchat.chat import Chat, token
from anonchat.protocol import Send, parse_send
from anonchat.room import Message
from anonchat.route import message_route


def send(chat: Chat, connection_id: str, request: Send) -> None:
    now = chat.now()
    author = chat.admit(connection_id, request, now)
    id = room.message_id(now, token())
    message = Message(request.room, id, request.client, author, request.text)
    chat.keep(message)
    members = chat.listeners(connection_id, message, now)
    left = chat.tell_room(members, message.frame(online=len(members)), but=[connection_id])
    chat.tell(connection_id, message.frame(online=left))


handler = message_route(parse_send, send)
