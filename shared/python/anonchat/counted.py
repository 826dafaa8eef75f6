"""Updates of a connection's row that count, and are refused beyond a limit: sends, joins and pages by the clock minute.

A counter is an attribute named by its clock minute, such as `sends417`, so counting is one conditional update and one
write unit. The update removes the counters of the COUNTERS_REMOVED minutes before it; what a longer silence leaves
behind is at most 15 attributes of 10 bytes for each counter in a row's life, and the row stays below 1 KB (a test does
that sum).
"""

from typing import NamedTuple

from anonchat import limits, rows
from anonchat.answers import Refusal
from anonchat.dynamodb import DynamoDB
from anonchat.model import Connection
from anonchat.rows import Item
from anonchat.rules import minute


class Count(NamedTuple):
    """A counted update: what else it does, as parts of its expressions, and which row it answers with."""

    counter: str
    update: str = "ADD "  # ends where the counter is added
    condition: str = ""  # begins where the counter's ends
    token: str | None = None  # of a move, which may have been done before
    names: tuple[str, ...] = ()
    values: Item | None = None
    answer: str = "ALL_NEW"
    room: str | None = None  # it is only for who is in this one


def in_room(counter: str, room: str) -> Count:
    """Return what counts something that only a connection in `room` may do."""
    values = rows.strings(**{":room": room})
    return Count(counter, condition=" AND #roomId = :room", names=("roomId",), values=values, room=room)


def count(dynamodb: DynamoDB, connection_id: str, now: int, most: int, update: Count) -> Connection | Refusal:
    """Count. Return the row; of a move that has been done before, by whose token one sees that, what it found."""
    now_minute = minute(now)
    earlier = [rows.counter_name(update.counter, now_minute - back) for back in range(1, limits.COUNTERS_REMOVED + 1)]
    counter = {"#counter": rows.counter_name(update.counter, now_minute)}
    answer = dynamodb.update(
        rows.connection_key(connection_id),
        f"{update.update}#counter :one REMOVE {', '.join('#' + name for name in earlier)}",
        ConditionExpression="attribute_exists(#salt) AND (attribute_not_exists(#counter) OR #counter < :most)"
        + update.condition,
        ExpressionAttributeNames=rows.names("salt", *update.names, *earlier) | counter,
        ExpressionAttributeValues=(update.values or {}) | rows.numbers(**{":one": 1, ":most": most}),
        ReturnValues=update.answer,
    )
    row = answer.row or {}
    if answer.holds:
        return rows.existing_connection(row)
    if update.token and rows.moved_by(row) == update.token:
        return rows.before_move(row)
    if "salt" not in row:
        return Refusal.NO_CONNECTION
    is_elsewhere = update.room is not None and rows.room_of(row) != update.room
    return Refusal.NOT_IN_ROOM if is_elsewhere else Refusal.RATE_LIMITED
