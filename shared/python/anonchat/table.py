"""The table: what the chat reads and writes. One method is one request to DynamoDB, but for the pages of a Query.

Each request means the same however often it is applied, since the client asks again where an answer is lost: what is
written says by whom (a token, a join's number), and of a deletion the answer says that it may have happened just now.

DynamoDB deletes expired rows late, so readers pass `now` and skip what is past `expiresAt`. A condition that fails is
an answer here (None, False, a `Refusal`); every other failure is the client's and propagates.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator

from anonchat import limits, rows
from anonchat.answers import MemberDeletion, MemberWrite, Refusal
from anonchat.counted import Count, count, in_room
from anonchat.dynamodb import DynamoDB
from anonchat.history_pages import HistoryPages
from anonchat.model import Batch, Connection, Member, Message
from anonchat.rules import row_expiry

MESSAGES = "#sk BETWEEN :from AND :to"  # a range of sort keys


class Table:
    """The chat's rows in one DynamoDB table."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    @classmethod
    def from_environment(cls) -> "Table":
        """Read what DynamoDB reads."""
        return cls(DynamoDB.from_environment())

    # --- connections ---------------------------------------------------------------------------------------

    def put_connection(self, connection_id: str, salt: str, now: int) -> None:
        """Write the row of a socket that has just been opened."""
        self._dynamodb.put(rows.connection_item(connection_id, salt, row_expiry(now)))

    def delete_connection(self, connection_id: str) -> Connection | None:
        """Delete the row. Return what stood in it, or None to whoever comes second."""
        return rows.to_connection(self._dynamodb.delete(rows.connection_key(connection_id)).row)

    def get_connection(self, connection_id: str) -> Connection | None:
        """Read the row, None if there is none."""
        return rows.to_connection(self._dynamodb.get(rows.connection_key(connection_id)))

    def move_to_room(
        self, connection_id: str, room: str, alias: str, now: int, per_minute: int, token: str
    ) -> Connection | Refusal:
        """Count a join and point the connection at `room`. Return the row before: this join's id is one more.

        `token` is this join's own: a request that comes again finds by it that it has been done, and answers the same.
        """
        move = Count(
            "joins",
            update="SET #cameFrom = if_not_exists(#roomId, :nowhere), #earlier = if_not_exists(#cameFrom, :nowhere), "
            "#roomId = :room, #alias = :alias, #movedBy = :token ADD #joinId :one, ",
            condition=" AND (attribute_not_exists(#movedBy) OR #movedBy <> :token)",
            token=token,
            names=("roomId", "cameFrom", "earlier", "alias", "movedBy", "joinId"),
            values=rows.strings(**{":room": room, ":alias": alias, ":token": token, ":nowhere": rows.NOWHERE}),
            answer="ALL_OLD",
        )
        return count(self._dynamodb, connection_id, now, per_minute, move)

    def count_join(self, connection_id: str, now: int, per_minute: int) -> Connection | Refusal:
        """Count a join that is refused."""
        return count(self._dynamodb, connection_id, now, per_minute, Count("joins"))

    def count_send(self, connection_id: str, room: str, now: int, per_minute: int) -> Connection | Refusal:
        """Count a send of a connection that is in `room`. Still there, in this room, under the limit: one update."""
        return count(self._dynamodb, connection_id, now, per_minute, in_room("sends", room))

    def count_page(self, connection_id: str, room: str, now: int, per_minute: int) -> Connection | Refusal:
        """Count a page of history to a connection that is in `room`."""
        return count(self._dynamodb, connection_id, now, per_minute, in_room("pages", room))

    def clear_room(self, connection_id: str, room: str | None = None) -> Connection | None:
        """Point the connection at no room; given `room`, only if it points at that one.

        Return the row before. Where there was nothing to do, that is the row as it is: whoever asks twice, the
        client for instance, still learns from `previous_room` which room was left.
        """
        values = rows.numbers(**{":one": 1}) | (rows.strings(**{":room": room}) if room else {})
        answer = self._dynamodb.update(
            rows.connection_key(connection_id),
            "SET #cameFrom = #roomId REMOVE #roomId ADD #joinId :one",
            ConditionExpression="attribute_exists(#roomId)" if room is None else "#roomId = :room",
            ExpressionAttributeNames=rows.names("roomId", "cameFrom", "joinId"),
            ExpressionAttributeValues=values,
            ReturnValues="ALL_OLD",
        )
        return rows.to_connection(answer.row)

    # --- members -------------------------------------------------------------------------------------------

    def put_member(self, member: Member, *, is_new: bool) -> MemberWrite | None:
        """Write the member row, unless a later join of the same connection already has: None then.

        A row that is there keeps its first join and its age: the join only refreshes it, and removes its mark. Where
        the connection `is_new` in the room, a ticket that is there is of an earlier visit, and goes too.
        """
        accepts = rows.accepts_attribute(member.accepts)
        removed = ["missed", *(["ticket"] if is_new else []), *([] if accepts else ["accepts"])]
        answer = self._dynamodb.update(
            rows.member_key(member.room, member.connection_id),
            "SET #memberId = :id, #alias = :alias, #joinId = :mine, #seat = if_not_exists(#seat, :mine), "
            f"#expiresAt = if_not_exists(#expiresAt, :expiry){', #accepts = :accepts' if accepts else ''} "
            f"REMOVE {', '.join(rows.names(*removed))}",
            ConditionExpression="attribute_not_exists(#joinId) OR #joinId <= :mine",
            ExpressionAttributeNames=rows.names(
                "memberId", "alias", "joinId", "accepts", "seat", "expiresAt", *removed
            ),
            ExpressionAttributeValues=rows.strings(
                **{":id": member.person.id, ":alias": member.person.alias, **accepts}
            )
            | rows.numbers(**{":mine": member.join_id, ":expiry": member.expires_at}),
            ReturnValues="ALL_OLD",
        )
        if not answer.holds:
            return None
        return MemberWrite(rows.to_member(answer.row) if answer.row else None)

    def delete_member(self, room: str, connection_id: str, join_id: int) -> MemberDeletion:
        """Delete the row of this join or an earlier one. Whoever did tells the room."""
        answer = self._dynamodb.delete(
            rows.member_key(room, connection_id),
            ConditionExpression="#joinId <= :mine",
            ExpressionAttributeNames=rows.names("joinId"),
            ExpressionAttributeValues=rows.numbers(**{":mine": join_id}),
        )
        if answer.holds:
            return MemberDeletion(rows.to_member(answer.row or {}))
        return MemberDeletion(None, is_unclear=answer.is_repeated and not answer.row)

    def mark_missed(self, member: Member) -> None:
        """Add one to `missed` in the row of a member that a broadcast did not reach, if it is still as it was read.

        Otherwise it needs no mark of ours: a later join reads the history, and another broadcast's mark is one.
        """
        seen = {":missed": member.missed} if member.missed else {}
        self._dynamodb.update(
            rows.member_key(member.room, member.connection_id),
            "SET #missed = :next",
            ConditionExpression="#joinId = :mine AND "
            + ("#missed = :missed" if seen else "attribute_not_exists(#missed)"),
            ExpressionAttributeNames=rows.names("joinId", "missed"),
            ExpressionAttributeValues=rows.numbers(**{":mine": member.join_id, ":next": member.missed + 1, **seen}),
        )

    def set_ticket(self, member: Member, ticket: int) -> None:
        """Write where a member stands in the queue for its room's last places, if its row is still of the same visit.

        Without a ticket it counts as being before all who have one; with GIVEN_UP it is no member.
        """
        self._dynamodb.update(
            rows.member_key(member.room, member.connection_id),
            "SET #ticket = :ticket",
            ConditionExpression="#seat = :seat",
            ExpressionAttributeNames=rows.names("seat", "ticket"),
            ExpressionAttributeValues=rows.numbers(**{":ticket": ticket, ":seat": member.first_join_id}),
        )

    def members(self, room: str, now: int) -> list[Member]:
        """Read all members of the room. Who has given up its place is none, though its row is still there."""
        found = map(rows.to_member, self._dynamodb.query(room, "begins_with(#sk, :from)", {":from": "MEMBER#"}))
        return _present(found, now)

    def members_and_batch(self, room: str, now: int) -> tuple[list[Member], Batch | None]:
        """Read all members of the room, and with them its batch, None if it has not been busy."""
        found = list(self._dynamodb.query(room, "begins_with(#sk, :from)", {":from": "MEMBER"}))
        batches = [rows.to_batch(row) for row in found if rows.is_batch(row)]
        members = _present((rows.to_member(row) for row in found if not rows.is_batch(row)), now)
        return members, batches[0] if batches else None

    def get_member(self, room: str, connection_id: str, now: int) -> Member | None:
        """Read one member's row, None if there is none."""
        row = self._dynamodb.get(rows.member_key(room, connection_id))
        return next(iter(_present([rows.to_member(row)] if row else [], now)), None)

    # --- rooms ---------------------------------------------------------------------------------------------

    def draw_ticket(self, room: str, now: int) -> int:
        """Return a number that is greater than every one that was drawn before in this room."""
        answer = self._dynamodb.update(
            rows.room_key(room),
            "SET #expiresAt = :expiry ADD #tickets :one",
            ExpressionAttributeNames=rows.names("tickets", "expiresAt"),
            ExpressionAttributeValues=rows.numbers(**{":one": 1, ":expiry": now // 1000 + limits.ROOM_ROW_SECONDS}),
            ReturnValues="UPDATED_NEW",
        )
        return rows.tickets_of(answer.row or {})

    def elect_presence(self, room: str, now: int) -> bool:
        """Return True to one caller per room and PRESENCE_INTERVAL_MS: that one announces presence."""
        times = {
            ":now": now,
            ":before": now - limits.PRESENCE_INTERVAL_MS,
            ":expiry": now // 1000 + limits.ROOM_ROW_SECONDS,
        }
        answer = self._dynamodb.update(
            rows.room_key(room),
            "SET #presenceAt = :now, #expiresAt = :expiry",
            ConditionExpression="attribute_not_exists(#presenceAt) OR #presenceAt <= :before",
            ExpressionAttributeNames=rows.names("presenceAt", "expiresAt"),
            ExpressionAttributeValues=rows.numbers(**times),
        )
        return answer.holds or answer.is_repeated

    # --- batches -------------------------------------------------------------------------------------------

    def add_to_batch(self, message: Message, until: int, now: int) -> Batch:
        """Add a message to its room's batch; to a new one, which it collects until then, if no message waits.

        The order of these updates, and of those of take_batch, is the order of all batches: each id stands in one.
        """
        answer = self._dynamodb.update(
            rows.batch_key(message.room),
            "SET #collector = if_not_exists(#collector, :me), #dueAt = if_not_exists(#dueAt, :until), "
            "#expiresAt = :expiry ADD #ids :ids",
            ExpressionAttributeNames=rows.names("collector", "dueAt", "ids", "expiresAt"),
            ExpressionAttributeValues={
                ":ids": {"SS": [message.id]},
                **rows.strings(**{":me": message.id}),
                **rows.numbers(**{":until": until, ":expiry": now // 1000 + limits.BATCH_ROW_SECONDS}),
            },
            ReturnValues="ALL_NEW",
        )
        return rows.to_batch(answer.row or {})

    def take_batch(self, room: str, collector: str, taker: str) -> frozenset[str]:
        """Take the ids of the batch of this collector. Whoever did sends them; to all others it is empty.

        `taker` is the id of the message whose function asks. It stands in the row, so that who asks again, having had
        no answer, is given the same.
        """
        answer = self._dynamodb.update(
            rows.batch_key(room),
            "SET #taken = #ids, #takenBy = :me, #takenDueAt = #dueAt REMOVE #ids, #collector, #dueAt",
            ConditionExpression="#collector = :collector",
            ExpressionAttributeNames=rows.names("collector", "dueAt", "ids", "taken", "takenBy", "takenDueAt"),
            ExpressionAttributeValues=rows.strings(**{":me": taker, ":collector": collector}),
            ReturnValues="ALL_NEW",
        )
        return rows.taken_by(answer.row or {}, taker)

    # --- messages ------------------------------------------------------------------------------------------

    def put_message(self, message: Message, expires_at: int) -> None:
        """Write a message's row, to go at `expires_at` (epoch seconds)."""
        self._dynamodb.put(rows.message_item(message, expires_at))

    def delete_message(self, message: Message) -> None:
        """Delete a message's row."""
        self._dynamodb.delete(rows.message_key(message))

    def newest_ids(self, room: str, most: int) -> list[str]:
        """Read the ids of the newest messages, newest first."""
        bounds = {":from": "MESSAGE#", ":to": "MESSAGE#~"}
        found = self._dynamodb.query(room, MESSAGES, bounds, lambda: most, ScanIndexForward=False)
        return [rows.to_message(row).id for row in itertools.islice(found, most)]

    def messages_among(self, room: str, ids: Collection[str]) -> list[Message]:
        """Read the messages with these ids, oldest first: by one Query, which costs less than to get each."""
        bounds = {":from": f"MESSAGE#{min(ids)}", ":to": f"MESSAGE#{max(ids)}"}
        found = map(rows.to_message, self._dynamodb.query(room, MESSAGES, bounds))
        return [message for message in found if message.id in ids]

    def messages(self, room: str, after: str, *, newest_first: bool) -> Iterator[Message]:
        """Read messages with an id greater than `after`, page by page, as far as the caller goes."""
        pages = HistoryPages()
        found = self._dynamodb.query(
            room,
            MESSAGES,
            {":from": f"MESSAGE#{after}", ":to": "MESSAGE#~"},
            pages.limit,
            ScanIndexForward=not newest_first,
        )
        return (message for message in map(pages.counted, found) if message.id > after)


def _present(members: Iterable[Member], now: int) -> list[Member]:
    """Return those who have a seat: who has given up its place is no member, though its row is still there."""
    return [member for member in members if member.expires_at > now // 1000 and not member.has_given_up]
