"""What one request to the table does: the same for the real Table on two stand-ins for DynamoDB and for the fake."""

import asyncio
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from moto import mock_aws

from anonchat import limits, rows
from anonchat.answers import MemberDeletion, MemberWrite, Refusal
from anonchat.chat import random_token
from anonchat.dynamodb import DynamoDB
from anonchat.model import CAPABILITIES, Connection, Member, Message, Person
from anonchat.table import Table
from local.dynamodb.chat_table import create_chat_table
from local.dynamodb.item_size import item_size
from tests.support import moto_chat_table
from tests.support.fakes import FakeTable

NOW = 1_800_000_000_000
MINUTE = 60_000
ONE = "TXzPWdnOjoECGj-="
EXPIRES = NOW // 1000 + limits.ROW_SECONDS


@pytest.fixture(params=["moto", "ministack", "fake"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    if request.param == "fake":
        yield FakeTable()  # type: ignore[misc]
        return
    endpoint = request.getfixturevalue(f"{request.param}_endpoint")
    name = f"anonchat-{uuid4().hex}"
    asyncio.run(create_chat_table(endpoint, name))
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    yield Table(DynamoDB(client, name))
    client.close()


@pytest.fixture
def moto_table(moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Table:
    name = f"anonchat-{uuid4().hex}"
    asyncio.run(create_chat_table(moto_endpoint, name))
    for key, value in {
        "TABLE_NAME": name,
        "AWS_ENDPOINT_URL_DYNAMODB": moto_endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        monkeypatch.setenv(key, value)
    return Table.from_environment()


def member(
    join_id: int = 1, *, room: str = "red", connection: str = ONE, alias: str = "Ann", first_join_id: int | None = None
) -> Member:
    return Member(room, connection, Person("memberid123", alias), join_id, EXPIRES, first_join_id or join_id)


def message(at: int, text: str = "hello", room: str = "red") -> Message:
    return Message(room, f"{at:013d}-abc_-123", "client-1", Person("memberid123", "Ann"), text)


TOKENS = map("token{}".format, itertools.count())


def enter(
    table: Table,
    room: str = "red",
    *,
    now: int = NOW,
    alias: str = "Ann",
    most: int = 30,
    token: str | None = None,
) -> object:
    return table.move_to_room(ONE, room, alias, now, most, token or next(TOKENS))


# --- connections -------------------------------------------------------------------------------------------


def test_a_connection_is_opened_entered_and_closed_once(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    assert table.get_connection(ONE) == Connection(ONE, "salt", None, None, 0)
    assert enter(table) == Connection(ONE, "salt", None, None, 0)
    assert enter(table, "blue", alias="Bob") == Connection(ONE, "salt", "red", "Ann", 1)
    assert table.delete_connection(ONE) == Connection(ONE, "salt", "blue", "Bob", 2, "red")
    assert table.delete_connection(ONE) is None
    assert table.get_connection(ONE) is None


def test_no_update_brings_a_closed_connection_back(table: Table) -> None:
    assert enter(table) is Refusal.NO_CONNECTION
    assert table.count_send(ONE, "red", NOW, 30) is Refusal.NO_CONNECTION
    assert table.clear_room(ONE) is None
    assert table.get_connection(ONE) is None


def test_only_a_connection_in_the_room_may_send(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    assert table.count_send(ONE, "red", NOW, 30) is Refusal.NOT_IN_ROOM
    enter(table)
    assert table.count_send(ONE, "red", NOW, 30) == Connection(ONE, "salt", "red", "Ann", 1)
    assert table.count_send(ONE, "blue", NOW, 30) is Refusal.NOT_IN_ROOM


def test_sends_and_joins_are_counted_apart_each_in_its_clock_minute(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    enter(table, most=2)
    assert [table.count_send(ONE, "red", NOW, 2) is Refusal.RATE_LIMITED for _ in range(3)] == [False, False, True]
    assert [enter(table, most=2) is Refusal.RATE_LIMITED for _ in range(2)] == [False, True]
    assert table.count_send(ONE, "red", NOW + MINUTE, 2) is not Refusal.RATE_LIMITED


@pytest.mark.promise(6)
def test_leaving_and_coming_back_resets_no_counter(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    enter(table)
    table.count_send(ONE, "red", NOW, 1)
    table.clear_room(ONE)
    enter(table)
    assert table.count_send(ONE, "red", NOW, 1) is Refusal.RATE_LIMITED


def test_a_join_that_goes_nowhere_is_counted_too(table: Table) -> None:
    assert table.count_join(ONE, NOW, 2) is Refusal.NO_CONNECTION
    table.put_connection(ONE, "salt", NOW)
    assert table.count_join(ONE, NOW, 2) == Connection(ONE, "salt", None, None, 0)
    enter(table, most=2)
    assert table.count_join(ONE, NOW, 2) is Refusal.RATE_LIMITED


def test_clearing_the_room_leaves_and_counts_as_a_later_join(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    enter(table)
    assert table.clear_room(ONE) == Connection(ONE, "salt", "red", "Ann", 1)
    assert table.get_connection(ONE) == Connection(ONE, "salt", None, "Ann", 2, "red")


def test_clearing_the_room_twice_still_says_which_room_was_left(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    assert table.clear_room(ONE) == Connection(ONE, "salt", None, None, 0)
    enter(table)
    table.clear_room(ONE)
    assert table.clear_room(ONE) == Connection(ONE, "salt", None, "Ann", 2, "red")


def test_clearing_one_room_leaves_another_alone(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    enter(table, "blue")
    assert table.clear_room(ONE, "red") == Connection(ONE, "salt", "blue", "Ann", 1)
    assert table.get_connection(ONE) == Connection(ONE, "salt", "blue", "Ann", 1)
    table.clear_room(ONE, "blue")
    assert table.get_connection(ONE) == Connection(ONE, "salt", None, "Ann", 2, "blue")


def test_a_join_that_is_asked_for_again_answers_the_same_and_counts_once_however_often(table: Table) -> None:
    """As boto3 does when an answer is lost: the second time the row names the new room already."""
    table.put_connection(ONE, "salt", NOW)
    assert [enter(table, token="first", most=2) for _ in range(3)] == [Connection(ONE, "salt", None, None, 0)] * 3
    assert [enter(table, "blue", token="second", most=2) for _ in range(3)] == [
        Connection(ONE, "salt", "red", "Ann", 1),
        *[Connection(ONE, "salt", "red", None, 1)] * 2,  # the row does not remember the alias
    ]
    assert table.get_connection(ONE) == Connection(ONE, "salt", "blue", "Ann", 2, "red")


def test_a_join_that_is_asked_for_again_still_knows_of_a_departure_before_it(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    enter(table)
    table.clear_room(ONE)
    assert [enter(table, "blue", token="again") for _ in range(2)] == [
        Connection(ONE, "salt", None, "Ann", 2, "red"),
        Connection(ONE, "salt", None, None, 2, "red"),
    ]


# --- members -----------------------------------------------------------------------------------------------


def test_a_later_join_refreshes_the_row_and_says_what_it_found(table: Table) -> None:
    assert table.put_member(member(1), is_new=False) == MemberWrite(None)
    later = replace(member(2, alias="Bob"), expires_at=EXPIRES + 100)
    assert table.put_member(later, is_new=False) == MemberWrite(member(1))
    assert table.members("red", NOW) == [member(2, alias="Bob", first_join_id=1)], "its age and its first join stay"


def test_an_older_join_cannot_overwrite_the_row_of_a_later_one(table: Table) -> None:
    table.put_member(member(2), is_new=False)
    assert table.put_member(member(1), is_new=False) is None
    assert table.members("red", NOW) == [member(2)]


def test_the_same_row_written_twice_is_known_by_its_first_join(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    assert table.put_member(member(1), is_new=False) == MemberWrite(member(1, first_join_id=1))


def test_an_expired_row_is_no_member(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    assert table.members("red", EXPIRES * 1000 - 1) == [member(1)]
    assert table.members("red", EXPIRES * 1000) == []


def test_deleting_a_member_gives_the_row_of_this_join_or_an_earlier_one_to_the_one_who_deleted_it(table: Table) -> None:
    table.put_member(member(2), is_new=False)
    assert table.delete_member("red", ONE, 1) == MemberDeletion(None)
    assert table.delete_member("blue", ONE, 2) == MemberDeletion(None)
    assert table.delete_member("red", ONE, 3) == MemberDeletion(member(2))
    assert table.delete_member("red", ONE, 3) == MemberDeletion(None)
    assert table.members("red", NOW) == []


def test_tickets_of_a_room_grow_and_stand_in_the_row_until_the_next_join(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    assert [table.draw_ticket("red", NOW) for _ in range(3)] == [1, 2, 3]
    assert table.draw_ticket("blue", NOW) == 1
    table.elect_presence("red", NOW)
    assert table.draw_ticket("red", NOW) == 4
    table.set_ticket(member(1), 3)
    assert table.members("red", NOW) == [replace(member(1), ticket=3)]
    table.put_member(member(2), is_new=False)
    assert [each.ticket for each in table.members("red", NOW)] == [3], "a refreshed row is still of the same visit"
    table.put_member(member(3), is_new=True)
    assert [each.ticket for each in table.members("red", NOW)] == [0]
    table.delete_member("red", ONE, 3)
    table.put_member(member(4), is_new=True)
    table.set_ticket(member(3), 4)
    assert [each.ticket for each in table.members("red", NOW)] == [0], "another visit's row has no ticket of ours"
    table.set_ticket(member(4), Member.GIVEN_UP)
    assert table.members("red", NOW) == [], "who has given up is no member"
    table.delete_member("red", ONE, 4)
    table.set_ticket(member(2), 4)
    assert table.members("red", NOW) == [], "a ticket brings no row back"


def test_members_of_other_rooms_and_messages_are_not_members(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    table.put_member(member(1, room="red2", connection="other="), is_new=False)
    table.put_message(message(NOW), NOW // 1000 + 600)
    table.elect_presence("red", NOW)
    assert table.members("red", NOW) == [member(1)]


@pytest.mark.promise(5)
def test_presence_elects_one_per_interval(table: Table) -> None:
    interval = limits.PRESENCE_INTERVAL_MS
    times = (NOW, NOW, NOW + interval - 1, NOW + interval, NOW + interval + 1)
    assert [table.elect_presence("red", at) for at in times] == [True, False, False, True, False]


@pytest.mark.promise(1)
def test_a_mark_counts_what_was_missed_until_the_next_join(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    (seen,) = table.members("red", NOW)
    table.mark_missed(seen)
    (marked,) = table.members("red", NOW)
    assert marked == replace(seen, missed=1)
    table.mark_missed(marked)
    assert [each.missed for each in table.members("red", NOW)] == [2]
    table.put_member(member(2), is_new=False)
    assert [(each.join_id, each.missed) for each in table.members("red", NOW)] == [(2, 0)]


def test_two_broadcasts_that_miss_the_same_member_leave_one_mark(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    (seen,) = table.members("red", NOW)
    table.mark_missed(seen)
    table.mark_missed(seen)
    assert [each.missed for each in table.members("red", NOW)] == [1]


def test_no_mark_touches_the_row_of_a_later_join_or_brings_a_deleted_one_back(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    (seen,) = table.members("red", NOW)
    table.put_member(member(2), is_new=False)
    table.mark_missed(seen)
    assert [each.missed for each in table.members("red", NOW)] == [0]
    table.delete_member("red", ONE, 2)
    table.mark_missed(seen)
    assert table.members("red", NOW) == []


def test_a_row_keeps_what_its_last_join_accepts(table: Table) -> None:
    table.put_member(replace(member(1), accepts=frozenset({"missed"})), is_new=True)
    assert [each.accepts for each in table.members("red", NOW)] == [{"missed"}]
    table.put_member(member(2), is_new=False)
    assert [each.accepts for each in table.members("red", NOW)] == [frozenset()]


# --- messages ----------------------------------------------------------------------------------------------


def ids(table: Table, after: str, *, newest_first: bool = False) -> list[int]:
    return [int(each.id[:13]) - NOW for each in table.messages("red", after, newest_first=newest_first)]


def test_messages_come_back_as_they_were_in_either_order(table: Table) -> None:
    for at in (3, 1, 2):
        table.put_message(message(NOW + at, text="ünï\n😀"), NOW // 1000 + 600)
    assert ids(table, f"{NOW:013d}") == [1, 2, 3]
    assert ids(table, f"{NOW:013d}", newest_first=True) == [3, 2, 1]
    assert next(iter(table.messages("red", "0", newest_first=False))) == message(NOW + 1, text="ünï\n😀")


def test_a_cursor_is_an_id_or_its_digits_and_excludes_itself(table: Table) -> None:
    for at in (1, 2, 3):
        table.put_message(message(NOW + at), NOW // 1000 + 600)
    assert ids(table, message(NOW + 2).id) == [3]
    assert ids(table, f"{NOW + 2:013d}") == [2, 3]


def test_a_deleted_message_is_gone(table: Table) -> None:
    for at in (1, 2):
        table.put_message(message(NOW + at), NOW // 1000 + 600)
    table.delete_message(message(NOW + 1))
    assert ids(table, "0") == [2]


def test_every_page_is_read(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HISTORY_FIRST", 1)
    monkeypatch.setattr(limits, "HISTORY_PAGE", 2)
    for at in range(7):
        table.put_message(message(NOW + at), NOW // 1000 + 600)
    assert ids(table, "0") == list(range(7))
    assert ids(table, "0", newest_first=True) == list(range(7))[::-1]


# --- with boto3 only ---------------------------------------------------------------------------------------


def row_of(key: rows.Item) -> rows.Item:
    """Read a row of `moto_table` as DynamoDB holds it."""
    item: rows.Item = boto3.client("dynamodb").get_item(TableName=os.environ["TABLE_NAME"], Key=key)["Item"]
    return item


def test_a_room_of_more_than_one_page_is_read_whole(moto_table: Table) -> None:
    for number in range(10):
        moto_table.put_message(message(NOW + number, text="x" * 8000), NOW // 1000)
    people = [member(1, connection=f"c{number:04d}=", alias="a" * 256) for number in range(40)]
    for each in people:
        moto_table.put_member(each, is_new=False)
    client = boto3.client("dynamodb")
    paged = type("Paged", (), {"query": staticmethod(lambda **request: client.query(Limit=7, **request))})()
    assert Table(DynamoDB(paged, os.environ["TABLE_NAME"])).members("red", NOW) == people


@pytest.mark.parametrize(
    ("sizes", "asked"),
    [
        ([8192] * 6, [4, 1, 1]),  # the longest: a frame has no place for the fourth
        ([3800] * 11, [4, 5, 1]),
        ([700] * 40, [4, 12, 12]),
        ([1] * 4 + [8192] * 14, [4, 12, 1]),  # what came before promises too much
    ],
)
def test_a_page_of_the_history_has_about_as_many_messages_as_a_frame_still_holds(
    moto_table: Table, sizes: list[int], asked: list[int]
) -> None:
    for number, size in enumerate(sizes):
        moto_table.put_message(message(NOW + number, text="x" * size), NOW // 1000 + 600)
    client, seen = boto3.client("dynamodb"), []

    def query(**request: Any) -> Any:
        seen.append(request["Limit"])
        return client.query(**request)

    table = Table(DynamoDB(type("Recorded", (), {"query": staticmethod(query)})(), os.environ["TABLE_NAME"]))
    assert ids(table, "0") == list(range(len(sizes)))
    assert seen[: len(asked)] == asked


@pytest.mark.promise(6)
def test_thirty_sends_at_once_are_all_counted(moto_table: Table) -> None:
    moto_table.put_connection(ONE, "salt", NOW)
    enter(moto_table)
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(moto_table.count_send(ONE, "red", NOW, 10))) for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(Refusal.RATE_LIMITED) == 20


@pytest.fixture
def table_in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    """Yield a Table on moto without HTTP between, for tests of hundreds of requests."""
    for key in ("TABLE_NAME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        moto_chat_table.create("local")
        yield Table.from_environment()


def test_a_connection_row_stays_one_write_unit_through_its_whole_life(table_in_process: Table) -> None:
    """The worst case: the longest room and alias, and a send and a join whenever the counters kept have passed."""
    table_in_process.put_connection(ONE, "saltsalt", NOW)
    rooms, alias = ["r" * limits.ROOM_CHARACTERS, "s" * limits.ROOM_CHARACTERS], "é" * (limits.ALIAS_BYTES // 2)
    for at in range(NOW, NOW + limits.ROW_SECONDS * 1000, (limits.COUNTERS_REMOVED + 1) * MINUTE):
        for room in rooms:  # twice: a number of two digits takes as much as one of one
            table_in_process.move_to_room(ONE, room, alias, at, 30, random_token())
            table_in_process.count_send(ONE, room, at, 30)
    assert item_size(row_of(rows.connection_key(ONE))) <= 1024


def test_ten_of_the_largest_member_rows_are_one_read_unit(moto_table: Table) -> None:
    """Also with marks in a room of the page's, whose id has 22 characters."""
    room, alias = "r" * 22, "é" * (limits.ALIAS_BYTES // 2)
    moto_table.put_member(replace(member(99_999, room=room, alias=alias), accepts=CAPABILITIES), is_new=False)
    moto_table.mark_missed(*moto_table.members(room, NOW))
    assert 10 * item_size(row_of(rows.member_key(room, ONE))) <= 4096
    room = "r" * limits.ROOM_CHARACTERS
    moto_table.put_member(member(99_999, room=room, alias=alias), is_new=False)
    assert 10 * item_size(row_of(rows.member_key(room, ONE))) <= 4096


def test_a_missing_table_name_fails_the_import_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with pytest.raises(KeyError, match="TABLE_NAME"):
        Table.from_environment()


@pytest.mark.parametrize(
    "request_",
    [
        lambda table: enter(table),
        lambda table: table.clear_room(ONE),
        lambda table: table.put_member(member(1), is_new=False),
        lambda table: table.members("red", NOW),
    ],
)
def test_what_dynamodb_refuses_for_other_reasons_than_a_condition_is_raised(
    moto_table: Table, request_: Callable[[Table], object]
) -> None:
    missing = Table(DynamoDB(boto3.client("dynamodb"), "no-such-table"))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        request_(missing)


@pytest.fixture
def losing_table(moto_table: Table) -> Iterator[Table]:
    """Yield a Table whose requests are all applied, and whose first answers are all lost."""
    client = boto3.client("dynamodb", config=Config(retries={"mode": "standard"}))
    send, lost = client._endpoint._send, set()

    def send_and_lose(request: Any) -> Any:
        response = send(request)
        if request.body not in lost:
            lost.add(request.body)
            raise ConnectionClosedError(endpoint_url=request.url)
        return response

    client._endpoint._send = send_and_lose
    yield Table(DynamoDB(client, os.environ["TABLE_NAME"]))
    client.close()


def test_a_deletion_whose_answer_was_lost_says_that_it_may_have_been_this_one(
    moto_table: Table, losing_table: Table
) -> None:
    moto_table.put_member(member(1), is_new=False)
    assert losing_table.delete_member("red", ONE, 1) == MemberDeletion(None, is_unclear=True)
    moto_table.put_member(member(3), is_new=False)
    assert losing_table.delete_member("red", ONE, 2) == MemberDeletion(None), "what a later join wrote is there"


def test_who_asks_again_whether_to_tell_presence_tells_it(losing_table: Table) -> None:
    assert losing_table.elect_presence("red", NOW)


def test_a_join_whose_answer_was_lost_is_answered_as_the_first_time(moto_table: Table, losing_table: Table) -> None:
    moto_table.put_connection(ONE, "salt", NOW)
    enter(moto_table, "red")
    assert enter(losing_table, "blue", alias="Bob") == Connection(ONE, "salt", "red", None, 1)
