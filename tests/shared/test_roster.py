"""The roster of a large room: everybody by name, page by page, and nothing that a join does besides."""

from typing import Any

import pytest

from anonchat import limits, protocol, snapshot
from anonchat.model import Member, Person
from anonchat.protocol import Join
from tests.support.handlers import join
from tests.support.room import NOW, Room, code_of

ANN = Member("red", "conn-1=", Person("ann", "Ann"), 1, NOW // 1000 + 100, 1)


def page(room: Room, name: str, after: str = "", of: str = "red") -> dict[str, Any]:
    """Ask for a page and return it, the only thing that anybody is told."""
    room.connections.told.clear()
    join(room.chat, name, Join(of, name * 30, None, roster=after))
    frame = room.connections.inbox[name][-1]
    assert room.connections.told == [frame]
    return frame


def crowd() -> Room:
    """Return a room of 500 with the longest aliases. One has come in by a join, the others are rows."""
    room = Room(room_cap=1000)
    room.enter("ann")
    for number in range(499):
        add(room, f"q{number:03}")
    return room


def add(room: Room, name: str) -> None:
    person = Person(name[::-1], "a" * limits.ALIAS_BYTES)
    room.table.rows["red", name] = ANN._replace(connection_id=name, person=person)


def test_everybody_in_a_room_of_500_is_named_once_page_by_page_and_no_row_of_a_member_is_touched() -> None:
    room = crowd()
    rows, named, pages, more = dict(room.table.rows), list[str](), 0, True
    while more:
        frame = page(room, "ann", named[-1] if named else "")
        assert len(protocol.encode(frame)) <= limits.FRAME_BYTES
        assert (frame["type"], frame["online"]) == ("roster", 500)
        named += [each["id"] for each in frame["members"]]
        pages, more = pages + 1, frame["more"]
    assert sorted(named) == sorted(row.person.id for row in rows.values())
    assert room.table.rows == rows
    assert pages == 5


def test_who_is_there_all_the_time_is_in_one_page_whoever_comes_and_goes_meanwhile() -> None:
    room = crowd()
    stays = {row.person.id for row in room.table.members("red", NOW)[100:]} | {room.table.rows["red", "ann"].person.id}
    first = page(room, "ann")["members"]
    for row in room.table.members("red", NOW)[:100]:
        if row.person.id not in stays:
            del room.table.rows["red", row.connection_id]
    for number in range(50):
        add(room, f"new{number:02}")
    named = [each["id"] for each in first]
    while (frame := page(room, "ann", named[-1]))["members"]:
        named += [each["id"] for each in frame["members"]]
    assert len(named) == len(set(named))
    assert stays <= set(named)


def test_a_page_of_the_roster_is_never_longer_than_a_billed_frame_and_always_moves_on() -> None:
    members = [ANN._replace(person=Person(f"{number:011d}", '"' * limits.ALIAS_BYTES)) for number in range(1000)]
    frame = snapshot.roster_frame(members, "")
    assert frame.keys() == {"type", "members", "more", "online"}
    longest = len(protocol.encode(protocol.person(members[0].person))) + 1
    assert limits.FRAME_BYTES - longest - 10 < len(protocol.encode(frame)) <= limits.FRAME_BYTES


def test_who_has_no_seat_gets_no_roster() -> None:
    room = Room()
    room.enter("ann")
    room.connect("cleo")
    assert code_of(page, room, "cleo") == protocol.NOT_JOINED
    pending = room.chat.joining.begin_join("cleo", Join("red", "cleo", None), room.time)
    assert code_of(page, room, "cleo") == protocol.NOT_JOINED, "its row is not written yet"
    room.chat.joining.complete_join(pending, None, room.time)
    assert len(page(room, "cleo")["members"]) == 2
    assert code_of(page, room, "cleo", of="blue") == protocol.NOT_JOINED


@pytest.mark.promise(6)
def test_pages_of_the_roster_are_limited_together_with_those_of_the_history() -> None:
    room = Room()
    room.enter("ann")
    for number in range(limits.PAGES_PER_MINUTE):
        if number % 2:
            page(room, "ann")
        else:
            join(room.chat, "ann", Join("red", "ann", f"{NOW:013d}", page=True))
    assert code_of(page, room, "ann") == protocol.RATE_LIMITED
