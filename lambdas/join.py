"""join: enter a room, or fetch a fresh snapshot of the one you are in."""

from anonchat.chat import Chat
from anonchat.protocol import Join, parse_join
from anonchat.room import joined_frame
from anonchat.route import message_route


def join(chat: Chat, connection_id: str, request: Join) -> None:
    now = chat.now()
    chat.look_for_room(connection_id, request.room, now)
    member, moved = chat.enter(connection_id, request, now)
    members, is_news = chat.take_seat(member, now)
    history = chat.history(request.room, request.since, now)
    snapshot = joined_frame(member, members, history, request.since, now, chat.settings)
    if chat.tell(connection_id, snapshot) and is_news:
        chat.tell_presence(members, but=[connection_id], joined=[member.person], elect=not moved)


handler = message_route(parse_join, join)
