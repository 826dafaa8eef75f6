"""Messages of a busy room go out together. What is said while a collector waits is said in its pause."""

from collections.abc import Callable
from typing import Any

import pytest

from anonchat import limits, protocol
from anonchat.broadcast import NotMarked
from anonchat.model import CAPABILITIES, Message, Person
from anonchat.protocol import Refused
from tests.support.handlers import leave
from tests.support.room import NOW, Room

NAMES = tuple(f"p{number:02}" for number in range(limits.BATCH_MEMBERS))
FIRST, SECOND, THIRD = NAMES[:3]


def said_by_nobody(at: int, tail: str) -> Message:
    return Message("red", f"{at:013d}-{tail}", "client-0", Person("somebody", "x"), tail)


class BusyRoom(Room):
    """A room in which the newest messages are close. `meanwhile` is done once while a collector waits."""

    def __init__(self, names: tuple[str, ...] = NAMES, accepts: frozenset[str] = CAPABILITIES, **settings: Any) -> None:
        super().__init__(pause=self.wait, **settings)
        self.meanwhile: list[Callable[[], object]] = []
        self.waited: list[float] = []
        self.enter(*names, accepts=accepts)
        for number in range(limits.BATCH_LOOK - 1):
            earlier = Message(
                "red", f"{self.time - 100:013d}-before{number}", "client-0", Person("somebody", "x"), "hi"
            )
            self.table.put_message(earlier, NOW)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.time += round(seconds * 1000)
        now, self.meanwhile = self.meanwhile, []
        for each in now:
            each()

    def texts(self, name: str) -> list[list[str]]:
        """Return what each frame to this member says."""
        frames = [frame for frame in self.connections.inbox[name] if frame["type"] in ("message", "messages")]
        return [[each["text"] for each in frame.get("messages", [frame])] for frame in frames]

    def say_meanwhile(self, *said: tuple[str, str]) -> None:
        self.meanwhile += [lambda who=who, text=text: self.send(who, text) for who, text in said]  # type: ignore[misc]


@pytest.mark.promise(1)
def test_what_is_said_while_one_waits_is_one_frame_to_each_and_its_own_to_each_author_after_that() -> None:
    room = BusyRoom()
    room.say_meanwhile((SECOND, "two"), (THIRD, "three"))
    room.send(FIRST, "one")
    assert room.waited == [limits.BATCH_WINDOW_MS / 1000]
    assert room.texts(NAMES[-1]) == [["one", "two", "three"]]
    assert room.texts(FIRST) == [["two", "three"], ["one"]]
    assert room.texts(SECOND) == [["one", "three"], ["two"]]
    assert [frame["type"] for frame in room.connections.inbox[FIRST]] == ["messages", "message"]
    assert room.connections.inbox[NAMES[-1]][0]["online"] == len(NAMES)


@pytest.mark.promise(1)
def test_no_author_has_its_echo_before_everybody_has_been_sent_everything_else() -> None:
    room = BusyRoom()
    posts: list[str] = []
    room.connections.on_frame = lambda name, frame: posts.append(name)
    room.say_meanwhile((SECOND, "two"))
    room.send(FIRST, "one")
    assert sorted(posts[:-2]) == sorted(NAMES)
    assert sorted(posts[-2:]) == [FIRST, SECOND]


def test_one_alone_in_its_batch_is_an_ordinary_message() -> None:
    room = BusyRoom()
    room.send(FIRST, "one")
    assert [frame["type"] for name in NAMES for frame in room.connections.inbox[name]] == ["message"] * len(NAMES)


@pytest.mark.parametrize(
    "room",
    [
        pytest.param(lambda: BusyRoom(NAMES[1:]), id="a small room"),
        pytest.param(lambda: BusyRoom(accepts=frozenset({"missed"})), id="clients that take no batches"),
        pytest.param(lambda: BusyRoom(history_seconds=0), id="no history"),
    ],
)
def test_nothing_is_read_and_nobody_waits_where_it_does_not_pay(room: Callable[[], BusyRoom]) -> None:
    found = room()
    asked: list[str] = []
    found.table._step = lambda: asked.append("once")
    found.send(NAMES[1], "one")
    assert found.waited == []
    assert len(asked) == 2 + bool(found.settings.history_seconds), "counted, kept, members read: nothing more"
    assert found.texts(NAMES[1]) == [["one"]]


def test_a_room_is_busy_while_five_messages_come_in_two_windows_or_two_met_in_the_last_batch() -> None:
    room = BusyRoom()
    room.say_meanwhile((SECOND, "two"))
    room.time += 2 * limits.BATCH_WINDOW_MS - 100
    room.send(FIRST, "one")
    assert len(room.waited) == 1, "five in two windows"
    room.time += 2 * limits.BATCH_WINDOW_MS
    room.table.kept["red"].clear()
    room.send(FIRST, "soon after")
    assert len(room.waited) == 2, "two have met"
    room.time += 2 * limits.BATCH_WINDOW_MS
    room.send(FIRST, "soon after that")
    assert len(room.waited) == 2, "nobody has joined the last one"
    room = BusyRoom()
    room.time += 2 * limits.BATCH_WINDOW_MS - 99
    room.send(FIRST, "later")
    assert room.waited == [], "five in more than two windows"
    room.table.kept["red"].popitem()
    room.time = NOW
    room.send(FIRST, "fewer")
    assert len(room.table.kept["red"]) == limits.BATCH_LOOK
    room.table.kept["red"].popitem()
    room.table.kept["red"].popitem()
    room.send(FIRST, "one of four")
    assert len(room.waited) == 1, "the five, and no fewer"


def test_a_room_where_two_have_met_is_busy_no_longer_than_two_windows() -> None:
    room = BusyRoom()
    room.say_meanwhile((SECOND, "two"))
    room.send(FIRST, "one")
    room.table.kept["red"].clear()
    room.time += 2 * limits.BATCH_WINDOW_MS + 1
    room.send(FIRST, "later")
    assert len(room.waited) == 1


def test_a_large_room_waits_longer() -> None:
    room = BusyRoom(tuple(f"q{number:03}" for number in range(limits.LARGE_ROOM_MEMBERS + 1)), room_cap=500)
    room.send("q000", "one")
    assert room.waited == [limits.LARGE_ROOM_WINDOW_MS / 1000]


def test_who_takes_no_batches_gets_the_same_messages_one_by_one_in_their_order() -> None:
    room = BusyRoom()
    room.enter("old", accepts=frozenset({"missed"}))
    room.say_meanwhile((SECOND, "two"), ("old", "three"))
    room.send(FIRST, "one")
    assert room.texts("old") == [["one"], ["two"], ["three"]]
    assert room.texts(NAMES[-1]) == [["one", "two", "three"]]


def test_whom_the_first_frame_does_not_reach_is_sent_no_other() -> None:
    room = BusyRoom()
    room.enter("old", accepts=frozenset({"missed"}))
    tried: list[str] = []
    room.connections._fails = lambda name: bool(tried.append(name)) or name == "old"  # type: ignore[func-returns-value]
    room.say_meanwhile((SECOND, "two"))
    room.send(FIRST, "one")
    assert tried.count("old") == 1


def test_what_does_not_fit_one_frame_goes_into_several() -> None:
    room = BusyRoom()
    room.say_meanwhile(*((name, name * 2_500) for name in NAMES[1:7]))
    room.send(FIRST, "one")
    [held, over] = room.texts(NAMES[-1])
    assert held == ["one", *(name * 2_500 for name in NAMES[1:5])]
    assert over == [name * 2_500 for name in NAMES[5:7]]
    for frame in room.connections.inbox[NAMES[-1]]:
        assert len(protocol.encode(frame)) <= limits.FRAME_BYTES


@pytest.mark.promise(1)
def test_who_joins_while_others_wait_gets_what_they_have_said() -> None:
    room = BusyRoom()
    room.connect("late")
    room.meanwhile.append(lambda: room.join("late", accepts=CAPABILITIES))
    room.send(FIRST, "one")
    [snapshot] = room.heard("late", "joined")
    assert "one" in [each["text"] for each in snapshot["history"]]
    assert room.texts("late") == [["one"]]


@pytest.mark.promise(4)
def test_who_is_gone_meanwhile_is_removed_and_the_others_get_everything() -> None:
    room = BusyRoom()
    room.meanwhile.append(lambda: room.connections.cut(THIRD))
    room.say_meanwhile((SECOND, "two"))
    room.send(FIRST, "one")
    assert room.left_told() == [THIRD]
    assert room.texts(FIRST) == [["two"], ["one"]]
    assert room.texts(NAMES[-1]) == [["one", "two"]]


def test_who_left_meanwhile_has_said_it_all_the_same() -> None:
    room = BusyRoom()
    room.say_meanwhile((SECOND, "two"))
    room.meanwhile.append(lambda: leave(room.chat, SECOND, protocol.Leave()))
    room.send(FIRST, "one")
    assert room.texts(NAMES[-1]) == [["one", "two"]]
    assert room.texts(SECOND) == []


@pytest.mark.promise(1)
def test_an_author_whom_the_others_messages_do_not_reach_is_marked_and_has_no_echo_and_the_rest_have_theirs() -> None:
    room = BusyRoom()
    room.say_meanwhile((SECOND, "two"))
    room.meanwhile.append(lambda: room.failing.add(SECOND))
    room.send(FIRST, "one")
    assert room.texts(FIRST) == [["two"], ["one"]]
    assert room.texts(SECOND) == []
    assert room.table.rows["red", SECOND].missed == 1


@pytest.mark.promise(1)
def test_without_a_mark_no_author_has_an_echo_and_the_collector_is_told() -> None:
    room = BusyRoom()
    room.enter("old")
    room.connections.stuck.add("old")
    room.say_meanwhile((SECOND, "two"))
    room.meanwhile.append(lambda: room.failing.add("old"))
    with pytest.raises(NotMarked):
        room.send(FIRST, "one")
    assert room.texts(FIRST) == [["two"]]
    assert room.texts(SECOND) == [["one"]]


@pytest.mark.promise(1)
def test_one_with_a_mark_is_told_so_in_every_frame_and_has_its_own_beside_the_others() -> None:
    room = BusyRoom()
    room.failing.add(THIRD)
    room.send(FIRST, "lost")
    room.failing.clear()
    room.say_meanwhile((THIRD, "three"))
    room.send(FIRST, "one")
    assert room.texts(THIRD) == [["one", "three"]]
    assert [frame.get("missed") for frame in room.heard(THIRD, "messages")] == [True]
    assert [frame.get("missed") for frame in room.heard(FIRST, "message")][-1] is None


@pytest.mark.promise(1)
def test_a_full_batch_is_sent_at_once_by_who_fills_it() -> None:
    room = BusyRoom(per_minute=100)
    said = [(NAMES[number % len(NAMES)], str(number)) for number in range(1, limits.BATCH_MESSAGES)]
    heard_in_time: list[int] = []
    room.say_meanwhile(*said)
    room.meanwhile.append(lambda: heard_in_time.append(len(room.texts(FIRST))))
    room.send(FIRST, "0")
    assert heard_in_time == [2], "others' messages and the echo, before the collector has waited"
    assert sorted(text for frame in room.texts(FIRST) for text in frame) == sorted(
        str(number) for number in range(limits.BATCH_MESSAGES)
    )


class Killed(BaseException):
    """A function has ended here."""


@pytest.mark.promise(1)
@pytest.mark.parametrize(("more_ms", "heard"), [(0, []), (1, [["one", "two"]])])
def test_when_a_collector_has_died_whoever_comes_later_sends_what_waits(more_ms: int, heard: list[list[str]]) -> None:
    room = BusyRoom()

    def die() -> None:
        raise Killed

    room.meanwhile.append(die)
    with pytest.raises(Killed):
        room.send(FIRST, "one")
    room.time += limits.BATCH_OVERDUE_MS + more_ms
    room.send(SECOND, "two")
    assert room.texts(NAMES[-1]) == heard
    assert room.texts(FIRST) == ([["two"], ["one"]] if heard else [])


@pytest.mark.promise(1)
def test_what_its_sender_has_sent_again_long_since_is_not_sent_late() -> None:
    room = BusyRoom()
    old = said_by_nobody(room.time - limits.OVERLAP_SECONDS * 1000, "old")
    room.table.put_message(old, NOW)
    room.table.add_to_batch(old, room.time, room.time)
    room.time += limits.BATCH_OVERDUE_MS + 1
    room.send(FIRST, "one")
    assert room.texts(NAMES[-1]) == [["one"]]


def test_a_send_of_one_without_a_seat_stands_in_no_batch() -> None:
    room = BusyRoom()
    del room.table.rows["red", FIRST]
    with pytest.raises(Refused):
        room.send(FIRST, "one")
    assert room.table.batches == {}
