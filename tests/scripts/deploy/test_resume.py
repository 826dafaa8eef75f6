"""What opens the stage again: which calls it makes, what it says, and where it learns what to open."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from local.functions.route_map import read_routes
from local.gateway import Throttle
from scripts import ROOT
from scripts.deploy import aws, resume
from scripts.deploy.resume import Stage

OPEN = {"ThrottlingRateLimit": 10000.0, "ThrottlingBurstLimit": 5000}
SEND = {"ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 60}
PING = {"ThrottlingRateLimit": 2.5, "ThrottlingBurstLimit": 1}
CLOSED = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
THROTTLES = {"send": Throttle(50, 60), "ping": Throttle(2.5, 1)}
STAGE = Stage(api="a1", name="prod", default=Throttle(10000, 5000), routes=THROTTLES, region="eu-central-1")
OPENED = "52.5 frames a second, 61 at once."
ROWS = {key: row["throttle"] for key, row in read_routes(ROOT / "lambdas/routes.json").items() if row["throttle"]}
WHICH = {"ApiId": "a1", "StageName": "prod"}
TOPIC = "arn:aws:sns:eu-central-1:123456789012:anonchat-prod-spending"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Return a stub of API Gateway, which moto cannot be: it lacks UpdateStage."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    ordinary = aws.client

    def client(session: boto3.Session, service: str) -> Any:
        return stub.client if service == "apigatewayv2" else ordinary(session, service)

    monkeypatch.setattr(aws, "client", client)
    with Stubber(boto3.client("apigatewayv2", region_name="eu-central-1")) as stub:
        yield stub
        stub.assert_no_pending_responses()


def stage(default: dict[str, Any], **routes: dict[str, Any]) -> dict[str, Any]:
    return {"StageName": "prod", "DefaultRouteSettings": default, "RouteSettings": routes}


def sent(default: dict[str, Any], **routes: dict[str, Any]) -> dict[str, Any]:
    return WHICH | {"DefaultRouteSettings": default, "RouteSettings": routes}


def test_a_closed_stage_is_opened_each_route_as_wide_as_it_was(gateway: Stubber) -> None:
    kept = {"DetailedMetricsEnabled": True}
    gateway.add_response("get_stage", stage(CLOSED | kept, send=CLOSED | kept, ping=CLOSED), WHICH)
    gateway.add_response("update_stage", {}, sent(OPEN | kept, send=SEND | kept, ping=PING))
    assert resume.resume(STAGE) == [f"The stage prod is open again: {OPENED}"]


def test_a_route_that_alone_is_closed_is_opened(gateway: Stubber) -> None:
    gateway.add_response("get_stage", stage(OPEN, send=CLOSED, ping=PING), WHICH)
    gateway.add_response("update_stage", {}, sent(OPEN, send=SEND, ping=PING))
    resume.resume(STAGE)


def test_a_route_that_has_no_throttle_of_its_own_any_more_is_not_left_closed(gateway: Stubber) -> None:
    gateway.add_response("get_stage", stage(OPEN, send=SEND, ping=PING, wave=CLOSED), WHICH)
    gateway.add_response("update_stage", {}, sent(OPEN, send=SEND, ping=PING, wave=OPEN))
    resume.resume(STAGE)


def test_a_route_that_never_had_one_gets_it(gateway: Stubber) -> None:
    gateway.add_response("get_stage", stage(OPEN), WHICH)
    gateway.add_response("update_stage", {}, sent(OPEN, send=SEND, ping=PING))
    resume.resume(STAGE)


def test_an_open_stage_is_left_alone(gateway: Stubber) -> None:
    gateway.add_response("get_stage", stage(OPEN, send=SEND, ping=PING), WHICH)
    assert resume.resume(STAGE) == [f"The stage prod is open already: {OPENED}"]


def test_alarms_that_are_still_on_are_named_and_when_they_close_it_again(gateway: Stubber) -> None:
    gateway.add_response("get_stage", stage(OPEN, send=SEND, ping=PING), WHICH)
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch", region_name="eu-central-1")
        for name, topic, state, period in (
            ("anonchat-prod-messages-hour", TOPIC, "ALARM", 3600),
            ("anonchat-prod-connects-day", TOPIC, "ALARM", 86400),
            ("anonchat-prod-messages-day", TOPIC, "OK", 86400),
            ("another", TOPIC.replace("spending", "trouble"), "ALARM", 300),
        ):
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                AlarmActions=[topic],
                EvaluationPeriods=1,
                ComparisonOperator="GreaterThanThreshold",
                Namespace="AWS/ApiGateway",
                MetricName="MessageCount",
                Statistic="Sum",
                Period=period,
                Threshold=1,
            )
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
        _, *warnings = resume.resume(Stage(**vars(STAGE) | {"topic": TOPIC}))
    assert sorted(warnings) == [
        "anonchat-prod-connects-day is still on. If it is so when the chat has been open for 24 hours, the breaker "
        "closes it again.",
        "anonchat-prod-messages-hour is still on. If it is so when the chat has been open for 60 minutes, the breaker "
        "closes it again.",
    ]


def expect_opening(gateway: Stubber, rate: float, burst: float) -> None:
    """Expect a closed stage to be opened with the throttles of the route map, times these."""
    routes = {
        key: {
            "ThrottlingRateLimit": row["rate"] * rate,
            "ThrottlingBurstLimit": max(1, int(row["burst"] * burst)),
        }
        for key, row in ROWS.items()
    }
    gateway.add_response("get_stage", stage(CLOSED, **dict.fromkeys(ROWS, CLOSED)), WHICH)
    gateway.add_response("update_stage", {}, sent(OPEN, **routes))


@pytest.mark.parametrize(
    ("more", "rate", "burst"), [("", 1, 1), ("--rate 50", 0.5, 1), ("--rate 50 --burst 50", 0.5, 0.25)]
)
def test_a_stage_that_is_named_is_opened_as_the_route_map_says(
    gateway: Stubber, capsys: pytest.CaptureFixture[str], more: str, rate: float, burst: float
) -> None:
    expect_opening(gateway, rate, burst)
    arguments = f"--api a1 --stage prod --region eu-central-1 {more}"
    assert resume.main(arguments.split()) == 0
    assert "is open again" in capsys.readouterr().out


def deploy(folder: Path, script: str) -> Path:
    """Return a folder whose scripts/terraform does what `script` says."""
    (folder / "scripts").mkdir()
    terraform = folder / "scripts" / "terraform"
    terraform.write_text(f"#!/bin/sh\n{script}\n")
    terraform.chmod(0o755)
    return folder


def test_what_was_deployed_from_here_is_the_default(
    gateway: Stubber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = {key: vars(each) for key, each in THROTTLES.items()}
    throttles = {"default": {"rate": 10000, "burst": 5000}, "routes": routes}
    outputs = {"api_id": "a1", "stage_name": "prod", "throttles": throttles, "region": "eu-central-1"}
    (tmp_path / "outputs").write_text(json.dumps({name: {"value": value} for name, value in outputs.items()}))
    folder = deploy(tmp_path, f'[ "$*" = "output -json" ] && cat {tmp_path}/outputs')
    monkeypatch.setattr(resume, "ROOT", folder)
    gateway.add_response("get_stage", stage(OPEN, send=SEND, ping=PING), WHICH)
    assert resume.main([]) == 0


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("echo '{}'", "Nothing was deployed from this folder. Deploy it, or give --api and --stage as well"),
        ("echo 'no backend' >&2; exit 1", "The deployed stack cannot be read: no backend"),
        (
            "printf '\\033[31m╷\\n│ Error: \\033[0mPlugins missing\\n│\\n│ A lot more.\\n' >&2; exit 1",
            "The deployed stack cannot be read: Plugins missing. If it was deployed from here: scripts/terraform init",
        ),
    ],
)
def test_where_nothing_was_deployed_it_says_what_to_give(
    script: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(resume, "ROOT", deploy(tmp_path, script))
    assert resume.main([]) == 1
    assert sentence in capsys.readouterr().err


def test_a_stage_that_does_not_exist_gets_a_sentence(gateway: Stubber) -> None:
    gateway.add_client_error("get_stage", "NotFoundException")
    with pytest.raises(aws.CannotUseAws, match="There is no stage prod of an API a1 here"):
        resume.resume(STAGE)


def test_a_missing_permission_is_named(gateway: Stubber) -> None:
    gateway.add_client_error("get_stage", "AccessDeniedException")
    with pytest.raises(aws.CannotUseAws, match="may not call apigateway:GET and apigateway:PATCH"):
        resume.resume(STAGE)


def test_it_opens_to_nothing_for_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        resume.main(["--rate", "0"])
    assert "0 would let nobody in" in capsys.readouterr().err
