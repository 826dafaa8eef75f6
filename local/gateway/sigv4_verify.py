"""Checks the signature (AWS Signature Version 4) of a request to @connections.

botocore's own signer computes what the signature must be, over the path as it came over the wire: botocore encodes it
once more, so that the `=` of a connection id, `%3D` on the wire, is signed as `%253D`, and `@` as `%40`.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace

from botocore.auth import UNSIGNED_PAYLOAD, SigV4Auth
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local.functions.credentials import SECRET

CLOCK_WINDOW = 300  # seconds a signature's time may be off, as on AWS
SERVICE = "execute-api"

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

    `wire_path` is the request target untouched, query included. `headers` finds names in any case. `secrets` holds the
    secret key of each access key id; None takes any id with SECRET ("local").
    """
    found = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if not found:
        raise BadSignature("Missing Authentication Token")
    timestamp, signed = headers.get("X-Amz-Date", ""), found["headers"].split(";")
    _check_scope(found["service"], found["day"], timestamp, now)
    _check_headers(signed, headers, body)
    secret = SECRET if secrets is None else secrets.get(found["key"])
    if secret is None:
        raise BadSignature("The security token included in the request is invalid.")
    request = SimpleNamespace(
        method=method,
        url=f"http://local{wire_path}",
        headers=_chosen(signed, headers),
        params={},
        body=body,
        context={"timestamp": timestamp},
    )
    if not hmac.compare_digest(_signature(request, found["key"], secret, found["region"]), found["signature"]):
        raise BadSignature("The request signature we calculated does not match the signature you provided.")
    return found["key"]


def _signature(request: SimpleNamespace, key: str, secret: str, region: str) -> str:
    """Return what the signature of a request must be."""
    signer = SigV4Auth(Credentials(key, secret), SERVICE, region)
    signature: str = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return signature


def _check_scope(service: str, day: str, timestamp: str, now: float) -> None:
    if service != SERVICE:
        raise BadSignature(f"Credential should be scoped to correct service: '{SERVICE}'.")
    try:
        at = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise BadSignature("X-Amz-Date is missing or no date.") from None
    if not timestamp.startswith(day):
        raise BadSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.")
    if abs(now - at) > CLOCK_WINDOW:
        raise BadSignature("Signature expired or not yet current: the clocks are too far apart.")


def _check_headers(signed: list[str], headers: Mapping[str, str], body: bytes) -> None:
    required = ["host", "x-amz-date"]
    if "X-Amz-Security-Token" in headers:
        required.append("x-amz-security-token")
    for name in required:
        if name not in signed:
            raise BadSignature(f"'{name}' must be a signed header.")
    digest = headers.get("X-Amz-Content-SHA256", UNSIGNED_PAYLOAD)
    if digest not in (UNSIGNED_PAYLOAD, sha256(body).hexdigest()):
        raise BadSignature("X-Amz-Content-SHA256 does not match the body.")


def _chosen(signed: list[str], headers: Mapping[str, str]) -> HTTPHeaders:
    chosen = HTTPHeaders()
    for name in signed:
        chosen[name] = headers.get(name, "")
    return chosen
