"""Who may ask a server on this machine: by which name, and from a page of what origin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from local.billing.meter import Meter
from local.dynamodb.moto_backend import MotoBackend
from local.dynamodb.server import TableServer
from local.gateway import Gateway, GatewayOptions, Mock
from tests.support.raw_http import ask, upgrade

OWNERS = "https://chat.example"


@asynccontextmanager
async def a_gateway(*origins: str) -> AsyncIterator[Gateway]:
    async with Gateway({"ping": Mock()}, GatewayOptions(allowed_origins=origins)) as gateway:
        yield gateway


FOREIGN_NAMES = ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2"]
NO_NAMES = [
    "",
    "[::1",
    "::1",
    "@localhost",
    "localhost@evil.example",
    "localhost:",
    "localhost:x",
    "local host",
    "null",
]


@pytest.mark.parametrize("name", FOREIGN_NAMES + NO_NAMES)
async def test_by_a_name_that_leads_here_without_being_ours_nobody_is_answered(name: str) -> None:
    async with a_gateway() as gateway:
        host = f"Host: {name.format(port=gateway.port)}"
        for wanted in (["GET /_local/meter HTTP/1.1", host], ["GET / HTTP/1.1", host, *upgrade()]):
            answer = await ask(gateway.port, wanted)
            assert answer.status in (400, 403)
            assert b'{"message": ' in answer.body
        assert not gateway.connections


async def test_the_refusal_says_by_which_name_it_was_asked_and_the_shell_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_gateway() as gateway:
        for _ in range(2):
            answer = await ask(gateway.port, ["GET / HTTP/1.1", "Host: evil.example"])
            assert answer.body == b'{"message": "This server answers at localhost, and not at evil.example."}'
        assert len(caplog.records) == 1  # once, whoever asks for ever
        assert "ALLOWED_ORIGINS=" in caplog.text


async def test_a_request_without_a_name_or_with_two_is_refused() -> None:
    async with a_gateway() as gateway:
        assert (await ask(gateway.port, ["GET / HTTP/1.1"])).status == 400
        assert (await ask(gateway.port, ["GET / HTTP/1.0"])).status == 403
        names = ["Host: localhost", "Host: evil.example"]
        assert (await ask(gateway.port, ["GET / HTTP/1.1", *names])).status in (400, 403)


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
async def test_a_page_of_this_machine_may_ask_by_whatever_name_it_reached_it(name: str) -> None:
    async with a_gateway() as gateway:
        for port in (gateway.port, 4000):  # the second one: a port of this machine that leads here
            place = f"{name}:{port}"
            headers = [f"Host: {place}", f"Origin: http://{place.lower()}", *upgrade()]
            assert (await ask(gateway.port, ["GET / HTTP/1.1", *headers])).status == 101


FOREIGN = [
    "https://evil.example",
    "http://localhost",
    "http://localhost:1",
    "null",
    "file://",
    "",
    "http://127.0.0.1.evil",
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_page_of_another_origin_is_refused(origin: str) -> None:
    async with a_gateway() as gateway:
        host = f"Host: localhost:{gateway.port}"
        answer = await ask(gateway.port, ["GET / HTTP/1.1", host, f"Origin: {origin}", *upgrade()])
        assert (answer.status, gateway.connections) == (403, {})
        assert b"pages of its own" in answer.body


async def test_a_client_that_names_no_origin_is_no_page_and_is_let_in() -> None:
    async with a_gateway() as gateway:
        answer = await ask(gateway.port, ["GET / HTTP/1.1", f"Host: 127.0.0.1:{gateway.port}", *upgrade()])
        assert answer.status == 101


async def test_pages_that_the_owner_names_may_ask_and_are_reached_by_their_name() -> None:
    async with a_gateway(OWNERS) as gateway:
        for host in (f"localhost:{gateway.port}", "chat.example", "chat.example:8080"):
            lines = [f"Host: {host}", f"Origin: {OWNERS}", *upgrade()]
            assert (await ask(gateway.port, ["GET / HTTP/1.1", *lines])).status == 101
        lines = [f"Host: localhost:{gateway.port}", "Origin: http://chat.example", *upgrade()]
        assert (await ask(gateway.port, ["GET / HTTP/1.1", *lines])).status == 403  # another scheme


async def test_the_table_answers_by_its_own_name_only() -> None:
    async with TableServer(MotoBackend(), Meter()) as table:
        port = int(table.endpoint.rpartition(":")[2])
        lines = ["X-Amz-Target: DynamoDB_20120810.ListTables", "Content-Length: 2"]
        answers = [
            await ask(port, ["POST / HTTP/1.1", f"Host: {name}:{port}", *lines], b"{}")
            for name in ("127.0.0.1", "evil.example")
        ]
        assert [answer.status for answer in answers] == [200, 403]


async def test_what_is_logged_is_bounded_and_fit_for_a_shell(caplog: pytest.LogCaptureFixture) -> None:
    async with a_gateway() as gateway:
        assert (await ask(gateway.port, ["GET / HTTP/1.1", "Host: \N{RIGHT-TO-LEFT OVERRIDE}evil"])).status == 403
        assert "not at what is no name." in caplog.text
        names = [f"evil-{number}.example" for number in range(30)]
        await asyncio.gather(*(ask(gateway.port, ["GET / HTTP/1.1", f"Host: {name}"]) for name in names))
        assert len(caplog.records) == 20
