"""What the parts of a bench share: children that take turns, a TLS server that stands for AWS, its certificates."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.functions.credentials import leads_away, local_credentials
from scripts import ROOT

SERVER_SECONDS = 0.008  # the round trip of a post within a region, as we assume it

Figures = dict[str, float]


class Endpoint(asyncio.Protocol):
    """One kept connection of HTTP/1.1: every request is answered after SERVER_SECONDS, with 200 and nothing.

    Only what a post needs, so that its own cost stays small.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].lower()
            length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
            if len(self.received) < end + 4 + length:
                return
            answer = self.answer(head, self.received[end + 4 : end + 4 + length])
            self.received = self.received[end + 4 + length :]
            asyncio.get_running_loop().call_later(SERVER_SECONDS, self.say, answer)

    def answer(self, head: bytes, body: bytes) -> bytes:
        """Return what is said to a request, whose head is in small letters."""
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    def say(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)  # type: ignore[attr-defined]


async def serve(certificate: str, endpoint: Callable[[], Endpoint] = Endpoint) -> None:
    """Serve until the process ends; say the port first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.get_running_loop().create_server(endpoint, "127.0.0.1", 0, ssl=context, backlog=512)
    say(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def say(value: Any) -> None:
    """Say it to the parent, as one line of JSON."""
    print(json.dumps(value), flush=True)


class Worker:
    """A child of a bench: one line in, one line of JSON out."""

    def __init__(self, role: str, *arguments: str, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environ,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._role = role

    def ask(self, question: object) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"The {self._role} process ended; what it said is above.")
        return json.loads(line)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def make_certificates(folder: Path, *, among: Path | None = None) -> tuple[str, str]:
    """Write a certificate for 127.0.0.1 with its key, and a store of its authority, `among` those of a file."""
    import trustme

    authority = trustme.CA(organization_name="Amazon", organization_unit_name="Amazon Root CA of a bench")
    certificate, bundle = folder / "server.pem", folder / "authorities.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    bundle.write_bytes((among.read_bytes() if among else b"") + authority.cert_pem.bytes())
    return str(certificate), str(bundle)


def environment(port: int, bundle: str) -> dict[str, str]:
    """Return the shell's environment, with the server at `port` as AWS and nothing else."""
    shell = {name: value for name, value in os.environ.items() if not leads_away(name)}
    return (
        shell
        | local_credentials("bench")
        | {
            "CONNECTIONS_ENDPOINT": f"https://127.0.0.1:{port}/bench",
            "AWS_CA_BUNDLE": bundle,
            "AWS_SESSION_TOKEN": "bench",
        }
    )


def medians_of(samples: Sequence[Figures], names: Iterable[str] = ("wall", "cpu", "memory")) -> Figures:
    """Return the median of each figure."""
    return {each: statistics.median(sample[each] for sample in samples) for each in names}


def in_turn(names: Sequence[str], number: int) -> list[str]:
    """Return the names in the order of a round: who comes first in one comes last in the next."""
    return [*reversed(names)] if number % 2 else [*names]
