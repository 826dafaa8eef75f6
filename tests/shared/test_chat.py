"""Single use cases that the random interleavings of test_races.py meet too seldom, step by step."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from anonchat import limits, protocol
from anonchat.connections import Delivery
from anonchat.model import GIVEN_UP
from anonchat.protocol import Join, Leave, Refused
from tests.support.handlers import leave
from tests.support.race_world import Unreliable
from tests.support.room import NOW, Room, code_of


@pytest.mark.promise(1)
def test_everybody_hears_and_the_echo_comes_last() -> None:
    room = Room()
    room.enter("ann", "bob", "cyd")
    order: list[str] = []
    broadcast = room.connections.post

    def noted(frames: Sequence[tuple[str, bytes]], *arguments: Any, **options: Any) -> Delivery:
        order.extend(connection_id for connection_id, _ in frames)
        return broadcast(frames, *arguments, **options)

    room.connections.post = noted  # type: ignore[method-assign]
    room.send("bob")
    assert order[-1] == "bob"
    assert sorted(order) == ["ann", "bob", "cyd"]
    assert room.heard("ann", "message") == room.heard("bob", "message")


@pytest.mark.promise(4)
def test_a_gone_peer_is_forgotten_and_the_others_are_told_once_the_sender_too() -> None:
    room = Room()
    room.enter("ann", "bob", "cyd")
    room.connections.cut("cyd")
    room.send("ann")
    assert "cyd" not in room.table.connections
    assert ("red", "cyd") not in room.table.rows
    assert "ann" in room.table.connections
    assert ("red", "ann") in room.table.rows
    assert [frame["left"][0]["alias"] for frame in room.heard("ann", "presence")] == ["cyd"]
    assert [frame["left"][0]["alias"] for frame in room.heard("bob", "presence")] == ["cyd"]
    room.send("ann")
    room.chat.broadcaster.disconnect("cyd")
    assert room.left_told() == ["cyd"]


@pytest.mark.promise(4)
def test_a_peer_that_moved_on_and_then_died_leaves_no_ghost_in_its_new_room() -> None:
    """The sender in red read its members before cyd moved to blue and was cut there."""
    room = Room()
    room.enter("ann", "cyd")
    room.enter("dee", room="blue")
    before = room.table.members("red", NOW)
    room.join("cyd", "blue")
    room.connections.cut("cyd")
    room.chat.broadcaster.announce_presence(before)
    assert ("blue", "cyd") not in room.table.rows
    assert [frame["left"][0]["alias"] for frame in room.heard("dee", "presence") if frame["left"]] == ["cyd"]


def test_a_join_overtaken_by_the_end_of_its_socket_leaves_nothing_and_tells_nobody() -> None:
    room = Room()
    room.enter("ann")
    room.connect("bob")
    pending = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.chat.broadcaster.disconnect("bob")
    assert code_of(room.chat.joining.complete_join, pending, None, NOW) == protocol.NOT_JOINED
    assert ("red", "bob") not in room.table.rows
    assert room.connections.told == []


def test_a_fresh_snapshot_overtaken_by_the_end_of_its_socket_tells_the_departure_once() -> None:
    room = Room()
    room.enter("ann", "bob")
    pending = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.chat.broadcaster.disconnect("bob")
    assert code_of(room.chat.joining.complete_join, pending, None, NOW) == protocol.NOT_JOINED
    assert ("red", "bob") not in room.table.rows
    assert room.left_told() == ["bob"]


def test_a_fresh_snapshot_that_gives_way_tells_the_departure_if_it_was_the_one_to_delete_the_row() -> None:
    room = Room()
    room.enter("ann", "bob")
    pending = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.table.put_member(pending.member, is_new=False)
    connection = room.table.delete_connection("bob")  # `$disconnect` gets this far, then the snapshot goes on
    assert connection is not None
    assert code_of(room.chat.joining.complete_join, pending, None, NOW) == protocol.NOT_JOINED
    room.chat.broadcaster.remove_from_rooms(connection)
    assert room.left_told() == ["bob"]


def test_a_join_between_whose_steps_a_leave_and_another_join_run_is_news_and_minds_the_cap() -> None:
    """The first join writes its row after the leave has looked for one; the third refreshes that row."""
    for cap in (50, 1):
        room = Room(room_cap=cap)
        room.enter("ann")
        room.connect("bob")
        first = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
        leave(room.chat, "bob", Leave())
        room.table.put_member(first.member, is_new=False)
        third = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
        try:
            _, members, announce = room.chat.joining.complete_join(third, None, NOW)
        except Refused as refused:
            assert (cap, refused.code) == (1, protocol.ROOM_FULL)
            assert ("red", "bob") not in room.table.rows
        else:
            assert announce
            assert len(members) == 2


def test_a_join_that_fails_after_it_has_sat_down_is_news_when_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room()
    room.enter("ann")
    room.connect("bob")
    with monkeypatch.context() as broken:
        broken.setattr(room.table, "messages", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            room.join("bob")
    assert ("red", "bob") not in room.table.rows
    room.join("bob")
    assert [frame["joined"][0]["alias"] for frame in room.heard("ann", "presence")] == ["bob"]


def test_a_join_that_dies_before_it_has_left_the_old_room_is_made_up_for_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room()
    room.enter("ann", "bob")
    with monkeypatch.context() as broken:
        broken.setattr(room.table, "delete_member", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            room.join("bob", "blue")
    assert ("red", "bob") in room.table.rows
    room.join("bob", "blue")
    assert ("red", "bob") not in room.table.rows
    assert room.left_told() == ["bob"]


def test_another_name_that_could_not_be_told_is_news_when_it_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room()
    room.enter("ann", "bob")
    with monkeypatch.context() as broken:
        broken.setattr(room.table, "messages", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            room.join("bob", alias="Robert")
    assert room.heard("ann", "presence") == []
    room.join("bob", alias="Robert")
    assert [frame["joined"][0]["alias"] for frame in room.heard("ann", "presence")] == ["Robert"]


@pytest.mark.promise(4)
@pytest.mark.parametrize("ask", [lambda room: room.send("ann"), lambda room: room.join("bob")], ids=["send", "join"])
def test_a_socket_that_is_taken_for_gone_is_closed_so_that_it_comes_back(ask: Callable[[Room], None]) -> None:
    """Whatever made @connections say so: its rows are deleted, and open it would hear nothing more."""
    room = Room()
    room.enter("ann", "bob")
    room.connections.taken_for_gone.add("bob")
    ask(room)
    assert "bob" not in room.connections.open
    assert room.left_told() == ["bob"]
    assert ("red", "bob") not in room.table.rows


def test_a_leave_that_is_asked_for_twice_leaves() -> None:
    """The answer to the first request was lost; the second finds the row as the first left it."""
    room = Room()
    room.enter("ann", "bob")
    room.table.clear_room("bob")
    leave(room.chat, "bob", Leave())
    assert room.heard("bob", "left") == [{"type": "left", "room": "red"}]
    assert ("red", "bob") not in room.table.rows


@pytest.mark.promise(5)
def test_after_a_death_everybody_ends_with_the_right_number() -> None:
    room = Room()
    room.enter("ann", "bob", "cyd")
    room.connections.cut("cyd")
    room.send("ann")
    assert room.connections.inbox["ann"][-1]["online"] == 2
    assert room.connections.inbox["bob"][-1]["online"] == 2


def test_who_is_refused_by_a_full_room_stays_in_the_room_it_was_in() -> None:
    room = Room(room_cap=1)
    room.enter("ann")
    room.enter("bob", room="blue")
    assert code_of(room.join, "bob") == protocol.ROOM_FULL
    assert ("blue", "bob") in room.table.rows
    room.send("bob", room="blue")
    assert len(room.heard("bob", "message")) == 1


@pytest.mark.promise(6)
def test_asking_a_full_room_again_and_again_is_limited_like_any_join() -> None:
    room = Room(room_cap=1, per_minute=3)
    room.enter("ann")
    room.connect("bob")
    codes = [code_of(room.join, "bob") for _ in range(4)]
    assert codes == [protocol.ROOM_FULL] * 3 + [protocol.RATE_LIMITED]


@pytest.mark.parametrize("left", [20, 100], ids=["who stay could be told by name", "who stay are many"])
def test_no_presence_frame_exceeds_a_billed_one_however_many_died_at_once(left: int) -> None:
    room = Room(room_cap=500)
    names = [f"p{number:03d}" + '"' * 200 for number in range(300)]
    room.connect(*names)
    for name in names:
        room.join(name)
    for name in names[left:]:
        room.connections.cut(name)
    room.connections.told.clear()
    room.time += limits.PRESENCE_INTERVAL_MS
    room.send(names[0])
    assert all(len(protocol.encode(told)) <= limits.FRAME_BYTES for told in room.connections.told)
    assert room.connections.inbox[names[1]][-1]["online"] == left


def test_a_message_of_somebody_whose_join_is_not_complete_is_not_kept() -> None:
    room = Room()
    room.enter("ann")
    room.connect("bob")
    room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    assert code_of(room.send, "bob") == protocol.NOT_JOINED
    assert room.table.kept["red"] == {}
    assert room.heard("ann", "message") == []


def test_joining_the_room_one_is_in_is_silent_unless_the_alias_changed() -> None:
    room = Room()
    room.enter("ann", "bob")
    room.join("bob")
    assert room.heard("ann", "presence") == []
    (first,) = room.heard("bob", "joined")
    room.join("bob", alias="Robert")
    (news,) = room.heard("ann", "presence")
    assert news["joined"] == [{"id": first["self"], "alias": "Robert"}]
    assert news["online"] == 2


def test_joining_another_room_leaves_the_first_and_tells_both() -> None:
    room = Room()
    room.enter("ann", "bob")
    room.enter("dee", room="blue")
    room.join("bob", "blue")
    assert [frame["left"][0]["alias"] for frame in room.heard("ann", "presence")] == ["bob"]
    assert [frame["joined"][0]["alias"] for frame in room.heard("dee", "presence")] == ["bob"]
    assert code_of(room.send, "bob", room="red") == protocol.NOT_JOINED


def test_who_leaves_is_told_so_and_so_are_the_others() -> None:
    room = Room()
    room.enter("ann", "bob")
    leave(room.chat, "bob", Leave())
    assert room.heard("bob", "left") == [{"type": "left", "room": "red"}]
    assert [frame["online"] for frame in room.heard("ann", "presence")] == [1]
    leave(room.chat, "bob", Leave())
    assert room.heard("bob", "left") == [{"type": "left", "room": "red"}] * 2, "who had no answer asks again"
    assert room.left_told() == ["bob"], "and the others are told once"


@pytest.mark.promise(6)
def test_the_thirty_first_send_of_a_minute_is_refused_kindly_and_neither_stored_nor_told() -> None:
    room = Room()
    room.enter("ann", "bob")
    for _ in range(30):
        room.send("ann")
    assert code_of(room.send, "ann") == protocol.RATE_LIMITED
    assert len(room.heard("bob", "message")) == 30
    leave(room.chat, "ann", Leave())
    room.join("ann")
    assert code_of(room.send, "ann") == protocol.RATE_LIMITED
    room.time += 60_000
    room.send("ann")
    assert len(room.heard("bob", "message")) == 31


@pytest.mark.promise(6)
def test_the_thirty_first_join_of_a_minute_is_refused() -> None:
    room = Room()
    room.enter("ann")
    for _ in range(29):
        room.join("ann")
    assert code_of(room.join, "ann") == protocol.RATE_LIMITED
    assert ("red", "ann") in room.table.rows


@pytest.mark.promise(7)
def test_a_full_room_removes_the_gone_and_then_refuses() -> None:
    room = Room(room_cap=2)
    room.enter("ann", "bob")
    room.connect("cyd", "dee")
    assert code_of(room.join, "cyd") == protocol.ROOM_FULL
    assert room.table.connections["cyd"].connection.room is None
    assert room.connections.told == [], "a refused join is nobody's business"
    room.connections.cut("bob")
    room.join("dee")
    assert room.left_told() == ["bob"]
    assert [member.connection_id for member in room.table.members("red", NOW)] == ["ann", "dee"]


def test_a_member_of_a_full_room_still_gets_a_fresh_snapshot() -> None:
    room = Room(room_cap=2)
    room.enter("ann", "bob")
    room.join("bob")
    assert room.heard("bob", "joined")[-1]["online"] == 2


@pytest.mark.promise(5)
def test_up_to_twenty_members_are_told_by_name_and_above_once_in_five_seconds() -> None:
    room = Room()
    names = [f"p{number:02d}" for number in range(25)]
    room.connect(*names)
    for name in names[:20]:
        room.join(name)
    assert len([told for told in room.connections.told if told["type"] == "presence"]) == 19
    room.connections.told.clear()
    for name in names[20:]:
        room.join(name)
    told = [each for each in room.connections.told if each["type"] == "presence"]
    assert told == [{"type": "presence", "online": 21, "joined": [], "left": []}]
    room.time += limits.PRESENCE_INTERVAL_MS
    leave(room.chat, "p24", Leave())
    assert room.heard("p00", "presence")[-1] == {"type": "presence", "online": 24, "joined": [], "left": []}


def test_who_moves_from_a_large_room_to_another_makes_neither_tell_its_number() -> None:
    """Both learn it from their next message: to tell it would be a fourth write of this join, and a fifth."""
    room = Room(room_cap=500)
    for color in ("red", "blue"):
        room.enter(*(f"{color}-{number}" for number in range(30)), room=color)
    room.time += limits.PRESENCE_INTERVAL_MS
    room.join("red-0", "blue")
    assert not room.heard("blue-0", "presence")
    assert not room.heard("red-1", "presence")


@pytest.mark.promise(3)
def test_history_off_stores_nothing_and_says_so() -> None:
    room = Room(history_seconds=0)
    room.enter("ann", "bob")
    room.send("ann")
    assert room.table.kept == {}
    room.join("bob", since=f"{NOW - 1}")
    frame = room.heard("bob", "joined")[-1]
    assert (frame["history"], frame["gap"], frame["limits"]["historySeconds"]) == ([], True, 0)


@pytest.mark.promise(1)
def test_resuming_fetches_what_was_missed_page_by_page() -> None:
    room = Room(per_minute=1000)
    room.enter("ann", "bob")
    for number in range(60):
        room.time += 1
        room.send("ann", f"{number:03d}" + "x" * 1000)
    missed, since = [], f"{NOW:013d}"
    for _ in range(10):
        room.join("bob", since=since)
        frame = room.heard("bob", "joined")[-1]
        missed += [each["text"][:3] for each in frame["history"]]
        if not frame["more"]:
            break
        since = frame["history"][-1]["id"]
    assert missed == [f"{number:03d}" for number in range(60)]
    assert not frame["gap"]


@pytest.mark.promise(3)
def test_what_is_older_than_the_history_is_not_served_even_if_it_is_still_stored() -> None:
    room = Room()
    room.enter("ann")
    room.send("ann")
    room.time += (600 + 15) * 1000 + 1
    room.join("ann", since=f"{NOW - 1}")
    frame = room.heard("ann", "joined")[-1]
    assert (frame["history"], frame["gap"]) == ([], True)


def test_a_connection_without_a_row_is_closed_so_that_it_comes_back_with_one() -> None:
    room = Room()
    room.connections.connect("lost")
    assert code_of(room.join, "lost") == protocol.NOT_JOINED
    assert "lost" not in room.connections.open


def test_a_socket_that_is_gone_when_its_snapshot_comes_leaves_no_row_and_nobody_hears_that_it_came() -> None:
    room = Room()
    room.enter("ann")
    room.connect("bob")
    room.connections.cut("bob")
    room.join("bob")
    assert not any(frame["joined"] for frame in room.heard("ann", "presence"))
    assert ("red", "bob") not in room.table.rows
    assert "bob" not in room.table.connections


def test_a_gone_peer_whose_connection_row_went_before_is_removed_and_told_too() -> None:
    """Its `$disconnect` has deleted the connection row and died before it deleted the member row."""
    room = Room()
    room.enter("ann", "bob")
    room.connections.cut("bob")
    room.table.delete_connection("bob")
    room.send("ann")
    assert ("red", "bob") not in room.table.rows
    assert room.left_told() == ["bob"]


def test_a_connection_without_a_row_has_no_room_to_leave() -> None:
    room = Room()
    room.connections.connect("lost")
    assert code_of(leave, room.chat, "lost", Leave()) == protocol.NOT_JOINED


def test_a_fresh_snapshot_that_fails_keeps_the_member_in_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    room.enter("ann", "bob")
    with monkeypatch.context() as broken:
        broken.setattr(room.table, "messages", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            room.join("bob")
    assert ("red", "bob") in room.table.rows
    assert room.connections.told == []


def test_of_two_joins_to_one_room_the_one_that_writes_late_is_answered_and_not_announced() -> None:
    room = Room()
    room.enter("ann")
    room.connect("bob")
    first = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    second = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.table.put_member(second.member, is_new=False)
    late = room.chat.joining.complete_join(first, None, NOW)
    assert (late.announce, len(late.members)) == (False, 2)
    assert room.table.rows["red", "bob"].join_id == second.member.join_id


def test_a_row_that_a_dead_join_has_given_up_is_no_member_s_and_the_next_join_is_the_first() -> None:
    room = Room(room_cap=2)
    room.enter("ann")
    room.connect("bob")
    dead = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.table.put_member(dead.member, is_new=True)
    room.table.set_ticket(dead.member, GIVEN_UP)
    room.send("ann")
    assert room.heard("bob", "message") == []
    room.join("bob")
    assert [frame["online"] for frame in room.heard("bob", "joined")] == [2]
    assert [frame["joined"][0]["alias"] for frame in room.heard("ann", "presence")] == ["bob"]


def test_a_fresh_snapshot_that_gives_way_tells_the_departure_also_if_the_answer_is_lost() -> None:
    room = Room()
    room.enter("ann", "bob")
    room.answer_through(lambda table: Unreliable(table, lambda: 1))
    pending = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.table.delete_connection("bob")
    assert code_of(room.chat.joining.complete_join, pending, None, NOW) == protocol.NOT_JOINED
    assert room.left_told() == ["bob"]


def test_without_history_a_message_of_somebody_whose_join_is_not_complete_is_refused_too() -> None:
    room = Room(history_seconds=0)
    room.enter("ann")
    room.connect("bob")
    room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    assert code_of(room.send, "bob") == protocol.NOT_JOINED
