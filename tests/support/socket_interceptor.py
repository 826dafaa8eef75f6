"""Between the sockets of pages and the server: slip frames in, and hold back what a page sends."""

import json
import re
import time
from functools import partial

from playwright.async_api import Page, WebSocketRoute

from tests.support.member import Member


class SocketInterceptor:
    """Between the pages and the server: frames can be slipped in, and what a page says can be held back."""

    def __init__(self) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.held: list[partial[None]] | None = None

    async def attach(self, page: Page) -> None:
        await page.route_web_socket(re.compile("^ws:"), self._connect)

    def hold(self) -> None:
        self.held = []

    def release(self) -> None:
        held, self.held = self.held or [], None
        for send in held:
            send()

    def inject(self, author: Member, client: str, text: str) -> None:
        """Give the page a message as if the server passed it on, which would take its time over many."""
        at = time.time_ns() // 1_000_000
        who = {"id": author.id, "alias": author.sealed_alias}
        frame = {"id": f"{at:013d}-{client}", "client": client, "from": who, "text": text, "at": at, "online": 4}
        for socket in self.sockets:
            socket.send(json.dumps({"type": "message", **frame}))

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self.sockets.append(socket)

        def say(data: str | bytes) -> None:
            if self.held is None:
                server.send(data)
            else:
                self.held.append(partial(server.send, data))

        socket.on_message(say)
