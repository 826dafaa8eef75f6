"""What one client may have of the gateway: its memory, its event loop, its threads. Section 1.3 of the reference."""

import asyncio
import socket as sockets
import threading
from typing import Any

import aiohttp
import pytest

from local.gateway import Gateway, Mock
from local.gateway.frame_reader import Received
from local.gateway.inbox import Inbox
from local.gateway.invoker import CONCURRENCY
from tests.support.gateway_kit import (
    FIN,
    PING,
    Bare,
    Event,
    Recorder,
    Serve,
    bill,
    client_frame,
    frame,
    invocations,
    only_id,
    until,
)

FLOOD = 130_000  # messages
MANY = 30_000  # frames in one go, which take many times a turn on any machine
ONE_WAY = {"ping": Mock()}


@pytest.mark.assumed
@pytest.mark.parametrize(
    "asked",
    [client_frame(b"x" * 125, FIN | PING), client_frame(b"no route"), client_frame(b'{"action": "pong?"}')],
    ids=["pings", "messages without a route", "mocks"],
)
async def test_a_client_that_asks_and_never_reads_the_answers_is_closed(
    serve: Serve, bare: Bare, asked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.gateway.connection.QUEUE_LIMIT", limit := 64 * 1024)
    gateway = await serve({"pong?": Mock("x" * 100), "$disconnect": (gone := Recorder())})
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    narrow.connect((gateway.host, gateway.port))
    client = await bare(gateway, sock=narrow, limit=1024)
    connection = gateway.connections[only_id(gateway)]
    connection._transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 4096)
    while not connection.ended.done():
        client.writer.write(asked * 500)
        await asyncio.sleep(0)
        assert connection.queued <= limit + 64, "no more than that and the close frame"
    connection.cut()  # in place of the seconds that a client has to answer the close
    context = (await gone.event())["requestContext"]
    assert (context["disconnectStatusCode"], context["disconnectReason"]) == (1008, "Answers were not read")


async def test_a_flood_is_read_in_turns_and_others_have_theirs_between() -> None:
    taken: list[Received] = []
    protocol = Protocol()
    inbox = Inbox(protocol, taken.append, lambda _: None, lambda: None)
    inbox.feed_data(client_frame(b"", FIN | PING) * MANY)
    seen = [len(taken)]
    while len(taken) < MANY:
        assert protocol.paused, "nothing more is read from a socket whose frames wait"
        await asyncio.sleep(0)  # a turn of everybody else
        seen.append(len(taken))
    assert len(seen) > 5
    assert not protocol.paused


class Protocol:
    """Stands in for aiohttp's: it only knows whether it reads."""

    paused = False

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


async def test_who_comes_during_a_flood_is_let_in_before_it_is_over(
    serve: Serve, bare: Bare, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({"$connect": Recorder(), "pong?": Mock("pong"), **ONE_WAY})
    flooding = await bare(gateway)
    flooding.writer.write(client_frame(b'{"action": "ping"}') * FLOOD)
    await until(lambda: taken(gateway) > 0)
    async with web.ws_connect(gateway.url) as socket:
        await socket.send_str('{"action": "pong?"}')
        assert await socket.receive_str() == "pong"
        assert taken(gateway) < FLOOD // 4


def taken(gateway: Gateway) -> int:
    return int(bill(gateway)["routes"].get("ping", {}).get("messagesIn", 0))


@pytest.mark.documented
async def test_no_more_functions_run_at_once_than_an_account_may_run(
    serve: Serve, web: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.gateway.invoker.CONCURRENCY", 3)
    finish = threading.Event()

    def slow(event: Event, context: Any) -> None:
        finish.wait(5)

    gateway = await serve({"slow": slow})
    async with web.ws_connect(gateway.url) as socket:
        for _ in range(4):
            await socket.send_str('{"action": "slow"}')
        assert (await frame(socket))["message"] == "Internal server error"
        finish.set()
        await until(lambda: invocations(gateway, "slow") == 3)
    assert CONCURRENCY == 1000
