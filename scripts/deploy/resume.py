"""`make resume`: opens the chat again after the breaker has closed it. Doing it twice does nothing new.

It puts the stage's throttles back to what Terraform says they are, each route's own included.
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

from scripts import ROOT
from scripts.command_line import whole_number
from scripts.deploy import aws


@dataclass(frozen=True)
class Stage:
    """What is to be opened, and how wide: frames and connects a second, and at once."""

    api: str
    name: str
    rate: float
    burst: int
    region: str | None = None
    topic: str | None = None  # where the alarms report that close it

    @property
    def throttle(self) -> dict[str, Any]:
        return {"ThrottlingRateLimit": float(self.rate), "ThrottlingBurstLimit": int(self.burst)}


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
        opened = f"{stage.rate:g} frames a second, {stage.burst} at once"
        if all(settings | stage.throttle == settings for settings in [default, *routes.values()]):
            return f"The stage {stage.name} is open already: {opened}."
        gateway.update_stage(
            ApiId=stage.api,
            StageName=stage.name,
            DefaultRouteSettings=default | stage.throttle,
            RouteSettings={key: settings | stage.throttle for key, settings in routes.items()},
        )
    also = f", and so {'is' if len(routes) == 1 else 'are'} {', '.join(sorted(routes))}" if routes else ""
    return f"The stage {stage.name} is open again{also}: {opened}."


def warnings(session: Any, stage: Stage) -> list[str]:
    """Return a sentence for each alarm that has not calmed down yet: it fires no second time."""
    if not stage.topic:
        return []
    try:
        with aws.in_sentences("cloudwatch:DescribeAlarms"):
            pages = aws.client(session, "cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
            alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    except aws.CannotUseAws as refusal:
        return [f"Whether the alarms can fire again is not known: {refusal}"]
    names = [alarm["AlarmName"] for alarm in alarms if stage.topic in alarm["AlarmActions"]]
    return [
        f"{name} is still in alarm: until its count has fallen, it will not close the chat again." for name in names
    ]


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
    throttle = outputs.get("throttle", {})
    values = {
        "api": options.api or outputs.get("api_id"),
        "stage": options.stage or outputs.get("stage_name"),
        "rate": options.rate or throttle.get("rate"),
        "burst": options.burst or throttle.get("burst"),
    }
    missing = [f"--{name}" for name, value in values.items() if value is None]
    if missing:
        raise aws.CannotUseAws(
            f"Nothing was deployed from this folder. Deploy it, or give {' and '.join(missing)} as well."
        )
    return Stage(
        api=values["api"],
        name=values["stage"],
        rate=values["rate"],
        burst=values["burst"],
        region=options.region or outputs.get("region"),
        topic=outputs.get("spending_topic_arn"),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="resume", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--api", help="id of the API; default: what was deployed from here, as with the others")
    parser.add_argument("--stage", help="name of its stage")
    positive = whole_number(range(1, sys.maxsize), "{text} is no whole number from 1 on: 0 would let nobody in")
    parser.add_argument("--rate", type=positive, help="connects and frames a second")
    parser.add_argument("--burst", type=positive, help="the same, at once")
    parser.add_argument("--region", help="where it is")
    options = parser.parse_args(arguments)
    complete = all((options.api, options.stage, options.rate, options.burst))
    try:
        print("\n".join(resume(stage_of({} if complete else deployed(ROOT), options))))
    except aws.CannotUseAws as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
