"""The least that a fan-out can be in Python: one thread, sockets that are ready, requests signed as AWS asks.

Nothing is retried, no answer is read but its first bytes, nothing has a deadline. `make bench` measures the layer's
fan-out beside it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlsplit

REGION, SERVICE = "us-east-1", "execute-api"
OK = b"HTTP/1.1 200"
SIGNED = "host;x-amz-date;x-amz-security-token"


class Signer:
    """Signature Version 4 of the posts of one fan-out."""

    def __init__(self, host: str, payload: bytes) -> None:
        environ, self._date = os.environ, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        key = b"AWS4" + environ["AWS_SECRET_ACCESS_KEY"].encode()
        parts = (self._date[:8], REGION, SERVICE, "aws4_request")
        for part in parts:
            key = hmac.digest(key, part.encode(), "sha256")
        self._key, scope, token = key, "/".join(parts), environ["AWS_SESSION_TOKEN"]
        headers = f"host:{host}\nx-amz-date:{self._date}\nx-amz-security-token:{token}\n"
        self._rest = f"\n\n{headers}\n{SIGNED}\n{hashlib.sha256(payload).hexdigest()}"
        self._to_sign = f"AWS4-HMAC-SHA256\n{self._date}\n{scope}\n"
        self._head = (
            f"Host: {host}\r\nContent-Length: {len(payload)}\r\nX-Amz-Date: {self._date}\r\n"
            f"X-Amz-Security-Token: {token}\r\nAuthorization: AWS4-HMAC-SHA256 "
            f"Credential={environ['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={SIGNED}, Signature="
        )
        self._payload = payload

    def request(self, path: str) -> bytes:
        digest = hashlib.sha256(f"POST\n{quote(path, safe='/~')}{self._rest}".encode()).hexdigest()
        signature = hmac.digest(self._key, f"{self._to_sign}{digest}".encode(), "sha256").hex()
        return f"POST {path} HTTP/1.1\r\n{self._head}{signature}\r\n\r\n".encode() + self._payload


def bare_loop(lines: int, payload: bytes) -> Callable[[Sequence[str]], int]:
    """Open so many lines, and return what posts the payload to connection ids over them."""
    address = urlsplit(os.environ["CONNECTIONS_ENDPOINT"])
    opened = [opened_line(address.hostname or "", address.port or 443) for _ in range(lines)]
    selector = selectors.DefaultSelector()
    for line in opened:
        selector.register(line, selectors.EVENT_READ, line)

    def broadcast(ids: Sequence[str]) -> int:
        signer, delivered, busy = Signer(address.netloc, payload), 0, 0
        waiting = [f"{address.path}/%40connections/{quote(id, safe='')}" for id in ids]
        for line in opened[: len(waiting)]:
            line.send(signer.request(waiting.pop()))
            busy += 1
        while busy:
            for key, _ in selector.select():
                try:
                    answer = key.data.recv(4096)
                except ssl.SSLWantReadError:  # a record that is no answer, such as a new session's ticket
                    continue
                delivered += answer.startswith(OK)
                if waiting:
                    key.data.send(signer.request(waiting.pop()))
                else:
                    busy -= 1
        return delivered

    return broadcast


def opened_line(host: str, port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    line = context.wrap_socket(socket.create_connection((host, port)), server_hostname=host)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setblocking(False)
    return line
