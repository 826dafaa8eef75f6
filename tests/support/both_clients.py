"""The layer's client with boto3's beside it: each request goes through both, to a table each, and means the same."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from anonchat.dynamodb_client import Client, Parameters, Reply
from anonchat.dynamodb_errors import DynamoDBError
from anonchat.sigv4 import Credentials

REGION = "us-east-1"
THEIRS = "-of-boto3"  # ends the name of the other table

Outcome = tuple[str, dict[str, Any]]


class BothClients:
    """What a `DynamoDB` asks. Ours is answered from; an AssertionError says where boto3 says something else."""

    def __init__(self, ours: Client, theirs: Any) -> None:
        self._ours, self._theirs = ours, theirs

    def request(self, operation: str, parameters: Parameters) -> Reply:
        theirs = self._their_outcome(operation, dict(parameters))
        try:
            reply = self._ours.request(operation, parameters)
        except DynamoDBError as refusal:
            assert theirs == (refusal.code, _known(refusal.response, theirs[1]))
            assert refusal.operation_name == operation
            raise
        assert theirs == ("", _known(reply.answer, theirs[1]))
        return reply

    def _their_outcome(self, operation: str, parameters: dict[str, Any]) -> Outcome:
        """Return code and content of boto3's answer or error."""
        parameters["TableName"] += THEIRS
        method = self._theirs.meta.method_to_api_mapping
        request = getattr(self._theirs, next(name for name, each in method.items() if each == operation))
        try:
            answer, code = request(**parameters), ""
        except ClientError as refusal:
            answer, code = refusal.response, refusal.response["Error"]["Code"]
            assert refusal.operation_name == operation  # type: ignore[attr-defined, unused-ignore]
        content = {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "message")}
        return code, json.loads(json.dumps(content).replace(THEIRS, ""))


def _known(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Return of our answer what boto3 has a shape for, and rows in any case."""
    return {name: ours[name] for name in (*theirs, "Items", "Item", "Attributes", "LastEvaluatedKey") if name in ours}


@contextmanager
def both_clients(endpoint: str) -> Iterator[BothClients]:
    ours = Client(endpoint, REGION, Credentials("local", "local", None))
    theirs = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
    )
    try:
        yield BothClients(ours, theirs)
    finally:
        ours.close()
        theirs.close()
