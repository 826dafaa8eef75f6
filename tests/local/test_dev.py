"""`python -m local`, as `make dev` runs it: really started, talked to, edited under its feet, and stopped."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from local.__main__ import settings
from local.billing.meter import Meter
from local.dynamodb.chat_table import members_by_room
from local.dynamodb.moto_backend import MotoBackend
from local.dynamodb.server import TableServer
from scripts import ROOT
from tests.support.running_command import TIMEOUT, RunningCommand, free_port

STOP_SECONDS = 30.0  # a clean stop takes far less than a second; the machine may be busy
linux = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client runs on Linux only")


class Dev(RunningCommand):
    """One running `python -m local`."""

    def __init__(self, root: Path, port: int, **environ: str) -> None:
        super().__init__(root, "local", **{"PORT": str(port), **environ})
        self.port = port

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


Start = Callable[..., Dev]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start `python -m local` and wait until it says how to stop it, unless told otherwise."""
    with ExitStack() as stack:

        def start(root: Path = ROOT, *, wait: bool = True, port: int | None = None, **environ: str) -> Dev:
            dev = Dev(root, port or free_port(), **environ)
            stack.callback(dev.close)
            if wait:
                dev.says("Ctrl-C")
            return dev

        yield start


@pytest.fixture(scope="module")
def dev() -> Iterator[Dev]:
    """Start one that nobody harms."""
    dev = Dev(ROOT, free_port())
    try:
        dev.says("Ctrl-C")
        yield dev
    finally:
        dev.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the working tree to edit."""
    for folder in ("frontend", "lambdas", "local", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    unused = shutil.ignore_patterns(".terraform", "*.tfvars*", "*.tfstate*", "tests", "bootstrap")
    shutil.copytree(ROOT / "terraform", tmp_path / "terraform", ignore=unused)
    return tmp_path


async def get(url: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response, await response.text()


async def handshake(dev: Dev, origin: str | None = None) -> int:
    """Return the status a new socket gets."""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(dev.url, origin=origin):
                return 101
        except aiohttp.WSServerHandshakeError as refusal:
            return refusal.status


async def talk(url: str, *frames: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one answer to each frame, over one socket. What is said of others who come and go is no answer."""
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        answers = []
        for frame in frames:
            await ws.send_json(frame)
            while (answer := await ws.receive_json(timeout=TIMEOUT)).get("type") == "presence":
                pass
            answers.append(answer)
        return answers


JOIN = {"action": "join", "room": "lobby", "alias": "Ada"}
SEND = {"action": "send", "room": "lobby", "text": "hello", "client": "message-1"}


def workers(dev: Dev) -> list[int]:
    """Return the processes it has started."""
    children = Path(f"/proc/{dev.process.pid}/task/{dev.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_it_says_where_the_chat_and_its_price_are_and_how_to_stop(dev: Dev) -> None:
    assert dev.lines == [
        f"The chat:  {dev.url}/",
        f"Its price: {dev.url}/_local/",
        "Ctrl-C stops it. Functions are reloaded when you change them.",
    ]


async def test_it_serves_the_page_which_is_never_cached(dev: Dev) -> None:
    page, text = await get(dev.url)
    assert (page.status, page.content_type, page.headers["Cache-Control"]) == (200, "text/html", "no-store")
    assert text == (ROOT / "frontend" / "index.html").read_text()
    for file in (ROOT / "frontend").glob("*.js"):
        module, text = await get(f"{dev.url}/{file.name}")
        assert module.content_type in ("text/javascript", "application/javascript")
        assert module.headers["Cache-Control"] == "no-store"
        assert text == file.read_text()


@pytest.mark.parametrize("host", ["localhost:3001", "127.0.0.1:3001", "[::1]:3001"])
async def test_config_js_has_the_address_of_the_socket_by_the_name_we_were_reached_by(dev: Dev, host: str) -> None:
    config, text = await get(f"{dev.url}/config.js", Host=host)
    assert (config.content_type, config.headers["Cache-Control"]) == ("text/javascript", "no-store")
    assert text == f'export default {{ websocketUrl: "ws://{host}" }};\n'


async def test_config_js_has_the_shape_of_its_example(dev: Dev) -> None:
    _, text = await get(f"{dev.url}/config.js", Host="localhost:3001")
    example = (ROOT / "frontend" / "config.example.js").read_text()
    assert text == "".join(line for line in example.splitlines(keepends=True) if not line.startswith("//"))


async def test_the_real_functions_answer_at_the_socket(dev: Dev) -> None:
    joined, echo = await talk(f"ws://localhost:{dev.port}", JOIN, SEND)
    assert (joined["type"], joined["online"]) == ("joined", 1)
    assert (echo["type"], echo["text"], echo["client"]) == ("message", "hello", "message-1")


async def test_the_meter_counts_for_each_route(dev: Dev) -> None:
    await talk(dev.url, JOIN, SEND)
    _, page = await get(f"{dev.url}/_local/")
    assert "<html" in page
    async with aiohttp.ClientSession() as session, session.get(f"{dev.url}/_local/meter") as response:
        routes = (await response.json())["routes"]
    assert "PutItem" in routes["$connect"]["operations"]
    assert "UpdateItem" in routes["join"]["operations"]
    assert "UpdateItem" in routes["send"]["operations"]


async def test_an_edited_function_is_in_use_at_once(start: Start, copy: Path) -> None:
    dev = start(copy)
    assert await handshake(dev) == 101
    (copy / "lambdas" / "connect.py").write_text("def handler(event, context): return {'statusCode': 418}")
    dev.says("reloaded: connect.py changed")
    assert await handshake(dev) == 418


async def test_an_edited_layer_and_route_map_are_in_use_at_once(start: Start, copy: Path) -> None:
    dev = start(copy)
    (copy / "shared" / "python" / "anonchat" / "extra.py").write_text("answer = {'statusCode': 418}")
    dev.says("reloaded: extra.py changed")
    (copy / "lambdas" / "late.py").write_text(
        "from anonchat.extra import answer\ndef handler(event, context): return answer"
    )
    dev.says("reloaded: late.py changed")
    (copy / "lambdas" / "routes.json").write_text('{"$connect": {"function": "late"}}')
    dev.says("reloaded: routes.json changed")
    assert await handshake(dev) == 418


MISTAKES = [
    ("connect.py", "\ndef handler(event, context) return", "lambdas/connect.py, line 2: SyntaxError: expected ':'"),
    ("join.py", "import nothing", "lambdas/join.py, line 1: ModuleNotFoundError: No module named 'nothing'"),
    ("routes.json", '{\n"$connect": }', "lambdas/routes.json, line 2: Expecting value"),
    (
        "routes.json",
        '{"$connect": {"function": "connect", "throttle": {"rate": 5}}}',
        'lambdas/routes.json: the throttle of $connect is not like {"rate": 5, "burst": 10}',
    ),
    ("routes.json", '{"$connect": {}}', 'lambdas/routes.json: every route needs a "function" or "mock": true'),
]


async def test_a_mistake_is_shown_with_its_line_and_the_old_code_keeps_serving(start: Start, copy: Path) -> None:
    dev = start(copy)
    for file, text, sentence in MISTAKES:
        right = (copy / "lambdas" / file).read_text()
        (copy / "lambdas" / file).write_text(text)
        assert dev.says(f"not reloaded, the code from before still runs: {sentence}")
        assert (await talk(dev.url, JOIN))[0]["type"] == "joined"
        (copy / "lambdas" / file).write_text(right)
        dev.says(f"reloaded: {file} changed")
    assert (await talk(dev.url, JOIN))[0]["type"] == "joined"
    assert "Traceback" not in dev.output


@linux
async def test_isolated_functions_are_reloaded_too(start: Start, copy: Path) -> None:
    dev = start(copy, ISOLATED="1")
    (copy / "lambdas" / "connect.py").write_text("def handler(event, context) return")
    assert "connect.py, line 1" in dev.says("not reloaded")
    assert (await talk(dev.url, JOIN))[0]["type"] == "joined"
    (copy / "lambdas" / "connect.py").write_text("def handler(event, context): return {'statusCode': 418}")
    dev.says("reloaded: connect.py changed")
    assert await handshake(dev) == 418


def test_a_mistake_at_the_start_is_told_with_its_line(start: Start, copy: Path) -> None:
    (copy / "lambdas" / "join.py").write_text("\n\nhandler = ")
    dev = start(copy, wait=False)
    assert dev.ends() == 1
    assert dev.lines == ["Cannot start: lambdas/join.py, line 3: SyntaxError: invalid syntax"]


def test_a_taken_port_gets_one_sentence_with_what_to_do(start: Start, dev: Dev) -> None:
    second = start(port=dev.port, wait=False)
    assert second.ends() == 1
    assert second.lines == [
        f"Port {dev.port} is taken by another program. Choose another one: PORT={dev.port + 1} make dev"
    ]


async def test_what_the_owner_has_chosen_counts_and_the_shell_comes_before_it(start: Start, copy: Path) -> None:
    (copy / "terraform/terraform.tfvars").write_text("room_cap = 7\nhistory_seconds = 60\n")
    dev = start(copy, ROOM_CAP="3")
    [joined] = await talk(dev.url, JOIN)
    assert (joined["limits"]["room"], joined["limits"]["historySeconds"]) == (3, 60)


def test_variables_that_make_no_sense_are_told(start: Start, copy: Path) -> None:
    (copy / "terraform/terraform.tfvars").write_text('room_cap = "many"\n')
    dev = start(copy, wait=False)
    assert dev.ends() == 1
    assert dev.lines == ["Cannot start: room_cap is 'many', which is no number."]


@pytest.mark.parametrize(
    ("port", "sentence"), [("three", "from 1 to 65535, not 'three'"), ("70000", "from 1 to 65535, not '70000'")]
)
def test_what_is_no_port_is_refused(start: Start, port: str, sentence: str) -> None:
    dev = start(wait=False, PORT=port)
    assert dev.ends() == 2
    assert dev.lines[-1].endswith(sentence)


def test_a_dynamodb_that_does_not_answer_is_told_at_once(start: Start) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    dev = start(wait=False, DYNAMODB_ENDPOINT=endpoint)
    assert dev.ends() == 1
    assert len(dev.lines) == 1
    assert dev.lines[0].startswith(f"Cannot start: the DynamoDB at {endpoint} does not answer")


def test_what_is_no_dynamodb_is_told_at_once(start: Start, dev: Dev) -> None:
    lost = start(wait=False, DYNAMODB_ENDPOINT=dev.url)
    assert lost.ends() == 1
    assert lost.lines[0].startswith(f"Cannot start: what answers at {dev.url} is no DynamoDB")
    typo = start(wait=False, DYNAMODB_ENDPOINT="localhost:8000")
    assert typo.ends() == 2
    assert typo.lines[-1].endswith("an endpoint looks like http://localhost:8000, not 'localhost:8000'")


async def test_another_dynamodb_can_hold_the_table(start: Start) -> None:
    async with TableServer(MotoBackend(), Meter()) as other:
        dev = await asyncio.to_thread(start, DYNAMODB_ENDPOINT=other.endpoint)
        async with aiohttp.ClientSession() as session, session.ws_connect(dev.url) as ws:
            await ws.send_json(JOIN)
            assert (await ws.receive_json(timeout=TIMEOUT))["type"] == "joined"
            assert await members_by_room(other.backend, "anonchat-local") == {"lobby": 1}


@pytest.mark.parametrize("isolated", ["0", pytest.param("1", marks=[linux, pytest.mark.long])])
async def test_pages_of_others_are_let_in_by_the_setting_and_by_nothing_else(start: Start, isolated: str) -> None:
    dev = start(ALLOWED_ORIGINS="https://example.org/, https://tunnel.example", ISOLATED=isolated)
    for origin in ("https://example.org", "https://tunnel.example", dev.url, f"http://127.0.0.1:{dev.port}"):
        assert await handshake(dev, origin) == 101
    assert await handshake(dev, "https://elsewhere.example") == 403
    assert dev.says("This server answers pages of its own, and no page of https://elsewhere.example.")
    _, config = await get(f"{dev.url}/config.js", Host="tunnel.example")
    assert config == 'export default { websocketUrl: "wss://tunnel.example" };\n'
    refused, _ = await get(f"{dev.url}/_local/meter", Host=f"elsewhere.example:{dev.port}")
    assert refused.status == 403


def test_a_new_setting_passes_as_well_and_nothing_of_the_developers_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEW_SETTING", "AWS_LAMBDA_LOG_LEVEL", "AWS_PROFILE", "AWS_SESSION_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "mine")
    passed = {name for name, value in settings().items() if value == "mine"}
    assert passed == {"NEW_SETTING", "AWS_LAMBDA_LOG_LEVEL"}


@pytest.mark.parametrize(
    ("number", "isolated"),
    [
        (signal.SIGTERM, "0"),
        pytest.param(signal.SIGINT, "0", marks=pytest.mark.long),
        pytest.param(signal.SIGINT, "1", marks=linux),
    ],
)
async def test_it_stops_cleanly_with_people_in_it(start: Start, number: signal.Signals, isolated: str) -> None:
    dev = start(ISOLATED=isolated)
    async with aiohttp.ClientSession() as session, session.ws_connect(dev.url) as ws:
        await ws.send_json(JOIN)
        await ws.receive_json(timeout=TIMEOUT)
        pids = workers(dev) if isolated == "1" else []
        dev.process.send_signal(number)
        assert (await ws.receive(timeout=TIMEOUT)).type is aiohttp.WSMsgType.CLOSE
        assert ws.close_code == 1001
    assert await asyncio.to_thread(dev.ends, STOP_SECONDS) == 0
    assert len(dev.lines) == 3  # nothing to complain about
    assert not any(is_running(pid) for pid in pids)


@linux
def test_not_even_a_killed_one_leaves_processes_behind(start: Start) -> None:
    dev = start(ISOLATED="1")
    pids = workers(dev)
    assert len(pids) == 6
    dev.process.kill()
    dev.ends()
    deadline = time.monotonic() + TIMEOUT
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)
