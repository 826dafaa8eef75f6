"""Who gets the last place of a room, step by step; test_races_for_places.py plays all orders of it."""

from typing import Any

import pytest

from anonchat import limits, protocol
from anonchat.model import GIVEN_UP, Member
from anonchat.protocol import Join, Leave
from tests.support.handlers import leave
from tests.support.room import NOW, Room, code_of


def join_behind_a_rival(room: Room) -> list[Any]:
    """bob is in the last place already when ann, who ranks before him, writes her row. Return her answer, if any."""
    room.connect("ann", "bob")
    rival = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.table.put_member(rival.member, is_new=False)
    pending = room.chat.joining.begin_join("ann", Join("red", "ann", None), NOW)
    return [room.chat.joining.complete_join(pending, None, NOW)]


def test_who_races_for_the_last_place_gets_it_when_the_rival_backs_out() -> None:
    room = Room(room_cap=1, pause=lambda _: leave(room.chat, "bob", Leave()))
    [completed] = join_behind_a_rival(room)
    assert [member.connection_id for member in completed.members] == ["ann"]
    assert completed.announce


def test_each_look_at_a_full_room_counts_the_last_one_too() -> None:
    pauses: list[float] = []

    def leave_at_last(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == len(limits.CAPACITY_PAUSES):
            leave(room.chat, "bob", Leave())

    room = Room(room_cap=1, pause=leave_at_last)
    [completed] = join_behind_a_rival(room)
    assert [member.connection_id for member in completed.members] == ["ann"]


def test_who_races_for_the_last_place_looks_a_few_times_longer_each_and_then_backs_out() -> None:
    pauses: list[float] = []
    room = Room(room_cap=1, pause=pauses.append)
    assert code_of(join_behind_a_rival, room) == protocol.ROOM_FULL
    assert pauses == list(limits.CAPACITY_PAUSES)
    assert ("red", "ann") not in room.table.rows
    assert room.table.connections["ann"].connection.room is None


def test_who_sits_keeps_its_place_however_many_race_for_another() -> None:
    room = Room(room_cap=1)
    room.enter("ann")
    room.connect("bob")
    rival = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    room.table.put_member(rival.member, is_new=True)
    room.join("ann")
    assert [frame["online"] for frame in room.heard("ann", "joined")] == [2]


def test_who_leaves_while_it_waits_for_a_place_is_not_told_that_it_joined() -> None:
    room = Room(room_cap=1, pause=lambda _: leave(room.chat, "ann", Leave()))
    assert code_of(join_behind_a_rival, room) == protocol.NOT_JOINED
    assert set(room.table.rows) == {("red", "bob")}


def test_who_drew_first_has_the_place_though_one_who_drew_later_is_first_to_write_its_ticket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ann draws, and her function is slow; bob draws, writes his ticket and waits; then ann goes on."""
    tickets = iter([2, 1])
    completed: list[Any] = []

    def go_on(seconds: float) -> None:
        completed.extend(room.chat.joining.complete_join(join, None, NOW) for join in begun)

    room = Room(room_cap=1, pause=go_on)
    monkeypatch.setattr(room.table, "draw_ticket", lambda room, now: next(tickets))
    room.connect("ann", "bob")
    pending = room.chat.joining.begin_join("ann", Join("red", "ann", None), NOW)
    room.table.put_member(pending.member, is_new=True)
    begun = iter([pending])
    later = room.chat.joining.begin_join("bob", Join("red", "bob", None), NOW)
    assert code_of(room.chat.joining.complete_join, later, None, NOW) == protocol.ROOM_FULL
    assert [member.connection_id for member in completed[0].members] == ["ann", "bob"]


def test_who_asks_again_while_it_waits_and_is_refused_leaves_no_row() -> None:
    """The second join has written the row under a greater number; the first one takes back what there is."""
    asked: list[float] = []

    def ask_again(seconds: float) -> None:
        if not asked:
            asked.append(seconds)
            room.join("ann")

    room = Room(room_cap=1, pause=ask_again)
    assert code_of(join_behind_a_rival, room) == protocol.ROOM_FULL
    assert set(room.table.rows) == {("red", "bob")}
    assert room.table.connections["ann"].connection.room is None


def test_who_leaves_and_comes_back_while_it_waits_has_not_waited_in_this_visit() -> None:
    """The later join minds the cap itself."""
    returned: list[Member] = []

    def leave_and_come_back(seconds: float) -> None:
        if not returned:
            leave(room.chat, "ann", Leave())
            returned.append(room.chat.joining.begin_join("ann", Join("red", "ann", None), NOW).member)
            room.table.put_member(returned[0], is_new=True)

    room = Room(room_cap=1, pause=leave_and_come_back)
    assert code_of(join_behind_a_rival, room) == protocol.NOT_JOINED
    assert room.table.rows["red", "ann"] == returned[0]


def test_who_gives_up_and_then_sees_a_place_after_all_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(room_cap=1)
    set_ticket = room.table.set_ticket

    def leave_for(member: Member, ticket: int) -> None:
        set_ticket(member, ticket)
        if ticket == GIVEN_UP:
            leave(room.chat, "bob", Leave())

    monkeypatch.setattr(room.table, "set_ticket", leave_for)
    [completed] = join_behind_a_rival(room)
    assert [member.connection_id for member in completed.members] == ["ann"]
    assert completed.announce


def test_who_has_stood_in_the_queue_as_often_as_one_may_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time it gives up its rival has just gone, and each time it queues again there is one."""
    room = Room(room_cap=1)
    set_ticket = room.table.set_ticket
    gone: list[Member] = []

    def come_and_go(member: Member, ticket: int) -> None:
        set_ticket(member, ticket)
        if ticket == GIVEN_UP:
            gone.append(room.table.rows.pop(("red", "bob")))
        elif gone:
            room.table.rows["red", "bob"] = gone[-1]

    monkeypatch.setattr(room.table, "set_ticket", come_and_go)
    assert code_of(join_behind_a_rival, room) == protocol.ROOM_FULL
    assert len(gone) == limits.CAPACITY_ROUNDS
