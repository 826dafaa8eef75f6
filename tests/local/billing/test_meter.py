"""The meter: units and dollars, worked out by hand."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.billing.meter import Meter, difference, dollars

KB = 1024


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Any) -> Meter:
    return Meter(clock)


def test_a_new_meter_stands_at_nothing(meter: Meter) -> None:
    snapshot = meter.snapshot()
    assert snapshot["routes"] == {}
    assert snapshot["total"]["dollars"]["total"] == 0
    assert snapshot["seconds"] == 0


@pytest.mark.documented
@pytest.mark.parametrize(
    ("size", "units"), [(0, 1), (1, 1), (32 * KB, 1), (32 * KB + 1, 2), (64 * KB + 1, 3), (128 * KB, 4)]
)
def test_a_message_counts_for_each_started_32_kb_in_both_directions(meter: Meter, size: int, units: Any) -> None:
    meter.message_in("send", size)
    meter.message_out("send", size)
    meter.message_out("send", size)
    counts = meter.snapshot()["routes"]["send"]
    assert (counts["messagesIn"], counts["messagesOut"]) == (units, 2 * units)


@pytest.mark.documented
@pytest.mark.parametrize(
    ("seconds", "memory", "gb_seconds"),
    [
        (1.0, 1024, 1.0),
        (0.0101, 1024, 0.011),  # a started millisecond counts
        (0.007, 1024, 0.007),  # ... and none is started by floating point (0.007 * 1000 = 7.000000000000001)
        (0.0, 1024, 0.001),
        (2.0, 128, 0.25),
    ],
)
def test_an_invocation_counts_with_its_time_in_milliseconds_and_its_memory(
    meter: Meter, seconds: float, memory: int, gb_seconds: Any
) -> None:
    meter.invocation("send", seconds, memory)
    counts = meter.snapshot()["routes"]["send"]
    assert (counts["invocations"], counts["gbSeconds"]) == (1, pytest.approx(gb_seconds))


def test_table_units_add_up_by_route_with_their_operations(meter: Meter) -> None:
    meter.table_units("send", 1, 0, "UpdateItem")
    meter.table_units("send", 0, 0.5, "Query")
    meter.table_units("send", 1, 0, "UpdateItem")
    counts = meter.snapshot()["routes"]["send"]
    assert (counts["writeUnits"], counts["readUnits"]) == (2, 0.5)
    assert counts["operations"] == {"UpdateItem": 2, "Query": 1}


def test_a_connection_counts_for_as_long_as_it_is_open(meter: Meter, clock: Any) -> None:
    meter.connection_opened("a")
    clock.now += 60
    meter.connection_opened("b")
    clock.now += 30
    meter.connection_closed("a")
    clock.now += 90
    assert meter.snapshot()["total"]["connectionMinutes"] == pytest.approx(1.5 + 2)


def test_closing_twice_or_what_was_never_open_counts_nothing(meter: Meter, clock: Any) -> None:
    meter.connection_opened("a")
    clock.now += 60
    meter.connection_closed("a")
    clock.now += 60
    meter.connection_closed("a")
    meter.connection_closed("b")
    assert meter.snapshot()["total"]["connectionMinutes"] == 1


def test_the_total_is_the_sum_over_the_routes(meter: Meter) -> None:
    for route in ("join", "send"):
        meter.message_in(route, 10)
        meter.message_out(route, 10)
        meter.invocation(route, 0.5, 1024)
        meter.table_units(route, 2, 0.5, "PutItem")
    total = meter.snapshot()["total"]
    assert (total["messagesIn"], total["messagesOut"], total["invocations"]) == (2, 2, 2)
    assert (total["gbSeconds"], total["writeUnits"], total["readUnits"]) == (1.0, 4, 1.0)
    assert total["operations"] == {"PutItem": 2}


def test_a_million_of_each_costs_what_the_price_list_says() -> None:
    million = 1_000_000
    counts = {
        "messagesIn": million / 4,
        "messagesOut": 3 * million / 4,
        "connectionMinutes": million,
        "invocations": million,
        "gbSeconds": million,
        "writeUnits": million,
        "readUnits": million,
    }
    costs = dollars(counts)
    assert costs["messages"] == pytest.approx(1.00)
    assert costs["connectionMinutes"] == pytest.approx(0.25)
    assert costs["invocations"] == pytest.approx(0.20)
    assert costs["gbSeconds"] == pytest.approx(13.3334)
    assert costs["writeUnits"] == pytest.approx(0.625)
    assert costs["readUnits"] == pytest.approx(0.125)
    assert costs["total"] == pytest.approx(1.00 + 0.25 + 0.20 + 13.3334 + 0.625 + 0.125)


def test_a_message_to_a_room_of_ten_costs_what_the_design_says(meter: Meter) -> None:
    """Per million: 11 messages $11.00, an invocation $0.20 and 15 ms of it $0.20, 2 writes $1.25, a read."""
    meter.message_in("send", 300)
    for _ in range(10):
        meter.message_out("send", 350)
    meter.invocation("send", 0.015, 1024)
    meter.table_units("send", 1, 0, "UpdateItem")
    meter.table_units("send", 1, 0, "PutItem")
    meter.table_units("send", 0, 1, "Query")
    snapshot = meter.snapshot()
    expected = (11.00 + 0.20 + 15 * 0.0133334 + 1.25 + 0.125) / 1_000_000
    assert snapshot["total"]["dollars"]["total"] == pytest.approx(expected)
    assert snapshot["routes"]["send"]["dollars"] == pytest.approx(expected)


def test_a_snapshot_is_json_and_a_thing_of_its_own(meter: Meter) -> None:
    meter.table_units("send", 1, 0, "PutItem")
    snapshot = meter.snapshot()
    assert json.loads(json.dumps(snapshot)) == snapshot
    meter.table_units("send", 1, 0, "PutItem")
    assert snapshot["routes"]["send"]["operations"] == {"PutItem": 1}


def test_prices_carry_their_date_and_region(meter: Meter) -> None:
    prices = json.loads((Path(__file__).parents[3] / "local/billing/prices.json").read_text())
    snapshot = meter.snapshot()
    assert (snapshot["pricesAsOf"], snapshot["region"]) == (prices["asOf"], "us-east-1")
    assert set(prices["prices"]) | {"total"} == set(snapshot["total"]["dollars"])


def test_what_cannot_be_counted_is_named(meter: Meter) -> None:
    meter.table_units("send", 0, 0, "ExecuteStatement")
    meter.unmetered("send", "ExecuteStatement")
    assert meter.snapshot()["total"]["unmetered"] == {"ExecuteStatement": 1}


def test_a_reset_starts_from_zero_and_keeps_connections_open(meter: Meter, clock: Any) -> None:
    meter.message_in("send", 1)
    meter.connection_opened("a")
    clock.now += 600
    meter.reset()
    assert meter.snapshot()["routes"] == {}
    assert meter.snapshot()["total"]["connectionMinutes"] == 0
    clock.now += 60
    meter.connection_closed("a")
    assert meter.snapshot()["total"]["connectionMinutes"] == 1


def test_a_difference_shows_only_what_happened_in_between(meter: Meter, clock: Any) -> None:
    meter.message_in("join", 1)
    meter.table_units("send", 1, 0.5, "PutItem")
    before = meter.snapshot()
    clock.now += 2
    meter.message_in("send", 1)
    meter.table_units("send", 1, 0.5, "UpdateItem")
    happened = difference(before, meter.snapshot())
    assert set(happened["routes"]) == {"send"}
    assert happened["routes"]["send"]["messagesIn"] == 1
    assert happened["routes"]["send"]["operations"] == {"UpdateItem": 1}
    assert happened["routes"]["send"]["writeUnits"] == 1
    assert happened["total"]["dollars"]["total"] == pytest.approx((1.0 + 0.625 + 0.0625) / 1_000_000)
    assert happened["seconds"] == 2
    assert happened["pricesAsOf"] == before["pricesAsOf"]


def test_a_block_can_be_measured(meter: Meter) -> None:
    meter.message_out("send", 1)
    with meter.measure() as cost:
        meter.message_out("send", 1)
        meter.message_out("send", 1)
    assert cost["routes"]["send"]["messagesOut"] == 2
    assert cost["total"]["messagesOut"] == 2


def test_many_threads_lose_no_count(meter: Meter) -> None:
    def work(worker: int) -> None:
        for _ in range(500):
            meter.message_in("send", 1)
            meter.table_units("send", 1, 0.5, "PutItem")
            meter.invocation(f"route {worker}", 0.001, 1024)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(16)))
    total = meter.snapshot()["total"]
    assert (total["messagesIn"], total["writeUnits"], total["readUnits"]) == (8000, 8000, 4000)
    assert (total["invocations"], total["gbSeconds"]) == (8000, pytest.approx(8.0))


def test_without_a_clock_it_uses_the_wall_clock() -> None:
    meter = Meter()
    meter.connection_opened("a")
    assert 0 <= meter.snapshot()["total"]["connectionMinutes"] < 1
