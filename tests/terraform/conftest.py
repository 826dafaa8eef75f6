"""Terraform on a copy of what is deployed: packaged and initialised, and nothing written into the working tree."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts import ROOT
from scripts.deploy import package, stack

SECONDS = 600  # for one command; the provider is a program of 600 MB that starts anew each time

Ran = subprocess.CompletedProcess[str]
Terraform = Callable[..., Ran]

IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


def copy_tree(to: Path) -> Path:
    """Everything that packaging and Terraform read, without what they have written and what an owner has added."""
    stack.copy_tree(ROOT, to, unused=("bootstrap", "__pycache__"))
    package.package(to)
    return to


def terraform_in(tree: Path) -> Terraform:
    """`terraform("plan", ...)` runs scripts/terraform there, without this shell's settings of AWS and of Terraform."""
    environ = stack.neutral_environment()
    environ |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "AWS_EC2_METADATA_DISABLED": "true"}

    def run(*arguments: str, stdin: str = "", **more: str) -> Ran:
        command = [str(tree / "scripts/terraform"), *arguments]
        return subprocess.run(command, input=stdin, env=environ | more, capture_output=True, text=True, timeout=SECONDS)

    return run


def initialised(tree: Path, *where: str) -> Terraform:
    """Run init there, in its terraform/ or `where` -chdir says; skip where scripts/terraform says what is missing."""
    terraform = terraform_in(tree)
    started = terraform(*where, "init", "-input=false", "-backend=false", "-lockfile=readonly", "-no-color")
    if started.returncode == stack.UNAVAILABLE:
        pytest.skip(started.stderr.splitlines()[-1])
    assert started.returncode == 0, started.stderr
    return terraform


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="session")
def terraform(tree: Path) -> Terraform:
    return initialised(tree)


@pytest.fixture(scope="session")
def sts() -> Iterator[str]:
    """An address that tells the provider who it is: all it asks AWS for before the first apply."""

    class Sts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(IDENTITY)))
            self.end_headers()
            self.wfile.write(IDENTITY)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Sts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
