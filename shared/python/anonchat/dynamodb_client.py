"""DynamoDB over HTTP: one signed request at a time, up to ATTEMPTS times, within TABLE_SECONDS.

boto3 takes most of a cold start and of a warm invocation: with this a function starts and answers with 0.2 to 0.25 of
the CPU, and runs warm with 0.25 to 0.41 of it (docs/decisions/0012). It knows what the chat needs: JSON, credentials
and region as Lambda's variables say them, one endpoint. Several threads may use it.
"""

import json
import os
import random
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from anonchat import limits, sigv4
from anonchat.dynamodb_errors import CLOCK_CODES, CREDENTIALS_CODES, DynamoDBError, NoAnswer, RequestFailed
from anonchat.http_call import NoResponse, call
from anonchat.http_pool import Pool
from anonchat.http_response import ResponseReader

Parameters = Mapping[str, object]

_DATE = "%a, %d %b %Y %H:%M:%S GMT"
_SUFFIXES = {  # of the hosts in AWS's partitions, by the beginnings of their regions
    "cn-": "amazonaws.com.cn",
    "eu-isoe-": "cloud.adc-e.uk",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
}


class Reply(NamedTuple):
    """An answer of DynamoDB. `is_repeated` says that an earlier attempt may have been applied, and its answer lost."""

    answer: dict[str, Any]
    is_repeated: bool


class Client:
    """DynamoDB in one region, at one endpoint."""

    def __init__(self, endpoint: str, region: str, credentials: sigv4.Credentials) -> None:
        """Open no connection yet. `endpoint` is http(s)://host[:port][/path]."""
        self._pool = Pool(endpoint)
        self._path = self._pool.url.path or "/"
        self._region = region
        self._credentials = credentials
        self._clock_is_behind = timedelta()
        self._retry_tokens = limits.RETRY_TOKENS

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Client":
        """Read AWS_REGION, the credentials, and what `endpoint` reads."""
        return cls(endpoint(environ), environ["AWS_REGION"], sigv4.Credentials.from_environment(environ))

    def request(self, operation: str, parameters: Parameters) -> Reply:
        """Ask for an operation such as `GetItem`. Raise DynamoDBError or NoAnswer, whichever the last attempt met."""
        body = json.dumps(parameters).encode()
        deadline = time.monotonic() + limits.TABLE_SECONDS
        attempt, is_repeated = 1, False
        while True:
            try:
                answer = self._attempt(operation, body, attempt, deadline)
            except RequestFailed as failure:
                failure.is_repeated = is_repeated
                if not self._wait_for_another(failure, attempt, deadline):
                    raise
                attempt, is_repeated = attempt + 1, is_repeated or failure.may_be_applied
            else:
                earned = 1 if attempt == 1 else limits.RETRY_COST
                self._retry_tokens = min(limits.RETRY_TOKENS, self._retry_tokens + earned)
                return Reply(answer, is_repeated)

    def close(self) -> None:
        """Close the kept connections. The next request opens a new one."""
        self._pool.close_idle()

    def _wait_for_another(self, failure: RequestFailed, attempt: int, deadline: float) -> bool:
        """Wait with full jitter before the next attempt. Return False if there is none.

        Retries cost tokens, which only successes bring back: while everything fails, nothing is asked again.
        """
        if not failure.is_retryable or attempt >= limits.ATTEMPTS or self._retry_tokens < limits.RETRY_COST:
            return False
        longest = 0.0 if failure.at_once else limits.TABLE_BACKOFF_SECONDS * 2 ** (attempt - 1)
        pause = random.uniform(0, longest)
        if time.monotonic() + pause >= deadline:
            return False
        self._retry_tokens -= limits.RETRY_COST
        time.sleep(pause)
        return True

    def _attempt(self, operation: str, body: bytes, attempt: int, deadline: float) -> dict[str, Any]:
        moment, credentials = datetime.now(UTC) + self._clock_is_behind, self._credentials
        request = self._head(operation, body, attempt, moment, credentials) + body
        until = min(time.monotonic() + limits.TABLE_TIMEOUT_SECONDS, deadline)
        try:
            response = call(self._pool, request, until)
        except NoResponse as failure:
            raise NoAnswer(operation, may_be_applied=failure.was_sent, at_once=failure.is_stale) from failure
        answer = trusted_answer(response)
        if answer is None:
            raise NoAnswer(operation, may_be_applied=True)
        if response.status < 300:
            return answer
        refusal = DynamoDBError(operation, response.status, answer)
        if self._may_be_signed_better(refusal.code, response, moment, credentials):
            refusal.is_retryable = refusal.at_once = True
        raise refusal

    def _head(
        self, operation: str, body: bytes, attempt: int, moment: datetime, credentials: sigv4.Credentials
    ) -> bytes:
        """Return the request's head. It says which attempt this is, as AWS's own clients do."""
        host = self._pool.url.netloc
        fields = [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", f"DynamoDB_20120810.{operation}")]
        signer = sigv4.RequestSigner(credentials, self._region, host, moment, sigv4.DYNAMODB, fields)
        signed = signer.headers("POST", self._path, sigv4.payload_hash(body))
        return (
            f"POST {self._path} HTTP/1.1\r\nHost: {host}\r\n{signed}Accept-Encoding: identity\r\n"
            f"amz-sdk-request: attempt={attempt}; max={limits.ATTEMPTS}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()

    def _may_be_signed_better(
        self, code: str, response: ResponseReader, moment: datetime, credentials: sigv4.Credentials
    ) -> bool:
        """Look whether this refusal was for a clock that is wrong, or for credentials that have been renewed since."""
        if code in CREDENTIALS_CODES:
            self._credentials = sigv4.Credentials.from_environment()
            return self._credentials != credentials
        if code not in CLOCK_CODES:
            return False
        try:
            date = datetime.strptime(response.field(b"date").decode(), _DATE).replace(tzinfo=UTC)
        except ValueError:
            return False
        behind = date - moment
        if abs(behind) < timedelta(seconds=limits.CLOCK_SECONDS):
            return False
        self._clock_is_behind += behind
        return True


def endpoint(environ: Mapping[str, str]) -> str:
    """Return where DynamoDB is: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, or the region's own.

    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS leaves out the first two, as with AWS's own clients.
    """
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
            if environ.get(name):
                return environ[name]
    region = environ["AWS_REGION"]
    suffix = next((suffix for start, suffix in _SUFFIXES.items() if region.startswith(start)), "amazonaws.com")
    return f"https://dynamodb.{region}.{suffix}"


def trusted_answer(response: ResponseReader) -> dict[str, Any] | None:
    """Return the JSON object of a response, None where it is none or not what DynamoDB has summed up.

    A refusal may also come from something before DynamoDB that says it in other words.
    """
    body = response.body
    checksum = response.field(b"x-amz-crc32")
    if checksum and checksum != b"%d" % zlib.crc32(body):
        return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return answer
    return None if response.status < 300 else {}
