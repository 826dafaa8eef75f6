"""Who is here, by what the client was told: what a list cannot know, it asks for."""

import pytest

from anonchat_client import Frame
from anonchat_client.core import pacing
from anonchat_client.core.events import Presence
from tests.support.scripted_chat import Socket, joined, message, obliging, talking_to

GRACE = {"id": "m2", "alias": "Grace"}


def presence(online: int, **people: list[dict[str, str]]) -> dict[str, object]:
    return {"type": "presence", "online": online, "joined": [], "left": [], **people}


@pytest.mark.promise(5)
async def test_a_list_that_disagrees_with_the_number_is_fetched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was told that Grace came: the function that should have died."""
    monkeypatch.setattr(pacing, "LIST_SECONDS", 0.01)
    async with talking_to(obliging()) as (ada, chat):
        await ada.join("lobby", "Ada")
        chat.script = obliging(join=joined() | {"online": 2, "members": [{"id": "m1", "alias": "Ada"}, GRACE]})
        await chat.sockets[0].send_json(message("1700000000000-a") | {"online": 2})
        await ada.until(lambda: sorted(ada.members.values()) == ["Ada", "Grace"])
        assert (len(chat.sockets), len(chat.of("join"))) == (1, 2)


async def test_who_is_known_or_was_never_heard_of_is_no_news() -> None:
    heard: list[object] = []
    async with talking_to(obliging(), announce=heard.append) as (ada, chat):
        await ada.join("lobby", "Ada")
        for frame in (
            presence(1, left=[GRACE]),
            presence(2, joined=[GRACE]),
            presence(2, joined=[GRACE]),
            presence(1, left=[GRACE]),
            presence(1, left=[GRACE]),
        ):
            await chat.sockets[0].send_json(frame)
        await chat.sockets[0].send_json(message("1700000000000-a"))
        await ada.until(lambda: len(ada.log) == 1)
    presences = [event for event in heard if isinstance(event, Presence)]
    assert [(event.joined, event.left) for event in presences] == [(("Grace",), ()), ((), ("Grace",))]


async def test_who_left_while_a_snapshot_was_waited_for_is_not_in_the_list_though_the_snapshot_has_it() -> None:
    """The snapshot was read before, and came after: number and list agree, so nothing else would mend it."""
    late = joined() | {"online": 2, "members": [{"id": "m1", "alias": "Ada"}, GRACE]}

    async def script(socket: Socket, frame: Frame) -> None:
        await socket.send_json(presence(2, left=[GRACE], joined=[{"id": "m3", "alias": "Edith"}]))
        await socket.send_json(late)

    async with talking_to(script) as (ada, _):
        await ada.join("lobby", "Ada")
        assert sorted(ada.members.values()) == ["Ada", "Edith"]
