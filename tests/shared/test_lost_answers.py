"""A request whose answer is lost is asked again, and means the same: rows, and what everybody hears, are as ever."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from anonchat.model import CAPABILITIES
from anonchat.protocol import Leave
from tests.support.handlers import leave
from tests.support.race_world import Unreliable
from tests.support.room import Room

CLOSED = {"dee", "eve"}


def set_up() -> Room:
    """ann, bob and dee in red, cyd in blue, eve nowhere; the sockets of dee and eve are gone."""
    room = Room()
    room.enter("ann", "bob", "dee", accepts=CAPABILITIES)
    room.enter("cyd", room="blue", accepts=CAPABILITIES)
    room.connect("eve")
    for name in CLOSED:
        room.connections.cut(name)
    return room


USE_CASES: dict[str, Callable[[Room], object]] = {
    "join": lambda room: room.join("eve", "blue"),
    "join again": lambda room: room.join("bob"),
    "another name": lambda room: room.join("bob", alias="Robert"),
    "move": lambda room: room.join("bob", "blue"),
    "send": lambda room: room.send("bob"),
    "leave": lambda room: leave(room.chat, "bob", Leave()),
    "disconnect": lambda room: room.chat.broadcaster.disconnect("dee"),
}


def outcome(room: Room) -> dict[str, Any]:
    """Return all rows and what everybody has heard. Of counters, only that there is one: asking again may count."""
    heard = {name: frames for name, frames in room.connections.inbox.items() if name not in CLOSED}
    connections = {name: row.connection for name, row in room.table.connections.items()}
    return {"members": room.table.rows, "messages": room.table.kept, "connections": connections, "heard": heard}


def play(use_case: str, lost: Iterator[int]) -> dict[str, Any]:
    """Play a use case in which so many answers to each of its requests, one after the other, are lost."""
    room = set_up()
    room.answer_through(lambda table: Unreliable(table, lambda: next(lost, 0)))
    USE_CASES[use_case](room)
    return outcome(room)


def requests_of(use_case: str) -> int:
    counted = 0

    def count() -> Iterator[int]:
        nonlocal counted
        while True:
            counted += 1
            yield 0

    play(use_case, count())
    return counted


@pytest.mark.promise(1, 4, 5)
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_request_whose_answers_are_lost_changes_nothing_of_the_outcome(use_case: str, times: int) -> None:
    undisturbed = play(use_case, iter(()))
    for number in range(requests_of(use_case)):
        lost = iter([0] * number + [times])
        assert play(use_case, lost) == undisturbed, f"request {number}"


# A second join under the same name may be told as if the name was new, which changes nothing for who hears it.
@pytest.mark.parametrize("use_case", [each for each in USE_CASES if each != "join again"])
def test_all_answers_may_be_lost_once_and_twice(use_case: str) -> None:
    undisturbed = play(use_case, iter(()))
    for times in (1, 2):
        assert play(use_case, iter([times] * 100)) == undisturbed
