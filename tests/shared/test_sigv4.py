"""Our signature against botocore's, byte for byte."""

import random
import string
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from anonchat import sigv4

REQUESTS = 500
ID_CHARACTERS = string.ascii_letters + string.digits + "-_"


class Frozen(SigV4Auth):  # type: ignore[misc] # botocore has no types
    """botocore's signer at a moment of our choosing."""

    def add_auth(self, request: AWSRequest) -> None:
        request.context["timestamp"] = request.headers["X-Amz-Date"]
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        signature = self.signature(self.string_to_sign(request, canonical), request)
        self._inject_signature_to_request(request, signature)

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        if self.credentials.token:
            request.headers["X-Amz-Security-Token"] = self.credentials.token


def headers(lines: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in lines.rstrip().split("\r\n"))


@pytest.mark.parametrize("seed", range(REQUESTS))
def test_every_header_is_the_one_botocore_makes(seed: int) -> None:
    chance = random.Random(seed)
    connection_id = "".join(chance.choices(ID_CHARACTERS, k=15)) + "="
    token = "".join(chance.choices(string.printable.strip(), k=300)) if seed % 2 else None
    access, secret = ("".join(chance.choices(string.ascii_letters + "/+", k=40)) for _ in range(2))
    region = chance.choice(["us-east-1", "eu-central-1", "ap-southeast-2"])
    stage = chance.choice(["", "/prod", "/a-b_c~d", "/dev/deep"])
    host = chance.choice(["abc.execute-api.us-east-1.amazonaws.com", "127.0.0.1:3001"])
    method = chance.choice(["POST", "GET", "DELETE"])
    payload = "".join(chance.choices('aé😀\n"{}', k=chance.randint(0, 2000))).encode()
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 10**8))
    path = f"{stage}/@connections/{quote(connection_id, safe='')}"

    signer = sigv4.RequestSigner(sigv4.Credentials(access, secret, token), region, host, moment)
    ours = headers(signer.headers(method, path, sigv4.payload_hash(payload)))

    request = AWSRequest(method, f"https://{host}{path}", data=payload)
    request.headers["Host"] = host
    request.headers["X-Amz-Date"] = moment.strftime("%Y%m%dT%H%M%SZ")
    Frozen(BotoCredentials(access, secret, token), "execute-api", region).add_auth(request)
    theirs = {name: value for name, value in request.headers.items() if name != "Host"}
    assert ours == theirs


@pytest.mark.parametrize("token", [None, "token"])
@pytest.mark.parametrize("path", ["/", "/a path/of%20it"])
def test_a_request_to_dynamodb_is_signed_with_its_own_headers_as_by_botocore(token: str | None, path: str) -> None:
    fields = {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"}
    host, payload, moment = (
        "dynamodb.eu-west-1.amazonaws.com",
        b'{"Key": {}}',
        datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC),
    )
    credentials = sigv4.Credentials("access", "secret", token)
    signer = sigv4.RequestSigner(credentials, "eu-west-1", host, moment, sigv4.DYNAMODB, [*fields.items()])
    ours = headers(signer.headers("POST", path, sigv4.payload_hash(payload)))

    request = AWSRequest("POST", f"https://{host}{path}", data=payload, headers=dict(fields))
    request.headers["Host"] = host
    request.headers["X-Amz-Date"] = moment.strftime("%Y%m%dT%H%M%SZ")
    Frozen(BotoCredentials("access", "secret", token), "dynamodb", "eu-west-1").add_auth(request)
    assert ours == {name: value for name, value in request.headers.items() if name != "Host"}


def test_an_empty_session_token_is_no_token() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": ""}
    assert sigv4.Credentials.from_environment(environ).token is None


def test_missing_credentials_are_named() -> None:
    with pytest.raises(KeyError, match="AWS_ACCESS_KEY_ID"):
        sigv4.Credentials.from_environment({})
