"""What the bench of the local stack compares, and how it judges."""

import asyncio
import json
import subprocess
import sys

import pytest

from scripts import ROOT
from scripts.bench.crowd import Crowd
from scripts.bench.local_stack import Figures, Side, comparisons


def side(name: str, rate: float, gateway: float | None) -> Side:
    async def ask() -> None: ...

    made = Side(name, "localhost:1", ask)  # type: ignore[arg-type]
    made.figures = {senders: [Figures(rate, 0.8, gateway)] * 3 for senders in (1, 8)}
    return made


def test_a_row_for_each_side_and_measure_and_one_for_the_gateway() -> None:
    others = [side("before", 250, 1.2), side("serverless-offline", 800, None), side("a bare chat", 5000, None)]
    found = [*comparisons([side("anonchat", 1000, 0.2), *others])]
    assert [(each.measure, each.ours, each.beside, each.theirs) for each in found if "1 talking" in each.what] == [
        *(
            row
            for name, wall in (("before", 4.0), ("serverless-offline", 1.25), ("a bare chat", 0.2))
            for row in (("wall ms", 1.0, name, wall), ("CPU ms", 0.8, name, 0.8))
        ),
        ("CPU ms", 0.2, "of it the gateway", 0.8),
    ]
    assert len(found) == 14
    assert all(each.met for each in found)


@pytest.mark.parametrize("better", [side("before", 500, 1.2), side("serverless-offline", 1201, None)])
def test_who_is_too_near_or_ahead_misses_the_target(better: Side) -> None:
    missed = [each for each in comparisons([side("anonchat", 1200, 0.2), better]) if not each.met]
    assert [(each.measure, each.beside) for each in missed] == [("wall ms", better.name)] * 2


def test_so_does_a_gateway_that_takes_too_much() -> None:
    missed = [each for each in comparisons([side("anonchat", 1200, 0.31)]) if not each.met]
    assert [each.beside for each in missed] == ["of it the gateway"] * 2


def test_the_bare_chat_delivers_what_one_says_to_all_of_its_room() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.bench.bare_chat"],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as chat:
        assert chat.stdin is not None
        assert chat.stdout is not None
        host = json.loads(chat.stdout.readline())["host"]

        async def talk() -> int:
            crowd = Crowd(host, connections=4, room=3)
            await crowd.arrive()
            await crowd.sockets[0].ask({"action": "send", "client": "client-9"}, '"client-9"')
            for socket in crowd.sockets[:3]:
                await socket.ask({"action": "join"}, '"joined"')  # what was said before has come, then
            crowd.leave()
            return crowd.delivered

        assert asyncio.run(talk()) == 3
        chat.stdin.write("\n")
        chat.stdin.flush()
        assert json.loads(chat.stdout.readline())["cpu"] > 0
        chat.stdin.close()
