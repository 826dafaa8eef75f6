"""A flood that lasts is closed again and again, by the alarms that are really planned and the breaker that is deployed.

Minutes are played, for days; somebody opens the chat again ten minutes after each closing, as `make resume` does.
"""

import importlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from local.deployed import deployed
from local.functions.route_map import read_routes
from local.gateway.throttle import ACCOUNT_DEFAULT
from scripts import ROOT
from scripts.deploy import resume
from scripts.docs import floods_table
from scripts.docs.floods_table import Flood
from tests.support.cloudwatch import Alarm, Clock, CloudWatch, StageGateway
from tests.support.terraform import Planned

DAY = 24 * 60  # minutes
RESUMED_AFTER = 10  # minutes
SCHEDULE = 5  # minutes
LATE = 3  # minutes until the sums are there and the breaker has acted
STAGE = resume.Stage("api", "prod", ACCOUNT_DEFAULT, deployed().throttles(read_routes(ROOT / "lambdas/routes.json")))
MEMBERS = 50
OUT = MEMBERS + 1  # frames that one message is


class Tried(NamedTuple):
    """What is tried in a minute."""

    messages: int = 0
    connects: int = 0
    seconds: float = 0  # in which functions would run


Traffic = Callable[[int], Tried]


@pytest.fixture(scope="module")
def planned(first_applies: dict[str, Planned]) -> Planned:
    return first_applies["the_least"]


@dataclass
class World:
    """One stack and what is tried on it."""

    planned: Planned
    breaker: Any
    scheduled: bool = True
    clock: Clock = field(default_factory=Clock)
    opened: list[int] = field(default_factory=lambda: [0])  # minutes
    closed: list[int] = field(default_factory=list)
    billed: dict[int, dict[str, int]] = field(default_factory=dict)  # by the minute of the opening

    def __post_init__(self) -> None:
        routes = {key: resume.settings(throttle) for key, throttle in STAGE.routes.items()}
        self.gateway = StageGateway(self.clock, resume.settings(STAGE.default), routes)
        [rule] = [after for address, after in self.planned if address.endswith("aws_cloudwatch_event_rule.breaker")]
        assert rule["schedule_expression"] == f"rate({SCHEDULE} minutes)"
        alarms = [Alarm(after) for address, after in self.planned if "metric_alarm.spending" in address]
        self.cloudwatch = CloudWatch(self.clock, alarms, self.alarmed)
        self.breaker.GATEWAY, self.breaker.CLOUDWATCH, self.breaker.now = self.gateway, self.cloudwatch, self.clock.now

    def alarmed(self, name: str) -> None:
        message = json.dumps({"AlarmName": name, "NewStateValue": "ALARM"})
        self.call({"Records": [{"Sns": {"Message": message}}]})

    def call(self, event: dict[str, Any]) -> None:
        if self.breaker.handler(event, None)["closed"]:
            self.closed.append(self.clock.minute)

    @property
    def is_open(self) -> bool:
        return len(self.opened) > len(self.closed)

    def play(self, minutes: int, traffic: Traffic, *, resumed: bool = True) -> None:
        for _ in range(minutes):
            self.clock.minute += 1
            tried = traffic(self.clock.minute)
            self.count("MessageCount", self.gateway.admits("send", tried.messages) * OUT)
            self.count("ConnectCount", self.gateway.admits("$connect", tried.connects))
            self.count("IntegrationLatency", int(tried.seconds * 1000) * self.gateway.admits("send", 1))
            self.cloudwatch.evaluate()
            if self.scheduled and self.clock.minute % SCHEDULE == 0:
                self.call({"detail-type": "Scheduled Event"})
            if resumed and not self.is_open and self.clock.minute == self.closed[-1] + RESUMED_AFTER:
                resume.open_stage(self.gateway, STAGE)
                self.opened.append(self.clock.minute)

    def count(self, metric: str, number: int) -> None:
        self.cloudwatch.count(metric, number)
        if number:
            bill = self.billed.setdefault(self.opened[-1], {})
            bill[metric] = bill.get(metric, 0) + number

    @property
    def stretches(self) -> list[int]:
        """How long it has been open each time, in minutes."""
        return [closed - opened for opened, closed in zip(self.opened, self.closed, strict=False)]

    def most(self, metric: str) -> int:
        """Return the most that got through between one opening and the next closing."""
        return max(bill.get(metric, 0) for bill in self.billed.values())


@pytest.fixture
def world(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> World:
    # What the function is told is known after the first apply; that it is this, Terraform's own tests say.
    names = [after["alarm_name"] for address, after in planned if "metric_alarm.spending" in address]
    environ = {"API_ID": "api", "STAGE_NAME": "prod", "ALARMS": ",".join(names), "AWS_DEFAULT_REGION": "eu-central-1"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return World(planned, importlib.reload(importlib.import_module("lambdas.breaker")))


def flood(messages: int = 0, connects: int = 0, seconds: float = 0) -> Traffic:
    return lambda minute: Tried(messages, connects, seconds)


def test_a_flood_of_messages_is_closed_within_minutes_after_each_resume(world: World) -> None:
    world.play(6 * 60, flood(messages=100_000))
    assert len(world.closed) > 20
    assert max(world.stretches) <= 8
    assert not world.is_open or world.clock.minute - world.opened[-1] <= 8


def test_a_flood_of_connects_is_too(world: World) -> None:
    world.play(6 * 60, flood(connects=100_000))
    assert len(world.closed) > 15
    assert max(world.stretches) <= 10


def test_a_flood_of_connects_closes_the_chat_to_new_sockets_and_who_is_in_talks_on(world: World) -> None:
    world.play(DAY, flood(messages=2, connects=100_000), resumed=False)
    assert len(world.closed) == 1
    assert (world.gateway.admits("$connect", 1), world.gateway.admits("send", 2)) == (0, 2)


def test_who_lets_functions_wait_is_closed_within_minutes_and_then_every_hour(world: World) -> None:
    """Ten runs of one function at once, all the time; and that one that is always busy is below the limit."""
    world.play(DAY, flood(seconds=600))
    assert len(world.closed) > 15
    assert world.stretches[0] <= 10
    assert max(world.stretches) <= 60 + 2 * SCHEDULE
    assert world.most("IntegrationLatency") <= 600_000 * max(world.stretches)


def test_one_function_that_is_always_busy_is_what_nobody_closes(world: World) -> None:
    world.play(DAY, flood(seconds=60))
    assert world.closed == []


def test_a_patient_flood_below_the_short_alarm_is_closed_every_hour(world: World) -> None:
    threshold = alarm(world, "messages-5min")
    world.play(2 * DAY, flood(messages=threshold // 5 // OUT))
    assert alarm(world, "messages-hour") < world.most("MessageCount") < 1.25 * 12 * threshold
    assert len(world.closed) > 35
    assert max(world.stretches) <= 60 + 2 * SCHEDULE


def test_a_patient_flood_of_connects_is_too(world: World) -> None:
    world.play(2 * DAY, flood(connects=alarm(world, "connects-5min") // 5))
    assert len(world.closed) > 35
    assert max(world.stretches) <= 60 + 2 * SCHEDULE


def test_a_flood_below_the_hours_alarm_too_is_closed_every_day(world: World) -> None:
    world.play(6 * DAY, flood(messages=alarm(world, "messages-hour") // 60 // OUT))
    assert len(world.closed) >= 5
    assert max(world.stretches) <= DAY + 2 * SCHEDULE


@pytest.mark.parametrize("counted", floods_table.floods(), ids=lambda each: str(each.what))
def test_each_flood_that_has_its_price_is_closed_when_the_costs_say(world: World, counted: Flood) -> None:
    """Or not at all, not even by a whole day's sum, where it says never. All frames are counted as those of `send`."""
    minutes = math.ceil(min(counted.closed_after, (DAY + 10) * 60) / 60)
    traffic = whole(counted.messages * 60 / OUT, counted.rate * counted.connects * 60, counted.busy * 60)
    world.play(minutes - LATE, traffic, resumed=False)
    assert world.closed == []
    if counted.closed_after < math.inf:
        world.play(LATE + 1, traffic, resumed=False)
        assert len(world.closed) == 1


def whole(messages: float, connects: float, seconds: float) -> Traffic:
    """Spread what is no whole number a minute."""
    return lambda minute: Tried(
        int(messages * (minute + 1)) - int(messages * minute),
        int(connects * (minute + 1)) - int(connects * minute),
        seconds,
    )


def test_without_the_schedule_it_would_pass_for_ever(world: World) -> None:
    """What the schedule is for; and that this CloudWatch is like AWS's: an alarm that stays on says nothing."""
    world.scheduled = False
    world.play(2 * DAY, flood(messages=alarm(world, "messages-5min") // 5 // OUT))
    assert len(world.closed) <= 2
    assert world.is_open


def test_after_a_flood_ordinary_talk_is_not_closed_again_though_the_hours_alarm_is_on(world: World) -> None:
    world.play(30, flood(messages=alarm(world, "messages-5min") // 5 // OUT), resumed=False)
    resume.open_stage(world.gateway, STAGE)
    world.opened.append(world.clock.minute)
    assert [each.planned["alarm_name"] for each in world.cloudwatch.alarms if each.state == "ALARM"] == [
        "anonchat-prod-messages-hour"
    ]
    world.play(3 * DAY, flood(messages=2, connects=1))
    assert len(world.closed) == 1
    assert world.is_open


def test_a_full_room_that_talks_as_much_as_the_limits_say_is_never_closed(world: World) -> None:
    """80 messages an hour of each of 50 people, a quarter of them in five minutes; and for two and a half hours.

    Functions run 0.1 seconds for each message, and 0.3 for each of 5000 who come and go in an hour.
    """

    def talk(minute: int) -> Tried:
        hour, minute = divmod(minute, 60)
        burst = MEMBERS * 80 // 4 // 5 if minute < 5 else MEMBERS * 80 * 3 // 4 // 55
        seconds = burst * 0.1 + 100 * MEMBERS / 60 * 0.3
        return Tried(burst, 80 if minute < 5 else 0, seconds) if hour < 2 else Tried()

    world.play(DAY, talk)
    assert world.closed == []


def test_a_stage_that_nobody_opens_stays_closed_and_is_not_touched_again(world: World) -> None:
    world.play(DAY, flood(messages=100_000, connects=100_000), resumed=False)
    assert len(world.closed) == 1
    changed = world.gateway.get_stage("api", "prod")["LastUpdatedDate"]
    world.play(DAY, flood(messages=100_000, connects=100_000), resumed=False)
    assert world.gateway.get_stage("api", "prod")["LastUpdatedDate"] == changed


def alarm(world: World, kind: str) -> int:
    """Return the threshold of one alarm."""
    names = {each.planned["alarm_name"]: int(each.planned["threshold"]) for each in world.cloudwatch.alarms}
    return names[f"anonchat-prod-{kind}"]
