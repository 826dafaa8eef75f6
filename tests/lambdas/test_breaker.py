"""The breaker: an alarm closes the stage with all its routes, one that stays on does so again, a failure is raised."""

import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from tests.support.frames import anything

ALARMS = ["anonchat-prod-messages-hour", "anonchat-prod-messages-day"]
OPENED = datetime(2026, 11, 27, 12, tzinfo=UTC)
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
NOTHING = {"closed": False, "alarms": [], "routes": []}
WHICH = {"ApiId": "api123", "StageName": "prod"}
OPEN = {"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200}
CLOSED = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
KEPT = {"DetailedMetricsEnabled": False, "DataTraceEnabled": False, "LoggingLevel": "OFF"}


def module() -> Any:
    """lambdas/breaker.py as Lambda loads it: the environment first, then the import."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("API_ID", "api123")
        environment.setenv("STAGE_NAME", "prod")
        environment.setenv("ALARMS", ",".join(ALARMS))
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        return importlib.reload(importlib.import_module("lambdas.breaker"))


@pytest.fixture
def breaker() -> Any:
    return module()


@pytest.fixture
def gateway(breaker: Any) -> Iterator[Stubber]:
    """Stand in for API Gateway as botocore knows it; whatever is not expected fails the test."""
    with Stubber(breaker.GATEWAY) as stub:
        yield stub
        stub.assert_no_pending_responses()


def alarm(state: str = "ALARM", name: str = "anonchat-prod-messages-hour") -> dict[str, Any]:
    return sns(json.dumps({"AlarmName": name, "NewStateValue": state, "OldStateValue": "OK", "Trigger": {}}))


def sns(*messages: object) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message}} for message in messages]}


@pytest.fixture
def cloudwatch(breaker: Any) -> Iterator[Stubber]:
    with Stubber(breaker.CLOUDWATCH) as stub:
        yield stub
        stub.assert_no_pending_responses()


def expect_question(gateway: Stubber, cloudwatch: Stubber, *alarms: tuple[str, int]) -> None:
    """Let these alarms, by name and period, be on when the schedule looks at an open stage."""
    expect_look(gateway, KEPT | OPEN, {"send": KEPT | OPEN})
    rows = [{"AlarmName": name, "Period": period, "EvaluationPeriods": 1} for name, period in alarms]
    asked = {"AlarmNames": ALARMS, "AlarmTypes": ["MetricAlarm"], "StateValue": "ALARM"}
    cloudwatch.add_response("describe_alarms", {"MetricAlarms": rows}, asked)


def expect_look(gateway: Stubber, default: dict[str, Any], routes: dict[str, Any]) -> None:
    found = {"DefaultRouteSettings": default, "RouteSettings": routes, "LastUpdatedDate": OPENED}
    gateway.add_response("get_stage", found, WHICH)


def expect_closing(gateway: Stubber, default: dict[str, Any], routes: dict[str, Any], closed: dict[str, Any]) -> None:
    expect_look(gateway, default, routes)
    gateway.add_response("update_stage", {}, WHICH | {"DefaultRouteSettings": KEPT | CLOSED, "RouteSettings": closed})


def test_an_alarm_closes_the_stage_and_says_so(breaker: Any, gateway: Stubber, capsys: Any) -> None:
    expect_closing(gateway, KEPT | OPEN, {}, {})
    breaker.handler(alarm(), None)
    said = json.loads(capsys.readouterr().out)
    assert said.pop("timestamp"), "without one, Lambda takes a line for INFO and drops it"
    assert said == {
        "level": "WARN",
        "message": "closed the stage",
        "alarms": ["anonchat-prod-messages-hour"],
        "api": "api123",
        "stage": "prod",
    }


def test_a_route_s_own_throttle_is_closed_too_and_its_other_settings_are_kept(breaker: Any, gateway: Stubber) -> None:
    routes = {"send": KEPT | OPEN, "$connect": {"ThrottlingRateLimit": 5.0}}
    expect_closing(gateway, KEPT | OPEN, routes, {"send": KEPT | CLOSED, "$connect": CLOSED})
    told = breaker.handler(alarm(), None)
    assert told == {"closed": True, "alarms": ["anonchat-prod-messages-hour"], "routes": ["$connect", "send"]}


def test_a_stage_that_is_closed_only_in_part_is_closed(breaker: Any, gateway: Stubber) -> None:
    expect_closing(gateway, KEPT | CLOSED, {"send": OPEN, "ping": CLOSED}, {"send": CLOSED, "ping": CLOSED})
    assert breaker.handler(alarm(), None)["closed"]


def test_an_alarm_on_connects_closes_the_stage_to_new_sockets_and_who_is_in_talks_on(
    breaker: Any, gateway: Stubber
) -> None:
    routes = {"send": KEPT | OPEN, "$connect": KEPT | OPEN}
    expect_look(gateway, KEPT | OPEN, routes)
    wanted = {"DefaultRouteSettings": KEPT | OPEN, "RouteSettings": routes | {"$connect": KEPT | CLOSED}}
    gateway.add_response("update_stage", {}, WHICH | wanted)
    told = breaker.handler(alarm(name="anonchat-prod-connects-5min"), None)
    assert told == {"closed": True, "alarms": ["anonchat-prod-connects-5min"], "routes": ["$connect"]}


def test_a_stage_that_is_closed_to_new_sockets_is_closed_to_all_by_another_alarm_only(
    breaker: Any, gateway: Stubber
) -> None:
    routes = {"send": KEPT | OPEN, "$connect": KEPT | CLOSED}
    expect_look(gateway, KEPT | OPEN, routes)
    assert breaker.handler(alarm(name="anonchat-prod-connects-hour"), None) == NOTHING
    expect_closing(gateway, KEPT | OPEN, routes, dict.fromkeys(routes, KEPT | CLOSED))
    assert breaker.handler(alarm(name="my-connects-prod-messages-5min"), None)["closed"]


@pytest.mark.parametrize("event", [SCHEDULED, "alarm"])
def test_a_closed_stage_is_left_alone(breaker: Any, gateway: Stubber, cloudwatch: Stubber, event: Any) -> None:
    """Or the time of its last change would be another one."""
    expect_look(gateway, KEPT | CLOSED, {"send": CLOSED})
    assert breaker.handler(alarm() if event == "alarm" else event, None) == NOTHING


@pytest.mark.parametrize("event", [SCHEDULED, "alarm"])
def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    breaker: Any, gateway: Stubber, cloudwatch: Stubber, capsys: Any, monkeypatch: pytest.MonkeyPatch, event: Any
) -> None:
    monkeypatch.setattr(breaker, "now", lambda: OPENED + timedelta(days=2))
    if event == "alarm":
        expect_look(gateway, KEPT | OPEN, {"send": KEPT | OPEN})
    else:
        expect_question(gateway, cloudwatch, (ALARMS[0], 3600))
    told = breaker.handler((alarm() if event == "alarm" else event) | {"dryRun": True}, None)
    assert told == {"closed": True, "alarms": [ALARMS[0]], "routes": ["send"]}
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("open_for", "closes"),
    [
        (timedelta(hours=1, minutes=2, seconds=59), []),
        (timedelta(hours=1, minutes=3), ALARMS[:1]),
        (timedelta(days=1, minutes=3), ALARMS),
    ],
)
def test_an_alarm_that_stays_on_closes_a_stage_that_has_been_open_for_all_that_it_counts(
    breaker: Any,
    gateway: Stubber,
    cloudwatch: Stubber,
    monkeypatch: pytest.MonkeyPatch,
    open_for: timedelta,
    closes: list[str],
) -> None:
    monkeypatch.setattr(breaker, "now", lambda: OPENED + open_for)
    expect_question(gateway, cloudwatch, (ALARMS[0], 3600), (ALARMS[1], 86400))
    if closes:
        wanted = {"DefaultRouteSettings": KEPT | CLOSED, "RouteSettings": {"send": KEPT | CLOSED}}
        gateway.add_response("update_stage", {}, WHICH | wanted)
    told = breaker.handler(SCHEDULED, None)
    assert told == {"closed": bool(closes), "alarms": closes, "routes": ["send"] if closes else []}


def test_where_no_alarm_is_on_the_schedule_changes_nothing(
    breaker: Any, gateway: Stubber, cloudwatch: Stubber, capsys: Any
) -> None:
    expect_question(gateway, cloudwatch)
    assert breaker.handler(SCHEDULED, None) == NOTHING
    assert capsys.readouterr().out == "", "every five minutes"


def test_alarms_that_cannot_be_looked_at_are_an_error(
    breaker: Any, gateway: Stubber, cloudwatch: Stubber, capsys: Any
) -> None:
    expect_look(gateway, KEPT | OPEN, {})
    cloudwatch.add_client_error("describe_alarms", "AccessDenied", http_status_code=403)
    with pytest.raises(ClientError, match="AccessDenied"):
        breaker.handler(SCHEDULED, None)
    assert json.loads(capsys.readouterr().out)["level"] == "ERROR"


def test_several_alarms_at_once_close_it_once(breaker: Any, gateway: Stubber, capsys: Any) -> None:
    expect_closing(gateway, KEPT | OPEN, {}, {})
    event = {"Records": alarm(name="one")["Records"] + alarm("OK", "two")["Records"] + alarm(name="three")["Records"]}
    breaker.handler(event, None)
    assert json.loads(capsys.readouterr().out)["alarms"] == ["one", "three"]


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", "", None])
def test_an_alarm_that_is_over_closes_nothing(breaker: Any, gateway: Stubber, state: Any) -> None:
    breaker.handler(alarm(state), None)


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "ALARM",
        {},
        {"Records": None},
        {"Records": [None, 1, {}, {"Sns": None}, {"Sns": {}}, {"Sns": {"Message": None}}]},
        {"detail-type": ["Scheduled Event"], "dryRun": True},
        sns("", "ALARM", "[]", "null", '{"NewStateValue": "ALARM"}', '{"AlarmName": 1, "NewStateValue": "ALARM"}'),
    ],
)
def test_what_is_no_alarm_closes_nothing_and_raises_nothing(
    breaker: Any, gateway: Stubber, capsys: Any, event: Any
) -> None:
    assert breaker.handler(event, None) == NOTHING
    assert json.loads(capsys.readouterr().out)["message"] == "ignored an event that is no alarm"


@pytest.fixture(scope="module")
def lasting() -> Any:
    """Load it once for all examples: boto3's clients take their time."""
    return module()


@given(event=anything, message=anything | st.text())
def test_garbage_of_every_kind_closes_nothing(lasting: Any, event: Any, message: Any) -> None:
    with Stubber(lasting.GATEWAY), Stubber(lasting.CLOUDWATCH):
        for each in (event, sns(message), sns(json.dumps(message))):
            assert lasting.handler(each, None) == NOTHING


def test_a_refusal_by_aws_is_raised_so_that_lambda_tries_again(breaker: Any, gateway: Stubber) -> None:
    gateway.add_client_error("get_stage", "TooManyRequestsException", http_status_code=429)
    with pytest.raises(ClientError, match="TooManyRequests"):
        breaker.handler(alarm(), None)


def test_it_needs_what_its_policy_allows_and_no_more(breaker: Any) -> None:
    model = boto3.client("apigatewayv2", region_name="eu-central-1").meta.service_model
    methods = {model.operation_model(name).http["method"] for name in ("GetStage", "UpdateStage")}
    assert methods == {"GET", "PATCH"}
