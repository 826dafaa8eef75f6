"""MiniStack's DynamoDB as a process of its own: the second implementation the table is tried on."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

START_SECONDS = 30
POLL_SECONDS = 0.05


@contextmanager
def ministack() -> Iterator[str]:
    """Its endpoint, ready; it ends with the block."""
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "SERVICES": "dynamodb",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": folder,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environ, cwd=folder, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(endpoint, process)
            yield endpoint
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    with urllib3.PoolManager(retries=False, timeout=1) as pool:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if pool.request("GET", f"{endpoint}/_ministack/health").status == 200:
                    return
            except (urllib3.exceptions.HTTPError, OSError):
                pass
            time.sleep(POLL_SECONDS)
    raise RuntimeError("MiniStack did not start")
