"""The route map, routes.json: which function answers which route, and which routes run no code.

{"$connect": {"function": "connect"}, "talk": {"function": "app.talk"}, "ping": {"mock": true, "response": "pong"}}.
"throttle": {"rate": 5, "burst": 10} is how much of a route a stage takes, for who looks at it (local/deployed.py).
Other keys of a route are for others (this project's Terraform, for example) and ignored here. What this module imports
is in the standard library: `make package` uses it with any Python.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.functions.contract import Function, LoadError, Mock, shown

Routes = dict[str, dict[str, Any]]


def read_routes(file: Path) -> Routes:
    """Read a route map. Raise LoadError if it cannot be read."""
    try:
        routes: Routes = json.loads(file.read_text())
        if all(Mock(route.get("response")) if route.get("mock") else route["function"] for route in routes.values()):
            for key, route in routes.items():
                _check_throttle(key, route.get("throttle"))
            return routes
    except OSError as failure:
        raise LoadError(f"{shown(file)}: {failure.strerror}") from failure
    except json.JSONDecodeError as failure:
        raise LoadError(f"{shown(file)}, line {failure.lineno}: {failure.msg}") from failure
    except ValueError as failure:
        raise LoadError(f"{shown(file)}: {failure}") from failure
    except (AttributeError, KeyError, TypeError):
        pass
    raise LoadError(f'{shown(file)}: every route needs a "function" or "mock": true')


def _check_throttle(key: str, throttle: Any) -> None:
    numbers = [throttle.get(name) for name in ("rate", "burst")] if isinstance(throttle, dict) else [None]
    if throttle is not None and not all(isinstance(number, int | float) and number > 0 for number in numbers):
        raise ValueError(f'the throttle of {key} is not like {{"rate": 5, "burst": 10}}')


def function_names(routes: Routes) -> list[str]:
    """Return the names of the functions that serve these routes, each once."""
    return sorted({route["function"] for route in routes.values() if "function" in route})


def integrations(routes: Routes, functions: Mapping[str, Function]) -> dict[str, Function | Mock]:
    """Return what serves each route: its function, or its mock."""
    return {
        key: Mock(route.get("response")) if route.get("mock") else functions[route["function"]]
        for key, route in routes.items()
    }
