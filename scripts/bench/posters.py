"""Who posts a frame to a room in `make bench`: the chat's own fan-out, and what it is measured beside.

`python -m scripts.bench.posters NAME` reads room sizes from stdin, one a line, and answers each with what its fan-out
took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence

from scripts import ROOT
from scripts.bench.bare_loop import bare_loop

FRAME = json.dumps({"type": "message", "text": "x" * 500}).encode()  # about what an encrypted line of talk takes
LINES = 64  # of the bare loop

Broadcast = Callable[[Sequence[str]], int]  # returns how many posts arrived


# What a side imports is its own: memory is compared, too.


def ours() -> Broadcast:
    sys.path.insert(0, str(ROOT / "shared/python"))
    from anonchat.connections import Connections

    connections = Connections.from_environment()
    return lambda ids: connections.post([(id, FRAME) for id in ids]).delivered


def boto3(threads: int) -> Broadcast:
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=threads)
    client = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["CONNECTIONS_ENDPOINT"], config=config)
    pool = ThreadPoolExecutor(threads)

    def post(id: str) -> bool:
        answer = client.post_to_connection(ConnectionId=id, Data=FRAME)
        return bool(answer["ResponseMetadata"]["HTTPStatusCode"] == 200)

    return lambda ids: sum(pool.map(post, ids))


def aiobotocore(tasks: int) -> Broadcast:
    import asyncio

    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    loop = asyncio.new_event_loop()
    config = AioConfig(max_pool_connections=tasks)
    creating = get_session().create_client(
        "apigatewaymanagementapi", endpoint_url=os.environ["CONNECTIONS_ENDPOINT"], config=config
    )
    client = loop.run_until_complete(creating.__aenter__())

    async def post(id: str, places: asyncio.Semaphore) -> bool:
        async with places:
            answer = await client.post_to_connection(ConnectionId=id, Data=FRAME)
            return bool(answer["ResponseMetadata"]["HTTPStatusCode"] == 200)

    async def broadcast(ids: Sequence[str]) -> int:
        places = asyncio.Semaphore(tasks)
        return sum(await asyncio.gather(*(post(id, places) for id in ids)))

    return lambda ids: loop.run_until_complete(broadcast(ids))


POSTERS: dict[str, Callable[[], Broadcast]] = {
    "anonchat": ours,
    "boto3, 1 thread": lambda: boto3(1),
    "boto3, 10 threads": lambda: boto3(10),
    "boto3, 64 threads": lambda: boto3(64),
    "aiobotocore, 64 at once": lambda: aiobotocore(64),
    "the bare loop": lambda: bare_loop(LINES, FRAME),
}


def main(broadcast: Broadcast) -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # so that what a fan-out logs is no answer
    for line in sys.stdin:
        ids = [f"TXzPWdn{number:05d}CGjA=" for number in range(int(line))]
        wall, cpu = time.perf_counter(), time.process_time()
        delivered = broadcast(ids)
        figures = {"wall": (time.perf_counter() - wall) * 1000, "cpu": (time.process_time() - cpu) * 1000}
        print(json.dumps({**figures, "delivered": delivered, "memory": memory_mb()}), file=answers, flush=True)


def memory_mb() -> float:
    """Return the most that this process has had. getrusage would count what its parent had before it became this."""
    with open("/proc/self/status") as lines:
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0)


if __name__ == "__main__":
    main(POSTERS[sys.argv[1]]())
