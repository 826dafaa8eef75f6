"""An AWS account with one chat in it, as far as `make verify` looks: plain data that a test may spoil."""

import io
import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

SPENDING, TROUBLE = (f"arn:aws:sns:eu-central-1:123456789012:anonchat-prod-{kind}" for kind in ("spending", "trouble"))
THROTTLES = {
    "default": {"rate": 10000, "burst": 5000},
    "routes": {"$connect": {"rate": 15, "burst": 60}, "send": {"rate": 7.5, "burst": 30}},
}
OUTPUTS: dict[str, Any] = {
    "region": "eu-central-1",
    "api_id": "a1",
    "stage_name": "prod",
    "throttles": THROTTLES,
    "breaker_name": "anonchat-prod-breaker",
    "spending_topic_arn": SPENDING,
    "trouble_topic_arn": TROUBLE,
}
ME = {"Protocol": "email", "Endpoint": "me@example.org", "SubscriptionArn": f"{SPENDING}:1"}
PENDING = ME | {"SubscriptionArn": "PendingConfirmation"}
BREAKER = {"Protocol": "lambda", "Endpoint": "arn:breaker", "SubscriptionArn": f"{SPENDING}:2"}

Event = dict[str, Any]


class NotFoundException(Exception):
    """As the budgets client has one."""


class FakeAccount:
    """Every client of it at once. `breaker` gets the event and returns the result, or raises."""

    exceptions = SimpleNamespace(NotFoundException=NotFoundException)

    def __init__(self) -> None:
        self.stage: dict[str, Any] = {
            "DefaultRouteSettings": settings(10000, 5000),
            "RouteSettings": {"$connect": settings(15, 60), "send": settings(7.5, 30)},
        }
        self.alarms = [alarm("messages-hour", SPENDING), alarm("function-errors", TROUBLE)]
        self.subscriptions = {SPENDING: [ME, BREAKER], TROUBLE: [ME]}
        self.budget: dict[str, Any] | None = {"BudgetLimit": {"Amount": "2.0", "Unit": "USD"}}
        self.breaker: Callable[[Event], Any] = self.told
        self.events: list[Event] = []

    def told(self, event: Event) -> Any:
        names = [json.loads(record["Sns"]["Message"])["AlarmName"] for record in event["Records"]]
        return {"closed": False, "alarms": names, "routes": sorted(self.stage["RouteSettings"])}

    def close(self, event: Event) -> Any:
        """Do what a breaker does that knows no dry runs."""
        self.stage = {
            "DefaultRouteSettings": settings(0, 0),
            "RouteSettings": dict.fromkeys(self.stage["RouteSettings"], settings(0, 0)),
        }

    # What boto3's clients do

    def get_stage(self, **which: str) -> dict[str, Any]:
        assert which == {"ApiId": "a1", "StageName": "prod"}
        return self.stage

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert FunctionName == "anonchat-prod-breaker"
        self.events.append(json.loads(Payload))
        try:
            return {"Payload": io.BytesIO(json.dumps(self.breaker(self.events[-1])).encode())}
        except RuntimeError as failure:
            raised = json.dumps({"errorType": type(failure).__name__}).encode()
            return {"Payload": io.BytesIO(raised), "FunctionError": "Unhandled"}

    def get_paginator(self, operation: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=getattr(self, f"_{operation}"))

    def _describe_alarms(self) -> Iterator[dict[str, Any]]:
        yield from ({"MetricAlarms": [each]} for each in [alarm("messages-hour", "another chat's"), *self.alarms])

    def _list_subscriptions_by_topic(self, TopicArn: str) -> Iterator[dict[str, Any]]:
        yield {"Subscriptions": self.subscriptions[TopicArn]}

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}

    def describe_budget(self, **which: str) -> dict[str, Any]:
        assert which == {"AccountId": "123456789012", "BudgetName": "anonchat-prod-eu-central-1"}
        if self.budget is None:
            raise NotFoundException
        return {"Budget": self.budget}


def settings(rate: float, burst: int) -> dict[str, float]:
    return {"ThrottlingRateLimit": float(rate), "ThrottlingBurstLimit": burst}


def alarm(name: str, topic: str) -> dict[str, Any]:
    return {"AlarmName": f"anonchat-prod-{name}", "AlarmActions": [topic], "StateValue": "OK", "ActionsEnabled": True}
