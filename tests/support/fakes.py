"""The table and the connections in memory, one method for one request, so that a test can schedule between them.

FakeTable passes the same contract tests as the real Table on two stand-ins for DynamoDB (tests/shared/test_table.py).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from anonchat import limits, protocol
from anonchat.answers import MemberDeletion, MemberWrite, Refusal
from anonchat.connections import Delivery
from anonchat.model import Batch, Connection, Member, Message


@dataclass
class _Row:
    connection: Connection
    counters: Counter[tuple[str, int]] = field(default_factory=Counter)
    moved_by: str | None = None  # the token of the latest join
    before: Connection | None = None  # the row as that join found it


@dataclass
class _BatchRow:
    batch: Batch = field(default_factory=lambda: Batch(None, 0, frozenset()))
    taken: frozenset[str] = frozenset()
    taken_by: str | None = None


class FakeTable:
    def __init__(self, step: Callable[[], None] = lambda: None) -> None:
        self._step = step  # called before every request
        self.connections: dict[str, _Row] = {}
        self.rows: dict[tuple[str, str], Member] = {}
        self.kept: dict[str, dict[str, tuple[Message, int]]] = {}
        self.presence: dict[str, int] = {}
        self.tickets: Counter[str] = Counter()
        self.batches: dict[str, _BatchRow] = {}
        self.created: Counter[tuple[str, str]] = Counter()  # (room, member id) -> rows that were not there before

    def put_connection(self, connection_id: str, salt: str, now: int) -> None:
        self._step()
        self.connections[connection_id] = _Row(Connection(connection_id, salt, None, None, 0))

    def delete_connection(self, connection_id: str) -> Connection | None:
        self._step()
        row = self.connections.pop(connection_id, None)
        return row.connection if row else None

    def get_connection(self, connection_id: str) -> Connection | None:
        self._step()
        row = self.connections.get(connection_id)
        return row.connection if row else None

    def move_to_room(
        self, connection_id: str, room: str, alias: str, now: int, per_minute: int, token: str
    ) -> Connection | Refusal:
        self._step()
        row = self.connections.get(connection_id)
        if row is None:
            return Refusal.NO_CONNECTION
        if row.moved_by == token:
            assert row.before is not None
            return row.before._replace(alias=None)  # the row does not remember it
        if not self._count(row, "joins", now, per_minute):
            return Refusal.RATE_LIMITED
        before = row.connection
        row.moved_by, row.before = token, before
        row.connection = before._replace(room=room, alias=alias, previous_room=before.room, join_id=before.join_id + 1)
        return before

    def count_join(self, connection_id: str, now: int, per_minute: int) -> Connection | Refusal:
        self._step()
        row = self.connections.get(connection_id)
        if row is None:
            return Refusal.NO_CONNECTION
        return row.connection if self._count(row, "joins", now, per_minute) else Refusal.RATE_LIMITED

    def count_send(self, connection_id: str, room: str, now: int, per_minute: int) -> Connection | Refusal:
        return self._count_in_room("sends", connection_id, room, now, per_minute)

    def count_page(self, connection_id: str, room: str, now: int, per_minute: int) -> Connection | Refusal:
        return self._count_in_room("pages", connection_id, room, now, per_minute)

    def _count_in_room(
        self, counter: str, connection_id: str, room: str, now: int, per_minute: int
    ) -> Connection | Refusal:
        self._step()
        row = self.connections.get(connection_id)
        if row is None:
            return Refusal.NO_CONNECTION
        if row.connection.room != room:
            return Refusal.NOT_IN_ROOM
        return row.connection if self._count(row, counter, now, per_minute) else Refusal.RATE_LIMITED

    def _count(self, row: _Row, counter: str, now: int, most: int) -> bool:
        minute = (counter, now // 60_000)
        if row.counters[minute] >= most:
            return False
        row.counters[minute] += 1
        return True

    def clear_room(self, connection_id: str, room: str | None = None) -> Connection | None:
        self._step()
        row = self.connections.get(connection_id)
        if row is None:
            return None
        before = row.connection
        if before.room is not None and room in (None, before.room):
            row.connection = before._replace(room=None, previous_room=before.room, join_id=before.join_id + 1)
        return before

    def put_member(self, member: Member, *, is_new: bool) -> MemberWrite | None:
        self._step()
        key = (member.room, member.connection_id)
        previous = self.rows.get(key)
        if previous and previous.join_id > member.join_id:
            return None
        kept = previous or member
        ticket = 0 if is_new or previous is None else previous.ticket
        self.rows[key] = member._replace(first_join_id=kept.first_join_id, expires_at=kept.expires_at, ticket=ticket)
        if previous is None:
            self.created[member.room, member.person.id] += 1
        return MemberWrite(previous)

    def mark_missed(self, member: Member) -> None:
        self._step()
        key = (member.room, member.connection_id)
        row = self.rows.get(key)
        if row and (row.join_id, row.missed) == (member.join_id, member.missed):
            self.rows[key] = row._replace(missed=row.missed + 1)

    def set_ticket(self, member: Member, ticket: int) -> None:
        self._step()
        key = (member.room, member.connection_id)
        if key in self.rows and self.rows[key].first_join_id == member.first_join_id:
            self.rows[key] = self.rows[key]._replace(ticket=ticket)

    def delete_member(self, room: str, connection_id: str, join_id: int) -> MemberDeletion:
        self._step()
        row = self.rows.get((room, connection_id))
        if row is None or row.join_id > join_id:
            return MemberDeletion(None)
        return MemberDeletion(self.rows.pop((room, connection_id)))

    def members(self, room: str, now: int) -> list[Member]:
        self._step()
        rows = sorted((key, row) for key, row in self.rows.items() if key[0] == room)
        return [row for _, row in rows if row.expires_at > now // 1000 and not row.has_given_up]

    def members_and_batch(self, room: str, now: int) -> tuple[list[Member], Batch | None]:
        return self.members(room, now), self.batches[room].batch if room in self.batches else None

    def get_member(self, room: str, connection_id: str, now: int) -> Member | None:
        return next((each for each in self.members(room, now) if each.connection_id == connection_id), None)

    def draw_ticket(self, room: str, now: int) -> int:
        self._step()
        self.tickets[room] += 1
        return self.tickets[room]

    def elect_presence(self, room: str, now: int) -> bool:
        self._step()
        elected = room not in self.presence or self.presence[room] <= now - limits.PRESENCE_INTERVAL_MS
        if elected:
            self.presence[room] = now
        return elected

    def add_to_batch(self, message: Message, until: int, now: int) -> Batch:
        self._step()
        row = self.batches.setdefault(message.room, _BatchRow())
        before = row.batch
        row.batch = before._replace(
            collector=before.collector or message.id,
            until=before.until if before.collector else until,
            ids=before.ids | {message.id},
        )
        return row.batch

    def take_batch(self, room: str, collector: str, taker: str) -> frozenset[str]:
        self._step()
        row = self.batches.get(room, _BatchRow())
        if row.batch.collector == collector:
            row.taken, row.taken_by = row.batch.ids, taker
            row.batch = Batch(None, 0, frozenset(), last_size=len(row.taken), last_until=row.batch.until)
        return row.taken if row.taken_by == taker else frozenset()

    def newest_ids(self, room: str, most: int) -> list[str]:
        self._step()
        return sorted(self.kept.get(room, {}), reverse=True)[:most]

    def messages_among(self, room: str, ids: Collection[str]) -> list[Message]:
        self._step()
        return [message for id, (message, _) in sorted(self.kept.get(room, {}).items()) if id in ids]

    def put_message(self, message: Message, expires_at: int) -> None:
        self._step()
        self.kept.setdefault(message.room, {})[message.id] = (message, expires_at)

    def delete_message(self, message: Message) -> None:
        self._step()
        self.kept.get(message.room, {}).pop(message.id, None)

    def messages(self, room: str, after: str, *, newest_first: bool) -> Iterator[Message]:
        self._step()
        held = sorted(self.kept.get(room, {}).items(), reverse=newest_first)
        yield from (message for id, (message, _) in held if id > after)


class FakeConnections:
    """Sockets as lists of received frames. `fails` says which post meets neither 200 nor 410."""

    def __init__(
        self, step: Callable[[], None] = lambda: None, fails: Callable[[str], bool] = lambda connection_id: False
    ) -> None:
        self._step = step
        self._fails = fails
        self.open: set[str] = set()
        self.taken_for_gone: set[str] = set()  # answered by 410 although open
        self.stuck: set[str] = set()  # not closed by a DELETE
        self.inbox: dict[str, list[dict[str, Any]]] = {}
        self.told: list[dict[str, Any]] = []  # every broadcast, once however many recipients it had
        self.closed: list[str] = []  # by a DELETE
        self.on_frame: Callable[[str, dict[str, Any]], None] = lambda connection_id, frame: None
        self.on_close: Callable[[str], None] = lambda connection_id: None

    def connect(self, connection_id: str) -> None:
        self.open.add(connection_id)
        self.inbox[connection_id] = []

    def cut(self, connection_id: str) -> None:
        self.open.discard(connection_id)

    def post(
        self, frames: Sequence[tuple[str, bytes]], seconds: float = limits.FANOUT_SECONDS, *, retry: bool = True
    ) -> Delivery:
        decoded = [protocol.decode(payload.decode()) for payload in dict.fromkeys(payload for _, payload in frames)]
        told = [{name: value for name, value in frame.items() if name != "missed"} for frame in decoded]
        self.told.extend(frame for number, frame in enumerate(told) if frame not in told[:number])
        delivered, gone, failed = 0, [], []
        for connection_id, payload in frames:
            self._step()
            if connection_id not in self.open or connection_id in self.taken_for_gone:
                gone.append(connection_id)
            elif self._fails(connection_id):
                failed.append(connection_id)
            else:
                delivered += 1
                frame = protocol.decode(payload.decode())
                self.inbox[connection_id].append(frame)
                self.on_frame(connection_id, frame)
        return Delivery(delivered, gone, failed, troubled=len(failed))

    def gone(self, connection_ids: Sequence[str]) -> list[str]:
        self._step()
        return [each for each in connection_ids if each not in self.open]

    def close(self, connection_ids: Sequence[str]) -> list[str]:
        for connection_id in connection_ids:
            self._step()
            if connection_id in self.open and connection_id not in self.stuck:
                self.open.discard(connection_id)
                self.closed.append(connection_id)
                self.on_close(connection_id)
        return [each for each in connection_ids if each in self.stuck]
