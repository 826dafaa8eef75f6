"""The client in trouble, on a local server: what it asks again, how often and how soon, and what it says of it."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from anonchat import limits, log
from anonchat.dynamodb_client import Client
from anonchat.dynamodb_errors import DynamoDBError, NoAnswer, RequestFailed
from anonchat.http_response import BODY_BYTES
from anonchat.sigv4 import Credentials
from scripts.soak import faults
from scripts.soak.fault_proxy import Answer, Applied, End, Fault, Request
from tests.support import moto_chat_table
from tests.support.moto_chat_table import NAME, MotoChatTable

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
ROW = {**KEY, "text": {"S": "secret"}}
SHORT_SECONDS = 0.3  # of patience, where nobody answers


@pytest.fixture
def moto() -> Iterator[MotoChatTable]:
    with moto_chat_table.served() as table:
        yield table


@pytest.fixture
def client(moto: MotoChatTable, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(limits, "TABLE_BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(limits, "TABLE_TIMEOUT_SECONDS", 60)
    monkeypatch.setattr(limits, "TABLE_SECONDS", 180)
    client = Client.from_environment(moto.environ)
    yield client
    client.close()


class Attempts:
    """What goes wrong with the attempts at a server, one after the other; those beyond the last meet the last one."""

    def __init__(self, moto: MotoChatTable, *troubles: Fault | None) -> None:
        self.heads: list[dict[str, str]] = []
        self._troubles = list(troubles)
        moto.fault_of = self._next

    def _next(self, request: Request) -> Fault | None:
        self.heads.append(dict(request.headers))
        trouble = self._troubles[min(len(self.heads), len(self._troubles)) - 1]
        if len(self.heads) < len(self._troubles):
            vars(limits).update(TABLE_TIMEOUT_SECONDS=60)  # of the next attempt: this one's is running
        return trouble

    @property
    def numbers(self) -> list[str]:
        return [head["amz-sdk-request"] for head in self.heads]


def refusal(kind: str, status: int = 400, headers: Mapping[str, str] | None = None) -> Fault:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": "no"}).encode()
    return Fault(Applied.NO, End.ANSWER, lambda answer: Answer(status, body, headers or {}))


def put(client: Client) -> Any:
    return client.request("PutItem", {"TableName": NAME, "Item": ROW})


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TABLE_TIMEOUT_SECONDS", SHORT_SECONDS)


# --- what is asked again -----------------------------------------------------------------------------------

# By each fault whether it may have been done, as far as the client can tell.
ONCE = {
    "throttled": False,
    "500": True,
    "connection reset": True,
    "no answer in time": True,
    "done too late, after another": True,
    "done, connection reset": True,
    "done, no answer in time": True,
    "done, half an answer": True,
    "done, answer is no JSON": True,
    "done, checksum is wrong": True,
}


def test_every_known_trouble_is_tried() -> None:
    assert {*ONCE, "credentials expired"} == set(faults.OF_TABLE)


@pytest.mark.parametrize("name", ONCE)
def test_a_trouble_that_passes_is_asked_through_and_says_whether_it_may_have_been_done(
    moto: MotoChatTable, client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = faults.OF_TABLE[name]
    if fault.end is End.SILENCE:
        impatient(monkeypatch)
    attempts = Attempts(moto, fault, None)
    assert put(client) == ({}, ONCE[name])
    assert attempts.numbers == ["attempt=1; max=3", "attempt=2; max=3"]
    assert moto.row(KEY) == ROW
    assert put(client) == ({}, False), "that is said of one request, and not of the next"


@pytest.mark.parametrize("name", ONCE)
def test_a_trouble_that_stays_is_raised_after_three_attempts(
    moto: MotoChatTable, client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = faults.OF_TABLE[name]
    if fault.end is End.SILENCE:
        impatient(monkeypatch)
    attempts = Attempts(moto, fault)
    with pytest.raises(RequestFailed) as failed:
        put(client)
    assert len(attempts.numbers) == limits.ATTEMPTS
    assert failed.value.operation_name == "PutItem"
    assert (failed.value.may_be_applied, failed.value.is_repeated) == (ONCE[name], ONCE[name])
    assert isinstance(failed.value, DynamoDBError) == (name in ("throttled", "500"))


def test_a_refusal_that_no_attempt_would_change_is_raised_at_once_and_keeps_what_was_said(
    moto: MotoChatTable, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    attempts = Attempts(moto, refusal("ValidationException"))
    with pytest.raises(DynamoDBError) as refused:
        put(client)
    assert len(attempts.numbers) == 1
    assert refused.value.code == "ValidationException"
    assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": "no"}
    assert not refused.value.may_be_applied
    log.error("put failed", refused.value)
    line = json.loads(capsys.readouterr().out)
    assert (line["failure"], line["code"], line["operation"]) == ("DynamoDBError", "ValidationException", "PutItem")


NO_OBJECTS = {"html": b"<html>", "list": b"[]", "deep": b"[" * 100_000, "no text": b"\xff", "half": b'{"Item": '}


@pytest.mark.parametrize("body", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_an_answer_that_is_no_object_of_json_is_none(moto: MotoChatTable, client: Client, body: bytes) -> None:
    attempts = Attempts(moto, Fault(Applied.YES, End.ANSWER, lambda answer: Answer(200, body)))
    with pytest.raises(NoAnswer, match="DynamoDB has not answered PutItem"):
        put(client)
    assert len(attempts.numbers) == limits.ATTEMPTS


def test_a_refusal_of_something_before_dynamodb_is_known_by_its_status(moto: MotoChatTable, client: Client) -> None:
    for status, tried in ((403, 1), (503, 3)):
        attempts = Attempts(moto, Fault(Applied.NO, End.ANSWER, lambda answer, s=status: Answer(s, b"<html>")))  # type: ignore[misc]
        with pytest.raises(DynamoDBError) as refused:
            put(client)
        assert (refused.value.code, len(attempts.numbers)) == (str(status), tried)


def test_a_refusal_with_a_wrong_checksum_says_nothing(moto: MotoChatTable, client: Client) -> None:
    Attempts(moto, refusal("ConditionalCheckFailedException", headers={"x-amz-crc32": "no number"}))
    with pytest.raises(NoAnswer):
        put(client)


def test_a_server_that_is_not_there_has_done_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TABLE_BACKOFF_SECONDS", 0)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = Client(f"http://127.0.0.1:{unused.getsockname()[1]}", "eu-west-1", Credentials("a", "b", None))
        with pytest.raises(NoAnswer) as failed:
            put(client)
    assert (failed.value.may_be_applied, failed.value.is_repeated) == (False, False)


# --- how long ----------------------------------------------------------------------------------------------


def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr("random.uniform", lambda least, most: most)
    return slept


def test_pauses_have_full_jitter_and_double(
    moto: MotoChatTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = pauses(monkeypatch)
    monkeypatch.setattr(limits, "TABLE_BACKOFF_SECONDS", 0.2)
    Attempts(moto, faults.THROTTLED)
    with pytest.raises(DynamoDBError):
        put(client)
    assert slept == [0.2, 0.4]


def test_no_attempt_begins_after_the_deadline_of_all(
    moto: MotoChatTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = pauses(monkeypatch)
    monkeypatch.setattr(limits, "TABLE_BACKOFF_SECONDS", 500)
    attempts = Attempts(moto, faults.THROTTLED)
    with pytest.raises(DynamoDBError):
        put(client)
    assert (slept, len(attempts.numbers)) == ([], 1)


def test_the_last_attempt_ends_with_the_deadline_of_all(
    moto: MotoChatTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TABLE_SECONDS", SHORT_SECONDS)
    Attempts(moto, faults.SILENT)
    started = time.monotonic()
    with pytest.raises(NoAnswer):
        put(client)
    assert time.monotonic() - started < limits.TABLE_TIMEOUT_SECONDS


@pytest.mark.usefixtures("client")
def test_while_everything_fails_nothing_is_asked_again_until_something_succeeds(
    moto: MotoChatTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RETRY_TOKENS", 2 * limits.RETRY_COST)
    client = Client.from_environment(moto.environ)
    Attempts(moto, None)
    for _ in range(2 * limits.RETRY_COST):
        put(client)  # which brings back no more than there was at first
    for tried in (3, 1):
        attempts = Attempts(moto, faults.THROTTLED)
        with pytest.raises(DynamoDBError):
            put(client)
        assert len(attempts.numbers) == tried
    Attempts(moto, None)
    for _ in range(limits.RETRY_COST):
        put(client)
    attempts = Attempts(moto, faults.THROTTLED, None)
    assert put(client).answer == {}
    assert len(attempts.numbers) == 2
    attempts = Attempts(moto, faults.THROTTLED, None)
    assert put(client).answer == {}, "what a retry has cost comes back if it succeeds"
    client.close()


# --- signatures --------------------------------------------------------------------------------------------


def signed_at(head: dict[str, str]) -> str:
    return head["x-amz-date"]


@pytest.mark.parametrize("kind", ["InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"])
def test_a_clock_that_is_wrong_is_set_by_the_servers_date(
    moto: MotoChatTable, client: Client, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = pauses(monkeypatch)
    wrong = refusal(kind, 403, {"Date": "Thu, 01 Jan 2037 12:00:00 GMT"})
    attempts = Attempts(moto, wrong, None)
    assert put(client) == ({}, False)
    put(client)
    assert [signed_at(head)[:9] == "20370101T" for head in attempts.heads] == [False, True, True]
    assert slept == [0.0]


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": "now"}])
def test_a_signature_that_is_refused_with_a_right_clock_is_not_made_again(
    moto: MotoChatTable, client: Client, headers: dict[str, str]
) -> None:
    if headers.get("Date") == "now":
        headers = {"Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())}
    attempts = Attempts(moto, refusal("InvalidSignatureException", 400, headers))
    with pytest.raises(DynamoDBError, match="InvalidSignatureException"):
        put(client)
    assert len(attempts.heads) == 1


def test_credentials_that_have_expired_are_read_anew_and_given_up_if_they_are_the_same(
    moto: MotoChatTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**moto_chat_table.CREDENTIALS, "AWS_ACCESS_KEY_ID": "newer", "AWS_SESSION_TOKEN": "t"}.items():
        monkeypatch.setenv(name, value)
    attempts = Attempts(moto, faults.EXPIRED, None)
    assert put(client) == ({}, False)
    assert ["Credential=newer/" in head["authorization"] for head in attempts.heads] == [False, True]
    assert [head.get("x-amz-security-token") for head in attempts.heads] == [None, "t"]
    attempts = Attempts(moto, faults.EXPIRED)
    with pytest.raises(DynamoDBError, match="ExpiredTokenException"):
        put(client)
    assert len(attempts.heads) == 1


# --- connections and sizes ---------------------------------------------------------------------------------


def test_one_connection_serves_many_requests(moto: MotoChatTable, client: Client) -> None:
    for _ in range(5):
        put(client)
    assert moto.proxy.connections == 1


def test_a_connection_that_was_frozen_for_long_is_not_used_again(
    moto: MotoChatTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)
    attempts = Attempts(moto, None)
    assert put(client) == ({}, False)
    assert (moto.proxy.connections, attempts.numbers) == (2, ["attempt=1; max=3"])


@pytest.mark.parametrize("fault", [faults.RESET, faults.DONE_AND_RESET])
def test_a_kept_connection_that_turns_out_dead_is_replaced_without_a_pause(
    moto: MotoChatTable, client: Client, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can tell whether the request was done before it died, so the answer says that it may have been."""
    put(client)
    slept = pauses(monkeypatch)
    Attempts(moto, fault, None)
    assert put(client) == ({}, True)
    assert (slept, moto.proxy.connections) == ([0.0], 2)


def test_a_silent_server_is_not_asked_again_without_a_pause(
    moto: MotoChatTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client)
    impatient(monkeypatch)
    slept = pauses(monkeypatch)
    Attempts(moto, faults.SILENT, None)
    assert put(client) == ({}, True)
    assert slept == [limits.TABLE_BACKOFF_SECONDS]


def test_a_server_that_closes_after_each_answer_is_asked_over_new_connections(
    moto: MotoChatTable, client: Client
) -> None:
    def close(answer: Answer) -> Answer:
        return Answer(answer.status, answer.body, {**answer.headers, "Connection": "close"})

    Attempts(moto, Fault(Applied.YES, End.ANSWER, close))
    assert [put(client), put(client)] == [({}, False)] * 2
    assert moto.proxy.connections == 2


def of_size(size: int) -> Callable[[Answer], Answer]:
    start = b'{"Items": ["'
    body = start + b"x" * (size - len(start) - 3) + b'"]}'
    return lambda answer: Answer(200, body)


def test_an_answer_may_be_as_long_as_dynamodb_makes_it_and_no_longer(moto: MotoChatTable, client: Client) -> None:
    """A page of a Query is 1 MB of rows, 1.3 MB of JSON; a request or an answer may be 16 MB."""
    for size in (1_400_000, BODY_BYTES):
        Attempts(moto, Fault(Applied.NO, End.ANSWER, of_size(size)))
        [text] = client.request("Query", {}).answer["Items"]
        assert len(text) == size - 15
    Attempts(moto, Fault(Applied.NO, End.ANSWER, of_size(BODY_BYTES + 1)))
    with pytest.raises(NoAnswer):
        client.request("Query", {})


def test_an_answer_in_chunks_is_put_together(moto: MotoChatTable, client: Client) -> None:
    body = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n{"It\r\n9\r\nem":{} } \r\n0\r\n\r\n'
    Attempts(moto, Fault(Applied.NO, End.ANSWER, lambda answer: Answer(0, body)))
    assert client.request("GetItem", {}).answer == {"Item": {}}


def test_the_path_of_an_endpoint_is_kept(moto: MotoChatTable) -> None:
    seen: list[str] = []
    moto.fault_of = lambda request: seen.append(request.path)
    client = Client(f"{moto.endpoint}/under/here", "eu-west-1", Credentials("a", "b", None))
    put(client)
    client.close()
    assert seen == ["/under/here"]
