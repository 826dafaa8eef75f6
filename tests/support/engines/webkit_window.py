"""A window of WebKitGTK, which its own WebDriver drives, on a screen that nobody sees."""

import asyncio
import base64
import os
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession

from tests.support.engines.window import LISTEN, LOOK_SECONDS, Window
from tests.support.waiting import WAIT_SECONDS, expect_to_become

HOST = Path(__file__).with_name("webkit_host.py")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # by this key WebDriver names an element
NOT_YET = {"element not interactable", "element click intercepted", "stale element reference", "no such element"}
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Escape": "\ue00c",
    "ArrowUp": "\ue013",
    "ArrowDown": "\ue015",
}


class WebKitWindow(Window):
    """`await WebKitWindow(program).start()`, where the program is WebKitWebDriver."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._profile = tempfile.mkdtemp(prefix="anonchat-webkit-")
        self._session = ""
        self._processes: list[asyncio.subprocess.Process] = []

    async def start(self) -> "WebKitWindow":
        self._http = ClientSession()
        try:
            screen = await self._run("Xvfb", "-displayfd", "1", "-screen", "0", "1500x1100x24", "-nolisten", "tcp")
            assert screen.stdout
            display = f":{(await screen.stdout.readline()).decode().strip()}"
            port = free_port()
            self._driver = f"http://127.0.0.1:{port}"
            environ = {"DISPLAY": display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "LANG": "C.UTF-8"}
            await self._run(self._program, "--host=127.0.0.1", f"--port={port}", **environ)
            await self._begin()
        except BaseException:
            await self.close()
            raise
        return self

    async def open(self, address: str) -> None:
        await self._ask("POST", "/url", url="about:blank")
        await self._ask("POST", "/url", url=address)

    async def reload(self) -> None:
        await self._ask("POST", "/refresh")

    async def restart(self) -> None:
        await self._ask("DELETE", "")
        await self._begin()

    async def close(self) -> None:
        if self._session:
            with suppress(ClientError, TimeoutError, WebDriverError):
                await self._ask("DELETE", "")
        await self._http.close()
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with the browser that it has started
            await process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    async def run(self, function: str, *arguments: Any) -> Any:
        script = f"return ({function})(...arguments)"
        return await self._ask("POST", "/execute/sync", script=script, args=list(arguments))

    async def click(self, selector: str) -> None:
        await self.until_shown(selector)
        await expect_to_become(lambda: self._clicked(selector), "", LOOK_SECONDS)

    async def press(self, keys: str) -> None:
        pressed = [KEYS.get(key, key) for key in keys.split("+")]
        await self._act([("keyDown", key) for key in pressed] + [("keyUp", key) for key in reversed(pressed)])

    async def type(self, text: str) -> None:
        await self._act([(kind, character) for character in text for kind in ("keyDown", "keyUp")])

    async def resize(self, width: int, height: int) -> None:
        # What is asked for is the window's size, which frames may make larger than the page's.
        size = "() => [innerWidth, innerHeight]"
        [inner_width, inner_height] = await self.run(size)
        window = await self._ask("GET", "/window/rect")
        wider, higher = window["width"] - inner_width, window["height"] - inner_height
        await self._ask("POST", "/window/rect", width=width + wider, height=height + higher)
        await self.expect(size, [width, height])

    async def picture(self) -> bytes:
        return base64.b64decode(await self._ask("GET", "/screenshot"))

    def consoled(self) -> list[str]:
        written = Path(self._profile, "console").read_text(errors="replace")
        return [line for line in written.splitlines() if line.startswith("CONSOLE") and "LOG" not in line.split(" ", 3)]

    async def _begin(self) -> None:
        """Start a browser, as soon as the driver answers."""
        browser = {"binary": str(HOST), "args": [self._profile, LISTEN]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": browser}}
        self._session = ""
        async with asyncio.timeout(WAIT_SECONDS):
            while not self._session:
                with suppress(ClientConnectorError):
                    self._session = (await self._ask("POST", None, capabilities=wanted))["sessionId"]
                await asyncio.sleep(0.02)

    async def _run(self, *command: str, **environ: str) -> asyncio.subprocess.Process:
        """Start a process that `close` ends, with what it starts."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=os.environ | environ,
            stdout=asyncio.subprocess.PIPE if not environ else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    async def _element(self, selector: str) -> str:
        return str((await self._ask("POST", "/element", using="css selector", value=selector))[ELEMENT])

    async def _clicked(self, selector: str) -> str:
        """Click on it. Return "", or why that cannot be done yet: it is on its way, covered, or made anew just now."""
        try:
            await self._ask("POST", f"/element/{await self._element(selector)}/click")
        except WebDriverError as refusal:
            if refusal.code not in NOT_YET:
                raise
            return str(refusal)
        return ""

    async def _act(self, actions: list[tuple[str, str]]) -> None:
        keys = {"type": "key", "id": "keys", "actions": [{"type": kind, "value": key} for kind, key in actions]}
        await self._ask("POST", "/actions", actions=[keys])

    async def _ask(self, method: str, path: str | None, **body: Any) -> Any:
        """Ask the driver about its session; without a path, for one."""
        address = f"{self._driver}/session" + ("" if path is None else f"/{self._session}{path}")
        async with self._http.request(method, address, json=body if method == "POST" else None) as answer:
            value = (await answer.json())["value"]
            if answer.status != 200:
                raise WebDriverError(value["error"], f"{method} {path}: {value['error']}: {value['message']}")
            return value


class WebDriverError(Exception):
    """What the driver refuses, in its own words; `code` is WebDriver's."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def free_port() -> int:
    """Return a port that nobody has just now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
