"""The layer's client says, takes and asks again what boto3 does: on the wire, by the service's model, by variables."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import parsers
from botocore.retries.standard import (
    RetryContext,
    StandardRetryConditions,
    ThrottledRetryableChecker,
    TransientRetryableChecker,
)

from anonchat import dynamodb_client, dynamodb_errors, limits
from anonchat.dynamodb import DynamoDB, Requests
from anonchat.dynamodb_client import Client, Parameters, Reply
from anonchat.model import CAPABILITIES, Member, Message, Person
from anonchat.table import Table
from scripts.soak.fault_proxy import Request
from tests.support import moto_chat_table
from tests.support.moto_chat_table import MotoChatTable

NOW = 1_800_000_000_000
SESSION = botocore.session.Session()
MODEL = SESSION.get_service_model("dynamodb")


# --- on the wire -------------------------------------------------------------------------------------------


class OfBoto3:
    """boto3's client as a `DynamoDB` asks it, for whatever is not refused."""

    def __init__(self, endpoint: str) -> None:
        self.client = boto3.client(
            "dynamodb",
            endpoint_url=endpoint,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def request(self, operation: str, parameters: Parameters) -> Reply:
        names = self.client.meta.method_to_api_mapping.items()
        request = getattr(self.client, next(name for name, each in names if each == operation))
        return Reply(request(**parameters), is_repeated=False)


def visit(table: Table) -> None:
    """Make every request that the table knows, with words that JSON and UTF-8 have to quote."""
    member = Member("red", "Ann=", Person("id", 'Ann "ü" \\ 😀'), 1, NOW // 1000 + 9, 1, accepts=CAPABILITIES)
    message = Message("red", f"{NOW:013d}-a", "client-1", member.person, "\n\u2028</script>é\x7f")
    table.put_connection("Ann=", "salt", NOW)
    table.move_to_room("Ann=", "red", member.person.alias, NOW, 30, "token")
    table.count_join("Ann=", NOW, 30)
    table.count_send("Ann=", "red", NOW, 30)
    table.put_member(member, is_new=True)
    table.mark_missed(*table.members("red", NOW))
    table.set_ticket(member, table.draw_ticket("red", NOW))
    table.elect_presence("red", NOW)
    table.put_message(message, NOW // 1000 + 9)
    for newest_first in (True, False):
        assert list(table.messages("red", "0", newest_first=newest_first)) == [message]
    table.delete_message(message)
    table.get_connection("Ann=")
    table.clear_room("Ann=")
    table.delete_member("red", "Ann=", 1)
    table.delete_connection("Ann=")


@pytest.fixture
def tables() -> Iterator[list[MotoChatTable]]:
    with ExitStack() as stack:
        yield [stack.enter_context(moto_chat_table.served()) for _ in range(2)]


def test_every_request_has_the_body_and_the_headers_that_boto3_gives_it(tables: list[MotoChatTable]) -> None:
    ours, theirs = Client.from_environment(tables[0].environ), OfBoto3(tables[1].endpoint)
    clients: list[Requests] = [ours, theirs]
    wire: list[list[Request]] = [[], []]
    for client, table, seen in zip(clients, tables, wire, strict=True):
        table.fault_of = seen.append
        visit(Table(DynamoDB(client, moto_chat_table.NAME)))
    ours.close()
    theirs.client.close()
    for own, other in zip(*wire, strict=True):
        assert own.body == other.body
        assert (own.method, own.path) == (other.method, other.path)
        for name in ("content-type", "x-amz-target", "accept-encoding", "content-length"):
            assert own.headers[name] == other.headers[name]
        assert own.headers["amz-sdk-request"].startswith("attempt=1; max=")
        assert other.headers["amz-sdk-request"].startswith("attempt=1"), "so boto3 numbers its attempts too"
    assert {each.headers["x-amz-target"].rpartition(".")[2] for each in wire[0]} == {
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")
    }


# --- refusals ----------------------------------------------------------------------------------------------

USED = [MODEL.operation_model(name) for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")]
# Errors that the chat's operations can meet by the model, what any service may say, and what nobody has heard of.
CODES = sorted(
    {shape.metadata.get("error", {}).get("code") or shape.name for shape in MODEL.error_shapes}
    | set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES)
    | set(TransientRetryableChecker._TRANSIENT_ERROR_CODES)
    | dynamodb_errors.CLOCK_CODES
    | dynamodb_errors.CREDENTIALS_CODES
    | {"AccessDeniedException", "SerializationException", "ValidationException", "Unheard", "413", "429", "503"}
)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 501, 502, 503, 504, 505])
def test_what_is_asked_again_is_what_botocore_asks_again(status: int) -> None:
    """Of any operation: the model says of each which errors it has."""
    conditions = StandardRetryConditions(max_attempts=3)
    for code in CODES:
        refused = [
            RetryContext(
                attempt_number=1,
                operation_model=operation,
                parsed_response={"Error": {"Code": code}},
                http_response=SimpleNamespace(status_code=status, headers={}, content=b""),
                request_context={},
            )
            for operation in USED
        ]
        assert dynamodb_errors.is_retryable(status, code) == any(map(conditions.is_retryable, refused)), code


@pytest.mark.parametrize(
    "answer",
    [
        {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down"},
        {"__type": "com.amazon.coral.service#ExpiredTokenException", "Message": "expired"},
        {"__type": "ValidationException"},
        {"__type": "ValidationException:http://internal.amazon.com/coral/"},
        {"message": "a proxy says hello"},
        {},
    ],
)
def test_a_refusal_has_the_code_the_message_and_the_words_that_boto3_gives_it(answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    shape = MODEL.operation_model("PutItem").output_shape
    parsed = parsers.create_parser("json").parse({"status_code": 400, "headers": {}, "body": body}, shape)
    ours = dynamodb_errors.DynamoDBError("PutItem", 400, answer)
    assert ours.response["Error"] == parsed["Error"]
    assert str(ours) == str(botocore.exceptions.ClientError(parsed, "PutItem"))


# --- where it is -------------------------------------------------------------------------------------------

PARTITIONS = SESSION.get_available_partitions()
REGIONS = {region for each in PARTITIONS for region in SESSION.get_available_regions("dynamodb", each)}


def their_endpoint(environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    client = boto3.Session("test", "test", region_name=environ["AWS_REGION"]).client("dynamodb")
    client.close()
    return str(client.meta.endpoint_url)


@pytest.mark.parametrize("region", sorted(REGIONS | {"eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1"}))
def test_each_region_of_each_partition_has_its_own_host(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dynamodb_client.endpoint({"AWS_REGION": region}) == their_endpoint({"AWS_REGION": region}, monkeypatch)


URLS = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}


@pytest.mark.parametrize("set_", [set(), {"AWS_ENDPOINT_URL"}, {"AWS_ENDPOINT_URL_DYNAMODB"}, set(URLS)])
@pytest.mark.parametrize("ignore", ["", "true", "TRUE", "false", "1"])
@pytest.mark.parametrize("empty", [False, True])
def test_the_variables_lead_where_they_lead_boto3(
    set_: set[str], ignore: str, empty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in URLS:
        monkeypatch.delenv(name, raising=False)
    environ = {"AWS_REGION": "eu-west-1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ignore}
    environ |= {name: "" if empty else url for name, url in URLS.items() if name in set_}
    assert dynamodb_client.endpoint(environ) == their_endpoint(environ, monkeypatch)


def test_it_tries_as_often_as_it_says() -> None:
    assert limits.ATTEMPTS * limits.TABLE_TIMEOUT_SECONDS <= limits.TABLE_SECONDS < limits.FUNCTION_SECONDS
