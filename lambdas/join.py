"""join: enter a room, or fetch a fresh snapshot of the one you are in, a page of what was said or of who is there."""

from anonchat.chat import Chat
from anonchat.protocol import Join, parse_join
from anonchat.route import message_route


def join(chat: Chat, connection_id: str, request: Join) -> None:
    now = chat.now()
    if request.page:
        return chat.broadcaster.send_to(connection_id, chat.history.page(connection_id, request, now))
    if request.roster is not None:
        return chat.broadcaster.send_to(connection_id, chat.roster.page(connection_id, request, now))
    chat.joining.check_capacity(connection_id, request.room, now)
    pending = chat.joining.begin_join(connection_id, request, now)
    completed = chat.joining.complete_join(pending, request.since, now)
    if chat.broadcaster.send_snapshot(pending.member, completed.snapshot) and completed.announce:
        chat.broadcaster.announce_presence(
            completed.members,
            exclude=[connection_id],
            joined=[pending.member.person],
            elect=not pending.changed_room,
        )


handler = message_route(parse_join, join, Chat.from_environment())
