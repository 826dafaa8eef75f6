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
# What takes long to import. Python's own are brought in by others of its modules that one would not think of.
SLOW = {
    "boto3",
    "botocore",
    "urllib3",
    "asyncio",
    "http",
    "email",
    "logging",
    "concurrent",
    "multiprocessing",
    "unittest",
    "dataclasses",
    "inspect",
}
POSTING = {"connections", "http_connection", "http_pool", "http_response", "log", "sigv4", "trust"}
ANSWERING = POSTING | {"limits", "model", "protocol", "route", "settings"}
ASKING = {
    *("answers", "dynamodb", "dynamodb_client", "dynamodb_errors"),
    *("history_pages", "http_call", "rows", "rules", "table", "counted"),
}


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


@pytest.mark.parametrize(("function", "needed"), [("default", ANSWERING), ("connect", ANSWERING | ASKING | {"clock"})])
def test_a_function_imports_only_what_it_needs(function: str, needed: set[str]) -> None:
    """One that answers needs no table, one that writes a row no rooms: it is the first that a visitor waits for."""
    ours = {name.removeprefix("anonchat.") for name in imported(function) if name.startswith("anonchat.")}
    assert ours == needed
