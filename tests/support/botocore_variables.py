"""Every environment variable that the installed botocore reads, found in its own tables and in its source."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import botocore
from botocore import configprovider

NAME = re.compile(r"(AWS|BOTO|BOTOCORE)_[A-Z0-9_]+")
# What a file has in its text that _in_source finds anything in. To parse all others takes a second.
READS = re.compile(rf"os\.environ|os\.getenv|{NAME.pattern}")
SERVICES = ("DYNAMODB", "APIGATEWAYMANAGEMENTAPI")  # those that functions talk to
PER_SERVICE = ("AWS_ENDPOINT_URL", "AWS_BEARER_TOKEN")
# urllib reads these for botocore, in both spellings.
PROXIES = [f"{kind}_proxy" for kind in ("http", "https", "all", "no")]
# botocore has a hand in these, but neither of them leads anywhere: the file for TLS secrets is Python's own, and the
# trace id is Lambda's.
NOT_TRIED = {"SSLKEYLOGFILE", "_X_AMZN_TRACE_ID"}


@cache
def variables() -> list[str]:
    """Return their names, sorted."""
    named = chain(_in_tables(), _in_source(), _of_services(), PROXIES, map(str.upper, PROXIES))
    return sorted(set(named) - NOT_TRIED)


def config_settings() -> list[str]:
    """Return what botocore's tables read from ~/.aws/config, but for what stands in blocks of their own."""
    names: set[str] = set()
    for row in _rows():
        where = row[0] if isinstance(row[0], list) else [row[0]]
        names |= {name for name in where if isinstance(name, str)}
    return sorted(names)


def _in_tables() -> Iterator[str]:
    for _, variables, *_ in _rows():
        yield from [variables] if isinstance(variables, str) else variables or []


def _rows() -> Iterator[tuple[Any, ...]]:
    for name, table in vars(configprovider).items():
        if re.fullmatch(r"(BOTOCORE_)?DEFAU\w*_VAR(IABLE)?S", name):
            yield from table.values()


def _in_source() -> Iterator[str]:
    for file in Path(botocore.__file__).parent.rglob("*.py"):
        text = file.read_text()
        for node in ast.walk(ast.parse(text)) if READS.search(text) else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                yield node.value
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv"):
                yield from _constants(node.args[0])
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                yield from _constants(node.slice)


def _constants(node: ast.expr) -> Iterator[str]:
    return (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _of_services() -> Iterator[str]:
    return (f"{name}_{service}" for name in PER_SERVICE for service in SERVICES)
