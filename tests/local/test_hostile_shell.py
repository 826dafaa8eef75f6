"""The local stack in shells, and beside files in ~/.aws, that mean AWS, lead nowhere, or are nonsense.

All variables that botocore reads are set at once, each time to something else. Whatever any of them did would lead to
the trap, to AWS (where these credentials end in a refusal), or to a traceback; and in each case nobody could talk.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from scripts import ROOT
from tests.support.botocore_variables import PER_SERVICE, SERVICES, config_settings, variables
from tests.support.running_command import TIMEOUT, RunningCommand, free_port
from tests.support.trap import Trap

linux = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client runs on Linux only")

JOIN = {"action": "join", "room": "lobby", "alias": "Ada"}
SEND = {"action": "send", "room": "lobby", "text": "hello", "client": "message-1"}
SHORT_CROWD = ("--clients", "4", "--room", "2", "--messages", "1", "--cuts", "0")

MOTOS = ("MOTO_ACM_VALIDATION_WAIT", "INITIAL_NO_AUTH_ACTION_COUNT", "S3_UPLOAD_PART_MIN_SIZE")

Start = Callable[..., RunningCommand]


@pytest.fixture
def trap() -> Iterator[Trap]:
    """Listen where what is led astray arrives."""
    with closing(Trap()) as trap:
        yield trap


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(*arguments: str, folder: Path = ROOT, **environ: str) -> RunningCommand:
            command = RunningCommand(folder, *arguments, **environ)
            stack.callback(command.close)
            return command

        yield start


def shell(value: str) -> dict[str, str]:
    """Return all variables of botocore's with this value, and those of moto's that are read as numbers."""
    return dict.fromkeys([*variables(), *MOTOS], value)


@pytest.fixture
def home(tmp_path: Path, trap: Trap) -> Path:
    """Return a home whose ~/.aws is as hostile as files can be and still be read."""
    folder = tmp_path / ".aws"
    endpoints = "".join(f"{service.lower()} =\n  endpoint_url = {trap.url}\n" for service in SERVICES)
    lines = [f"{name} = true" for name in config_settings()]
    profile = "\n".join([*lines, f"endpoint_url = {trap.url}", "services = astray", "credential_process = false"])
    for path, text in {
        "config": f"[default]\n{profile}\n[services astray]\n{endpoints}",
        "credentials": "[default]\naws_access_key_id = the owner's\naws_secret_access_key = the owner's\n",
        "models/endpoints.json": "no JSON",
        "models/dynamodb/2012-08-10/service-2.json": "no JSON",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return tmp_path


async def talks(port: int) -> bool:
    """Tell whether somebody can enter the room and hears the own words."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}") as ws:
        answers = []
        for frame in (JOIN, SEND):
            await ws.send_json(frame)
            answers.append((await ws.receive_json(timeout=TIMEOUT)).get("type"))
        return answers == ["joined", "message"]


@pytest.mark.parametrize(
    ("value", "isolated"),
    [
        ("the trap's address", "0"),
        *[pytest.param(value, "0", marks=pytest.mark.long) for value in ("bogus", "true")],
        pytest.param("true", "1", marks=linux),
    ],
)
async def test_no_variable_leads_make_dev_astray(start: Start, trap: Trap, value: str, isolated: str) -> None:
    port = free_port()
    hostile = shell(trap.url if value.startswith("the trap") else value)
    dev = start("local", **hostile, AWS_LAMBDA_LOG_LEVEL=value, PORT=str(port), ISOLATED=isolated)
    dev.says("Ctrl-C")
    assert await talks(port), dev.output
    assert "Traceback" not in dev.output
    assert trap.caught == []


@pytest.mark.parametrize(
    ("config", "isolated"),
    [("hostile", "0"), ("no configuration", "0"), pytest.param("hostile", "1", marks=[linux, pytest.mark.long])],
)
async def test_no_file_leads_make_dev_astray(start: Start, trap: Trap, home: Path, config: str, isolated: str) -> None:
    if config != "hostile":
        (home / ".aws/config").write_text(config)
    port = free_port()
    dev = start("local", HOME=str(home), PORT=str(port), ISOLATED=isolated)
    dev.says("Ctrl-C")
    assert await talks(port), dev.output
    assert trap.caught == []


def test_nothing_leads_the_crowd_of_make_load_astray(start: Start, trap: Trap, home: Path) -> None:
    load = start("scripts.bench.load", "--mode", "threads", *SHORT_CROWD, **shell(trap.url), HOME=str(home))
    assert load.ends() == 0, load.output
    assert trap.caught == []


ECHO = """
import os, boto3


def handler(event, context):
    connections = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["CONNECTIONS_ENDPOINT"])
    connections.post_to_connection(ConnectionId=event["requestContext"]["connectionId"], Data=event["body"])
"""


@pytest.mark.parametrize("value", ["true", "the trap's address"])
async def test_nothing_leads_other_peoples_handlers_astray(
    start: Start, trap: Trap, home: Path, tmp_path: Path, value: str
) -> None:
    port = free_port()
    (tmp_path / "echo.py").write_text(ECHO)
    (tmp_path / "routes.json").write_text(json.dumps({"echo": {"function": "echo"}}))
    # The trap listens on this machine, and such an endpoint is for the handlers, so it is left out.
    hostile = {name: text for name, text in shell(trap.url).items() if not name.startswith(PER_SERVICE)}
    hostile = hostile if value.startswith("the trap") else shell(value)
    command = ("local.gateway", "--routes", "routes.json", "--port", str(port))
    gateway = start(*command, folder=tmp_path, **hostile, HOME=str(home), PYTHONPATH=str(ROOT))
    gateway.says("Ctrl-C")
    said: dict[str, Any] = {"action": "echo", "text": "hello"}
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}") as ws:
        await ws.send_json(said)
        assert await ws.receive_json(timeout=TIMEOUT) == said
    assert trap.caught == []
