"""The route map, lambdas/routes.json: which function answers which route, and which routes run no code."""

import json
from pathlib import Path
from typing import Any

from local.functions.contract import Mock
from local.functions.loader import LoadError, shown

Routes = dict[str, dict[str, Any]]


def read_routes(lambdas: Path) -> Routes:
    """The route map. Raises LoadError if it cannot be read."""
    file, path = lambdas / "routes.json", shown(lambdas / "routes.json")
    try:
        routes: Routes = json.loads(file.read_text())
        if all(Mock(route.get("response")) if route.get("mock") else route["function"] for route in routes.values()):
            return routes
    except OSError as failure:
        raise LoadError(f"{path}: {failure.strerror}") from failure
    except json.JSONDecodeError as failure:
        raise LoadError(f"{path}, line {failure.lineno}: {failure.msg}") from failure
    except ValueError as failure:
        raise LoadError(f"{path}: {failure}") from failure
    except (AttributeError, KeyError, TypeError):
        pass
    raise LoadError(f'{path}: every route needs a "function" or "mock": true')


def function_names(routes: Routes) -> list[str]:
    return sorted({route["function"] for route in routes.values() if "function" in route})
