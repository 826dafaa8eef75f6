"""`make stack`, the command: what it says, and that it leaves nothing behind however it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from scripts import ROOT
from tests.support.botocore_variables import variables
from tests.support.terraform import RARELY, copy_tree, initialised

pytestmark = pytest.mark.stack

DESTROY_SECONDS = 300

# What a shell may say of AWS. Terraform's provider may have to come through a proxy for https.
HOSTILE = dict.fromkeys([name for name in variables() if name.lower() not in ("https_proxy", "no_proxy")], "bogus")


@contextmanager
def command(*arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    run = [sys.executable, "-m", "scripts.deploy.stack", *arguments]
    with subprocess.Popen(
        run, cwd=ROOT, env=os.environ | RARELY | environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # which does nothing to one that has ended, as it should


@pytest.fixture(autouse=True, scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip where Terraform or its provider cannot be had."""
    initialised(copy_tree(tmp_path_factory.mktemp("tree")))


def owners_files() -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (ROOT / "terraform").iterdir()}


@pytest.mark.long  # test_stack.py applies and destroys the same
def test_the_command_says_where_the_chat_is_and_destroys_it_when_asked_to_stop() -> None:
    before = owners_files()
    with command(**HOSTILE) as process:
        said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break
        assert said[-1:] == ["Ctrl-C destroys it all."], (said, process.stderr and process.stderr.read())
        site = next(line for line in said if line.startswith("The chat:")).split()[-1]
        with urllib3.PoolManager() as pool:
            assert b"<title>anonchat</title>" in pool.request("GET", site).data
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=DESTROY_SECONDS)
    assert process.returncode == 0, complaints
    assert rest.splitlines() == ["Destroying …", "Nothing is left of it."]
    with urllib3.PoolManager(retries=False) as pool, pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("GET", site)
    assert owners_files() == before


def test_the_command_leaves_nothing_when_it_is_stopped_half_way() -> None:
    with taken_port() as port:
        pass  # so it was free a moment ago
    with command(STACK_PORT=str(port)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Applying"):
                break
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaints.strip() == "Stopped half-way: MiniStack had it all in memory, so nothing is left."
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_the_command_says_so_if_terraform_is_missing(tmp_path: Path) -> None:
    for tool in ("sh", "dirname", "mkdir"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    with command(PATH=str(tmp_path)) as process:
        _, complaints = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Terraform is not on PATH. anonchat needs 1.11 or newer" in complaints
    assert "Traceback" not in complaints


def test_the_command_says_so_if_its_port_is_taken() -> None:
    with taken_port() as port:
        with command(STACK_PORT=str(port)) as process:
            _, complaints = process.communicate(timeout=60)
        assert process.returncode == 1
        assert complaints.startswith(f"Port {port} is taken by another program. Choose another one: STACK_PORT=")
    with command("--port", "many") as process:
        _, complaints = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "a port is a number from 1 to 65535" in complaints


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
