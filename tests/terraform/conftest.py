"""Terraform on a copy of what is deployed, started once for all tests of a worker."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.terraform import (
    EVERYTHING,
    Planned,
    Terraform,
    access,
    copy_tree,
    first_plans,
    initialised,
    neutral_environment,
    provider_of,
    terraform_in,
)

IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


CHOSEN = {
    "everything": EVERYTHING,
    "the_least": {},
    "nothing_reserved": {"reserved_concurrency": "-1"},
    "test_beside_it": {**EVERYTHING, "env": "test"},
    "elsewhere": {**EVERYTHING, "region": "ap-southeast-1"},
}


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="session")
def attached(tree: Path, sts: str) -> Iterator[dict[str, str]]:
    """Start the provider once; return the environment in which Terraform uses that one, and no other access."""
    initialised(tree)
    with provider_of(tree / "terraform", neutral_environment() | access(sts)) as attached:
        yield attached | access(sts)


@pytest.fixture(scope="session")
def terraform(tree: Path, attached: dict[str, str]) -> Terraform:
    return terraform_in(tree, **attached)


@pytest.fixture(scope="session")
def first_applies(terraform: Terraform, tree: Path) -> dict[str, Planned]:
    """Return what first applies would make, with the variables of CHOSEN."""
    return first_plans(terraform, tree, CHOSEN)


@pytest.fixture(scope="session")
def everything(first_applies: dict[str, Planned]) -> Planned:
    """Return the plan with everything switched on."""
    return first_applies["everything"]


@pytest.fixture(scope="session")
def sts() -> Iterator[str]:
    """Yield an address that tells the provider who it is: all it asks AWS for before the first apply."""

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
