"""What stands around a deployed chat in its AWS account: stage, breaker, alarms, mail, budget. Nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from scripts.deploy import aws
from scripts.deploy.verify_report import Finding, failed, listed, look, ok

OPEN_AGAIN = "look at the alarms, then: make resume"
NO_MAIL = 'set alert_email = "…" in terraform/terraform.tfvars, then: make deploy'
UNCONFIRMED = "PendingConfirmation"


@dataclass(frozen=True)
class Account:
    """An AWS session, and Terraform's outputs of the stack that is looked at."""

    session: boto3.Session
    outputs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What all names of the stack begin with: <app>-<env>."""
        return str(self.outputs["breaker_name"]).removesuffix("-breaker")

    def client(self, service: str) -> Any:
        return aws.client(self.session, service)

    def stage(self) -> dict[str, Any]:
        with aws.in_sentences("apigateway:GET on the stage"):
            found = self.client("apigatewayv2").get_stage(
                ApiId=self.outputs["api_id"], StageName=self.outputs["stage_name"]
            )
        return dict(found)

    def alarms(self) -> list[dict[str, Any]]:
        """Return the alarms that report to one of the stack's topics."""
        topics = {self.outputs["spending_topic_arn"], self.outputs["trouble_topic_arn"]}
        with aws.in_sentences("cloudwatch:DescribeAlarms"):
            pages = self.client("cloudwatch").get_paginator("describe_alarms").paginate()
            every = [alarm for page in pages for alarm in page["MetricAlarms"]]
        return [alarm for alarm in every if topics & {*alarm["AlarmActions"]}]


def look_at_account(outputs: Mapping[str, Any]) -> Iterator[Finding]:
    """Make each check; one that AWS does not allow is a finding too, so that an owner knows what was not seen."""
    said = ""
    account: Account | None = None
    for name, check in CHECKS.items():
        try:
            account = account or open_account(outputs)
            yield check(account)
        except aws.CannotUseAws as refusal:
            yield look(name, f"not looked at: {'the same reason' if str(refusal) == said else refusal}")
            said = str(refusal)


def open_account(outputs: Mapping[str, Any]) -> Account:
    if missing := [name for name in OUTPUTS if name not in outputs]:
        raise aws.CannotUseAws(f"Terraform tells no {listed(missing)}, so this is an older stack: make deploy")
    return Account(aws.session_in(outputs["region"]), outputs)


def check_stage(account: Account) -> Finding:
    """Compare the throttles in force with what Terraform says they are."""
    stage = account.stage()
    wanted = account.outputs["throttles"]
    if is_closed(stage):
        return failed("stage", f"it is closed, so nobody gets in: {OPEN_AGAIN}")
    routes = stage.get("RouteSettings", {})
    others = [key for key, throttle in wanted["routes"].items() if throttle_of(routes.get(key, {})) != pair(throttle)]
    if throttle_of(stage.get("DefaultRouteSettings", {})) != pair(wanted["default"]):
        others.append("the default")
    if others:
        return look(
            "stage", f"it is open, but {listed(others, 4)} have other throttles than were deployed: make resume"
        )
    rate, burst = (sum(each[name] for each in wanted["routes"].values()) for name in ("rate", "burst"))
    return ok("stage", f"it is open: {rate:g} frames a second, {burst:g} at once, as throttles of {len(routes)} routes")


def check_breaker(account: Account) -> Finding:
    """Let the breaker say what it would do about an alarm, and look that it has done nothing."""
    if is_closed(account.stage()):
        return look("breaker", f"not tried, since the stage is closed already: {OPEN_AGAIN}")
    # Alarms on connects close one route alone, so another one is tried.
    topic = account.outputs["spending_topic_arn"]
    spending = [
        each for each in account.alarms() if topic in each["AlarmActions"] and each.get("MetricName") != "ConnectCount"
    ]
    if not spending:
        return failed("breaker", "there is no alarm that would call it: make deploy")
    with aws.in_sentences("lambda:InvokeFunction on the breaker"):
        answer = account.client("lambda").invoke(
            FunctionName=account.outputs["breaker_name"], Payload=json.dumps(dry_run(spending[0])).encode()
        )
        told = json.loads(answer["Payload"].read() or b"null")
    if is_closed(account.stage()):
        return failed("breaker", "it closed the stage in a dry run, so it is an older one: make resume, then deploy")
    if answer.get("FunctionError"):
        return failed("breaker", f"it raised {(told or {}).get('errorType')}: its log says where")
    routes = set((told or {}).get("routes", []))
    missing = [key for key in account.outputs["throttles"]["routes"] if key not in routes]
    if missing or (told or {}).get("alarms") != [spending[0]["AlarmName"]]:
        return failed("breaker", f"in a dry run it would not close {listed(missing, 4) or 'the stage'}: make deploy")
    return ok("breaker", f"on {spending[0]['AlarmName']} it would close {len(routes)} routes; this was a dry run")


def dry_run(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return what SNS would hand to the breaker if this alarm went off, marked as a trial."""
    message = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AlarmArn": alarm.get("AlarmArn"),
        "OldStateValue": "OK",
        "NewStateValue": "ALARM",
        "NewStateReason": "make verify asks what would happen.",
        "Trigger": {name: alarm.get(name) for name in ("MetricName", "Namespace", "Statistic", "Period", "Threshold")},
    }
    return {"dryRun": True, "Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}


def check_alarms(account: Account) -> Finding:
    """Look that the alarms of both topics are there, on, and quiet."""
    alarms = account.alarms()
    by_state = {state: [each["AlarmName"] for each in alarms if each["StateValue"] == state] for state in ALARM_STATES}
    off = [each["AlarmName"] for each in alarms if not each.get("ActionsEnabled", True)]
    if not all(any(account.outputs[topic] in each["AlarmActions"] for each in alarms) for topic in TOPICS):
        return failed("alarms", "there are none for spending, or none for trouble: make deploy")
    if off:
        return failed("alarms", f"{listed(off)} would do nothing: its actions are switched off. make deploy")
    if by_state["ALARM"]:
        return look("alarms", f"{listed(by_state['ALARM'])} has gone off: its description says what to do")
    waiting = len(by_state["INSUFFICIENT_DATA"])
    state = f"nothing was counted yet for {waiting} of them" if waiting else "all of them are quiet"
    return ok("alarms", f"{len(alarms)} are there; {state}")


def check_mail(account: Account) -> Finding:
    """Look who hears of the alarms: the breaker must, and somebody by mail should."""
    pending: list[str] = []
    silent: list[str] = []
    for topic in TOPICS:
        found = subscriptions(account, account.outputs[topic])
        mails = [each for each in found if each["Protocol"] == "email"]
        pending += [f"{each['Endpoint']} for {kind(topic)}" for each in mails if each["SubscriptionArn"] == UNCONFIRMED]
        silent += [] if mails else [kind(topic)]
        if topic == SPENDING and not any(each["Protocol"] == "lambda" for each in found):
            return failed("mail", "the alarms on spending do not reach the breaker: make deploy")
    if silent:
        return look("mail", f"nobody hears of the alarms on {' and '.join(silent)}: {NO_MAIL}")
    if pending:
        return look(
            "mail",
            f"not confirmed yet: {listed(pending)}. Click the link in each mail of AWS; "
            "what is not confirmed vanishes after 48 hours, then: make deploy",
        )
    return ok("mail", "the alarms on spending and on trouble reach a confirmed address")


def subscriptions(account: Account, topic: str) -> list[dict[str, Any]]:
    with aws.in_sentences("sns:ListSubscriptionsByTopic"):
        pages = account.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        return [each for page in pages for each in page["Subscriptions"]]


def check_budget(account: Account) -> Finding:
    """Look whether a budget mails when the account spends more than its owner wants."""
    with aws.in_sentences("budgets:ViewBudget"):
        owner = account.client("sts").get_caller_identity()["Account"]
        budgets = account.client("budgets")
        name = f"{account.name}-{account.outputs['region']}"
        try:
            found = budgets.describe_budget(AccountId=owner, BudgetName=name)["Budget"]
        except budgets.exceptions.NotFoundException:
            return look("budget", f"there is none: {NO_MAIL}")
    limit = f"{float(found['BudgetLimit']['Amount']):g} {found['BudgetLimit']['Unit']}"
    return ok("budget", f"{limit} a month; a mail tells if the account spends more, half a day late")


def is_closed(stage: Mapping[str, Any]) -> bool:
    """Tell whether some throttle lets nothing through: nobody deploys that."""
    every = [stage.get("DefaultRouteSettings", {}), *stage.get("RouteSettings", {}).values()]
    return any(throttle_of(settings) == (0, 0) for settings in every)


def throttle_of(settings: Mapping[str, Any]) -> tuple[float, float]:
    """Return rate and burst as API Gateway tells them; -1 for one that is not set."""
    return round(settings.get("ThrottlingRateLimit", -1), 3), settings.get("ThrottlingBurstLimit", -1)


def pair(throttle: Mapping[str, float]) -> tuple[float, float]:
    """Return rate and burst as Terraform tells them."""
    return round(throttle["rate"], 3), throttle["burst"]


def kind(topic: str) -> str:
    """Return what the topic of an output is about: spending or trouble."""
    return topic.partition("_")[0]


OUTPUTS = ("region", "api_id", "stage_name", "throttles", "breaker_name", "spending_topic_arn", "trouble_topic_arn")
SPENDING, TROUBLE = "spending_topic_arn", "trouble_topic_arn"
TOPICS = (SPENDING, TROUBLE)
ALARM_STATES = ("ALARM", "INSUFFICIENT_DATA")
CHECKS: dict[str, Callable[[Account], Finding]] = {
    "stage": check_stage,
    "breaker": check_breaker,
    "alarms": check_alarms,
    "mail": check_mail,
    "budget": check_budget,
}
