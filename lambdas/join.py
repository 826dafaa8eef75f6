"""join: enter a room, or fetch a fresh snapshot of the one you are in."""

from anonchat.chat import Chat
from anonchat.protocol import Join, parse_join
from anonchat.room import joined_frame
from anonchat.route import message_route


def join(chat: Chat, connection_id: str, request: Join) -> None:
    now = chat.now()
    member = chat.enter(connection_id, request, now)
    members, is_news = chat.take_seat(member, now)
    history = chat.history(request.room, request.since, now)
    snapshot = joined_frame(member, members, history, request.since, now, chat.settings)
    if chat.tell(connection_id, snapshot) and is_news:
        others = [other for other in members if other.connection_id != connection_id]
        chat.tell_presence(others, len(members), joined=[member.person])


handler = message_route(parse_join, join)
