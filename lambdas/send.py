"""send: publish a message to the room you have joined. The echo goes last: every other post has settled by then."""

from anonchat import protocol, rules
from anonchat.chat import Chat, random_token
from anonchat.model import Message
from anonchat.protocol import Send
from anonchat.route import message_route


def send(chat: Chat, connection_id: str, request: Send) -> None:
    now = chat.now()
    author = chat.publishing.admit(connection_id, request, now)
    id = rules.message_id(now, random_token())
    message = Message(request.room, id, request.client, author, request.text)
    chat.publishing.store(message)
    members = chat.publishing.recipients(connection_id, message, now)
    frame = protocol.message(message, online=len(members))
    online = chat.broadcaster.broadcast(members, frame, exclude=[connection_id])
    chat.broadcaster.send_to(connection_id, protocol.message(message, online))


handler = message_route(protocol.parse_send, send, Chat.from_environment())
