"""What a function imports is what its first caller waits for: nothing that it does not use, and no AWS library."""

import json
import os
import subprocess
import sys

import pytest

from scripts import ROOT
from tests.support import moto_chat_table

ROUTES = json.loads((ROOT / "lambdas/routes.json").read_text())
FUNCTIONS = sorted(row["function"] for row in ROUTES.values() if "function" in row)
# What is slow to import, and what Python's own modules would bring in by the way.
SLOW = {"boto3", "botocore", "urllib3", "asyncio", "http", "email", "logging", "concurrent", "multiprocessing", "unittest"}
ANSWERING = {"connections", "http_connection", "http_pool", "http_response", "limits", "log", "protocol", "route", "sigv4"}
ANSWERING |= {"model", "settings"}


def imported(function: str) -> set[str]:
    """Return the names of all modules that importing a handler brings in, in a process of its own."""
    program = f"import sys; before = set(sys.modules); import {function}; print(*set(sys.modules) - before)"
    paths = f"{ROOT / 'shared/python'}{os.pathsep}{ROOT / 'lambdas'}"
    environ = {**moto_chat_table.CREDENTIALS, "TABLE_NAME": "chat", "CONNECTIONS_ENDPOINT": "http://127.0.0.1:9/prod"}
    command = [sys.executable, "-S", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env={**environ, "PYTHONPATH": paths})
    return set(ran.stdout.split())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_no_aws_library_and_nothing_slow(function: str) -> None:
    assert not {name.partition(".")[0] for name in imported(function)} & SLOW


def test_the_default_route_imports_only_what_an_answer_needs() -> None:
    ours = {name.removeprefix("anonchat.") for name in imported("default") if name.startswith("anonchat.")}
    assert ours == ANSWERING
