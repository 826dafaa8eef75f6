"""What must hold at every end of every world. A promise is one function, and one row of PROMISES.

Each function says what is wrong at an end, or nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from anonchat import limits
from tests.worlds.ending import Ending
from tests.worlds.requests import KINDS, ROOMS, message_of, spoken_in
from tests.worlds.sockets import person_of

NO_FUNCTION = {"disconnect", "die", "$disconnect"}  # nobody reads what these answer


def _lost(end: Ending, acknowledged: Iterable[str]) -> Iterator[str]:
    for id in sorted(acknowledged):
        room = end.room_of(id)
        if room is None:
            yield f"message {id} was acknowledged and is not in the history"
        for socket, where in end.settled.items():
            inbox, row = end.inboxes[socket], end.table.rows.get((where, socket))
            is_told = inbox.missed or (row is not None and row.missed > 0)
            if where == room and id not in inbox.seen and not is_told:
                yield f"{socket} in {where} was not sent the acknowledged message {id} and is not told so"


def nothing_acknowledged_is_lost(end: Ending) -> Iterator[str]:
    """Everybody in the room has seen it, or has a mark, or was told to resume, and it can be fetched."""
    yield from _lost(end, {id for inbox in end.inboxes.values() for id in inbox.echoes})


def a_copy_in_the_history_is_as_good_as_an_echo(end: Ending) -> Iterator[str]:
    """Let a client that comes back take it for one, as the protocol does. Not counted: who spoke while it moved."""
    moving = {each.socket for each in end.world.requests if KINDS[each.kind].joins or KINDS[each.kind].leaves}
    hasty = {message_of(each) for each in end.world.requests if each.socket in moving}
    yield from _lost(end, {id for inbox in end.inboxes.values() for id in inbox.copies} - hasty)


def no_row_is_a_ghost(end: Ending) -> Iterator[str]:
    """See that a member row belongs to an open socket, whose own row names this room and this join."""
    for (room, socket), row in sorted(end.table.rows.items()):
        connection = end.connection(socket)
        if not end.inboxes[socket].is_open:
            if socket not in end.untold:
                yield f"the row of {socket} stays in {room}, and its socket is dead"
        elif connection is None:
            yield f"{socket} is a member of {room} without a connection row"
        elif connection.room != room:
            yield f"{socket} has a row in {room} and is in {connection.room}"
        elif connection.join_id != row.join_id:
            yield f"the row of {socket} in {room} is of join {row.join_id}, and the last is {connection.join_id}"


def every_member_has_its_row(end: Ending) -> Iterator[str]:
    for socket, inbox in end.inboxes.items():
        connection = end.connection(socket)
        room = connection.room if connection else None
        if inbox.is_open and room and room == end.wants(socket) and (room, socket) not in end.table.rows:
            yield f"{socket} is in {room} without a member row"
        if inbox.is_open and inbox.room and connection is None:
            yield f"{socket} is open and believes to be in {inbox.room}, without any row"


def a_departure_is_told_once(end: Ending) -> Iterator[str]:
    created: Counter[str] = Counter()
    for (_, person), rows in end.table.created.items():
        created[person] += rows
    told = [("told", end.sockets.told), *((name, inbox.gone) for name, inbox in end.inboxes.items())]
    for who, counts in told:
        for person, times in counts:
            if times > created[person]:
                yield f"the departure of {name_of(end, person)} is told {times} times ({who})"


def a_departure_is_told_of_who_was_announced(end: Ending) -> Iterator[str]:
    """Not counted: who has asked two things at once, as what overtakes a join of its own may tell of it first; and who
    asks by a socket that dies.
    """
    if any(KINDS[each.kind].misses for each in end.world.requests):
        return  # as where a post fails
    announced = {person for inbox in end.inboxes.values() for person in inbox.heard}
    announced |= {person_of(each, room) for each in end.inboxes for room in ROOMS if len(end.asked(each)) > 1}
    announced |= {person_of(each, room) for each in end.dead for room in ROOMS if end.asked(each)}
    for socket, inbox in end.inboxes.items():
        for person, _ in inbox.gone:
            if person not in announced:
                yield f"{socket} is told that {name_of(end, person)} has left, and nobody that it came"


def members_have_heard_of_each_other(end: Ending) -> Iterator[str]:
    """By a snapshot or by presence, whatever order those came in."""
    if end.engine.rules.named < len(end.inboxes):
        return
    for socket, room in end.settled.items():
        for other, where in end.settled.items():
            if room == where and person_of(other, where) not in end.inboxes[socket].heard:
                yield f"{socket} has never heard of {other} in {room}"


def the_cap_holds(end: Ending) -> Iterator[str]:
    for room in ROOMS:
        if len(end.members(room)) > end.engine.rules.cap:
            yield f"{len(end.members(room))} are in {room}, which has {end.engine.rules.cap} places"


def every_free_seat_is_given(end: Ending) -> Iterator[str]:
    """Whoever is told that a room is full, while nobody leaves it, finds it full at the end too.

    Not counted: who has stood in the queue as often as one may. A schedule that is against it can always outwait it.
    """
    asked_by_dead = any(each.socket in end.dead for each in end.world.requests)
    if end.stage > 0 or asked_by_dead or any(KINDS[each.kind].leaves for each in end.world.requests):
        return
    refused = [each for number, each in enumerate(end.world.requests) if "room_full" in end.answers(number)]
    rooms = {KINDS[each.kind].room for each in end.world.requests if KINDS[each.kind].joins}
    for room in ROOMS if len(rooms) == 1 else ():
        taken = [socket for socket in end.members(room) if end.inboxes[socket].is_open]
        is_patient = end.table.tickets[room] >= limits.CAPACITY_ROUNDS * len(refused)
        for request in refused:
            if KINDS[request.kind].room == room and len(taken) < end.engine.rules.cap and not is_patient:
                yield f"{request.socket} is told that {room} is full, and only {len(taken)} are there"


def who_is_refused_stays_where_it_was(end: Ending) -> Iterator[str]:
    """See that a full room changes nothing for the only one who asks, and is never full for who sits in it."""
    joins = [(number, each) for number, each in enumerate(end.world.requests) if KINDS[each.kind].joins]
    others = [each for each in end.world.requests if KINDS[each.kind].leaves or KINDS[each.kind].ends]
    if end.stage > 0 or len(joins) != 1 or others or "room_full" not in end.answers(joins[0][0]):
        return
    [(_, request)] = joins
    connection, inbox = end.connection(request.socket), end.inboxes[request.socket]
    if connection and connection.room != inbox.room:
        yield f"{request.socket} was in {inbox.room}, is refused, and is in {connection.room}"
    if inbox.room == KINDS[request.kind].room:
        yield f"{request.socket} sits in {inbox.room}, and is told that it is full"


def everybody_is_answered(end: Ending) -> Iterator[str]:
    """Not counted in a busy room: who leaves before the batch with its message is sent, and whom its posts miss."""
    is_busy, is_missed = end.engine.rules.is_busy, any(KINDS[each.kind].misses for each in end.world.requests)
    for number, request in enumerate(end.world.requests if end.stage == 0 else ()):
        is_awaited = request.kind not in NO_FUNCTION and end.inboxes[request.socket].is_open
        is_left_out = is_busy and KINDS[request.kind].speaks and (is_missed or end.moves(request.socket))
        if is_awaited and not is_left_out and number not in end.killed and not end.answers(number):
            yield f"{request} is answered nothing"


def no_error_is_made_up(end: Ending) -> Iterator[str]:
    """`server_error` is said only where something of ours has failed."""
    if end.world.trouble in ("applied, no answer", "not applied"):
        return
    for number, request in enumerate(end.world.requests):
        if "server_error" in end.answers(number):
            yield f"{request} is answered server_error"


def who_is_answered_is_where_it_says(end: Ending) -> Iterator[str]:
    """Believe the answer to the only join or leave of a client."""
    for socket, inbox in end.inboxes.items():
        moves = [number for number, each in end.asked(socket) if KINDS[each.kind].joins or KINDS[each.kind].leaves]
        connection = end.connection(socket)
        is_answered = len(moves) == 1 and end.answers(moves[0]) & {"joined", "left"}
        if is_answered and inbox.is_open and connection and connection.room != inbox.room:
            yield f"{socket} was told that it is in {inbox.room}, and is in {connection.room}"


def nobody_hears_a_room_it_has_left(end: Ending) -> Iterator[str]:
    """Of the messages that were said in each room after it all. What it left is said by a frame or by its row."""
    for room in ROOMS:
        for socket, inbox in end.inboxes.items():
            connection = end.connection(socket)
            is_there = inbox.room == room or (connection is not None and connection.room == room)
            if spoken_in(room) in inbox.seen and not is_there:
                yield f"{socket} is in {inbox.room} and hears {room}"


def after_a_message_everybody_knows_who_is_here(end: Ending) -> Iterator[str]:
    """By the list of its last snapshot and presence since; who saw the number disagree has asked for a new one.

    Not counted: whose snapshot was older than presence that came before it, and has the right number by chance.
    """
    is_spoken = any(spoken_in(room) in inbox.seen for room in ROOMS for inbox in end.inboxes.values())
    if not is_spoken or end.engine.rules.named < len(end.inboxes):
        return
    for socket, room in end.settled.items():
        known, here = end.inboxes[socket].known, {person_of(each, room) for each in end.members(room)}
        is_old = len(known) == len(here) and any(KINDS[each.kind].joins for _, each in end.asked(socket))
        if known != here and not is_old:
            names = [sorted(name_of(end, person) for person in persons) for persons in (known, here)]
            yield f"{socket} in {room} believes that {names[0]} are here, and {names[1]} are"


def name_of(end: Ending, person: str) -> str:
    found = [socket for socket in end.inboxes for room in ROOMS if person_of(socket, room) == person]
    return found[0] if found else person


PROMISES: dict[str, Callable[[Ending], Iterator[str]]] = {
    each.__name__: each
    for each in (
        nothing_acknowledged_is_lost,
        a_copy_in_the_history_is_as_good_as_an_echo,
        no_row_is_a_ghost,
        every_member_has_its_row,
        a_departure_is_told_once,
        a_departure_is_told_of_who_was_announced,
        members_have_heard_of_each_other,
        the_cap_holds,
        every_free_seat_is_given,
        who_is_refused_stays_where_it_was,
        everybody_is_answered,
        no_error_is_made_up,
        who_is_answered_is_where_it_says,
        nobody_hears_a_room_it_has_left,
        after_a_message_everybody_knows_who_is_here,
    )
}
