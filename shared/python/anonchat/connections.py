"""Client for @connections, the only one: post frames to sockets, ask whether they are there, close them.

Best effort and bounded: a post that is answered by 410 says that its peer is gone; one that fails in another way, after
its retry, is reported, and neither delays or stops the others. What becomes of such members is for the caller, who owns
the table.
"""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from anonchat import limits, log, sigv4
from anonchat.http_pool import Exchange, Pool, is_overload

GONE = 410
_USUAL_ID = re.compile(r"[A-Za-z0-9_-]*=*")  # what is quoted here without looking at each character


class Delivery(NamedTuple):
    """The outcome of one `post`: how many frames arrived, whose sockets are gone, whom no frame reached.

    `troubled` is how many first attempts met 429, 5xx or no answer.
    """

    delivered: int
    gone: list[str]
    failed: list[str]
    troubled: int = 0

    @property
    def is_overload(self) -> bool:
        """Tell whether most first attempts failed: nothing more is to be tried then."""
        return is_overload(self.troubled, self._attempts)

    @property
    def is_common_trouble(self) -> bool:
        """Tell whether so many failed, or all, that the reason is nobody's own."""
        return self.delivered == 0 or self.troubled > max(1, self._attempts // limits.COMMON_TROUBLE)

    def with_attempts_of(self, earlier: "Delivery") -> "Delivery":
        """Return both as one: what reached everybody else tells whose fault it is that this did not reach some."""
        return Delivery(
            self.delivered + earlier.delivered,
            [*earlier.gone, *self.gone],
            [*earlier.failed, *self.failed],
            self.troubled + earlier.troubled,
        )

    @property
    def _attempts(self) -> int:
        return self.delivered + len(self.gone) + len(self.failed)


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

    def post(
        self, frames: Sequence[tuple[str, bytes]], seconds: float = limits.FANOUT_SECONDS, *, retry: bool = True
    ) -> Delivery:
        """Post each frame to its connection id, some at a time, and return when all have settled.

        `retry` allows one more attempt after a refusal; see Pool.exchange.
        """
        statuses, troubled = self._request("POST", frames, seconds, retry=retry)
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
            log.warn("posts failed", failed=len(failed), of=len(frames), answers=answers)
        log.debug("broadcast", delivered=delivered, gone=len(gone), failed=len(failed))
        return Delivery(delivered, gone, failed, troubled)

    def gone(self, connection_ids: Sequence[str]) -> list[str]:
        """Return those of the connections whose sockets are gone. Asking is not a message and costs none."""
        statuses, _ = self._request("GET", [(each, b"") for each in connection_ids], limits.FANOUT_SECONDS)
        return [each for each, status in zip(connection_ids, statuses, strict=True) if status == GONE]

    def close(self, connection_ids: Sequence[str]) -> list[str]:
        """Close sockets, as far as that can be done in CLOSE_SECONDS. Return those that may still be open."""
        statuses, _ = self._request("DELETE", [(each, b"") for each in connection_ids], limits.CLOSE_SECONDS)
        closed = [status is not None and (status < 300 or status == GONE) for status in statuses]
        return [each for each, is_closed in zip(connection_ids, closed, strict=True) if not is_closed]

    def _request(
        self, method: str, frames: Sequence[tuple[str, bytes]], seconds: float, *, retry: bool = True
    ) -> Exchange:
        host, connections = self._pool.url.netloc, f"{self._stage}/@connections/"
        signer = sigv4.RequestSigner(sigv4.Credentials.from_environment(), self._region, host, datetime.now(UTC))
        hashes: dict[bytes, str] = {}
        requests = []
        for connection_id, payload in frames:
            if payload not in hashes:
                hashes[payload] = sigv4.payload_hash(payload)
            is_usual = _USUAL_ID.fullmatch(connection_id)
            path = connections + (connection_id.replace("=", "%3D") if is_usual else quote(connection_id, safe=""))
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
                f"{signer.headers(method, path, hashes[payload])}Content-Length: {len(payload)}\r\n\r\n"
            )
            requests.append(head.encode() + payload)
        return self._pool.exchange(requests, seconds, retry=retry)
