"""A machine that sleeps, or a process that is stopped: what lay in it meanwhile hides nothing."""

import asyncio

import pytest

from anonchat_client import Frame, Gap, clock, connection
from anonchat_client.core.wakefulness import LATE_MS, Wakefulness
from tests.support.scripted_chat import Script, Socket, drop, joined, message, obliging, talking_to
from tests.support.waiting import eventually

NOW = 1_700_000_000_000
HOUR = 3_600_000
PRESENCE = {"type": "presence", "online": 1, "joined": [], "left": []}


class Machine:
    """Its clock goes on while it sleeps, and else stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        monkeypatch.setattr(clock, "now_ms", lambda: self.now)
        monkeypatch.setattr(connection, "LOOK_SECONDS", 0.01)

    def sleep(self) -> None:
        self.now += HOUR


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def dies_in_the_sleep(sockets: list[Socket]) -> Script:
    """Answer on the first socket no more, and on the next that messages may be missing."""

    async def script(socket: Socket, frame: Frame) -> None:
        if frame["action"] == "join" and socket is not sockets[0]:
            await socket.send_json(joined(gap=True))

    return script


@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("lay_there", [[], [PRESENCE], [message(f"{NOW + 1}-b")], [joined(), PRESENCE]])
async def test_frames_from_before_a_sleep_do_not_hide_a_gap_after_it(
    machine: Machine, lay_there: list[Frame], asked_before: bool
) -> None:
    events: list[object] = []
    first = obliging(join=joined([message(f"{NOW}-a")]))
    async with talking_to(first, announce=events.append) as (ada, chat), asyncio.TaskGroup() as tasks:
        await ada.join("lobby", "Ada")
        chat.script = dies_in_the_sleep(chat.sockets)
        if asked_before:
            tasks.create_task(ada.join("lobby", "Ada"))
            await eventually(lambda: len(chat.of("join")) == 2)
        machine.sleep()
        for frame in lay_there:
            await chat.sockets[0].send_json(frame)
        await drop(chat.sockets[0])
        await ada.until(lambda: len(chat.sockets) == 2 and ada.in_room)
        assert len([event for event in events if isinstance(event, Gap)]) == 1


async def test_after_a_sleep_it_asks_at_once_and_whoever_answers_has_lost_nothing(machine: Machine) -> None:
    events: list[object] = []
    async with talking_to(obliging(), announce=events.append) as (ada, chat):
        await ada.join("lobby", "Ada")
        chat.script = obliging(join=joined([message(f"{NOW}-a")], gap=True))
        machine.sleep()
        await ada.until(lambda: bool(ada.log))
        assert events == [message(f"{NOW}-a")]
        assert (len(chat.sockets), len(chat.of("join"))) == (1, 2)
        await drop(chat.sockets[0])
        await ada.until(lambda: len(chat.sockets) == 2 and ada.in_room)
        assert not [event for event in events if isinstance(event, Gap)], "it was there a moment ago"


def test_a_look_that_is_late_is_no_sleep_and_one_that_is_later_ends_with_the_next_answer() -> None:
    machine = Wakefulness()
    machine.opened(NOW)
    late = NOW + 10_000 + LATE_MS
    woke = late + 10_001 + LATE_MS
    assert not machine.looked(late, 10_000)
    assert machine.known_ms == late
    assert machine.looked(woke, 10_000)
    machine.answered(woke - 1)
    assert not machine.looked(woke + 10_000, 10_000)
    assert machine.known_ms == late
    machine.answered(woke)
    assert not machine.looked(woke + 20_000, 10_000)
    assert machine.known_ms == woke + 20_000
