"""`make resume`: opens the chat again after the breaker has closed it. Doing it twice does nothing new.

It puts the stage's throttles back to what Terraform says they are, each route's own. Where nothing was deployed from
here it opens the stage that is named, with the throttles of lambdas/routes.json.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.deployed import throttles
from local.functions.contract import LoadError
from local.functions.route_map import read_routes
from local.gateway.throttle import ACCOUNT_DEFAULT, Throttle
from scripts import ROOT
from scripts.command_line import whole_number
from scripts.deploy import aws

ROUTES = ROOT / "lambdas/routes.json"
HOUR = 3600  # seconds


@dataclass(frozen=True)
class Stage:
    """What is to be opened, and how wide: what it takes of each route, and of all others."""

    api: str
    name: str
    default: Throttle
    routes: Mapping[str, Throttle]
    region: str | None = None
    topic: str | None = None  # where the alarms report that close it

    @property
    def together(self) -> str:
        """What all routes take, as a text."""
        rate, burst = (sum(getattr(each, name) for each in self.routes.values()) for name in ("rate", "burst"))
        return f"{rate:g} frames a second, {burst} at once"


def settings(throttle: Throttle) -> dict[str, Any]:
    return {"ThrottlingRateLimit": float(throttle.rate), "ThrottlingBurstLimit": int(throttle.burst)}


def resume(stage: Stage) -> list[str]:
    """Open the stage; return what was done, as sentences. Raises aws.CannotUseAws."""
    session = aws.session_in(stage.region)
    return [open_stage(aws.client(session, "apigatewayv2"), stage), *warnings(session, stage)]


def open_stage(gateway: Any, stage: Stage) -> str:
    with aws.in_sentences("apigateway:GET and apigateway:PATCH on the stage"):
        try:
            found = gateway.get_stage(ApiId=stage.api, StageName=stage.name)
        except gateway.exceptions.NotFoundException:
            raise aws.CannotUseAws(
                f"There is no stage {stage.name} of an API {stage.api} here. Is it this region?"
            ) from None
        default, routes = found.get("DefaultRouteSettings", {}), found.get("RouteSettings", {})
        # Every route that has a throttle now gets one, or it would stay closed.
        opened = {
            key: routes.get(key, {}) | settings(stage.routes.get(key, stage.default))
            for key in {*routes, *stage.routes}
        }
        if default | settings(stage.default) == default and opened == routes:
            return f"The stage {stage.name} is open already: {stage.together}."
        gateway.update_stage(
            ApiId=stage.api,
            StageName=stage.name,
            DefaultRouteSettings=default | settings(stage.default),
            RouteSettings=opened,
        )
    return f"The stage {stage.name} is open again: {stage.together}."


def warnings(session: Any, stage: Stage) -> list[str]:
    """Return a sentence for each alarm that has not calmed down yet: it says nothing while it stays on."""
    if not stage.topic:
        return []
    try:
        with aws.in_sentences("cloudwatch:DescribeAlarms"):
            pages = aws.client(session, "cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
            alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    except aws.CannotUseAws as refusal:
        return [f"Whether an alarm is still on is not known: {refusal}"]
    return [
        f"{alarm['AlarmName']} is still on. If it is so when the chat has been open for {time_of(alarm['Period'])}, "
        "the breaker closes it again."
        for alarm in alarms
        if stage.topic in alarm["AlarmActions"]
    ]


def time_of(seconds: int) -> str:
    return f"{seconds // HOUR} hours" if seconds > HOUR else f"{seconds // 60} minutes"


def deployed(folder: Path) -> Mapping[str, Any]:
    """Return the outputs of the stack that was deployed from here. Raises aws.CannotUseAws."""
    command = [str(folder / "scripts" / "terraform"), "output", "-json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise aws.CannotUseAws(f"The deployed stack cannot be read: {complaint(done.stderr)}")
    return {name: output["value"] for name, output in json.loads(done.stdout).items()}


def complaint(said: str) -> str:
    """Return the sentence of what Terraform complained about at length, in a frame and in colours."""
    plain = re.sub(r"\x1b\[[\d;]*m|[│╷╵]", "", said)
    error = re.search(r"Error: (.+)", plain)
    return f"{error[1].strip()}. If it was deployed from here: scripts/terraform init" if error else plain.strip()


def stage_of(outputs: Mapping[str, Any], options: argparse.Namespace) -> Stage:
    """Return what the arguments say, and for the rest the outputs. Raises aws.CannotUseAws."""
    values = {"api": options.api or outputs.get("api_id"), "stage": options.stage or outputs.get("stage_name")}
    missing = [f"--{name}" for name, value in values.items() if value is None]
    if missing:
        raise aws.CannotUseAws(
            f"Nothing was deployed from this folder. Deploy it, or give {' and '.join(missing)} as well."
        )
    chosen = {name: value for name in ("rate", "burst") if (value := getattr(options, name))}
    there = outputs.get("throttles")
    rows = {key: {"throttle": row} for key, row in there["routes"].items()} if there else read_routes(ROUTES)
    return Stage(
        api=str(values["api"]),
        name=str(values["stage"]),
        default=Throttle(**there["default"]) if there else ACCOUNT_DEFAULT,
        routes=throttles(rows, chosen),
        region=options.region or outputs.get("region"),
        topic=outputs.get("spending_topic_arn"),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="resume", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--api", help="id of the API; default: what was deployed from here, as with the others")
    parser.add_argument("--stage", help="name of its stage")
    positive = whole_number(range(1, sys.maxsize), "{text} is no whole number from 1 on: 0 would let nobody in")
    parser.add_argument("--rate", type=positive, help="connects and frames a second, of all routes together")
    parser.add_argument("--burst", type=positive, help="the same, at once")
    parser.add_argument("--region", help="where it is")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(resume(stage_of({} if options.api and options.stage else deployed(ROOT), options))))
    except (aws.CannotUseAws, LoadError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
