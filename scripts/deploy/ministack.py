"""MiniStack, the emulator of AWS, as a process of its own: what `make stack` deploys to, and a second DynamoDB for the
tests. It listens on this machine only, keeps everything in memory, and takes nothing of this shell's AWS settings."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3

from local.functions.credentials import leads_away

START_SECONDS = 30
STOP_SECONDS = 5
POLL_SECONDS = 0.05
# MiniStack, but no answer sooner than any of AWS's own. One that comes while the provider is still writing its request
# makes the provider ask again; it is told that the thing exists, and waits 5 minutes for that to change. (Of four
# applies of 300 Lambda permissions on a busy machine two met that, of eight with this none.)
ANSWER_SECONDS = 0.01
# And a function that is called by an alias runs the version that the alias names now; MiniStack's would go on running
# the one from before an update, since it keeps running processes by the alias's name.
RUN = f"""
import asyncio
from hypercorn.protocol.events import Response
from hypercorn.protocol.h11 import H11Protocol
from ministack.app import main
from ministack.core import lambda_runtime

by_name = lambda_runtime._worker_key

def by_version(function, configuration, qualifier):
    return by_name(function, configuration, configuration.get("Version") or qualifier)

lambda_runtime._worker_key = by_version

at_once = H11Protocol.stream_send

async def stream_send(self, event):
    if isinstance(event, Response):
        await asyncio.sleep({ANSWER_SECONDS})
    await at_once(self, event)

H11Protocol.stream_send = stream_send
main()
"""


class CannotStart(Exception):
    """The text says why, for people."""


class PortRefused(CannotStart):
    """Another port may do."""


@dataclass(frozen=True)
class MiniStack:
    endpoint: str  # http://127.0.0.1:PORT, of all services
    process: subprocess.Popen[bytes]


@contextmanager
def ministack(port: int = 0, services: str = "") -> Iterator[MiniStack]:
    """Run MiniStack, ready to answer, until the block ends. Raise CannotStart.

    Port 0 takes a free one, no `services` means all. Ctrl-C does not reach it: whoever holds the block may
    still need it to clean up.
    """
    port = _free_port(port)
    endpoint = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as folder:
        environ = _environment(port, services, folder)
        command = [sys.executable, "-c", RUN]
        process = subprocess.Popen(
            command, env=environ, cwd=folder, stdout=output, stderr=output, start_new_session=True
        )
        try:
            if not _is_ready(endpoint, process):
                output.seek(0)
                said = output.read().decode(errors="replace").strip()[-1000:]
                raise CannotStart(f"MiniStack did not start. It said: {said or 'nothing'}")
            yield MiniStack(endpoint, process)
        finally:
            _stop(process)


def _environment(port: int, services: str, folder: str) -> dict[str, str]:
    """Return what of this shell is for MiniStack and the functions that it runs, and how it is to run."""
    return {name: value for name, value in os.environ.items() if not leads_away(name)} | {
        "AWS_CONFIG_FILE": os.devnull,  # in place of ~/.aws
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "SERVICES": services,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": folder,
    }


def _free_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise PortRefused(f"Port {port} is not for everybody. Choose one above 1023:") from None
        except OSError:
            raise PortRefused(f"Port {port} is taken by another program. Choose another one:") from None
        return int(probe.getsockname()[1])


def _is_ready(endpoint: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    with urllib3.PoolManager(retries=False, timeout=1) as pool:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if pool.request("GET", f"{endpoint}/_ministack/health").status == 200:
                    return True
            except (urllib3.exceptions.HTTPError, OSError):
                pass
            time.sleep(POLL_SECONDS)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop it and the workers in which it runs functions: they are in its process group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
