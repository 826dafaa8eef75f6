"""What the bench of the local stack shows, and how it judges."""

import pytest

from scripts.bench.local_stack import Figures, Side, report


def side(name: str, rate: float, gateway: float | None) -> Side:
    async def ask() -> None: ...

    made = Side(name, "localhost:1", ask)  # type: ignore[arg-type]
    made.figures = {senders: [Figures(rate, 0.8, gateway)] * 3 for senders in (1, 8)}
    return made


def test_a_row_for_each_side_and_how_much_more_is_delivered(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(
        [side("anonchat", 1200, 0.2), side("before", 300, 1.2), side("serverless-offline", 800, None)], 1000, 3
    )
    said = capsys.readouterr().out
    assert "serverless-offline            800   1.50        0.800" in said
    assert said.rstrip().endswith(": met")


@pytest.mark.parametrize("better", [side("before", 500, 1.2), side("serverless-offline", 1201, None)])
def test_who_is_too_near_or_ahead_misses_the_target(better: Side, capsys: pytest.CaptureFixture[str]) -> None:
    assert not report([side("anonchat", 1200, 0.2), better], 1000, 3)
    assert "MISSED" in capsys.readouterr().out


def test_so_does_a_gateway_that_takes_too_much(capsys: pytest.CaptureFixture[str]) -> None:
    assert not report([side("anonchat", 1200, 0.31)], 1000, 3)
    assert "MISSED" in capsys.readouterr().out
