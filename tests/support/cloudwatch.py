"""CloudWatch's alarms and a stage of API Gateway, played minute by minute, as AWS describes them.

An alarm is asked every minute for the sum of its last period. It acts when its state changes and says nothing while
it stays what it is. Where there is no data at all, `treat_missing_data` says what it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINNING = datetime(2026, 11, 27, tzinfo=UTC)
DELAY = 2  # minutes until a minute's sum is there
WITHOUT_DATA = {"notBreaching": "OK", "breaching": "ALARM"}  # else it stays what it is

Fire = Callable[[str], None]


@dataclass
class Clock:
    """Whole minutes."""

    minute: int = 0

    def now(self) -> datetime:
        return BEGINNING + timedelta(minutes=self.minute)


@dataclass
class Alarm:
    """One alarm, by its attributes in Terraform's plan."""

    planned: Mapping[str, Any]
    state: str = "INSUFFICIENT_DATA"

    def evaluate(self, sums: Mapping[int, int], minute: int) -> bool:
        """Take the state that the sums of whole minutes say. Return whether it has just gone into ALARM."""
        assert self.planned["statistic"] == "Sum"
        assert self.planned["evaluation_periods"] == 1
        assert self.planned["comparison_operator"] == "GreaterThanThreshold"
        last = minute - DELAY
        window = [sums[each] for each in range(last - self.planned["period"] // 60 + 1, last + 1) if each in sums]
        before = self.state
        if window:
            self.state = "ALARM" if sum(window) > self.planned["threshold"] else "OK"
        else:
            self.state = WITHOUT_DATA.get(self.planned["treat_missing_data"], self.state)
        return self.state == "ALARM" != before


@dataclass
class CloudWatch:
    """The alarms of a plan. `fire` is told the name of each that goes off.

    Which topic they tell is known after an apply; that it is the one which calls the breaker, Terraform's tests say.
    """

    clock: Clock
    alarms: list[Alarm]
    fire: Fire
    sums: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def count(self, metric: str, number: int) -> None:
        """Take what happened in this minute; where nothing did, there is no data."""
        if number:
            self.sums[metric][self.clock.minute] = number

    def evaluate(self) -> None:
        for alarm in self.alarms:
            if alarm.evaluate(self.sums[alarm.planned["metric_name"]], self.clock.minute):
                self.fire(alarm.planned["alarm_name"])

    def describe_alarms(self, AlarmNames: Iterable[str], AlarmTypes: list[str], StateValue: str) -> dict[str, Any]:
        """Answer as boto3 does."""
        assert AlarmTypes == ["MetricAlarm"]
        found = [alarm for alarm in self.alarms if alarm.state == StateValue]
        return {
            "MetricAlarms": [
                {
                    "AlarmName": alarm.planned["alarm_name"],
                    "Period": alarm.planned["period"],
                    "EvaluationPeriods": alarm.planned["evaluation_periods"],
                }
                for alarm in found
                if alarm.planned["alarm_name"] in set(AlarmNames)
            ]
        }


class NotFound(Exception):
    """There is no such stage."""


class StageGateway:
    """boto3's apigatewayv2 for one stage: it remembers its settings and when they were changed."""

    class exceptions:
        NotFoundException = NotFound

    def __init__(self, clock: Clock, default: dict[str, Any], routes: dict[str, dict[str, Any]]) -> None:
        self._clock = clock
        self._stage: dict[str, Any] = {
            "DefaultRouteSettings": default,
            "RouteSettings": routes,
            "LastUpdatedDate": clock.now(),
        }

    def get_stage(self, ApiId: str, StageName: str) -> dict[str, Any]:
        return dict(self._stage)

    def update_stage(self, ApiId: str, StageName: str, **settings: Any) -> None:
        self._stage = {**self._stage, **settings, "LastUpdatedDate": self._clock.now()}

    def admits(self, route: str, wanted: int) -> int:
        """Return how many of so many requests in a minute get through."""
        settings = self._stage["RouteSettings"].get(route, self._stage["DefaultRouteSettings"])
        return min(wanted, int(settings["ThrottlingRateLimit"] * 60))
