"""A long run of the chat on this machine is flat: what people and their requests leave behind is nothing."""

import gc
import os
import threading
from collections import Counter

import pytest

from anonchat_client import RawClient
from local.chat import LocalChat, LocalOptions
from local.console import recorder
from local.dynamodb.memory_backend import MemoryBackend
from local.functions.route_map import read_routes
from local.gateway import GatewayOptions, Throttle
from scripts import ROOT
from tests.support.raw_chat import join, present, send
from tests.support.waiting import eventually

UNTHROTTLED = GatewayOptions(
    route_throttles=dict.fromkeys(read_routes(ROOT / "lambdas/routes.json"), Throttle(10_000, 10_000))
)
KEPT = 8  # invocations that the console keeps, for this test: two visits fill that
OURS = ("local.", "anonchat.", "moto.", "asyncio.", "_asyncio.", "aiohttp.web", "aiohttp.streams", "socket.")


async def visits(chat: LocalChat, count: int) -> None:
    """Let people come one after the other, ask all kinds of things, and go in all kinds of ways."""
    for number in range(count):
        async with RawClient(chat.url) as visitor:
            await join(visitor, "lobby", f"visitor-{number}")
            await send(visitor, "lobby", "hello")
            await join(visitor, f"room-{number}", "elsewhere")
            await visitor.send_json({"action": "ping"})
            await visitor.send_text("nonsense")
            await visitor.receive("error")
            if number % 2:
                await visitor.send_json({"action": "leave"})
                await visitor.receive("left")
            else:
                chat.gateway.faults.cut(newest(chat))
        await eventually(lambda: len(chat.gateway.connections) == 2)


def newest(chat: LocalChat) -> str:
    return list(chat.gateway.connections)[-1]


def kept() -> Counter[str]:
    """Count what is alive, by its type's name: of ours, of moto, and of what asyncio and aiohttp make for a visitor.

    Each function has the layer to itself, so there are several types of a name.
    """
    gc.collect()
    alive: Counter[str] = Counter()
    for kind, number in Counter(map(type, gc.get_objects())).items():
        alive[f"{kind.__module__}.{kind.__name__}"] += number
    return Counter({name: number for name, number in alive.items() if name.startswith(OURS)})


async def test_who_comes_and_goes_leaves_no_object_no_descriptor_and_no_thread_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "KEPT", KEPT)
    options = LocalOptions(environ={"HISTORY_SECONDS": "0"}, gateway=UNTHROTTLED)
    async with LocalChat(options) as chat, present(chat, "lobby", "Ada", "Ben"):
        await visits(chat, 2)
        before, descriptors, threads = kept(), len(os.listdir("/dev/fd")), threading.active_count()
        await visits(chat, 4)
        await eventually(lambda: not kept() - before)
        assert len(os.listdir("/dev/fd")) <= descriptors
        assert threading.active_count() < threads + 4  # a pool may still grow by one, but not by one for each visit


async def test_all_that_the_chat_asks_of_its_table_is_answered_without_moto() -> None:
    async with LocalChat(LocalOptions(gateway=UNTHROTTLED)) as chat, present(chat, "lobby", "Ada", "Ben"):
        await visits(chat, 2)
        backend = chat.table.backend
        assert isinstance(backend, MemoryBackend)
        assert backend.is_immediate
