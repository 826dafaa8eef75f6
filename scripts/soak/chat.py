"""A local chat whose functions run in processes, with a proxy before the table and one before @connections.

What runs is what is deployed, under its numbers: every trouble comes from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

from local.chat import LocalChat, LocalOptions
from local.functions.contract import Function
from local.functions.processes import ProcessFunction
from local.functions.route_map import Routes
from scripts.soak import faults
from scripts.soak.fault_proxy import Fault, FaultProxy, Request
from scripts.soak.forwarding import Forwarding

LATE_SECONDS = 5.0  # a $disconnect that comes late
DISCONNECTS = ("once", "never", "late", "twice")  # how often and when a function hears of a socket's end


class Troubled:
    """One proxy, and how many of its next requests are in trouble."""

    def __init__(self, forwarding: Forwarding, known: Mapping[str, Fault], dice: random.Random) -> None:
        self.met = 0  # requests that were
        self._left, self._share = 0, 0.0
        self._forwarding, self._known, self._dice = forwarding, list(known.values()), dice
        self.proxy = FaultProxy(forwarding, self._fault_of)

    async def __aenter__(self) -> Troubled:
        await self.proxy.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.proxy.__aexit__()
        self._forwarding.close()

    def trouble(self, requests: int, share: float) -> None:
        """Put so large a share of so many requests, from now on, into some trouble."""
        self._left, self._share = requests, share

    def _fault_of(self, request: Request) -> Fault | None:
        self._left -= 1
        if self._left < 0 or self._dice.random() >= self._share:
            return None
        self.met += 1
        return self._dice.choice(self._known)


class Unsteady:
    """$disconnect's function, which hears of a socket's end once, never, late or twice."""

    def __init__(self, function: Function, dice: random.Random) -> None:
        self.name = function.name
        self._function, self._dice = function, dice
        self.is_steady = False
        self.running = 0
        self.heard: Counter[str] = Counter()  # how often in which way

    async def invoke(self, event: dict[str, Any]) -> Any:
        how = "once" if self.is_steady else self._dice.choice(DISCONNECTS)
        self.heard[how] += 1
        self.running += 1
        try:
            return await self._invoke(event, how)
        finally:
            self.running -= 1

    async def _invoke(self, event: dict[str, Any], how: str) -> Any:
        if how == "late":
            await asyncio.sleep(LATE_SECONDS * self._dice.random())
        if how == "twice":
            await self._function.invoke(event)
        return None if how == "never" else await self._function.invoke(event)


class SoakChat(LocalChat):
    """A LocalChat between proxies. `table_trouble` and `post_trouble` say what goes wrong there."""

    def __init__(self, options: LocalOptions, dice: random.Random) -> None:
        super().__init__(options, log=lambda *_: None)
        self._dice = dice
        self.table_trouble = Troubled(Forwarding(lambda: _port(self.table_endpoint)), faults.OF_TABLE, dice)
        self.post_trouble = Troubled(Forwarding(lambda: _port(self.endpoint)), faults.OF_POSTS, dice)
        self.disconnects: Unsteady | None = None
        self.killed = 0

    async def __aenter__(self) -> SoakChat:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.table_trouble)
            await stack.enter_async_context(self.post_trouble)
            await super().__aenter__()
            self._proxies = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        await self._proxies.aclose()

    def kill(self, most: int) -> None:
        """Kill up to so many environments, rather those in the middle of an invocation."""
        running = [each for function in self._functions for each in function.environments if each.pid]
        busy = [each for each in running if not each.usable]
        for environment in self._dice.sample(busy or running, min(most, len(busy or running))):
            assert environment.pid is not None, "it runs"
            with contextlib.suppress(ProcessLookupError):
                os.kill(environment.pid, signal.SIGKILL)
                self.killed += 1

    @property
    def is_busy(self) -> bool:
        """Whether a function runs, or is about to hear of a socket's end."""
        heard_later = self.disconnects.running if self.disconnects else 0
        return bool(heard_later) or any(function.busy for function in self._functions)

    @property
    def _functions(self) -> list[ProcessFunction]:
        return [each for each in self.functions.current.values() if isinstance(each, ProcessFunction)]

    def recover(self) -> None:
        """End what goes wrong with functions and proxies."""
        self.table_trouble.trouble(0, 0.0)
        self.post_trouble.trouble(0, 0.0)
        if self.disconnects:
            self.disconnects.is_steady = True

    async def rows(self) -> list[dict[str, Any]]:
        """Return all rows of the table."""
        _, answer = await self.table.backend.run(lambda call: call("Scan", {"TableName": "anonchat-local"}))
        found: list[dict[str, Any]] = answer["Items"]
        return found

    async def forget(self, room: str, alias: str) -> int:
        """Delete a member's row, with any that its lost sockets have left, and no message: those have an alias, too.

        Return how many rows that were.
        """
        forgotten = 0
        for row in await self.rows():
            is_member = row["pk"]["S"] == f"ROOM#{room}" and row["sk"]["S"].startswith("MEMBER#")
            if is_member and row["alias"] == {"S": alias}:
                await self._delete({"pk": row["pk"], "sk": row["sk"]})
                forgotten += 1
        return forgotten

    async def _delete(self, key: dict[str, Any]) -> None:
        await self.table.backend.run(lambda call: call("DeleteItem", {"TableName": "anonchat-local", "Key": key}))

    def _serve(self, routes: Routes, functions: Mapping[str, Function]) -> None:
        if "disconnect" in functions:
            self.disconnects = Unsteady(functions["disconnect"], self._dice)
            functions = {**functions, "disconnect": self.disconnects}
        super()._serve(routes, functions)

    def _variables(self, function: str) -> dict[str, str]:
        posts = urlsplit(self.endpoint)
        return {
            **super()._variables(function),
            "CONNECTIONS_ENDPOINT": f"{self.post_trouble.proxy.address}{posts.path}/{function}",
            "AWS_ENDPOINT_URL_DYNAMODB": self.table_trouble.proxy.address,
        }


def _port(endpoint: str) -> int:
    port = urlsplit(endpoint).port
    assert port is not None, "it says its port"
    return port
