"""One visit to a room from a terminal: what is typed goes out, what happens is shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine

from anonchat_client.client import Client
from anonchat_client.errors import RequestRefused
from anonchat_client.talk import lines
from anonchat_client.talk.terminal import Terminal

WAITING_SECONDS = 1.5  # a message not acknowledged for so long is said to be waiting
LAST_SECONDS = 20.0  # after the end of the input, for what is still waiting


class Visit:
    """From coming in to leaving."""

    def __init__(self, client: Client, terminal: Terminal) -> None:
        self._client = client
        self._terminal = terminal
        self._sends: set[asyncio.Task[None]] = set()
        self._questions: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """Talk until the input ends. Returns the exit code. Raise RequestRefused if there is no coming back."""
        client, show = self._client, self._terminal.show
        show(lines.entered(client.room_name, client.alias, client.handle, client.online))
        for message in client.history:
            show(lines.message(message))
        showing, typing = asyncio.create_task(self._show_events()), asyncio.create_task(self._read_lines())
        try:
            await asyncio.wait((showing, typing), return_when=asyncio.FIRST_COMPLETED)
            if showing.done():
                showing.result()
            if under_way := self._sends | self._questions:
                await asyncio.wait(under_way, timeout=LAST_SECONDS)
            return self._say_goodbye()
        except asyncio.CancelledError:
            self._say_goodbye()
            raise
        finally:
            for task in (showing, typing, *self._sends, *self._questions):
                task.cancel()

    async def _show_events(self) -> None:
        async for event in self._client.events():
            if line := lines.event(event):
                self._terminal.show(line)

    async def _read_lines(self) -> None:
        queue = self._terminal.lines()
        while (line := await queue.get()) is not None:
            self._obey(line.strip())

    def _obey(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        if not line:
            return
        if line.startswith("//") or not line.startswith("/"):
            self._start_sending(line.removeprefix("/") if line.startswith("//") else line)
        elif command == "/me" and rest.strip():
            self._start_sending(rest.strip(), action=True)
        elif command == "/who":
            start(self._show_people(), self._questions)
        elif command in ("/help", "/me"):
            self._terminal.show(lines.HELP)
        else:
            self._terminal.show(f"There is no command {command}. Two slashes send the text as it is: /{line}")

    async def _show_people(self) -> None:
        """Show who is here: as known, or asked for where more are here than are known."""
        client = self._client
        with contextlib.suppress(RequestRefused):  # which ends the visit, and is said then
            people = client.members if len(client.members) >= client.online else await client.roster()
            self._terminal.show(lines.people(people))

    def _start_sending(self, text: str, *, action: bool = False) -> None:
        start(self._send(text, action), self._sends)

    async def _send(self, text: str, action: bool) -> None:
        sending = asyncio.ensure_future(self._client.send(text, action=action))
        try:
            done, _ = await asyncio.wait((sending,), timeout=WAITING_SECONDS)
            if not done:
                self._terminal.show(lines.waiting(text))
            await sending
            self._terminal.show(lines.sent(text))
        except RequestRefused as refusal:
            self._terminal.show(lines.not_sent(text, refusal.sentence))
        except ValueError as problem:
            self._terminal.show(lines.not_sent(text, str(problem)))
        finally:
            sending.cancel()

    def _say_goodbye(self) -> int:
        """Say what may be lost. Returns the exit code."""
        self._terminal.close()
        self._terminal.show(lines.goodbye(len(self._sends)))
        return 1 if self._sends else 0


def start(work: Coroutine[None, None, None], tasks: set[asyncio.Task[None]]) -> None:
    """Begin a task, which is in the set until it ends."""
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
