"""The least that a chat can be in Python, for the bench of the local stack: aiohttp, one room, one process.

There are no functions, no table and no limits: a frame of one goes to all as it comes.
`python -m scripts.bench.bare_chat` prints its host, and answers each line of stdin with the CPU seconds it has used.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from aiohttp import web

ROOM: list[web.WebSocketResponse] = []


async def socket(request: web.Request) -> web.WebSocketResponse:
    """Serve one socket until it closes."""
    opened = web.WebSocketResponse()
    await opened.prepare(request)
    async for message in opened:
        frame = json.loads(message.data)
        if frame["action"] == "join":
            ROOM.append(opened)
            await opened.send_str('{"type":"joined"}')
        else:
            said = json.dumps({"type": "message", **frame}, separators=(",", ":"))
            for each in ROOM:
                await each.send_str(said)
    return opened


async def main() -> None:
    app = web.Application()
    app.router.add_get("/", socket)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=512)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"host": f"{host}:{port}"}), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps({"cpu": time.process_time(), "gateway": None}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
