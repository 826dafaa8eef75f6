"""serverless-offline, which needs Node and npm: installed once into a cache folder outside of the repository.

Its newest version that runs without an account of Serverless, Inc. It knows neither mocks nor throttles, so its stages
named low and closed are the one named open, and routes that are mocks are left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.credentials import Credentials

from local.functions.credentials import REGION, SECRET
from scripts.fidelity.target import Seen, Stage, Target
from scripts.fidelity.targets.local import ROUTES
from scripts.fidelity.targets.seen_table import SOMEBODY, TABLE, seen_table, table_client
from scripts.fidelity.targets.stack import CannotAsk, Tell

VERSION = "13.9.0"
PACKAGES = ("serverless@3.40.0", f"serverless-offline@{VERSION}")
PROBES = Path(__file__).resolve().parents[1] / "node" / "probes.cjs"
INSTALL_SECONDS = 600
START_SECONDS = 60
SAME = {"low": "open", "closed": "open"}


def installed(tell: Tell) -> Path:
    """Return the folder of the packages, installed there if they are not yet. Raise CannotAsk."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise CannotAsk("serverless-offline needs Node and npm, which are not on PATH.")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "anonchat" / f"serverless-offline-{VERSION}"
    done = folder / "installed"
    if not done.exists():
        tell(f"Installing {' and '.join(PACKAGES)} into {folder} …")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        try:
            subprocess.run(
                ["npm", "install", *options, *PACKAGES],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
            said = str(failure.stderr or "").strip().splitlines() or ["nothing"]
            raise CannotAsk(f"npm could not install serverless-offline. The last it said: {said[-1]}") from None
        done.touch()
    return folder / "node_modules"


@asynccontextmanager
async def serverless_offline(modules: Path) -> AsyncIterator[Target]:
    """Run it inside the block, once for each API. Raise CannotAsk."""
    async with AsyncExitStack() as ends:
        seen = await ends.enter_async_context(seen_table())
        apis: dict[str, Api] = {}
        for name, routes in ROUTES.items():
            used = {key: route["function"] for key, route in routes.items() if "function" in route}
            folder = Path(ends.enter_context(TemporaryDirectory(prefix="anonchat-offline-")))
            apis[name] = Api(modules, used, seen, folder)
            ends.push_async_callback(apis[name].stop)
            await apis[name].start()
        stages = {name: api.stage for name, api in apis.items()}

        async def revive() -> bool:
            return any([await api.revive() for api in apis.values()])

        yield Target(
            "serverless-offline",
            VERSION,
            stages | {name: stages[other] for name, other in SAME.items()},
            Credentials(SOMEBODY, SECRET),
            REGION,
            Seen(table_client(seen), TABLE, 0.05),
            patience=8,
            at_once=1,  # so that it is known which question has ended its process
            revive=revive,
        )


class Api:
    """One process that serves one API, always on the same ports. `options` are serverless-offline's own."""

    def __init__(
        self,
        modules: Path,
        routes: Mapping[str, str],
        seen: str,
        folder: Path,
        *,
        source: Path = PROBES,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._modules, self._folder = modules, folder
        http, self._port, functions = _free_ports(3)
        self.stage = Stage(f"ws://127.0.0.1:{self._port}", f"http://127.0.0.1:{self._port}")
        environ = {"CONNECTIONS_ENDPOINT": self.stage.endpoint, "SEEN_ENDPOINT": seen, "SEEN_TABLE": TABLE}
        ports = {"host": "127.0.0.1", "httpPort": http, "websocketPort": self._port, "lambdaPort": functions}
        shutil.copy(source, folder)
        (folder / "node_modules").symlink_to(modules)
        (folder / "serverless.json").write_text(json.dumps(_service(routes, environ, {**ports, **(options or {})})))
        self._output = folder / "output"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process that runs. Only after `start`."""
        assert self._process is not None, "it has been started"
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it listens. Raise CannotAsk."""
        with self._output.open("w") as said:
            self._process = await asyncio.create_subprocess_exec(
                "node",
                str(self._modules / "serverless" / "bin" / "serverless.js"),
                "offline",
                cwd=self._folder,
                env=_environment(),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        for _ in range(START_SECONDS * 10):
            if self._process.returncode is not None:
                last = self._output.read_text().strip()[-500:]
                raise CannotAsk(f"serverless-offline did not start. The last it said: {last or 'nothing'}")
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.close()
                return
            await asyncio.sleep(0.1)
        raise CannotAsk(f"serverless-offline did not listen within {START_SECONDS} seconds.")

    async def stop(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def revive(self) -> bool:
        """Start it again if it has ended; tell whether it had."""
        await asyncio.sleep(0.05)  # in which the end of a process is noticed
        if self._process and self._process.returncode is not None:
            await self.start()
            return True
        return False


def _service(routes: Mapping[str, str], environ: Mapping[str, str], ports: Mapping[str, Any]) -> dict[str, Any]:
    """Return what serverless.yml would say, as JSON."""
    by_function: dict[str, list[str]] = {}
    for key, function in routes.items():
        by_function.setdefault(function, []).append(key)
    return {
        "service": "fidelity",
        "configValidationMode": "off",
        "plugins": ["serverless-offline"],
        "provider": {"name": "aws", "runtime": "nodejs20.x", "timeout": 10, "environment": dict(environ)},
        "custom": {"serverless-offline": dict(ports)},
        "functions": {
            function.rpartition(".")[2]: {
                "handler": function,
                "events": [{"websocket": {"route": key}} for key in keys],
            }
            for function, keys in by_function.items()
        },
    }


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS", "SLS", "SERVERLESS"))}
    signing = {"AWS_ACCESS_KEY_ID": SOMEBODY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION}
    return kept | signing | {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}


def _free_ports(count: int) -> Iterable[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
