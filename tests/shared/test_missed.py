"""Members whom a post does not reach: marked and told, not closed; the echo waits for nobody who has a mark."""

from typing import Any

import pytest

from anonchat import limits, protocol
from anonchat.broadcast import NotMarked
from anonchat.connections import Delivery
from anonchat.model import Member
from tests.support.handlers import leave
from tests.support.room import Room

KNOWS_MARKS = frozenset({"missed"})


def room_of(*names: str) -> Room:
    room = Room()
    room.enter(*names, accepts=KNOWS_MARKS)
    return room


def marks(room: Room) -> dict[str, int]:
    return {connection_id: row.missed for (_, connection_id), row in room.table.rows.items() if row.missed}


def test_all_that_a_send_may_wait_for_fits_a_function_s_time() -> None:
    together = limits.FANOUT_SECONDS + limits.MARK_SECONDS + limits.CLOSE_SECONDS
    together += limits.ECHO_SECONDS + limits.ANSWER_AGAIN_SECONDS
    assert together < limits.FUNCTION_SECONDS


def order_of_posts(room: Room) -> list[list[str]]:
    """Note from now on to whom each post goes."""
    posts: list[list[str]] = []
    post = room.connections.post

    def noted(frames: Any, *arguments: Any, **options: Any) -> Delivery:
        posts.append([connection_id for connection_id, _ in frames])
        return post(frames, *arguments, **options)

    room.connections.post = noted  # type: ignore[method-assign]
    return posts


@pytest.mark.promise(1, 4)
def test_who_misses_a_message_is_marked_and_stays_open_and_the_author_has_the_echo() -> None:
    room = room_of("ann", "bob", "cyd")
    room.failing |= {"cyd"}
    room.send("ann")
    assert room.connections.closed == []
    assert marks(room) == {"cyd": 1}
    assert len(room.heard("ann", "message")) == len(room.heard("bob", "message")) == 1


@pytest.mark.promise(1)
def test_the_next_frame_says_that_others_are_missing_and_a_join_brings_them_and_clears_the_mark() -> None:
    room = room_of("ann", "bob")
    room.failing |= {"bob"}
    room.send("ann", "lost")
    room.failing.clear()
    room.time += 1
    room.send("ann", "heard")
    assert [(frame["text"], frame.get("missed")) for frame in room.heard("bob", "message")] == [("heard", True)]
    assert all("missed" not in frame for frame in room.heard("ann", "message"))
    room.join("bob", since="0" * 13, accepts=KNOWS_MARKS)
    assert [message["text"] for message in room.heard("bob", "joined")[-1]["history"]] == ["lost", "heard"]
    assert marks(room) == {}


@pytest.mark.promise(1)
def test_who_does_not_know_marks_and_cannot_be_closed_withholds_the_echo() -> None:
    room = Room()
    room.enter("ann", "bob")
    room.failing |= {"bob"}
    room.connections.stuck |= {"bob"}
    with pytest.raises(NotMarked):
        room.send("ann")
    assert room.heard("ann", "message") == []


@pytest.mark.promise(1, 3)
def test_without_history_who_misses_a_message_is_told_of_the_gap() -> None:
    """There is nothing to fetch it from. The author has the echo; who did not hear it learns that."""
    room = Room(history_seconds=0)
    room.enter("ann", "bob", accepts=KNOWS_MARKS)
    room.send("ann", "heard")
    since = room.heard("bob", "message")[-1]["id"]
    room.failing |= {"bob"}
    room.send("ann", "lost")
    room.failing.clear()
    room.time += 1
    room.send("ann", "after")
    assert [(frame["text"], frame.get("missed")) for frame in room.heard("bob", "message")] == [
        ("heard", None),
        ("after", True),
    ]
    room.join("bob", since=since, accepts=KNOWS_MARKS)
    assert room.heard("bob", "joined")[-1]["gap"]
    assert len(room.heard("ann", "message")) == 3


@pytest.mark.promise(4)
def test_the_echo_waits_for_nobody_who_has_a_mark() -> None:
    room = room_of("ann", "bob", "cyd")
    room.failing |= {"cyd"}
    posts = order_of_posts(room)
    room.send("ann")
    assert posts == [["bob", "cyd"], ["ann"]]
    posts.clear()
    room.send("ann")
    assert posts == [["bob"], ["ann", "cyd"]], "the echo is the first of the last posts"


def test_an_echo_that_fails_alone_is_tried_again_since_the_author_would_send_it_to_all_again() -> None:
    room = room_of("ann", "bob")
    posts = order_of_posts(room)
    room.failing |= {"ann"}
    room.send("ann")
    assert posts == [["bob"], ["ann"], ["ann"]]


def test_no_echo_is_tried_again_while_most_posts_fail() -> None:
    room = room_of("ann", "bob", "cyd")
    posts = order_of_posts(room)
    room.failing |= {"ann", "bob", "cyd"}
    room.send("ann")
    assert posts == [["bob", "cyd"], ["ann"]]


def test_presence_says_so_too() -> None:
    room = room_of("ann", "bob")
    room.failing |= {"bob"}
    room.send("ann")
    room.failing.clear()
    room.connect("cyd")
    room.join("cyd")
    assert [frame.get("missed") for frame in room.heard("bob", "presence")] == [True]
    assert [frame.get("missed") for frame in room.heard("ann", "presence")] == [None]


def test_who_misses_who_came_is_marked() -> None:
    room = room_of("ann", "bob")
    room.failing |= {"ann"}
    room.connect("cyd")
    room.join("cyd")
    assert marks(room) == {"ann": 1}


@pytest.mark.promise(4)
def test_who_fails_in_three_broadcasts_that_reach_others_is_closed() -> None:
    room = room_of("ann", "bob", "cyd")
    room.failing |= {"cyd"}
    for sent in range(limits.FAILURES_CLOSED):
        assert room.connections.closed == []
        room.send("ann")
        assert len(room.heard("ann", "message")) == sent + 1
    assert room.connections.closed == ["cyd"]


def test_who_fails_where_nobody_else_was_to_be_reached_is_not_closed() -> None:
    room = room_of("ann")
    room.failing |= {"ann"}
    room.connect("bob")
    for _ in range(limits.FAILURES_CLOSED + 1):
        room.join("bob")
        leave(room.chat, "bob", protocol.Leave())
    assert (room.connections.closed, marks(room)) == ([], {"ann": 1})


@pytest.mark.promise(4)
def test_trouble_of_many_closes_nobody_however_long_it_lasts() -> None:
    names = [f"p{number:02d}" for number in range(20)]
    room = room_of("ann", *names)
    room.failing |= set(names[:7])
    for _ in range(10):
        room.send("ann")
    assert room.connections.closed == []
    assert marks(room) == dict.fromkeys(names[:7], 1), "and writes no second mark"
    assert len(room.heard("ann", "message")) == 10


def test_a_whole_room_that_no_post_reaches_is_marked_and_closed_by_nobody() -> None:
    room = room_of("ann", "bob")
    room.failing |= {"ann", "bob"}
    for _ in range(5):
        room.send("ann")
    assert (room.connections.closed, marks(room)) == ([], {"bob": 1})
    room.failing.clear()
    room.send("ann")
    assert room.heard("ann", "message")[-1]["text"] == "hello"
    assert room.heard("bob", "message")[-1]["missed"]


@pytest.mark.promise(1)
def test_who_does_not_know_marks_is_closed_so_that_it_comes_back_and_resumes() -> None:
    room = Room()
    room.enter("ann", "bob")
    room.failing |= {"bob"}
    room.send("ann")
    assert (room.connections.closed, marks(room)) == (["bob"], {})


@pytest.mark.promise(1)
def test_a_mark_that_cannot_be_written_withholds_the_echo(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    room = room_of("ann", "bob", "cyd")
    room.failing |= {"bob"}

    def throttled(member: Member) -> None:
        raise RuntimeError("the table has no time")

    monkeypatch.setattr(room.table, "mark_missed", throttled)
    with pytest.raises(NotMarked):
        room.send("ann")
    assert room.heard("ann", "message") == []
    assert len(room.heard("cyd", "message")) == 1
    assert "a mark could not be written" in capsys.readouterr().out


@pytest.mark.promise(1)
def test_marks_that_would_take_too_long_withhold_the_echo_and_the_next_try_writes_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = room_of("ann", "bob", "cyd")
    room.failing |= {"bob", "cyd"}
    written = []
    mark = room.table.mark_missed

    def slow(member: Member) -> None:
        written.append(member.connection_id)
        mark(member)
        monkeypatch.setattr(limits, "MARK_SECONDS", 1_000.0)

    monkeypatch.setattr(room.table, "mark_missed", slow)
    monkeypatch.setattr(limits, "MARK_SECONDS", -1.0)
    with pytest.raises(NotMarked):
        room.send("ann")
    assert written == []
    monkeypatch.setattr(limits, "MARK_SECONDS", 1_000.0)
    room.send("ann")
    assert written == ["bob", "cyd"]
    assert len(room.heard("ann", "message")) == 1


def test_a_mark_that_cannot_be_counted_on_withholds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a mark already will hear that something is missing."""
    room = room_of("ann", "bob", "cyd")
    room.failing |= {"cyd"}
    room.send("ann")

    def throttled(member: Member) -> None:
        raise RuntimeError("the table has no time")

    monkeypatch.setattr(room.table, "mark_missed", throttled)
    room.send("ann")
    assert len(room.heard("ann", "message")) == 2


def test_an_answer_that_is_lost_closes_only_who_may_not_ask_again() -> None:
    room = Room()
    room.connect("ann", "bob")
    room.failing |= {"ann", "bob"}
    room.join("ann", accepts=KNOWS_MARKS)
    room.join("bob")
    assert room.connections.closed == ["bob"]
    leave(room.chat, "ann", protocol.Leave())
    assert room.connections.closed == ["bob"]


def test_a_snapshot_that_fails_is_tried_again_since_its_client_would_join_anew() -> None:
    room = Room()
    room.connect("ann")
    posts = order_of_posts(room)
    room.failing |= {"ann"}
    room.join("ann", accepts=KNOWS_MARKS)
    assert posts[:2] == [["ann"], ["ann"]]


def test_an_author_whose_socket_is_gone_at_the_echo_is_removed_and_told_once() -> None:
    room = room_of("ann", "bob")
    room.connections.cut("ann")
    room.send("ann")
    assert ("red", "ann") not in room.table.rows
    assert [frame["left"][0]["alias"] for frame in room.heard("bob", "presence")] == ["ann"]


def test_who_leaves_and_is_gone_at_the_answer_leaves_no_row() -> None:
    room = room_of("ann", "bob")
    room.connections.cut("ann")
    leave(room.chat, "ann", protocol.Leave())
    assert "ann" not in room.table.connections
    assert [frame["left"][0]["alias"] for frame in room.heard("bob", "presence")] == ["ann"]


def test_a_mark_read_before_a_rejoin_is_not_written_over_it() -> None:
    room = room_of("ann", "bob")
    before = room.table.rows["red", "bob"]
    room.join("bob", accepts=KNOWS_MARKS)
    room.table.mark_missed(before)
    assert marks(room) == {}
    room.table.mark_missed(before._replace(join_id=before.join_id + 1))
    assert marks(room) == {"bob": 1}
