"""The breaker: an alarm about the chat's traffic comes in, and API Gateway lets nobody through any more.

It sets the stage's throttles to zero: new sockets and new messages get 429 and cost no function. Doing it twice does
nothing new. If AWS refuses, the failure propagates: SNS's asynchronous call is then repeated twice by Lambda, and the
alarm about errors tells. `make resume` opens the stage again; so does any `terraform apply`.
"""

import json
import os
from typing import Any

import boto3

from anonchat import log

API_ID = os.environ["API_ID"]
STAGE = os.environ["STAGE_NAME"]
GATEWAY = boto3.client("apigatewayv2")

CLOSED = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}


def handler(event: object, context: object) -> None:
    names = [alarm["AlarmName"] for alarm in alarms(event) if alarm.get("NewStateValue") == "ALARM"]
    if not names:
        log.warn("ignored an event that is no alarm")
        return
    try:
        close_stage()
    except Exception as failure:
        log.error("could not close the stage", failure)
        raise
    log.warn("closed the stage", alarms=names, api=API_ID, stage=STAGE)


def alarms(event: Any) -> list[dict[str, Any]]:
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


def close_stage() -> None:
    """Set every throttle to zero: a route's own outranks the stage's, so each one there is goes to zero too."""
    stage = GATEWAY.get_stage(ApiId=API_ID, StageName=STAGE)
    GATEWAY.update_stage(
        ApiId=API_ID,
        StageName=STAGE,
        DefaultRouteSettings=stage.get("DefaultRouteSettings", {}) | CLOSED,
        RouteSettings={route: settings | CLOSED for route, settings in stage.get("RouteSettings", {}).items()},
    )
