"""What one request to the table does: the same for the real Table on two stand-ins for DynamoDB and for the fake.

On the stand-ins each request goes through boto3 too, and has to mean the same.
"""

import itertools
import threading
from collections.abc import Callable, Iterator

import pytest

from anonchat import limits, rows
from anonchat.answers import MemberDeletion, MemberWrite, Refusal
from anonchat.clock import random_token
from anonchat.dynamodb import Answer, DynamoDB
from anonchat.dynamodb_client import Client, Parameters, Reply
from anonchat.dynamodb_errors import DynamoDBError
from anonchat.model import CAPABILITIES, GIVEN_UP, Connection, Member, Message, Person
from anonchat.table import Table
from local.dynamodb.item_size import item_size
from scripts.soak.fault_proxy import Fault, Request
from scripts.soak.faults import DONE_AND_RESET
from tests.support import moto_chat_table
from tests.support.moto_chat_table import NAME, MotoChatTable

NOW = 1_800_000_000_000
MINUTE = 60_000
ONE = "TXzPWdnOjoECGj-="
EXPIRES = NOW // 1000 + limits.ROW_SECONDS


@pytest.fixture
def moto() -> Iterator[MotoChatTable]:
    with moto_chat_table.served() as table:
        yield table


@pytest.fixture
def client(moto: MotoChatTable) -> Iterator[Client]:
    client = Client.from_environment(moto.environ)
    yield client
    client.close()


@pytest.fixture
def moto_table(client: Client) -> Table:
    return Table(DynamoDB(client, NAME))


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


def test_only_a_connection_in_the_room_may_read_pages(table: Table) -> None:
    assert table.count_page(ONE, "red", NOW, 120) is Refusal.NO_CONNECTION
    table.put_connection(ONE, "salt", NOW)
    assert table.count_page(ONE, "red", NOW, 120) is Refusal.NOT_IN_ROOM
    enter(table)
    assert table.count_page(ONE, "red", NOW, 120) == Connection(ONE, "salt", "red", "Ann", 1)
    assert table.count_page(ONE, "blue", NOW, 120) is Refusal.NOT_IN_ROOM


def test_sends_joins_and_pages_are_counted_apart_each_in_its_clock_minute(table: Table) -> None:
    table.put_connection(ONE, "salt", NOW)
    enter(table, most=2)
    assert [table.count_send(ONE, "red", NOW, 2) is Refusal.RATE_LIMITED for _ in range(3)] == [False, False, True]
    assert [table.count_page(ONE, "red", NOW, 2) is Refusal.RATE_LIMITED for _ in range(3)] == [False, False, True]
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
    """As the client does when an answer is lost: the second time the row names the new room already."""
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
    later = member(2, alias="Bob")._replace(expires_at=EXPIRES + 100)
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


def test_one_member_is_read_by_itself_as_it_is_among_all(table: Table) -> None:
    assert table.get_member("red", ONE, NOW) is None
    table.put_member(member(1), is_new=True)
    table.put_member(member(1, connection="other="), is_new=True)
    assert table.get_member("red", ONE, EXPIRES * 1000 - 1) == member(1)
    assert table.get_member("red", ONE, EXPIRES * 1000) is None, "an expired row is no member"
    assert table.get_member("blue", ONE, NOW) is None
    table.set_ticket(member(1), 3)
    assert table.get_member("red", ONE, NOW) == member(1)._replace(ticket=3)
    table.set_ticket(member(1), GIVEN_UP)
    assert table.get_member("red", ONE, NOW) is None, "who has given up is no member"


def test_deleting_a_member_gives_the_row_of_this_join_or_an_earlier_one_to_the_one_who_deleted_it(table: Table) -> None:
    table.put_member(member(2), is_new=False)
    assert table.delete_member("red", ONE, 1) == MemberDeletion(None)
    assert table.delete_member("blue", ONE, 2) == MemberDeletion(None)
    assert table.delete_member("red", ONE, 3) == MemberDeletion(member(2))
    assert table.delete_member("red", ONE, 3) == MemberDeletion(None)
    table.put_member(member(4), is_new=False)
    assert table.delete_member("red", ONE, 4) == MemberDeletion(member(4))
    assert table.members("red", NOW) == []


def test_tickets_of_a_room_grow_and_stand_in_the_row_until_the_next_join(table: Table) -> None:
    table.put_member(member(1), is_new=False)
    assert [table.draw_ticket("red", NOW) for _ in range(3)] == [1, 2, 3]
    assert table.draw_ticket("blue", NOW) == 1
    table.elect_presence("red", NOW)
    assert table.draw_ticket("red", NOW) == 4
    table.set_ticket(member(1), 3)
    assert table.members("red", NOW) == [member(1)._replace(ticket=3)]
    table.put_member(member(2), is_new=False)
    assert [each.ticket for each in table.members("red", NOW)] == [3], "a refreshed row is still of the same visit"
    table.put_member(member(3), is_new=True)
    assert [each.ticket for each in table.members("red", NOW)] == [0]
    table.delete_member("red", ONE, 3)
    table.put_member(member(4), is_new=True)
    table.set_ticket(member(3), 4)
    assert [each.ticket for each in table.members("red", NOW)] == [0], "another visit's row has no ticket of ours"
    table.set_ticket(member(4), GIVEN_UP)
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
    assert marked == seen._replace(missed=1)
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
    table.put_member(member(1)._replace(accepts=frozenset({"missed"})), is_new=True)
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


# --- with the client only ----------------------------------------------------------------------------------


class Paged:
    """DynamoDB whose pages hold seven rows, wherever a page may end."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def request(self, operation: str, parameters: Parameters) -> Reply:
        return self._client.request(operation, {**parameters, **({"Limit": 7} if operation == "Query" else {})})


def test_a_room_of_more_than_one_page_is_read_whole(moto_table: Table, client: Client) -> None:
    for number in range(10):
        moto_table.put_message(message(NOW + number, text="x" * 8000), NOW // 1000)
    people = [member(1, connection=f"c{number:04d}=", alias="a" * 256) for number in range(40)]
    for each in people:
        moto_table.put_member(each, is_new=False)
    assert Table(DynamoDB(Paged(client), NAME)).members("red", NOW) == people


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


def test_a_connection_row_stays_one_write_unit_through_its_whole_life(moto_table: Table, moto: MotoChatTable) -> None:
    """The worst case: the longest room and alias, one of each that is counted whenever the kept counters are old."""
    moto_table.put_connection(ONE, "saltsalt", NOW)
    rooms, alias = ["r" * limits.ROOM_CHARACTERS, "s" * limits.ROOM_CHARACTERS], "é" * (limits.ALIAS_BYTES // 2)
    for at in range(NOW, NOW + limits.ROW_SECONDS * 1000, (limits.COUNTERS_REMOVED + 1) * MINUTE):
        for room in rooms:  # twice: a number of two digits takes as much as one of one
            moto_table.move_to_room(ONE, room, alias, at, 30, random_token())
            moto_table.count_send(ONE, room, at, 30)
            moto_table.count_page(ONE, room, at, limits.PAGES_PER_MINUTE)
    assert item_size(moto.row(rows.connection_key(ONE))) <= 1024


def test_ten_of_the_largest_member_rows_are_one_read_unit(moto_table: Table, moto: MotoChatTable) -> None:
    """Also with marks in a room of the page's, whose id has 22 characters."""
    room, alias = "r" * 22, "é" * (limits.ALIAS_BYTES // 2)
    moto_table.put_member(member(99_999, room=room, alias=alias)._replace(accepts=CAPABILITIES), is_new=False)
    moto_table.mark_missed(*moto_table.members(room, NOW))
    assert 10 * item_size(moto.row(rows.member_key(room, ONE))) <= 4096
    room = "r" * limits.ROOM_CHARACTERS
    moto_table.put_member(member(99_999, room=room, alias=alias), is_new=False)
    assert 10 * item_size(moto.row(rows.member_key(room, ONE))) <= 4096


@pytest.mark.parametrize("name", ["TABLE_NAME", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_missing_variable_fails_the_import_with_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each, value in {**moto_chat_table.CREDENTIALS, "TABLE_NAME": NAME}.items():
        monkeypatch.setenv(each, value)
    Table.from_environment()
    monkeypatch.delenv(name)
    with pytest.raises(KeyError, match=name):
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
    client: Client, request_: Callable[[Table], object]
) -> None:
    with pytest.raises(DynamoDBError, match="ResourceNotFoundException"):
        request_(Table(DynamoDB(client, "no-such-table")))


def lose(moto: MotoChatTable) -> None:
    """Lose the first answer to each request from now on, though all are applied."""
    lost: set[bytes] = set()

    def fault_of(request: Request) -> Fault | None:
        if request.body in lost:
            return None
        lost.add(request.body)
        return DONE_AND_RESET

    moto.fault_of = fault_of


def test_a_deletion_whose_answer_was_lost_says_that_it_may_have_been_this_one(
    moto: MotoChatTable, moto_table: Table
) -> None:
    moto_table.put_member(member(1), is_new=False)
    moto_table.put_member(member(3, room="blue"), is_new=False)
    lose(moto)
    assert moto_table.delete_member("red", ONE, 1) == MemberDeletion(None, is_unclear=True)
    assert moto_table.delete_member("blue", ONE, 2) == MemberDeletion(None), "what a later join wrote is there"


def test_a_write_whose_answer_was_lost_says_so_also_where_it_holds_again(moto: MotoChatTable, client: Client) -> None:
    dynamodb, key = DynamoDB(client, NAME), rows.connection_key(ONE)
    dynamodb.put(rows.connection_item(ONE, "salt", EXPIRES))
    lose(moto)
    assert dynamodb.delete(key) == Answer(True, None, is_repeated=True)
    assert dynamodb.delete(key) == Answer(True, None, is_repeated=False)


def test_who_asks_again_whether_to_tell_presence_tells_it(moto: MotoChatTable, moto_table: Table) -> None:
    lose(moto)
    assert moto_table.elect_presence("red", NOW)


def test_a_join_whose_answer_was_lost_is_answered_as_the_first_time(moto: MotoChatTable, moto_table: Table) -> None:
    moto_table.put_connection(ONE, "salt", NOW)
    enter(moto_table, "red")
    lose(moto)
    assert enter(moto_table, "blue", alias="Bob") == Connection(ONE, "salt", "red", None, 1)
