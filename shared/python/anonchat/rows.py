"""The table's rows: their keys, and what stands in them as DynamoDB's attributes. Pure.

| item       | pk                          | sk                      | holds                                           |
|------------|-----------------------------|-------------------------|-------------------------------------------------|
| connection | `CONNECTION#<connectionId>` | `CONNECTION`            | `salt`, `roomId`, `cameFrom`, `earlier`,        |
|            |                             |                         | `alias`, `joinId`, `movedBy`                    |
| member     | `ROOM#<roomId>`             | `MEMBER#<connectionId>` | `memberId`, `alias`, `joinId`, `seat`,          |
|            |                             |                         | perhaps `accepts`, `missed`, `ticket`           |
| message    | `ROOM#<roomId>`             | `MESSAGE#<id>`          | `client`, `memberId`, `alias`, `text`           |
| room       | `ROOM#<roomId>`             | `ROOM`                  | `presenceAt`, `tickets`                         |
| batch      | `ROOM#<roomId>`             | `MEMBERS#BATCH`         | `collector`, `dueAt`, `ids`,                    |
|            |                             |                         | `taken`, `takenBy`, `takenDueAt`                |

A connection's row also counts: `sends417` is the sends of one clock minute. All rows carry `expiresAt` (epoch seconds)
for TTL. Two attributes have other names than their fields, since rows of open sockets outlive a deployment: `cameFrom`
is `Connection.previous_room`, `seat` is `Member.first_join_id`. `movedBy` is the token of the latest join and `earlier`
what `cameFrom` was before it: with both, a join that is asked for again finds the row as it was. The batch's row sorts
right behind the members, so that one Query brings it along; `taken` is what `ids` was when a function took the batch.
"""

from typing import Any

from anonchat.model import Batch, Connection, Member, Message, Person

Item = dict[str, dict[str, Any]]  # a set of strings is a list in JSON, everything else a string

BATCH = "MEMBERS#BATCH"  # sorts behind MEMBER#...
NOWHERE = ""  # in `cameFrom` and `earlier`: there was no room

_COUNTER_NAMES = 1000  # minutes before a name comes again: far beyond a row's life


def strings(**values: str) -> Item:
    """Marshal strings: `{"S": …}` each."""
    return {name: {"S": value} for name, value in values.items()}


def numbers(**values: int) -> Item:
    """Marshal whole numbers: `{"N": "…"}` each."""
    return {name: {"N": str(value)} for name, value in values.items()}


def names(*names: str) -> dict[str, str]:
    """Alias attribute names as `#name`: `at`, `text`, `from`, `member` and hundreds more are reserved words."""
    return {f"#{name}": name for name in names}


# --- keys ----------------------------------------------------------------------------------------------------


def room_pk(room: str) -> str:
    """Return the partition key that a room's members and messages share."""
    return f"ROOM#{room}"


def connection_key(connection_id: str) -> Item:
    """Return the key of a connection's row."""
    return strings(pk=f"CONNECTION#{connection_id}", sk="CONNECTION")


def member_key(room: str, connection_id: str) -> Item:
    """Return the key of a member's row."""
    return strings(pk=room_pk(room), sk=f"MEMBER#{connection_id}")


def message_key(message: Message) -> Item:
    """Return the key of a message's row."""
    return strings(pk=room_pk(message.room), sk=f"MESSAGE#{message.id}")


def room_key(room: str) -> Item:
    """Return the key of a room's own row."""
    return strings(pk=room_pk(room), sk="ROOM")


def batch_key(room: str) -> Item:
    """Return the key of the row of a room's batch."""
    return strings(pk=room_pk(room), sk=BATCH)


def is_batch(row: Item) -> bool:
    """Tell a batch's row from the members' before it."""
    return bool(row["sk"]["S"] == BATCH)


def counter_name(counter: str, minute: int) -> str:
    """Name the attribute that counts in one clock minute, such as `sends417`."""
    return f"{counter}{minute % _COUNTER_NAMES}"


# --- rows to data and back -----------------------------------------------------------------------------------


def connection_item(connection_id: str, salt: str, expires_at: int) -> Item:
    """Return the row of a connection that is in no room."""
    return connection_key(connection_id) | strings(salt=salt) | numbers(expiresAt=expires_at)


def message_item(message: Message, expires_at: int) -> Item:
    """Return the row of a message."""
    words = strings(client=message.client, memberId=message.author.id, alias=message.author.alias, text=message.text)
    return message_key(message) | words | numbers(expiresAt=expires_at)


def to_connection(row: Item | None) -> Connection | None:
    """Read a connection's row. A row without a salt is none: an update has made it after the connection was deleted."""
    if not row or "salt" not in row:
        return None
    return Connection(
        connection_id=row["pk"]["S"].removeprefix("CONNECTION#"),
        salt=row["salt"]["S"],
        room=room_of(row),
        alias=row.get("alias", {}).get("S"),
        join_id=int(row.get("joinId", {}).get("N", "0")),
        previous_room=row.get("cameFrom", {}).get("S") or None,
    )


def existing_connection(row: Item) -> Connection:
    """Read a connection's row that an update has found."""
    connection = to_connection(row)
    assert connection is not None, "an update under attribute_exists answers with the row"
    return connection


def moved_by(row: Item) -> str | None:
    """Read the token of the join that has moved a connection last."""
    return row.get("movedBy", {}).get("S")


def before_move(row: Item) -> Connection:
    """Read a connection's row as it was before its latest join, but for the alias, which it does not remember."""
    connection = existing_connection(row)
    return connection._replace(
        room=connection.previous_room,
        alias=None,
        join_id=connection.join_id - 1,
        previous_room=row["earlier"]["S"] or None,
    )


def room_of(row: Item) -> str | None:
    """Read the room that a connection's row names."""
    return row.get("roomId", {}).get("S")


def tickets_of(row: Item) -> int:
    """Read from a room's row how many tickets have been drawn."""
    return int(row["tickets"]["N"])


def to_member(row: Item) -> Member:
    """Read a member's row."""
    return Member(
        room=row["pk"]["S"].removeprefix("ROOM#"),
        connection_id=row["sk"]["S"].removeprefix("MEMBER#"),
        person=Person(row["memberId"]["S"], row["alias"]["S"]),
        join_id=int(row["joinId"]["N"]),
        expires_at=int(row["expiresAt"]["N"]),
        first_join_id=int(row["seat"]["N"]),
        accepts=frozenset(row.get("accepts", {}).get("S", "").split()),
        missed=int(row.get("missed", {}).get("N", "0")),
        ticket=int(row.get("ticket", {}).get("N", "0")),
    )


def to_batch(row: Item) -> Batch:
    """Read a batch's row."""
    return Batch(
        collector=row.get("collector", {}).get("S"),
        until=int(row.get("dueAt", {}).get("N", "0")),
        ids=frozenset(row.get("ids", {}).get("SS", ())),
        last_size=len(row.get("taken", {}).get("SS", ())),
        last_until=int(row.get("takenDueAt", {}).get("N", "0")),
    )


def taken_by(row: Item, message_id: str) -> frozenset[str]:
    """Read from a batch's row what the function of this message has taken."""
    return frozenset(row["taken"]["SS"]) if row.get("takenBy", {}).get("S") == message_id else frozenset()


def accepts_attribute(accepts: frozenset[str]) -> dict[str, str]:
    """Return `:accepts`, what a client accepts as words with spaces between them; nothing if it accepts nothing."""
    return {":accepts": " ".join(sorted(accepts))} if accepts else {}


def to_message(row: Item) -> Message:
    """Read a message's row."""
    return Message(
        room=row["pk"]["S"].removeprefix("ROOM#"),
        id=row["sk"]["S"].removeprefix("MESSAGE#"),
        client=row["client"]["S"],
        author=Person(row["memberId"]["S"], row["alias"]["S"]),
        text=row["text"]["S"],
    )
