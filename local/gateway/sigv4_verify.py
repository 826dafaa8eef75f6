"""Checks the signature (AWS Signature Version 4) of a request to @connections.

The path is signed as it came over the wire, encoded once more: the `=` of a connection id, `%3D` on the wire, is signed
as `%253D`, and `@` as `%40`. botocore's signer would take 0.3 ms for each post; the tests sign with it.
"""

import functools
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from local.functions.credentials import SECRET

CLOCK_WINDOW = 300  # seconds a signature's time may be off, as on AWS
SERVICE = "execute-api"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request,"
    r"\s*SignedHeaders=(?P<headers>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


class BadSignature(Exception):
    """Why a request is refused, in a sentence for whoever sent it."""


def verify(
    method: str, wire_path: str, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str] | None, now: float
) -> str:
    """Return the access key id that signed this request. Raise BadSignature.

    `wire_path` is the request target untouched, query included. `headers` finds names in small letters. `secrets` holds
    the secret key of each access key id; None takes any id with SECRET ("local").
    """
    found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not found:
        raise BadSignature("Missing Authentication Token")
    timestamp, signed = headers.get("x-amz-date", ""), found["headers"].split(";")
    _check_scope(found["service"], found["day"], timestamp, now)
    payload_hash = _check_headers(signed, headers, body)
    secret = SECRET if secrets is None else secrets.get(found["key"])
    if secret is None:
        raise BadSignature("The security token included in the request is invalid.")
    request = f"{method}\n{_canonical_target(wire_path)}\n{_canonical_headers(signed, headers)}\n{payload_hash}"
    scope = f"{found['day']}/{found['region']}/{SERVICE}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    signature = _signing_key(secret, found["day"], found["region"]).copy()
    signature.update(to_sign.encode())
    if not hmac.compare_digest(signature.hexdigest(), found["signature"]):
        raise BadSignature("The request signature we calculated does not match the signature you provided.")
    return found["key"]


@functools.lru_cache(4096)  # some times as many as there are connections: each is posted to again and again
def _canonical_target(wire_path: str) -> str:
    """Return path and query as they are signed, on a line each."""
    path, _, query = wire_path.partition("?")
    if "//" in path or "/." in path:
        from botocore.utils import normalize_url_path  # nobody who posts writes such a path: botocore need not be there

        path = normalize_url_path(path)
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&")) if query else []
    return f"{quote(path, safe='/~')}\n{'&'.join(f'{name}={value}' for name, value in pairs)}"


def _canonical_headers(signed: list[str], headers: Mapping[str, str]) -> str:
    """Return the headers as they are signed, a line each, and after an empty one their names."""
    names = sorted({name.lower() for name in signed})
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names)
    return f"{lines}\n{';'.join(names)}"


@functools.lru_cache(32)
def _signing_key(secret: str, *scope: str) -> hmac.HMAC:
    """Return what a signature begins with. (`hmac.digest` would let a function's thread in, and wait for it.)"""
    key = f"AWS4{secret}".encode()
    for part in (*scope, SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")


@functools.lru_cache(32)
def _seconds(timestamp: str) -> float:
    """Return a time of a signature in seconds since the epoch. Raise ValueError if it is none."""
    return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _check_scope(service: str, day: str, timestamp: str, now: float) -> None:
    if service != SERVICE:
        raise BadSignature(f"Credential should be scoped to correct service: '{SERVICE}'.")
    try:
        at = _seconds(timestamp)
    except ValueError:
        raise BadSignature("X-Amz-Date is missing or no date.") from None
    if not timestamp.startswith(day):
        raise BadSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.")
    if abs(now - at) > CLOCK_WINDOW:
        raise BadSignature("Signature expired or not yet current: the clocks are too far apart.")


def _check_headers(signed: list[str], headers: Mapping[str, str], body: bytes) -> str:
    """Return the payload's hash as it is signed."""
    required = ["host", "x-amz-date"]
    if "x-amz-security-token" in headers:
        required.append("x-amz-security-token")
    for name in required:
        if name not in signed:
            raise BadSignature(f"'{name}' must be a signed header.")
    digest, claimed = sha256(body).hexdigest(), headers.get("x-amz-content-sha256")
    if claimed not in (None, UNSIGNED_PAYLOAD, digest):
        raise BadSignature("X-Amz-Content-SHA256 does not match the body.")
    return claimed or digest
