"""What Terraform deploys, in numbers: the chat on this machine runs under the same ones.

They are read where Terraform reads them, the route map and its own sources, so that no number is written down twice.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.functions.contract import FunctionLimits, shown
from local.functions.route_map import Routes
from local.gateway.throttle import Throttle

TERRAFORM = Path(__file__).resolve().parent.parent / "terraform"
UNRESERVED = -1  # of reserved_concurrency: the function takes of what the account has

VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
DEFAULT = re.compile(r"^  default +=(.*)$", re.MULTILINE)
CHOICE = re.compile(r"^[ \t]*(\w+)[ \t]*=[ \t]*(\{[^}]*\}|[^#\n]+)", re.MULTILINE)
PAIR = re.compile(r'"?(\w+)"?[ \t]*[=:][ \t]*(-?[\d.]+)')
SETTING = re.compile(r"^    ([A-Z_]+) += var\.(\w+)$", re.MULTILINE)
TIMEOUT = re.compile(r"^  timeout += (\d+)\b", re.MULTILINE)


class CannotReadVariables(Exception):
    """The owner's variables do not make sense; the text says which, for people."""


@dataclass(frozen=True)
class Deployed:
    """The numbers of one deployment.

    `environ` is what owners may set about the chat itself, for the functions. `throttle` has the `rate` and the `burst`
    of all routes together that an owner has chosen; what is left out is the sum of the route map's.
    """

    function: FunctionLimits
    environ: Mapping[str, str]
    throttle: Mapping[str, float] = field(default_factory=dict)

    def throttles(self, routes: Routes) -> dict[str, Throttle]:
        """Return what the deployed stage takes of each route."""
        return throttles(routes, self.throttle)


def throttles(routes: Routes, together: Mapping[str, float]) -> dict[str, Throttle]:
    """Return the throttle of each route that has one: its part of `together`, reckoned as terraform/main.tf does."""
    rows = {key: Throttle(**row["throttle"]) for key, row in routes.items() if row.get("throttle")}
    if not together:
        return rows
    rates, bursts = sum(row.rate for row in rows.values()), sum(row.burst for row in rows.values())
    rate, burst = together.get("rate", rates), together.get("burst", bursts)
    return {
        key: Throttle(row.rate * rate / rates, max(1, int(row.burst * burst // bursts))) for key, row in rows.items()
    }


def deployed(folder: Path = TERRAFORM, *, chosen: bool = False) -> Deployed:
    """Return what an apply in `folder` would deploy: by the defaults, or as its owner has chosen in files there.

    Raise CannotReadVariables.
    """
    settings = (folder / "settings.tf").read_text()
    values = defaults((folder / "variables.tf").read_text() + settings)
    values |= choices(folder) if chosen else {}
    [timeout] = TIMEOUT.findall((folder / "modules/function/main.tf").read_text())
    reserved = whole(values, "reserved_concurrency")
    throttle = values["throttle"]
    if not isinstance(throttle, dict):
        raise CannotReadVariables(f"throttle is {throttle} where {{ rate = 100, burst = 200 }} is meant.")
    return Deployed(
        FunctionLimits(
            concurrency=FunctionLimits.concurrency if reserved == UNRESERVED else reserved,
            timeout=int(timeout),
            memory_mb=whole(values, "memory"),
        ),
        {name: str(whole(values, variable)) for name, variable in SETTING.findall(settings)},
        throttle,
    )


def defaults(source: str) -> dict[str, Any]:
    """Return the defaults of the variables in a Terraform source."""
    return {name: value(default) for name, text in VARIABLE.findall(source) for default in DEFAULT.findall(text)}


def choices(folder: Path) -> dict[str, Any]:
    """Return what the owner has chosen in the files that Terraform reads by itself, the last one winning."""
    chosen: dict[str, Any] = {}
    for path in [folder / "terraform.tfvars", folder / "terraform.tfvars.json", *sorted(folder.glob("*.auto.tfvars*"))]:
        if path.suffix == ".json" and path.exists():
            try:
                chosen |= json.loads(path.read_text())
            except (TypeError, ValueError) as failure:
                raise CannotReadVariables(f"{shown(path)} is no JSON object: {failure}") from failure
        elif path.exists():
            chosen |= {name: value(text) for name, text in CHOICE.findall(path.read_text())}
    return chosen


def value(text: str) -> Any:
    """Return what an expression of Terraform's says, if it is a number, a string or a map of numbers; else the text."""
    text = text.strip()
    if text.startswith("{"):
        return {name: json.loads(number) for name, number in PAIR.findall(text)}
    try:
        return json.loads(text)
    except ValueError:
        return text


def whole(values: Mapping[str, Any], name: str) -> int:
    """Return one variable's whole number. Raise CannotReadVariables."""
    try:
        return int(values[name])
    except (KeyError, TypeError, ValueError):
        raise CannotReadVariables(f"{name} is {values.get(name)!r}, which is no number.") from None
