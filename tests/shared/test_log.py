"""The log's lines: for every kind of failure one, which never raises and never quotes."""

import inspect
import json
import re
from typing import Any

import pytest
from botocore import exceptions

from anonchat import log

SECRET = "what somebody wrote"
OF_BOTOCORE = [
    kind
    for _, kind in inspect.getmembers(exceptions, inspect.isclass)
    if issubclass(kind, exceptions.BotoCoreError | exceptions.ClientError)
]


def made(kind: type[Exception]) -> Exception:
    """Return one with whatever its text is made of."""
    if issubclass(kind, exceptions.ClientError):
        return kind({"Error": {"Code": "Throttled", "Message": SECRET}}, "Query")
    fields: dict[str, Any] = dict.fromkeys(re.findall(r"\{(\w+)", getattr(kind, "fmt", "")), SECRET)
    if issubclass(kind, exceptions.WaiterError):
        fields["last_response"] = {}
    return kind(**fields)


@pytest.mark.parametrize("kind", OF_BOTOCORE, ids=lambda kind: kind.__name__)
def test_every_failure_that_the_aws_library_raises_is_one_line(kind: type[Exception], capsys: Any) -> None:
    log.error("send failed", made(kind))
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["failure"] == kind.__name__
    assert SECRET not in line


def test_a_request_that_reached_no_server_has_no_response_and_is_logged_all_the_same(capsys: Any) -> None:
    log.error("send failed", exceptions.ReadTimeoutError(endpoint_url=SECRET, error=SECRET))
    assert json.loads(capsys.readouterr().out)["failure"] == "ReadTimeoutError"
