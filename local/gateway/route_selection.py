"""Which route a message takes: `$request.body.action`, and `$default` for everything else."""

import json
from collections.abc import Container

LIFECYCLE = {"$connect", "$disconnect", "$default"}  # never chosen by what a client sends


def route_of(text: str, routes: Container[str]) -> str | None:
    """Return the key of the route for a message; None when nothing matches and there is no `$default`."""
    action = _action(text)
    if action in routes and action not in LIFECYCLE:
        return action
    return "$default" if "$default" in routes else None


def _action(text: str) -> str | None:
    try:
        # Of numbers only the form matters: Python would refuse a whole one of more than 4,300 digits.
        body = json.loads(text, parse_constant=_no_json, parse_int=float)
    except (ValueError, RecursionError):  # deep nesting ends in RecursionError
        return None
    action = body.get("action") if isinstance(body, dict) else None
    return action if isinstance(action, str) else None


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
