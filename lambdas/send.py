"""send: publish a message to the room you have joined. The echo goes last: every other post has settled by then."""

from anonchat import rules
from anonchat.chat import Chat, random_token
from anonchat.protocol import Send, parse_send
from anonchat.route import message_route
from anonchat.rules import Message


def send(chat: Chat, connection_id: str, request: Send) -> None:
    now = chat.now()
    author = chat.admit_send(connection_id, request, now)
    id = rules.message_id(now, random_token())
    message = Message(request.room, id, request.client, author, request.text)
    chat.store(message)
    members = chat.read_recipients(connection_id, message, now)
    left = chat.broadcast(members, message.frame(online=len(members)), exclude=[connection_id])
    chat.send_to(connection_id, message.frame(online=left))


handler = message_route(parse_send, send)
