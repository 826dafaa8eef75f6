"""What heals a trouble: clients ask again, as the protocol has them do, and somebody says something in each room."""

from collections.abc import Iterator

from tests.worlds.ending import REFUSALS, Ending
from tests.worlds.engine import Engine, Rest
from tests.worlds.requests import KINDS, ROOMS, SPOKEN, Request
from tests.worlds.sockets import AGAIN, Inbox

RESUME = {"red": "resume", "blue": "resume blue"}
SEND = {"red": "send late", "blue": "send blue late"}  # after the time of any batch, as a client waits 10 seconds
STAGES = ("at once", "after a retry", "after a message")


class Healing:
    """The stages of a healing. What a message makes of a rest is known once, for all worlds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def next_stage(self, end: Ending, stage: int) -> Ending:
        """Return the end after the stage that follows; after the last one, the same."""
        following = (self.after_retries, self.after_a_message, lambda same: same)
        return following[stage](end)

    def after_retries(self, end: Ending) -> Ending:
        """Let every client that has no answer, or whose socket was closed, ask once more."""
        rest = end.rest
        for socket, inbox in end.inboxes.items():
            for request in self._retries(end, socket, inbox):
                rest = self._alone(rest, request)
        return end.healed(rest)

    def _alone(self, rest: Rest, request: Request) -> Rest:
        table, number = rest
        if request.socket not in dict(self._engine.sockets.at(number).inboxes):
            sockets = self._engine.sockets.at(number).with_inbox(request.socket, Inbox())
            rest = self._engine.tables.connect(table, request.socket), self._engine.sockets.number(sockets)
        return self._engine.alone(rest, request)

    def _retries(self, end: Ending, socket: str, inbox: Inbox) -> Iterator[Request]:
        wanted = end.wants(socket)
        if not inbox.is_open:
            if wanted:
                yield Request(RESUME[wanted], socket + AGAIN, "again")
            return
        moves = [number for number, each in end.asked(socket) if KINDS[each.kind].joins or KINDS[each.kind].leaves]
        for number, each in end.asked(socket):
            is_answered = end.answers(number) & (REFUSALS | {"joined", "left", "message", "page"})
            if KINDS[each.kind].speaks and not is_answered:
                yield Request(SEND[KINDS[each.kind].room or ""], socket, f"h{each.tag}", each.tag)
            elif number not in moves[:-1] and (not is_answered or (is_answered == {"joined"} and inbox.room != wanted)):
                yield each._replace(tag=f"h{each.tag}")
        if inbox.missed and wanted:
            yield Request(RESUME[wanted], socket, "missed")

    def after_a_message(self, end: Ending) -> Ending:
        """Let somebody speak in each room, and everybody who then learns that something is missing join again."""
        if end.rest not in self._engine.spoken:
            after = end.healed(self._spoken_after(end))
            rest = after.rest
            for socket, room in after.settled.items():
                inbox = after.inboxes[socket]
                if inbox.missed or (inbox.online is not None and inbox.online != len(inbox.known)):
                    rest = self._alone(rest, Request(RESUME[room], socket, "disagrees"))
            self._engine.spoken[end.rest] = rest
        return end.healed(self._engine.spoken[end.rest])

    def _spoken_after(self, end: Ending) -> Rest:
        """Return the rest after one message in each room that has a member row: a member's, or a stranger's."""
        rest = end.rest
        for room in ROOMS:
            now = end.healed(rest)
            if now.members(room):
                speakers = [socket for socket, where in now.settled.items() if where == room]
                speaker = speakers[0] if speakers else f"stranger in {room}"
                if not speakers:
                    rest = self._alone(rest, Request("join" if room == "red" else "join blue", speaker, "stranger"))
                rest = self._alone(rest, Request(SEND[room], speaker, SPOKEN + room))
        return rest
