"""Pages of history: what a member has missed, and nothing that a join does besides."""

from typing import Any

import pytest

from anonchat import limits, protocol
from anonchat.protocol import Join
from tests.support.handlers import join
from tests.support.room import NOW, Room, code_of

BEFORE = f"{NOW:013d}"


def page(room: Room, name: str, since: str = BEFORE, of: str = "red") -> dict[str, Any]:
    """Ask for a page and return it, the only thing that anybody is told."""
    room.connections.told.clear()
    join(room.chat, name, Join(of, name, since, page=True))
    frame = room.connections.inbox[name][-1]
    assert room.connections.told == [frame]
    return frame


def busy_room(messages: int) -> Room:
    room = Room(per_minute=1000)
    room.enter("ann", "bob")
    for number in range(messages):
        room.time += 1
        room.send("ann", f"{number:03d}" + "x" * 1000)
    return room


@pytest.mark.promise(1)
def test_what_was_missed_comes_page_by_page_and_no_member_s_row_is_touched() -> None:
    room = busy_room(60)
    rows, missed, since, more = dict(room.table.rows), [], BEFORE, True
    while more:
        frame = page(room, "bob", since)
        missed += [each["text"][:3] for each in frame["history"]]
        since, more = frame["history"][-1]["id"], frame["more"]
    assert missed == [f"{number:03d}" for number in range(60)]
    assert room.table.rows == rows


def test_a_page_holds_what_the_history_of_a_join_does_but_for_how_many_are_here() -> None:
    room = busy_room(3)
    history = page(room, "bob")["history"]
    room.join("bob", since=BEFORE)
    assert [{**each, "online": 2} for each in history] == room.heard("bob", "joined")[-1]["history"]


@pytest.mark.promise(3)
def test_a_page_is_honest_about_a_gap() -> None:
    room = busy_room(1)
    room.time += (room.settings.history_seconds + limits.OVERLAP_SECONDS) * 1000 + 1
    assert page(room, "bob") == {"type": "page", "history": [], "more": False, "gap": True}
    room = Room(history_seconds=0)
    room.enter("ann")
    room.time += limits.OVERLAP_SECONDS * 1000 + 1
    assert page(room, "ann") == {"type": "page", "history": [], "more": False, "gap": True}


def test_who_has_no_seat_gets_no_page() -> None:
    room = busy_room(1)
    room.connect("cleo")
    assert code_of(page, room, "cleo") == protocol.NOT_JOINED
    pending = room.chat.joining.begin_join("cleo", Join("red", "cleo", None), room.time)
    assert code_of(page, room, "cleo") == protocol.NOT_JOINED, "its row is not written yet"
    room.chat.joining.complete_join(pending, None, room.time)
    assert page(room, "cleo")["history"]
    assert code_of(page, room, "cleo", of="blue") == protocol.NOT_JOINED


def test_a_mark_stays_until_a_join_has_read_the_roster_too() -> None:
    room = Room()
    room.enter("ann", "bob", accepts=frozenset({"missed"}))
    room.failing.add("bob")
    room.send("ann")
    room.failing.clear()
    assert len(page(room, "bob", f"{NOW - 1}")["history"]) == 1
    assert room.table.rows["red", "bob"].missed == 1


@pytest.mark.promise(6)
def test_pages_have_a_limit_of_their_own() -> None:
    room = Room(per_minute=3)
    room.enter("ann")
    for _ in range(limits.PAGES_PER_MINUTE):
        page(room, "ann")
    with pytest.raises(protocol.Refused) as refused:
        page(room, "ann")
    assert refused.value.code == protocol.RATE_LIMITED
    assert refused.value.retry_after
    assert f"{limits.PAGES_PER_MINUTE} a minute" in refused.value.message
    room.send("ann")
    room.join("ann")
    assert room.heard("ann", "joined")


def test_a_socket_that_is_gone_when_its_page_comes_leaves_no_row() -> None:
    room = busy_room(1)
    room.connections.cut("bob")
    join(room.chat, "bob", Join("red", "bob", BEFORE, page=True))
    assert [member.connection_id for member in room.table.members("red", NOW)] == ["ann"]
