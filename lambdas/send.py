"""send: publish a message to the room you have joined. The echo goes last: by then nobody can miss it."""

from anonchat import protocol, rules
from anonchat.chat import Chat
from anonchat.model import Message
from anonchat.protocol import Send
from anonchat.route import message_route


def send(chat: Chat, connection_id: str, request: Send) -> None:
    now = chat.now()
    author = chat.publishing.admit(connection_id, request, now)
    id = rules.message_id(now, chat.token())
    message = Message(request.room, id, request.client, author, request.text)
    chat.publishing.store(message)
    members, batch = chat.publishing.recipients(connection_id, message, now)
    if chat.batching.pays(members, batch, message, now):
        chat.batching.publish(message, len(members), now)
    else:
        chat.broadcaster.broadcast_messages(members, [message])


handler = message_route(protocol.parse_send, send, Chat.from_environment())
