"""The table: the only module that talks to DynamoDB. One method is one request, but for paging.

| item       | pk                          | sk                      | holds                                       |
|------------|-----------------------------|-------------------------|---------------------------------------------|
| connection | `CONNECTION#<connectionId>` | `CONNECTION`            | `salt`, `roomId`, `cameFrom`, `alias`, … |
| member     | `ROOM#<roomId>`             | `MEMBER#<connectionId>` | `memberId`, `alias`, `joinId`, `seat`       |
| message    | `ROOM#<roomId>`             | `MESSAGE#<id>`          | `client`, `memberId`, `alias`, `text`       |
| room       | `ROOM#<roomId>`             | `ROOM`                  | `presenceAt`                                |

All carry `expiresAt` (epoch seconds) for TTL. DynamoDB deletes late, so readers pass `now` and skip what is past it.

A counter is an attribute named by its clock minute, such as `sends417`, so counting is one conditional update and one
write unit. The update removes the COUNTERS_REMOVED minutes before it; what a longer silence leaves behind is at most 21
attributes of 10 bytes in a row's life, and the row stays below 1 KB (a test does that sum).

Every attribute name is aliased (`#alias`), since `at`, `text`, `from`, `member` and hundreds more are reserved words.
A condition that fails is an answer here (None, False, a `Refusal`), every other error is botocore's and propagates.
"""

import enum
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from anonchat import limits
from anonchat.protocol import Person
from anonchat.rules import Connection, Member, Message, minute, row_expiry

Item = dict[str, dict[str, str]]

_COUNTER_NAMES = 1000  # minutes before a name comes again: far beyond a row's life


class Refusal(enum.Enum):
    """Why a counted update did not happen."""

    NO_CONNECTION = enum.auto()  # the row is gone: so is, or should be, the socket
    NOT_IN_ROOM = enum.auto()
    RATE_LIMITED = enum.auto()


@dataclass(frozen=True)
class MemberWrite:
    """A member row was written. `previous` is the row as it was before, if there was one."""

    previous: Member | None


class Table:
    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    @classmethod
    def from_environment(cls) -> "Table":
        """TABLE_NAME, and for boto3 AWS_REGION, the credentials and, off AWS, AWS_ENDPOINT_URL_DYNAMODB."""
        config = Config(
            connect_timeout=limits.TABLE_TIMEOUT_SECONDS,
            read_timeout=limits.TABLE_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        return cls(boto3.client("dynamodb", config=config), os.environ["TABLE_NAME"])

    # --- connections ---------------------------------------------------------------------------------------

    def put_connection(self, connection_id: str, salt: str, now: int) -> None:
        row = _connection_key(connection_id) | _strings(salt=salt) | _numbers(expiresAt=row_expiry(now))
        self._client.put_item(TableName=self._name, Item=row)

    def delete_connection(self, connection_id: str) -> Connection | None:
        """Deletes the row. Returns what it said, or None to whoever comes second."""
        answer = self._client.delete_item(
            TableName=self._name, Key=_connection_key(connection_id), ReturnValues="ALL_OLD"
        )
        return _connection(answer.get("Attributes"))

    def get_connection(self, connection_id: str) -> Connection | None:
        answer = self._client.get_item(TableName=self._name, Key=_connection_key(connection_id), ConsistentRead=True)
        return _connection(answer.get("Item"))

    def move_to_room(
        self, connection_id: str, room: str, alias: str, now: int, per_minute: int
    ) -> Connection | Refusal:
        """Counts a join and points the connection at `room`. Returns the row before: this join's id is one more."""
        return self._count(
            connection_id,
            "joins",
            now,
            per_minute,
            update="SET #cameFrom = if_not_exists(#roomId, :room), #roomId = :room, #alias = :alias ADD #joinId :one, ",
            names=("roomId", "cameFrom", "alias", "joinId"),
            values=_strings(**{":room": room, ":alias": alias}),
            answer="ALL_OLD",
        )

    def count_join(self, connection_id: str, now: int, per_minute: int) -> Connection | Refusal:
        """Counts a join that goes nowhere."""
        return self._count(connection_id, "joins", now, per_minute, update="ADD ")

    def count_send(self, connection_id: str, room: str, now: int, per_minute: int) -> Connection | Refusal:
        """Counts a send of a connection that is in `room`. Still there, in this room, under the limit: one update."""
        return self._count(
            connection_id,
            "sends",
            now,
            per_minute,
            update="ADD ",
            condition="#roomId = :room AND ",
            names=("roomId",),
            values=_strings(**{":room": room}),
        )

    def clear_room(self, connection_id: str, room: str | None = None) -> Connection | None:
        """Points the connection at no room; given `room`, only out of that one.

        Returns the row before. Where there was nothing to do, that is the row as it is: whoever asks twice, boto3 for
        instance, still learns from `previous_room` which room was left.
        """
        condition = "attribute_exists(#roomId)" if room is None else "#roomId = :room"
        values = _numbers(**{":one": 1}) | (_strings(**{":room": room}) if room else {})
        try:
            before = self._client.update_item(
                TableName=self._name,
                Key=_connection_key(connection_id),
                UpdateExpression="SET #cameFrom = #roomId REMOVE #roomId ADD #joinId :one",
                ConditionExpression=condition,
                ExpressionAttributeNames=_names("roomId", "cameFrom", "joinId"),
                ExpressionAttributeValues=values,
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )["Attributes"]
        except ClientError as error:
            if not _condition_failed(error):
                raise
            before = error.response.get("Item")
        return _connection(before)

    def _count(
        self,
        connection_id: str,
        counter: str,
        now: int,
        most: int,
        *,
        update: str,
        names: tuple[str, ...] = (),
        values: Item | None = None,
        answer: str = "ALL_NEW",
        condition: str = "",
    ) -> Connection | Refusal:
        now_minute, values = minute(now), values or {}
        earlier = [_counter(counter, now_minute - back) for back in range(1, limits.COUNTERS_REMOVED + 1)]
        try:
            counted = self._client.update_item(
                TableName=self._name,
                Key=_connection_key(connection_id),
                UpdateExpression=f"{update}#counter :one REMOVE {', '.join('#' + name for name in earlier)}",
                ConditionExpression=f"attribute_exists(#salt) AND {condition}"
                "(attribute_not_exists(#counter) OR #counter < :most)",
                ExpressionAttributeNames=_names("salt", *names, *earlier) | {"#counter": _counter(counter, now_minute)},
                ExpressionAttributeValues=values | _numbers(**{":one": 1, ":most": most}),
                ReturnValues=answer,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not _condition_failed(error):
                raise
            return _refusal(error.response.get("Item"), values.get(":room", {}).get("S"), bool(condition))
        connection = _connection(counted["Attributes"])
        assert connection is not None, "an update under attribute_exists answers with the row"
        return connection

    # --- members -------------------------------------------------------------------------------------------

    def put_member(self, member: Member) -> MemberWrite | None:
        """Writes the member row unless a later join of the same connection already has: None then.

        A row that is there stays the seat it was, with its age: the join only refreshes it.
        """
        answer = self._conditional(
            self._client.update_item,
            Key=_member_key(member.room, member.connection_id),
            UpdateExpression="SET #memberId = :id, #alias = :alias, #joinId = :mine, "
            "#seat = if_not_exists(#seat, :mine), #expiresAt = if_not_exists(#expiresAt, :expiry)",
            ConditionExpression="attribute_not_exists(#joinId) OR #joinId <= :mine",
            ExpressionAttributeNames=_names("memberId", "alias", "joinId", "seat", "expiresAt"),
            ExpressionAttributeValues=_strings(**{":id": member.person.id, ":alias": member.person.alias})
            | _numbers(**{":mine": member.join_id, ":expiry": member.expires_at}),
            ReturnValues="ALL_OLD",
        )
        if answer is None:
            return None
        return MemberWrite(_member(answer["Attributes"]) if answer.get("Attributes") else None)

    def delete_member(self, room: str, connection_id: str, join_id: int) -> Member | None:
        """Deletes the member row of this join or an earlier one. Returns it to the one who did, who tells the room."""
        answer = self._conditional(
            self._client.delete_item,
            Key=_member_key(room, connection_id),
            ConditionExpression="#joinId <= :mine",
            ExpressionAttributeNames=_names("joinId"),
            ExpressionAttributeValues=_numbers(**{":mine": join_id}),
            ReturnValues="ALL_OLD",
        )
        return _member(answer["Attributes"]) if answer else None

    def members(self, room: str, now: int) -> list[Member]:
        """Everybody in the room, strongly consistent."""
        rows = self._query(room, "begins_with(#sk, :from)", {":from": "MEMBER#"})
        return [member for member in map(_member, rows) if member.expires_at > now // 1000]

    def elect_presence(self, room: str, now: int) -> bool:
        """True for one caller per room and PRESENCE_INTERVAL_MS: that one tells presence."""
        answer = self._conditional(
            self._client.update_item,
            Key=_key(_room_pk(room), "ROOM"),
            UpdateExpression="SET #presenceAt = :now, #expiresAt = :expiry",
            ConditionExpression="attribute_not_exists(#presenceAt) OR #presenceAt <= :before",
            ExpressionAttributeNames=_names("presenceAt", "expiresAt"),
            ExpressionAttributeValues=_numbers(
                **{
                    ":now": now,
                    ":before": now - limits.PRESENCE_INTERVAL_MS,
                    ":expiry": now // 1000 + limits.ROOM_ROW_SECONDS,
                }
            ),
        )
        return answer is not None

    # --- messages ------------------------------------------------------------------------------------------

    def put_message(self, message: Message, expires_at: int) -> None:
        row = (
            _key(_room_pk(message.room), f"MESSAGE#{message.id}")
            | _strings(
                client=message.client,
                memberId=message.author.id,
                alias=message.author.alias,
                text=message.text,
            )
            | _numbers(expiresAt=expires_at)
        )
        self._client.put_item(TableName=self._name, Item=row)

    def delete_message(self, message: Message) -> None:
        self._client.delete_item(TableName=self._name, Key=_key(_room_pk(message.room), f"MESSAGE#{message.id}"))

    def messages(self, room: str, after: str, *, newest_first: bool) -> Iterator[Message]:
        """Messages with an id greater than `after`, read page by page as far as the caller goes."""
        rows = self._query(
            room,
            "#sk BETWEEN :from AND :to",
            {":from": f"MESSAGE#{after}", ":to": "MESSAGE#~"},
            ScanIndexForward=not newest_first,
            Limit=limits.HISTORY_PAGE,
        )
        return (message for message in map(_message, rows) if message.id > after)

    # --- requests ------------------------------------------------------------------------------------------

    def _query(self, room: str, range_: str, bounds: dict[str, str], **options: object) -> Iterator[Item]:
        start: dict[str, object] = {}
        while True:
            page = self._client.query(
                TableName=self._name,
                KeyConditionExpression=f"#pk = :pk AND {range_}",
                ExpressionAttributeNames=_names("pk", "sk"),
                ExpressionAttributeValues=_strings(**{":pk": _room_pk(room)}, **bounds),
                ConsistentRead=True,
                **options,
                **start,
            )
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _conditional(self, request: Callable[..., dict[str, Any]], **arguments: object) -> dict[str, Any] | None:
        """The answer, or None where the condition did not hold."""
        try:
            return request(TableName=self._name, **arguments)
        except ClientError as error:
            if _condition_failed(error):
                return None
            raise


def _condition_failed(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def _refusal(row: Item | None, room: str | None, needs_room: bool) -> Refusal:
    if not row or "salt" not in row:
        return Refusal.NO_CONNECTION
    if needs_room and row.get("roomId", {}).get("S") != room:
        return Refusal.NOT_IN_ROOM
    return Refusal.RATE_LIMITED


# --- rows ----------------------------------------------------------------------------------------------------


def _counter(counter: str, minute: int) -> str:
    return f"{counter}{minute % _COUNTER_NAMES}"


def _room_pk(room: str) -> str:
    return f"ROOM#{room}"


def _key(pk: str, sk: str) -> Item:
    return _strings(pk=pk, sk=sk)


def _connection_key(connection_id: str) -> Item:
    return _key(f"CONNECTION#{connection_id}", "CONNECTION")


def _member_key(room: str, connection_id: str) -> Item:
    return _key(_room_pk(room), f"MEMBER#{connection_id}")


def _connection(row: Item | None) -> Connection | None:
    if not row or "salt" not in row:
        return None
    return Connection(
        connection_id=row["pk"]["S"].removeprefix("CONNECTION#"),
        salt=row["salt"]["S"],
        room=row.get("roomId", {}).get("S"),
        alias=row.get("alias", {}).get("S"),
        join_id=int(row.get("joinId", {}).get("N", "0")),
        previous_room=row.get("cameFrom", {}).get("S"),
    )


def _member(row: Item) -> Member:
    return Member(
        room=row["pk"]["S"].removeprefix("ROOM#"),
        connection_id=row["sk"]["S"].removeprefix("MEMBER#"),
        person=Person(row["memberId"]["S"], row["alias"]["S"]),
        join_id=int(row["joinId"]["N"]),
        expires_at=int(row["expiresAt"]["N"]),
        first_join_id=int(row["seat"]["N"]),
    )


def _message(row: Item) -> Message:
    return Message(
        room=row["pk"]["S"].removeprefix("ROOM#"),
        id=row["sk"]["S"].removeprefix("MESSAGE#"),
        client=row["client"]["S"],
        author=Person(row["memberId"]["S"], row["alias"]["S"]),
        text=row["text"]["S"],
    )


def _names(*names: str) -> dict[str, str]:
    return {f"#{name}": name for name in names}


def _strings(**values: str) -> Item:
    return {name: {"S": value} for name, value in values.items()}


def _numbers(**values: int) -> Item:
    return {name: {"N": str(value)} for name, value in values.items()}
