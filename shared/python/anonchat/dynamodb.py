"""Requests to one DynamoDB table. A condition that does not hold is an answer; every other failure is raised.

A request may be applied more than once: where an answer is lost the client asks again. The answer says so, since what
an earlier attempt has done is not in it.
"""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from anonchat import rows
from anonchat.dynamodb_client import Client, Parameters, Reply
from anonchat.dynamodb_errors import DynamoDBError
from anonchat.rows import Item


class Requests(Protocol):
    """What asks DynamoDB: the client."""

    def request(self, operation: str, parameters: Parameters) -> Reply:
        """Ask for an operation such as `GetItem`, or raise DynamoDBError or NoAnswer."""


class Answer(NamedTuple):
    """What came of a write. `row` is what ReturnValues asked for, or, where the condition did not hold, what is there.

    `is_repeated` says that an earlier attempt may have been applied, and its answer lost.
    """

    holds: bool
    row: Item | None
    is_repeated: bool


class DynamoDB:
    """One table. All reads are strongly consistent."""

    def __init__(self, client: Requests, table: str) -> None:
        self._client = client
        self._table = table

    @classmethod
    def from_environment(cls) -> "DynamoDB":
        """Read TABLE_NAME, and for the client AWS_REGION, the credentials and, off AWS, AWS_ENDPOINT_URL_DYNAMODB."""
        return cls(Client.from_environment(), os.environ["TABLE_NAME"])

    def get(self, key: Item) -> Item | None:
        """Read a row, None if there is none."""
        row: Item | None = self._request("GetItem", Key=key, ConsistentRead=True).answer.get("Item")
        return row

    def put(self, row: Item) -> None:
        """Write a row, whatever is there."""
        self._request("PutItem", Item=row)

    def delete(self, key: Item, **options: object) -> Answer:
        """Delete a row. The answer has what was in it."""
        return self._write("DeleteItem", Key=key, ReturnValues="ALL_OLD", **options)

    def update(self, key: Item, expression: str, **options: object) -> Answer:
        """Update a row. `options` are DynamoDB's: ConditionExpression, ReturnValues."""
        return self._write("UpdateItem", Key=key, UpdateExpression=expression, **options)

    def query(
        self, room: str, range_: str, bounds: dict[str, str], limit: Callable[[], int] | None = None, **options: object
    ) -> Iterator[Item]:
        """Read the rows of a room within a range of sort keys, page by page, as far as the caller goes.

        `limit` is asked before each page how many rows that may have.
        """
        start: dict[str, object] = {}
        while True:
            page = self._request(
                "Query",
                KeyConditionExpression=f"#pk = :pk AND {range_}",
                ExpressionAttributeNames=rows.names("pk", "sk"),
                ExpressionAttributeValues=rows.strings(**{":pk": rows.room_pk(room)}, **bounds),
                ConsistentRead=True,
                **options,
                **start,
                **({"Limit": limit()} if limit else {}),
            ).answer
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _write(self, operation: str, **arguments: object) -> Answer:
        if "ConditionExpression" in arguments:
            arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            reply = self._request(operation, **arguments)
        except DynamoDBError as refusal:
            if refusal.code != "ConditionalCheckFailedException":
                raise
            return Answer(False, refusal.response.get("Item"), refusal.is_repeated)
        return Answer(True, reply.answer.get("Attributes"), reply.is_repeated)

    def _request(self, operation: str, **arguments: object) -> Reply:
        return self._client.request(operation, {"TableName": self._table, **arguments})
