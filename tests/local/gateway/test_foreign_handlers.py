"""`python -m local.gateway` with somebody else's handlers, in a folder outside this repository, as its README says."""

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import boto3
import pytest
from botocore.exceptions import ClientError

from scripts import ROOT
from tests.support.running_command import TIMEOUT, RunningCommand, free_port

README = ROOT / "local/gateway/README.md"
OWN = dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"], "the owner's")


Start = Callable[..., RunningCommand]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files that the README shows."""
    for name, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(text)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["connect.py", "echo.py", "routes.json"]
    return tmp_path


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(folder: Path, *arguments: str, wait: bool = True) -> RunningCommand:
            command = RunningCommand(folder, "local.gateway", *arguments, **OWN, PYTHONPATH=str(ROOT))
            stack.callback(command.close)
            if wait:
                command.says("Ctrl-C stops it")
            return command

        yield start


@pytest.fixture
def port() -> int:
    return free_port()


async def ask(port: int, frame: dict[str, Any]) -> str:
    """Return the first answer to a frame."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}") as ws:
        await ws.send_json(frame)
        return await ws.receive_str(timeout=TIMEOUT)


async def test_the_lines_of_the_readme_run_somebody_elses_handlers_which_may_be_edited(
    start: Start, folder: Path, port: int
) -> None:
    (command,) = re.findall(r" -m local\.gateway (.*)$", README.read_text(), re.MULTILINE)
    gateway = start(folder, *command.split(), "--port", str(port))
    assert await ask(port, {"action": "echo", "text": "hello"}) == '{"action": "echo", "text": "hello"}'
    assert gateway.lines == [
        f"Sockets:      ws://127.0.0.1:{port}",
        "Routes:       $connect, echo, ping",
        f"@connections: http://127.0.0.1:{port}/local, which handlers find in CONNECTIONS_ENDPOINT",
        'Credentials:  any access key id with the secret key "local"; handlers have them in their environment',
        "Ctrl-C stops it. Handlers are reloaded when you change them.",
    ]
    text = (folder / "echo.py").read_text()
    (folder / "echo.py").write_text(text.replace('event["body"])', '"edited")'))
    gateway.says("reloaded: echo.py changed")
    assert await ask(port, {"action": "echo"}) == "edited"
    gateway.close()
    assert gateway.process.returncode == 0


async def test_a_folder_may_be_named_and_modules_shared_and_handlers_named(
    start: Start, folder: Path, port: int
) -> None:
    code = folder / "code"
    code.mkdir()
    (code / "words.py").write_text("greeting = 'Moin'")
    (code / "app.py").write_text(
        "import os, boto3\n"
        "from words import greeting\n"
        "seen = []\n"
        "def lambda_handler(event, context):\n"
        "    import lately\n"
        "    context = event['requestContext']\n"
        "    client = boto3.client('apigatewaymanagementapi', endpoint_url=os.environ['WHERE_TO_POST'])\n"
        "    client.post_to_connection(ConnectionId=context['connectionId'], Data=greeting + lately.mark)\n"
    )
    (code / "lately.py").write_text("mark = '!'")
    (folder / "routes.json").write_text('{"greet": {"function": "app.lambda_handler", "table": ["PutItem"]}}')
    options = ("--handlers", "code", "--stage", "dev", "--endpoint-variable", "WHERE_TO_POST")
    gateway = start(folder, "--routes", "routes.json", "--port", str(port), *options)
    assert f"http://127.0.0.1:{port}/dev, which handlers find in WHERE_TO_POST" in gateway.lines[2]
    assert await ask(port, {"action": "greet"}) == "Moin!"


async def test_wrong_credentials_are_a_403_and_one_sentence(start: Start, folder: Path, port: int) -> None:
    gateway = start(folder, "--routes", "routes.json", "--port", str(port))
    client = boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=f"http://127.0.0.1:{port}/local",
        region_name="eu-north-1",
        aws_access_key_id="somebody",
        aws_secret_access_key="a guess",
    )
    with pytest.raises(ClientError) as refused:
        await asyncio.to_thread(client.post_to_connection, ConnectionId="AAAAAAAAAAAAAAA=", Data=b"x")
    assert refused.value.response["Error"]["Code"] == "ForbiddenException"
    assert "signature we calculated does not match" in refused.value.response["Error"]["Message"]
    line = gateway.says("refused with 403")
    assert line.endswith('Sign with any access key id and the secret key "local".')
    assert gateway.lines[5:] == [line]


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("routes.json", '{"a": {"function": "nowhere"}}', "there is no nowhere.py for the function nowhere"),
        ("echo.py", "def handler(event, context) return", "echo.py, line 1: SyntaxError: expected ':'"),
    ],
)
def test_what_cannot_start_says_why_in_a_sentence(
    start: Start, folder: Path, port: int, file: str, text: str, sentence: str
) -> None:
    (folder / file).write_text(text)
    gateway = start(folder, "--routes", "routes.json", "--port", str(port), wait=False)
    assert gateway.ends() == 1
    assert gateway.lines == [f"Cannot start: {sentence}"]


def test_a_taken_port_is_said_in_a_sentence(start: Start, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        gateway = start(folder, "--routes", "routes.json", "--port", str(port), wait=False)
        assert gateway.ends() == 1
    assert gateway.lines == [f"Port {port} is taken by another program. Stop it or choose another port."]
