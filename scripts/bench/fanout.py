"""`make bench`: the fan-out beside boto3's, in one run, against a TLS server that takes 8 ms for each post.

Three processes: the server, one poster with the chat's own fan-out and one with boto3 and 10 threads. The posters take
turns, round by round, so that whatever else the machine does meets both; each measures its own wall time and CPU, and
the table shows medians.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.functions.credentials import leads_away, local_credentials
from scripts import ROOT
from scripts.command_line import ProgressLine, whole_number

SERVER_SECONDS = 0.008  # the round trip of a post within a region, as we assume it
WORKERS = 10  # boto3's threads and connections: its default pool size
FRAME = json.dumps({"type": "message", "text": "x" * 500}).encode()  # about what an encrypted line of talk takes
ROOMS = (10, 50, 500)
TARGET_ROOM = 500
SELF = ("-m", "scripts.bench.fanout", "--role")
TARGETS = {"cpu": 0.10, "wall": 0.35}  # of boto3's, at TARGET_ROOM

Broadcast = Callable[[Sequence[str]], int]
Figures = dict[str, float]


# --- the server: only what a post needs, so that its own cost stays small ------------------------------------


class Endpoint(asyncio.Protocol):
    """One kept connection of HTTP/1.1: every request is answered after SERVER_SECONDS, with 200 and nothing."""

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
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.get_running_loop().create_server(endpoint, "127.0.0.1", 0, ssl=context, backlog=512)
    say(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


# --- the posters: each returns how many posts arrived --------------------------------------------------------


def ours() -> Broadcast:
    sys.path.insert(0, str(ROOT / "shared/python"))
    from anonchat.connections import Connections

    connections = Connections.from_environment()
    return lambda ids: connections.post([(id, FRAME) for id in ids]).delivered


def boto3() -> Broadcast:
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=WORKERS)
    client = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["CONNECTIONS_ENDPOINT"], config=config)
    pool = ThreadPoolExecutor(WORKERS)

    def post(id: str) -> bool:
        answer = client.post_to_connection(ConnectionId=id, Data=FRAME)
        return bool(answer["ResponseMetadata"]["HTTPStatusCode"] == 200)

    return lambda ids: sum(pool.map(post, ids))


POSTERS: dict[str, Callable[[], Broadcast]] = {"ours": ours, "boto3": boto3}


def post_on_demand(broadcast: Broadcast) -> None:
    """Read room sizes from stdin, one a line; answer each with what its fan-out took."""
    for line in sys.stdin:
        ids = [f"TXzPWdn{number:05d}CGjA=" for number in range(int(line))]
        wall, cpu = time.perf_counter(), time.process_time()
        delivered = broadcast(ids)
        say(
            {
                "wall": (time.perf_counter() - wall) * 1000,
                "cpu": (time.process_time() - cpu) * 1000,
                "delivered": delivered,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )


def say(value: Any) -> None:
    print(json.dumps(value), flush=True)


# --- the run -------------------------------------------------------------------------------------------------


class Worker:
    """A child of a bench: one line in, one line of JSON out."""

    def __init__(self, role: str, *arguments: str, environ: dict[str, str]) -> None:
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


def make_certificates(folder: Path) -> tuple[str, str]:
    """Write a certificate for 127.0.0.1 with its key, and the authority both posters trust."""
    import trustme

    authority = trustme.CA()
    certificate, bundle = folder / "server.pem", folder / "authority.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    authority.cert_pem.write_to_path(bundle)
    return str(certificate), str(bundle)


def environment(port: int, bundle: str) -> dict[str, str]:
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


def measure(workers: dict[str, Worker], rooms: Sequence[int], rounds: int) -> dict[tuple[str, int], Figures]:
    """Return the medians of each poster and room size, after a warm-up that opens the connections."""
    progress = ProgressLine()
    samples: dict[tuple[str, int], list[Figures]] = {(name, size): [] for size in rooms for name in workers}
    for worker in workers.values():
        worker.ask(max(rooms))
    for number in range(1, rounds + 1):
        progress(f"round {number} of {rounds}")
        for size in rooms:
            for name in sorted(workers, reverse=number % 2 == 0):
                figures = workers[name].ask(size)
                if figures["delivered"] != size:
                    sys.exit(f"{name} delivered {figures['delivered']:.0f} of {size} posts: nothing to compare.")
                samples[name, size].append(figures)
    progress.clear()
    return {key: medians_of(taken) for key, taken in samples.items()}


def medians_of(samples: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return {each: statistics.median(sample[each] for sample in samples) for each in ("wall", "cpu", "memory")}


def report(medians: dict[tuple[str, int], Figures], rounds: int) -> bool:
    """Print the table; return False if the targets are missed."""
    print(f"Fan-out over TLS, {SERVER_SECONDS * 1000:.0f} ms a post, medians of {rounds} rounds")
    print(f"x: as a share of boto3 with {WORKERS} threads\n")
    print(f"{'room':>5}  {'poster':<9}{'wall ms':>9}{'x':>7}{'CPU ms/post':>13}{'x':>7}{'memory MB':>11}")
    met = True
    for size in sorted({size for _, size in medians}):
        other, own = medians["boto3", size], medians["ours", size]
        for name, figures in (("boto3", other), ("anonchat", own)):
            print(
                f"{size:>5}  {name:<9}{figures['wall']:>9.1f}{figures['wall'] / other['wall']:>7.2f}"
                f"{figures['cpu'] / size:>13.4f}{figures['cpu'] / other['cpu']:>7.3f}{figures['memory']:>11.1f}"
            )
        if size == TARGET_ROOM:
            met = all(own[each] <= most * other[each] for each, most in TARGETS.items())
            verdict = "met" if met else "MISSED"
            print(f"\nTargets at {size}: wall x <= {TARGETS['wall']}, CPU x <= {TARGETS['cpu']}: {verdict}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.partition("\n")[0])
    positive = whole_number(range(1, sys.maxsize), "{text} is no whole number from 1 on")
    parser.add_argument("--rounds", type=positive, default=15, metavar="N")
    parser.add_argument(
        "--room", type=positive, action="append", metavar="N", help=f"a room size, or several; default: {ROOMS}"
    )
    parser.add_argument("--role", choices=["server", *POSTERS], help=argparse.SUPPRESS)
    parser.add_argument("--certificate", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role == "server":
        asyncio.run(serve(options.certificate))
    elif options.role:
        post_on_demand(POSTERS[options.role]())
    else:
        return run(options.room or ROOMS, options.rounds)
    return 0


def run(rooms: Sequence[int], rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        certificate, bundle = make_certificates(Path(folder))
        serving = Worker("server", *SELF, "server", "--certificate", certificate, environ=dict(os.environ))
        with serving as server:
            environ = environment(server.hear(), bundle)
            own, other = (Worker(name, *SELF, name, environ=environ) for name in POSTERS)
            with own, other:
                medians = measure({"ours": own, "boto3": other}, rooms, rounds)
    return 0 if report(medians, rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
