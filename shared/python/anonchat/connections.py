"""Client for @connections, the only one: post frames to sockets, ask whether they are there, close them.

Best effort and bounded: a post that is answered by 410 says that its peer is gone; one that fails in another way, after
its retry, has its connection closed, so that this client comes back and resumes. Neither delays or stops the others.
Who is gone is returned to the caller, who owns the table.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from anonchat import limits, log, sigv4
from anonchat.http_pool import Pool

GONE = 410


class Delivery(NamedTuple):
    """The outcome of one `post`: how many frames arrived, whose sockets are gone, whose were closed for failing."""

    delivered: int
    gone: list[str]
    failed: list[str]


class Connections:
    """The sockets of one deployed API, by their connection ids."""

    def __init__(self, pool: Pool, region: str) -> None:
        self._pool = pool
        self._region = region
        self._stage = pool.url.path.rstrip("/")

    @classmethod
    def from_environment(cls) -> "Connections":
        """Read CONNECTIONS_ENDPOINT (https://{api}.execute-api.{region}.amazonaws.com/{stage}), AWS_REGION."""
        return cls(Pool(os.environ["CONNECTIONS_ENDPOINT"]), os.environ["AWS_REGION"])

    def post(self, frames: Sequence[tuple[str, bytes]]) -> Delivery:
        """Post each frame to its connection id, POSTS_AT_ONCE at a time, and return when all have settled."""
        statuses = self._request("POST", frames, limits.FANOUT_SECONDS)
        gone, failed, delivered = [], [], 0
        for (connection_id, _), status in zip(frames, statuses, strict=True):
            if status == GONE:
                gone.append(connection_id)
            elif status is not None and status < 300:
                delivered += 1
            else:
                failed.append(connection_id)
        if failed:
            answers = sorted({str(status) for status in statuses if status != GONE and (status or 999) >= 300})
            log.warn("posts failed, closing their connections", failed=len(failed), of=len(frames), answers=answers)
            self.close(failed)
        log.debug("broadcast", delivered=delivered, gone=len(gone), failed=len(failed))
        return Delivery(delivered, gone, failed)

    def gone(self, connection_ids: Sequence[str]) -> list[str]:
        """Return those of the connections whose sockets are gone. Asking is not a message and costs none."""
        statuses = self._request("GET", [(each, b"") for each in connection_ids], limits.FANOUT_SECONDS)
        return [each for each, status in zip(connection_ids, statuses, strict=True) if status == GONE]

    def close(self, connection_ids: Sequence[str]) -> None:
        """Close sockets, as far as that can be done in CLOSE_SECONDS."""
        self._request("DELETE", [(each, b"") for each in connection_ids], limits.CLOSE_SECONDS)

    def _request(self, method: str, frames: Sequence[tuple[str, bytes]], seconds: float) -> list[int | None]:
        host = self._pool.url.netloc
        signer = sigv4.RequestSigner(sigv4.Credentials.from_environment(), self._region, host, datetime.now(UTC))
        hashes: dict[bytes, str] = {}
        requests = []
        for connection_id, payload in frames:
            if payload not in hashes:
                hashes[payload] = sigv4.payload_hash(payload)
            path = f"{self._stage}/@connections/{quote(connection_id, safe='')}"
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
                f"{signer.headers(method, path, hashes[payload])}Content-Length: {len(payload)}\r\n\r\n"
            )
            requests.append(head.encode() + payload)
        return self._pool.exchange(requests, seconds)
