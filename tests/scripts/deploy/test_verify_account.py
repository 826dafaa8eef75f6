"""What `make verify` finds in accounts that are spoilt in one place each, and that it changes nothing there."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.deploy import aws
from scripts.deploy.verify_account import CHECKS, look_at_account
from tests.support.fake_account import BREAKER, ME, OUTPUTS, PENDING, SPENDING, TROUBLE, FakeAccount, settings

Spoil = Callable[[FakeAccount], Any]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> FakeAccount:
    account = FakeAccount()
    monkeypatch.setattr(aws, "session_in", lambda region: region)
    monkeypatch.setattr(aws, "client", lambda session, service: account)
    return account


def found(outputs: dict[str, Any] = OUTPUTS) -> dict[str, tuple[str, str]]:
    return {each.name: (each.verdict, each.detail) for each in look_at_account(outputs)}


def test_nothing_is_to_be_done_where_all_is_well(account: FakeAccount) -> None:
    assert found() == {
        "stage": ("ok", "it is open: 22.5 frames a second, 90 at once, as throttles of 2 routes"),
        "breaker": ("ok", "on anonchat-prod-messages-hour it would close 2 routes; this was a dry run"),
        "alarms": ("ok", "2 are there; all of them are quiet"),
        "mail": ("ok", "the alarms on spending and on trouble reach a confirmed address"),
        "budget": ("ok", "2 USD a month; a mail tells if the account spends more, half a day late"),
    }


def test_the_breaker_is_handed_a_copy_of_its_alarms_message_as_a_dry_run(account: FakeAccount) -> None:
    found()
    [event] = account.events
    [record] = event["Records"]
    message = json.loads(record["Sns"]["Message"])
    assert event["dryRun"] is True
    assert (message["AlarmName"], message["NewStateValue"]) == ("anonchat-prod-messages-hour", "ALARM")


def test_an_older_breaker_that_closes_the_chat_all_the_same_is_told_with_the_way_back(account: FakeAccount) -> None:
    account.breaker = account.close
    verdict, detail = found()["breaker"]
    assert verdict == "failed"
    assert detail == "it closed the stage in a dry run, so it is an older one: make resume, then deploy"


def test_a_closed_stage_is_told_and_its_breaker_is_left_alone(account: FakeAccount) -> None:
    account.close({})
    assert found()["stage"] == ("failed", "it is closed, so nobody gets in: look at the alarms, then: make resume")
    assert found()["breaker"][0] == "look"
    assert account.events == []


def raising(event: object) -> Any:
    raise RuntimeError


SPOILT: list[tuple[str, str, str, Spoil]] = [
    ("stage", "look", "send have other", lambda it: it.stage["RouteSettings"].update(send=settings(8, 30))),
    ("stage", "look", "send have other", lambda it: it.stage["RouteSettings"].pop("send")),
    ("stage", "look", "the default have", lambda it: it.stage.update(DefaultRouteSettings=settings(100, 200))),
    ("stage", "failed", "is closed", lambda it: it.stage["RouteSettings"].update(send=settings(0, 0))),
    ("breaker", "failed", "RuntimeError: its log", lambda it: setattr(it, "breaker", raising)),
    ("breaker", "failed", "would not close $connect, send", lambda it: setattr(it, "breaker", lambda event: None)),
    ("breaker", "failed", "close send", lambda it: it.stage["RouteSettings"].pop("send")),
    ("breaker", "failed", "no alarm that would call it", lambda it: it.alarms.pop(0)),
    ("alarms", "failed", "none for spending", lambda it: it.alarms.pop(0)),
    ("alarms", "failed", "none for trouble", lambda it: it.alarms.pop(1)),
    ("alarms", "failed", "switched off", lambda it: it.alarms[0].update(ActionsEnabled=False)),
    ("alarms", "look", "errors has gone off", lambda it: it.alarms[1].update(StateValue="ALARM")),
    ("alarms", "ok", "for 1 of them", lambda it: it.alarms[1].update(StateValue="INSUFFICIENT_DATA")),
    ("mail", "look", "alarms on trouble: set alert_email", lambda it: it.subscriptions.update({TROUBLE: []})),
    ("mail", "look", "me@example.org for trouble", lambda it: it.subscriptions.update({TROUBLE: [PENDING]})),
    ("mail", "look", "after 48 hours", lambda it: it.subscriptions.update({SPENDING: [PENDING, BREAKER]})),
    ("mail", "failed", "do not reach the breaker", lambda it: it.subscriptions.update({SPENDING: [ME]})),
    ("budget", "look", "there is none: set alert_email", lambda it: setattr(it, "budget", None)),
]


@pytest.mark.parametrize(
    ("name", "verdict", "sentence", "spoil"), SPOILT, ids=[f"{row[0]}: {row[2]}" for row in SPOILT]
)
def test_what_is_wrong_is_told_with_what_to_do(
    account: FakeAccount, name: str, verdict: str, sentence: str, spoil: Spoil
) -> None:
    spoil(account)
    told = found()[name]
    assert told[0] == verdict
    assert sentence in told[1]


def test_without_credentials_each_check_that_could_not_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    told = found()
    assert list(told) == list(CHECKS)
    assert {verdict for verdict, _ in told.values()} == {"look"}
    assert told["stage"][1].startswith("not looked at: There are no AWS credentials here. Run `aws configure`")
    assert {told[name][1] for name in list(CHECKS)[1:]} == {"not looked at: the same reason"}


def test_a_stack_from_before_there_were_throttles_by_route_is_left_alone(account: FakeAccount) -> None:
    told = found({name: value for name, value in OUTPUTS.items() if name != "throttles"})
    assert told["breaker"][0] == "look"
    assert told["stage"][1] == "not looked at: Terraform tells no throttles, so this is an older stack: make deploy"
    assert account.events == []
