"""Whether the breaker has closed the deployed chat: then an apply from GitHub stops, as it would open it again.

A person opens it, who has looked at why: `make resume`, or `make deploy`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from scripts import ROOT
from scripts.deploy import aws
from scripts.deploy.resume import deployed

CLOSED = (
    "The breaker has closed this chat: its throttle is 0, and an apply would open it again. Look at the alarms; then "
    "open it with `make resume` and run this again, or apply by hand with `make deploy`."
)


def is_closed(gateway: Any, api: str, stage: str) -> bool:
    """Return whether nothing gets in through any of the stage's throttles. A stage that is not there is not closed."""
    with aws.in_sentences("apigateway:GET on the stage"):
        try:
            found = gateway.get_stage(ApiId=api, StageName=stage)
        except gateway.exceptions.NotFoundException:
            return False
    throttles = [found.get("DefaultRouteSettings", {}), *found.get("RouteSettings", {}).values()]
    return any(each.get(limit) == 0 for each in throttles for limit in ("ThrottlingRateLimit", "ThrottlingBurstLimit"))


def look(outputs: Mapping[str, Any]) -> bool:
    """Return whether the chat of these outputs is closed. Raise aws.CannotUseAws."""
    if not outputs.get("api_id"):
        return False  # nothing has been deployed yet
    gateway = aws.client(aws.session_in(outputs.get("region")), "apigatewayv2")
    return is_closed(gateway, outputs["api_id"], outputs["stage_name"])


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(prog="closed", description=(__doc__ or "").partition("\n")[0]).parse_args(arguments)
    try:
        closed = look(deployed(ROOT))
    except aws.CannotUseAws as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if closed:
        print(CLOSED, file=sys.stderr)
    return int(closed)


if __name__ == "__main__":
    sys.exit(main())
