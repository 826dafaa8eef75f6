"""An apply from GitHub finds out whether the breaker has closed the chat, and stops then."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from scripts.deploy import aws, closed

OUTPUTS = {"api_id": "api123", "stage_name": "prod", "region": "eu-central-1"}
STAGE = {"ApiId": "api123", "StageName": "prod"}


def settings(rate: float, burst: int) -> dict[str, Any]:
    return {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    stub = Stubber(boto3.client("apigatewayv2", region_name="eu-central-1"))
    monkeypatch.setattr(aws, "client", lambda session, service: stub.client)
    monkeypatch.setattr(closed, "deployed", lambda root: OUTPUTS)
    stub.activate()
    return stub


@pytest.mark.parametrize(
    ("default", "routes"),
    [
        (settings(0, 0), {}),
        (settings(10000, 5000), {"$connect": settings(0, 0), "ping": settings(5, 5)}),
        (settings(10000, 0), {}),
    ],
)
def test_a_closed_chat_stops_an_apply_with_a_sentence(
    gateway: Stubber, default: dict[str, Any], routes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"StageName": "prod", "DefaultRouteSettings": default, "RouteSettings": routes}
    gateway.add_response("get_stage", answer, STAGE)
    assert closed.main([]) == 1
    assert "The breaker has closed this chat" in capsys.readouterr().err


def test_an_open_chat_stops_nothing(gateway: Stubber) -> None:
    open_route = {"$connect": settings(15, 60), "$disconnect": {}}
    answer = {"StageName": "prod", "DefaultRouteSettings": settings(10000, 5000), "RouteSettings": open_route}
    gateway.add_response("get_stage", answer, STAGE)
    assert closed.main([]) == 0


def test_a_chat_that_is_not_there_is_not_closed(gateway: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway.add_client_error("get_stage", "NotFoundException", expected_params=STAGE)
    assert closed.main([]) == 0
    monkeypatch.setattr(closed, "deployed", lambda root: {})
    assert closed.main([]) == 0


def test_what_cannot_be_looked_at_stops_it_too(gateway: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    gateway.add_client_error("get_stage", "AccessDeniedException")
    assert closed.main([]) == 1
    assert "may not call apigateway:GET on the stage" in capsys.readouterr().err
