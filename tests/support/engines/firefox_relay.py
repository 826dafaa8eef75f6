#!/usr/bin/env python3
"""Start the Firefox that FIREFOX names, and stand between it and Playwright.

Playwright asks for commands of WebDriver BiDi that only the latest Firefox has. An older one gets everything else, and
what it does not know is answered here as if it was done. Playwright starts this in place of Firefox.
"""

import asyncio
import json
import os
import re
import signal
import sys

from aiohttp import ClientSession, ClientWebSocketResponse, WSMessage, WSMsgType, web

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# What Playwright wants to hear about a command, where that is more than nothing.
RESULTS = {"network.addDataCollector": {"collector": "none"}}


class Relay:
    """Between one Playwright and the Firefox whose BiDi is at `address`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._asked: dict[int, str] = {}  # methods of commands under way, by their ids

    async def serve(self) -> int:
        """Return the port that Playwright may connect to."""
        application = web.Application()
        application.router.add_get("/session", self._session)
        runner = web.AppRunner(application, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    async def _session(self, request: web.Request) -> web.WebSocketResponse:
        playwright = web.WebSocketResponse(max_msg_size=0)
        await playwright.prepare(request)
        async with ClientSession() as http, http.ws_connect(f"{self._address}/session", max_msg_size=0) as firefox:
            answering = asyncio.create_task(self._answer(firefox, playwright))
            async for message in playwright:
                command = json.loads(message.data)
                self._asked[command["id"]] = command["method"]
                await firefox.send_str(message.data)
            await firefox.close()
            await answering
        return playwright

    async def _answer(self, firefox: ClientWebSocketResponse, playwright: web.WebSocketResponse) -> None:
        async for message in firefox:
            if message.type is WSMsgType.TEXT:
                await playwright.send_str(self._told(message))
        await playwright.close()

    def _told(self, message: WSMessage) -> str:
        told = json.loads(message.data)
        method = self._asked.pop(told.get("id"), "")
        refused = told.get("error")
        if refused == "unknown command" or (refused and method.startswith("emulation.")):
            return json.dumps({"type": "success", "id": told["id"], "result": RESULTS.get(method, {})})
        return str(message.data)


async def main(*arguments: str) -> int:
    """Run Firefox until it ends; return its exit code."""
    firefox = await asyncio.create_subprocess_exec(os.environ["FIREFOX"], *arguments, stderr=asyncio.subprocess.PIPE)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, firefox.terminate)
    assert firefox.stderr
    async for line in firefox.stderr:
        said = line.decode(errors="replace")
        if listening := LISTENING.match(said):
            said = f"WebDriver BiDi listening on ws://127.0.0.1:{await Relay(listening[1]).serve()}\n"
        print(said, end="", file=sys.stderr, flush=True)
    return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
