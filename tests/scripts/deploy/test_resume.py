"""What opens the stage again: which calls it makes, what it says, and where it learns what to open."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from scripts.deploy import aws, resume
from scripts.deploy.resume import Stage

STAGE = Stage(api="a1", name="prod", rate=100, burst=200, region="eu-central-1")
OPEN = {"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200}
CLOSED = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
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


def test_a_closed_stage_is_opened_with_all_its_routes(gateway: Stubber) -> None:
    kept = {"DetailedMetricsEnabled": True}
    found = {"StageName": "prod", "DefaultRouteSettings": CLOSED | kept, "RouteSettings": {"send": CLOSED}}
    wanted = WHICH | {"DefaultRouteSettings": OPEN | kept, "RouteSettings": {"send": OPEN}}
    gateway.add_response("get_stage", found, WHICH)
    gateway.add_response("update_stage", {}, wanted)
    said = resume.resume(STAGE)
    assert said == ["The stage prod is open again, and so is send: 100 frames a second, 200 at once."]


def test_a_route_that_alone_is_closed_is_opened(gateway: Stubber) -> None:
    found = {"StageName": "prod", "DefaultRouteSettings": OPEN, "RouteSettings": {"send": CLOSED}}
    gateway.add_response("get_stage", found, WHICH)
    gateway.add_response("update_stage", {}, WHICH | {"DefaultRouteSettings": OPEN, "RouteSettings": {"send": OPEN}})
    resume.resume(STAGE)


def test_an_open_stage_is_left_alone(gateway: Stubber) -> None:
    gateway.add_response("get_stage", {"StageName": "prod", "DefaultRouteSettings": OPEN}, WHICH)
    assert resume.resume(STAGE) == ["The stage prod is open already: 100 frames a second, 200 at once."]


def test_alarms_that_cannot_fire_again_yet_are_named(gateway: Stubber) -> None:
    gateway.add_response("get_stage", {"StageName": "prod", "DefaultRouteSettings": OPEN}, WHICH)
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch", region_name="eu-central-1")
        for name, topic, state in (
            ("anonchat-prod-messages-hour", TOPIC, "ALARM"),
            ("anonchat-prod-messages-day", TOPIC, "OK"),
            ("another", TOPIC.replace("spending", "trouble"), "ALARM"),
        ):
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                AlarmActions=[topic],
                EvaluationPeriods=1,
                ComparisonOperator="GreaterThanThreshold",
                Namespace="AWS/ApiGateway",
                MetricName="MessageCount",
                Statistic="Sum",
                Period=3600,
                Threshold=1,
            )
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
        _, *warnings = resume.resume(Stage(**vars(STAGE) | {"topic": TOPIC}))
    assert len(warnings) == 1
    assert warnings[0].startswith("anonchat-prod-messages-hour is still in alarm")


def test_arguments_are_enough(gateway: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    gateway.add_response("get_stage", {"StageName": "prod", "DefaultRouteSettings": CLOSED}, WHICH)
    gateway.add_response("update_stage", {}, WHICH | {"DefaultRouteSettings": OPEN, "RouteSettings": {}})
    arguments = "--api a1 --stage prod --rate 100 --burst 200 --region eu-central-1"
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
    outputs = {"api_id": "a1", "stage_name": "prod", "throttle": {"rate": 100, "burst": 200}, "region": "eu-central-1"}
    (tmp_path / "outputs").write_text(json.dumps({name: {"value": value} for name, value in outputs.items()}))
    folder = deploy(tmp_path, f'[ "$*" = "output -json" ] && cat {tmp_path}/outputs')
    monkeypatch.setattr(resume, "ROOT", folder)
    gateway.add_response("get_stage", {"StageName": "prod", "DefaultRouteSettings": OPEN}, WHICH)
    assert resume.main([]) == 0


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("echo '{}'", "Nothing was deployed from this folder. Deploy it, or give --api and --stage and --rate"),
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
