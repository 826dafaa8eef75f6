"""The table: the only module that talks to DynamoDB. One method is one request, but for the pages of a Query.

A counter is an attribute named by its clock minute, such as `sends417`, so counting is one conditional update and one
write unit. The update removes the counters of the COUNTERS_REMOVED minutes before it; what a longer silence leaves
behind is at most 21 attributes of 10 bytes in a row's life, and the row stays below 1 KB (a test does that sum).

DynamoDB deletes expired rows late, so readers pass `now` and skip what is past `expiresAt`. A condition that fails is
an answer here (None, False, a `Refusal`); every other error is botocore's and propagates.
"""

import enum
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from anonchat import limits, rows
from anonchat.model import Connection, Member, Message
from anonchat.rows import Item
from anonchat.rules import minute, row_expiry


class Refusal(enum.Enum):
    """Why a counted update did not happen."""

    NO_CONNECTION = enum.auto()  # the row is gone: so is, or should be, the socket
    NOT_IN_ROOM = enum.auto()
    RATE_LIMITED = enum.auto()


@dataclass(frozen=True)
class MemberWrite:
    """A member row was written. `previous` is the row as it was before, if there was one."""

    previous: Member | None


@dataclass(frozen=True)
class _Count:
    """A counted update: what else it does, as parts of its expressions, and which row it answers with."""

    counter: str
    update: str = "ADD "  # ends where the counter is added
    room: str | None = None  # the connection must be in it
    names: tuple[str, ...] = ()
    values: Item = field(default_factory=dict)
    answer: str = "ALL_NEW"


class Table:
    """The chat's rows in one DynamoDB table. All reads are strongly consistent."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    @classmethod
    def from_environment(cls) -> "Table":
        """Read TABLE_NAME, and for boto3 AWS_REGION, the credentials and, off AWS, AWS_ENDPOINT_URL_DYNAMODB."""
        seconds, retries = limits.TABLE_TIMEOUT_SECONDS, {"mode": "standard", "total_max_attempts": 3}
        config = Config(connect_timeout=seconds, read_timeout=seconds, retries=retries)
        return cls(boto3.client("dynamodb", config=config), os.environ["TABLE_NAME"])

    # --- connections ---------------------------------------------------------------------------------------

    def put_connection(self, connection_id: str, salt: str, now: int) -> None:
        """Write the row of a socket that has just been opened."""
        row = rows.connection_item(connection_id, salt, row_expiry(now))
        self._client.put_item(TableName=self._name, Item=row)

    def delete_connection(self, connection_id: str) -> Connection | None:
        """Delete the row. Return what stood in it, or None to whoever comes second."""
        key = rows.connection_key(connection_id)
        answer = self._client.delete_item(TableName=self._name, Key=key, ReturnValues="ALL_OLD")
        return rows.to_connection(answer.get("Attributes"))

    def get_connection(self, connection_id: str) -> Connection | None:
        """Read the row, None if there is none."""
        key = rows.connection_key(connection_id)
        answer = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True)
        return rows.to_connection(answer.get("Item"))

    def move_to_room(
        self, connection_id: str, room: str, alias: str, now: int, per_minute: int
    ) -> Connection | Refusal:
        """Count a join and point the connection at `room`. Return the row before: this join's id is one more."""
        count = _Count(
            "joins",
            update="SET #cameFrom = if_not_exists(#roomId, :room), #roomId = :room, #alias = :alias ADD #joinId :one, ",
            names=("roomId", "cameFrom", "alias", "joinId"),
            values=rows.strings(**{":room": room, ":alias": alias}),
            answer="ALL_OLD",
        )
        return self._count(connection_id, now, per_minute, count)

    def count_join(self, connection_id: str, now: int, per_minute: int) -> Connection | Refusal:
        """Count a join that is refused."""
        return self._count(connection_id, now, per_minute, _Count("joins"))

    def count_send(self, connection_id: str, room: str, now: int, per_minute: int) -> Connection | Refusal:
        """Count a send of a connection that is in `room`. Still there, in this room, under the limit: one update."""
        count = _Count("sends", room=room, names=("roomId",), values=rows.strings(**{":room": room}))
        return self._count(connection_id, now, per_minute, count)

    def clear_room(self, connection_id: str, room: str | None = None) -> Connection | None:
        """Point the connection at no room; given `room`, only if it points at that one.

        Return the row before. Where there was nothing to do, that is the row as it is: whoever asks twice, boto3 for
        instance, still learns from `previous_room` which room was left.
        """
        condition = "attribute_exists(#roomId)" if room is None else "#roomId = :room"
        values = rows.numbers(**{":one": 1}) | (rows.strings(**{":room": room}) if room else {})
        try:
            before = self._client.update_item(
                TableName=self._name,
                Key=rows.connection_key(connection_id),
                UpdateExpression="SET #cameFrom = #roomId REMOVE #roomId ADD #joinId :one",
                ConditionExpression=condition,
                ExpressionAttributeNames=rows.names("roomId", "cameFrom", "joinId"),
                ExpressionAttributeValues=values,
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )["Attributes"]
        except ClientError as error:
            if not _condition_failed(error):
                raise
            before = error.response.get("Item")
        return rows.to_connection(before)

    def _count(self, connection_id: str, now: int, most: int, count: _Count) -> Connection | Refusal:
        now_minute = minute(now)
        earlier = [
            rows.counter_name(count.counter, now_minute - back) for back in range(1, limits.COUNTERS_REMOVED + 1)
        ]
        in_room = "#roomId = :room AND " if count.room else ""
        counter = {"#counter": rows.counter_name(count.counter, now_minute)}
        try:
            counted = self._client.update_item(
                TableName=self._name,
                Key=rows.connection_key(connection_id),
                UpdateExpression=f"{count.update}#counter :one REMOVE {', '.join('#' + name for name in earlier)}",
                ConditionExpression=f"attribute_exists(#salt) AND {in_room}"
                "(attribute_not_exists(#counter) OR #counter < :most)",
                ExpressionAttributeNames=rows.names("salt", *count.names, *earlier) | counter,
                ExpressionAttributeValues=count.values | rows.numbers(**{":one": 1, ":most": most}),
                ReturnValues=count.answer,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not _condition_failed(error):
                raise
            return _refusal(error.response.get("Item"), count.room)
        connection = rows.to_connection(counted["Attributes"])
        assert connection is not None, "an update under attribute_exists answers with the row"
        return connection

    # --- members -------------------------------------------------------------------------------------------

    def put_member(self, member: Member) -> MemberWrite | None:
        """Write the member row, unless a later join of the same connection already has: None then.

        A row that is there keeps its first join and its age: the join only refreshes it, and removes its mark.
        """
        words, rest = {":id": member.person.id, ":alias": member.person.alias}, " REMOVE #missed, #accepts"
        if member.accepts:
            words[":accepts"], rest = rows.accepts_value(member.accepts), ", #accepts = :accepts REMOVE #missed"
        answer = self._conditional(
            self._client.update_item,
            Key=rows.member_key(member.room, member.connection_id),
            UpdateExpression="SET #memberId = :id, #alias = :alias, #joinId = :mine, "
            f"#seat = if_not_exists(#seat, :mine), #expiresAt = if_not_exists(#expiresAt, :expiry){rest}",
            ConditionExpression="attribute_not_exists(#joinId) OR #joinId <= :mine",
            ExpressionAttributeNames=rows.names(
                "memberId", "alias", "joinId", "seat", "expiresAt", "accepts", "missed"
            ),
            ExpressionAttributeValues=rows.strings(**words)
            | rows.numbers(**{":mine": member.join_id, ":expiry": member.expires_at}),
            ReturnValues="ALL_OLD",
        )
        if answer is None:
            return None
        return MemberWrite(rows.to_member(answer["Attributes"]) if answer.get("Attributes") else None)

    def delete_member(self, room: str, connection_id: str, join_id: int) -> Member | None:
        """Delete the row of this join or an earlier one. Return it to the one who did, who tells the room."""
        answer = self._conditional(
            self._client.delete_item,
            Key=rows.member_key(room, connection_id),
            ConditionExpression="#joinId <= :mine",
            ExpressionAttributeNames=rows.names("joinId"),
            ExpressionAttributeValues=rows.numbers(**{":mine": join_id}),
            ReturnValues="ALL_OLD",
        )
        return rows.to_member(answer["Attributes"]) if answer else None

    def mark_missed(self, member: Member) -> None:
        """Add one to `missed` in the row of a member that a broadcast did not reach, if it is still as it was read.

        Otherwise it needs no mark of ours: a later join reads the history, and another broadcast's mark is one.
        """
        seen = {":missed": member.missed} if member.missed else {}
        self._conditional(
            self._client.update_item,
            Key=rows.member_key(member.room, member.connection_id),
            UpdateExpression="SET #missed = :next",
            ConditionExpression="#joinId = :mine AND "
            + ("#missed = :missed" if seen else "attribute_not_exists(#missed)"),
            ExpressionAttributeNames=rows.names("joinId", "missed"),
            ExpressionAttributeValues=rows.numbers(**{":mine": member.join_id, ":next": member.missed + 1, **seen}),
        )

    def members(self, room: str, now: int) -> list[Member]:
        """Read all members of the room."""
        found = self._query(room, "begins_with(#sk, :from)", {":from": "MEMBER#"})
        return [member for member in map(rows.to_member, found) if member.expires_at > now // 1000]

    def elect_presence(self, room: str, now: int) -> bool:
        """Return True to one caller per room and PRESENCE_INTERVAL_MS: that one announces presence."""
        times = {
            ":now": now,
            ":before": now - limits.PRESENCE_INTERVAL_MS,
            ":expiry": now // 1000 + limits.ROOM_ROW_SECONDS,
        }
        answer = self._conditional(
            self._client.update_item,
            Key=rows.room_key(room),
            UpdateExpression="SET #presenceAt = :now, #expiresAt = :expiry",
            ConditionExpression="attribute_not_exists(#presenceAt) OR #presenceAt <= :before",
            ExpressionAttributeNames=rows.names("presenceAt", "expiresAt"),
            ExpressionAttributeValues=rows.numbers(**times),
        )
        return answer is not None

    # --- messages ------------------------------------------------------------------------------------------

    def put_message(self, message: Message, expires_at: int) -> None:
        """Write a message's row, to go at `expires_at` (epoch seconds)."""
        self._client.put_item(TableName=self._name, Item=rows.message_item(message, expires_at))

    def delete_message(self, message: Message) -> None:
        """Delete a message's row."""
        self._client.delete_item(TableName=self._name, Key=rows.message_key(message))

    def messages(self, room: str, after: str, *, newest_first: bool) -> Iterator[Message]:
        """Read messages with an id greater than `after`, page by page, as far as the caller goes."""
        found = self._query(
            room,
            "#sk BETWEEN :from AND :to",
            {":from": f"MESSAGE#{after}", ":to": "MESSAGE#~"},
            ScanIndexForward=not newest_first,
            Limit=limits.HISTORY_PAGE,
        )
        return (message for message in map(rows.to_message, found) if message.id > after)

    # --- requests ------------------------------------------------------------------------------------------

    def _query(self, room: str, range_: str, bounds: dict[str, str], **options: object) -> Iterator[Item]:
        start: dict[str, object] = {}
        while True:
            page = self._client.query(
                TableName=self._name,
                KeyConditionExpression=f"#pk = :pk AND {range_}",
                ExpressionAttributeNames=rows.names("pk", "sk"),
                ExpressionAttributeValues=rows.strings(**{":pk": rows.room_pk(room)}, **bounds),
                ConsistentRead=True,
                **options,
                **start,
            )
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _conditional(self, request: Callable[..., dict[str, Any]], **arguments: object) -> dict[str, Any] | None:
        """Make a request. Return its answer, or None where the condition did not hold."""
        try:
            return request(TableName=self._name, **arguments)
        except ClientError as error:
            if _condition_failed(error):
                return None
            raise


def _condition_failed(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def _refusal(row: Item | None, room: str | None) -> Refusal:
    """Read from the row on which the condition failed, which part of it did. `room` is the one it had to be in."""
    if not row or "salt" not in row:
        return Refusal.NO_CONNECTION
    if room is not None and rows.room_of(row) != room:
        return Refusal.NOT_IN_ROOM
    return Refusal.RATE_LIMITED
