"""The smoke test on a chat that works, and on chats that are broken in one place each."""

import asyncio
import base64
import json
import os
import ssl
import sys
import tomllib
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from local.chat import LAMBDAS, LAYER, TABLE, LocalChat, LocalOptions
from local.functions.loader import discard, load_function
from local.gateway import GatewayOptions, Mock
from scripts import ROOT
from scripts.deploy import smoke
from scripts.deploy.smoke import Smoke
from scripts.deploy.smoke_reach import Unreachable
from scripts.deploy.smoke_report import Report
from tests.support.connect_proxy import ConnectProxy
from tests.support.waiting import WAIT_SECONDS, eventually

Event = dict[str, Any]
Handler = Callable[[Event, object], Any]

BRISK: dict[str, Any] = {"answer_seconds": 60.0, "quiet_seconds": 0.3, "timeout": 60.0}
# A person says nine messages in the other checks; with the deployed limit the check of it alone takes seconds.
PER_MINUTE = 12
QUICK = LocalOptions(environ={"PER_MINUTE": f"{PER_MINUTE}"})
CHECKS = ["connect", "join", "exchange", "ping", "nonsense", "resume", "rate limit", "leave"]


def verdicts(report: Report) -> dict[str, str]:
    return {each.name: each.verdict for each in report.outcomes}


def detail(report: Report, name: str) -> str:
    return next(each.detail for each in report.outcomes if each.name == name)


@asynccontextmanager
async def broken_chat(**faults: Any) -> AsyncIterator[LocalChat]:
    """Run a chat with these in the place of its routes; "_" stands for "$"."""
    async with LocalChat(QUICK) as chat:
        chat.gateway.routes = {**chat.gateway.routes, **{key.replace("_", "$"): fault for key, fault in faults.items()}}
        yield chat


@asynccontextmanager
async def chat_with_another(
    name: str, change: Callable[[Handler], Handler], **environ: str
) -> AsyncIterator[LocalChat]:
    """Load one function a second time, in other surroundings, change it, and put it in its place."""
    async with LocalChat(QUICK) as chat:
        surroundings = {
            "TABLE_NAME": TABLE,
            "CONNECTIONS_ENDPOINT": chat.endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB": chat.table_endpoint,
        }
        functions = {name: load_function(name, LAMBDAS, LAYER, surroundings | environ)}
        chat.gateway.routes = {**chat.gateway.routes, name: change(functions[name])}
        yield chat
    chat.gateway.routes = {}
    discard(functions)


async def test_a_working_chat_passes_every_check_and_is_left_empty() -> None:
    async with LocalChat() as chat:
        report = await Smoke(chat.url, **BRISK).run()
        assert verdicts(report) == dict.fromkeys(CHECKS, "ok")
        assert report.passed
        assert len(report.trips) > 30
        await eventually(lambda: not chat.gateway.connections)


async def test_the_table_can_be_read_at_a_glance() -> None:
    async with LocalChat(QUICK) as chat:
        lines = str(await Smoke(chat.url, **BRISK).run()).splitlines()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert lines[0] == f"Smoke test of {chat.url} by anonchat {version}"
    assert [line.split()[0] for line in lines[2:10]] == ["ok"] * 8
    assert len({line.index("two sockets") for line in lines if "two sockets" in line}) == 1
    assert "p50" in lines[-2]
    assert "p95" in lines[-2]
    assert lines[-1].startswith("All is well: 8 of 8 checks passed in ")


async def test_an_answered_ping_is_found() -> None:
    async with broken_chat(ping=Mock('{"type": "pong"}')) as chat:
        report = await Smoke(chat.url, **BRISK).run()
    assert verdicts(report) == dict.fromkeys(CHECKS, "ok") | {"ping": "FAILED"}
    assert "pong" in detail(report, "ping")
    assert str(report).splitlines()[-1].startswith("BROKEN: only 7 of 8 checks passed")


async def test_silence_where_an_error_is_due_is_found() -> None:
    async with broken_chat(_default=Mock(None)) as chat:
        report = await Smoke(chat.url, **BRISK | {"answer_seconds": 5.0}).run()
    assert verdicts(report)["nonsense"] == "FAILED"


async def test_an_answer_of_the_gateways_own_to_nonsense_is_found() -> None:
    def failing(event: Event, context: object) -> None:
        raise RuntimeError

    async with broken_chat(_default=failing) as chat:
        report = await Smoke(chat.url, **BRISK).run()
    assert verdicts(report)["nonsense"] == "FAILED"
    assert "Internal server error" in detail(report, "nonsense")


async def test_a_history_that_loses_messages_is_found() -> None:
    def forgetful(join: Handler) -> Handler:
        def handler(event: Event, context: object) -> Any:
            frame = json.loads(event["body"])
            if "since" in frame:
                frame["since"] = "9999999999999"
            return join(event | {"body": json.dumps(frame)}, context)

        return handler

    async with chat_with_another("join", forgetful) as chat:
        report = await Smoke(chat.url, **BRISK).run()
    assert verdicts(report)["resume"] == "FAILED"
    assert detail(report, "resume") == "Ben came back and lacks 5 of the 5 messages sent while he was away"


async def test_a_limit_that_does_not_hold_is_found() -> None:
    async with chat_with_another("send", lambda send: send, PER_MINUTE="1000") as chat:
        report = await Smoke(chat.url, **BRISK).run()
    assert verdicts(report)["rate limit"] == "FAILED"
    assert "went through" in detail(report, "rate limit")


async def test_a_limit_that_strikes_too_early_is_found() -> None:
    async with chat_with_another("send", lambda send: send, PER_MINUTE=f"{PER_MINUTE - 2}") as chat:
        report = await Smoke(chat.url, **BRISK).run()
    assert verdicts(report)["rate limit"] == "FAILED"
    assert "rate_limited" in detail(report, "rate limit")


async def test_sends_that_fail_are_found_and_who_failed_is_said() -> None:
    def failing(event: Event, context: object) -> None:
        raise RuntimeError

    async with broken_chat(send=failing) as chat:
        report = await Smoke(chat.url, answer_seconds=1.0, quiet_seconds=0.1, timeout=5.0).run()
    assert not report.passed
    assert "a function failed" in detail(report, "exchange")
    assert "Internal server error" in detail(report, "rate limit")


async def test_when_nobody_gets_in_the_rest_is_not_tried() -> None:
    async with broken_chat(join=Mock(None)) as chat:
        report = await Smoke(chat.url, answer_seconds=0.5, quiet_seconds=0.1, timeout=1.0).run()
    assert verdicts(report) == {"connect": "ok", "join": "FAILED"}


async def test_what_the_owner_switched_off_is_skipped_and_harms_nobody() -> None:
    async with LocalChat(LocalOptions(environ={"HISTORY_SECONDS": "0", "PER_MINUTE": "500"})) as chat:
        report = await Smoke(chat.url, **BRISK).run()
    assert report.passed
    assert verdicts(report) == dict.fromkeys(CHECKS, "ok") | {"resume": "skipped", "rate limit": "skipped"}


async def test_a_chat_that_comes_up_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "PAUSE_SECONDS", 0.2)
    port = unused_port()
    told: list[str] = []
    trying = asyncio.create_task(Smoke(f"ws://127.0.0.1:{port}", **BRISK, tell=told.append).run())
    await eventually(lambda: told)
    async with LocalChat(replace(QUICK, gateway=GatewayOptions(port=port))):
        assert (await trying).passed
    assert "nobody listens" in told[0]


@pytest.mark.parametrize(
    ("status", "hint"),
    [(403, "end in its stage"), (429, "make resume"), (500, "its log says why"), (404, "no WebSocket API")],
)
async def test_a_refused_handshake_is_explained(status: int, hint: str) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status)

    application = web.Application()
    application.router.add_get("/", refuse)
    async with TestServer(application) as server:
        with pytest.raises(Unreachable, match=hint):
            await Smoke(f"ws://127.0.0.1:{server.port}/", answer_seconds=1, timeout=0).run()


async def test_the_origin_is_shown_to_a_chat_that_asks_for_it() -> None:
    async with LocalChat(
        replace(QUICK, environ={**QUICK.environ, "ALLOWED_ORIGINS": "https://chat.example.org"})
    ) as chat:
        with pytest.raises(Unreachable, match="it answers 403"):
            await Smoke(chat.url, origin="https://else.example.org", timeout=0).run()
        assert (await Smoke(chat.url, origin="https://chat.example.org", **BRISK).run()).passed


async def smoke_in(environ: dict[str, str]) -> tuple[int | None, str]:
    """Run the command on an address that only a proxy can find. Return its exit code and what it said."""
    command = [sys.executable, "-m", "scripts.deploy.smoke", "wss://chat.example.org", "--timeout", "0"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stdout=PIPE, stderr=STDOUT)
    said, _ = await asyncio.wait_for(process.communicate(), WAIT_SECONDS)
    return process.returncode, said.decode()


def without_proxies(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | more


async def test_it_goes_through_the_proxy_of_the_shell(tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("chat.example.org").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    environ = without_proxies(SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    secret = base64.b64encode(b"me:secret").decode()
    # The name of the page leads here, by the proxy.
    options = replace(QUICK, environ={**QUICK.environ, "ALLOWED_ORIGINS": "https://chat.example.org"})
    async with LocalChat(options) as chat, ConnectProxy(chat.gateway.port, tls=tls, password=secret) as proxy:
        code, said = await smoke_in(environ | {"https_proxy": f"http://me:secret@127.0.0.1:{proxy.port}"})
        assert code == 0, said
        assert {*proxy.asked} == {"CONNECT chat.example.org:443"}

        code, said = await smoke_in(environ | {"ALL_PROXY": f"127.0.0.1:{proxy.port}"})
        assert (code, said.count("\n")) == (1, 1)
        assert "the proxy on the way answers 407" in said


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"https_proxy": "socks5://me:secret@127.0.0.1"}, "https_proxy names no proxy that is used here"),
        ({"https_proxy": f"http://127.0.0.1:{unused_port()}"}, "nobody listens at the proxy"),
        ({"https_proxy": "http://127.0.0.1:1", "no_proxy": ".example.org"}, "there is no host chat.example.org"),
    ],
)
async def test_what_a_proxy_has_to_do_with_a_failure_is_said(variables: dict[str, str], sentence: str) -> None:
    code, said = await smoke_in(without_proxies(**variables))
    assert (code, said.count("\n")) == (1, 1)
    assert sentence in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://example.org/index.html", "is a page's address"),
        ("example.org", "is no socket's address"),
        ("wss://", "is no socket's address"),
        ("wss://[example", "is no address"),
    ],
)
def test_a_wrong_address_gets_a_sentence(address: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main([address]) == 1
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_where_nobody_listens_the_exit_code_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main([f"ws://127.0.0.1:{unused_port()}", "--timeout", "0"]) == 1
    assert "nobody listens" in capsys.readouterr().err
