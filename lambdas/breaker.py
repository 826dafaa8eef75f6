"""The breaker: too much traffic comes in, and API Gateway lets nobody through any more.

It sets every throttle of the stage to zero: new sockets and new messages get 429 and cost no function. Where only new
sockets are too many, it does so to `$connect` alone, and who is in a room goes on talking. `make resume` opens the
stage again; so does any `terraform apply`. Two things call it:

- An alarm, by SNS, when it goes off. That is once: it says nothing while it stays on.
- A schedule, every five minutes. If an alarm is on although the stage has been open for as long as the alarm looks
  back, then all that it counts has come since: the flood goes on, and the stage is closed again. A stage that has been
  opened lately is given that time, since a day's sum stays high for a day.

With `"dryRun": true` in the event nothing is changed. If AWS refuses, the failure propagates: Lambda repeats such a
call twice, and the alarm about errors tells.
"""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from anonchat import log

API_ID = os.environ["API_ID"]
STAGE = os.environ["STAGE_NAME"]
ALARMS = os.environ["ALARMS"].split(",")  # the names of those on spending
GATEWAY = boto3.client("apigatewayv2")
CLOUDWATCH = boto3.client("cloudwatch")

DEFAULT = "the stage's own throttle"
CLOSED = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
LATE = timedelta(minutes=3)  # what an alarm counts may have come that much earlier than it says
ABOUT_CONNECTS = re.compile(r"-connects-[^-]+$")  # how the names of alarms end that count new sockets


def handler(event: Any, context: object) -> dict[str, Any]:
    """Return whether it has closed the stage, or would in a dry run; because of which alarms, and which routes."""
    fired = [alarm["AlarmName"] for alarm in notifications(event) if alarm.get("NewStateValue") == "ALARM"]
    if not fired and not is_scheduled(event):
        log.warn("ignored an event that is no alarm")
        return {"closed": False, "alarms": [], "routes": []}
    try:
        stage = GATEWAY.get_stage(ApiId=API_ID, StageName=STAGE)
        names = [] if is_closed(stage) else fired or lasting_alarms(stage["LastUpdatedDate"])
        routes = routes_to_close(stage, names)
        closes = bool(routes) and event.get("dryRun") is not True
        if closes:
            close(stage, routes)
    except Exception as failure:
        log.error("could not close the stage", failure)
        raise
    if closes:
        log.warn("closed the stage", alarms=names, api=API_ID, stage=STAGE)
    return {"closed": bool(routes), "alarms": names if routes else [], "routes": sorted(routes - {DEFAULT})}


def notifications(event: Any) -> list[dict[str, Any]]:
    """Return the alarm notifications in an SNS event; what is none is left out."""
    found = []
    for record in records(event):
        try:
            message = json.loads(record["Sns"]["Message"])
        except (LookupError, TypeError, ValueError):
            continue
        if isinstance(message, dict) and isinstance(message.get("AlarmName"), str):
            found.append(message)
    return found


def records(event: Any) -> list[Any]:
    """Return the records of an event, none if it is not of SNS."""
    rows = event.get("Records") if isinstance(event, dict) else None
    return rows if isinstance(rows, list) else []


def is_scheduled(event: Any) -> bool:
    return isinstance(event, dict) and event.get("detail-type") == "Scheduled Event"


def lasting_alarms(opened: datetime) -> list[str]:
    """Return the alarms that are on by what has come since the stage was opened, or changed in any other way."""
    found = CLOUDWATCH.describe_alarms(AlarmNames=ALARMS, AlarmTypes=["MetricAlarm"], StateValue="ALARM")
    return [
        alarm["AlarmName"]
        for alarm in found["MetricAlarms"]
        if now() - opened >= timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"]) + LATE
    ]


def now() -> datetime:
    return datetime.now(UTC)


def route_settings(stage: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = stage.get("RouteSettings", {})
    return found


def routes_to_close(stage: dict[str, Any], alarms: list[str]) -> set[str]:
    """Return the routes that these alarms close, and DEFAULT for all others; none if they are closed already."""
    if not all(ABOUT_CONNECTS.search(name) for name in alarms):
        return {DEFAULT, *route_settings(stage)}
    return {"$connect"} if alarms and not has_closed(route_settings(stage).get("$connect", {})) else set()


def is_closed(stage: dict[str, Any]) -> bool:
    return all(map(has_closed, [stage.get("DefaultRouteSettings", {}), *route_settings(stage).values()]))


def has_closed(settings: dict[str, Any]) -> bool:
    return settings | CLOSED == settings


def close(stage: dict[str, Any], routes: set[str]) -> None:
    """Set throttles to zero: a route's own outranks the stage's, so each one there is goes to zero too."""
    settings = {DEFAULT: stage.get("DefaultRouteSettings", {}), **route_settings(stage)}
    settings |= {route: settings.get(route, {}) | CLOSED for route in routes}
    default = settings.pop(DEFAULT)
    GATEWAY.update_stage(ApiId=API_ID, StageName=STAGE, DefaultRouteSettings=default, RouteSettings=settings)
