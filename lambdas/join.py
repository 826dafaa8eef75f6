"""join: enter a room, or fetch a fresh snapshot of the one you are in."""

from anonchat.chat import Chat
from anonchat.protocol import Join, parse_join
from anonchat.route import message_route


def join(chat: Chat, connection_id: str, request: Join) -> None:
    now = chat.now()
    chat.look_for_room(connection_id, request.room, now)
    entry = chat.enter(connection_id, request, now)
    snapshot, members, is_news = chat.settle(entry, request.since, now)
    if chat.tell(connection_id, snapshot) and is_news:
        chat.tell_presence(members, but=[connection_id], joined=[entry.member.person], elect=not entry.moved)


handler = message_route(parse_join, join)
