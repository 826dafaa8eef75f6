"""Requests to one DynamoDB table. A condition that does not hold is an answer; every other error is botocore's.

A request may be applied more than once: where an answer is lost boto3 asks again, up to ATTEMPTS times. The answer says
so, since what an earlier attempt has done is not in it.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from anonchat import limits, rows
from anonchat.rows import Item


class Answer(NamedTuple):
    """What came of a write. `row` is what ReturnValues asked for, or, where the condition did not hold, what is there.

    `is_repeated` says that an earlier attempt may have been applied, and its answer lost.
    """

    holds: bool
    row: Item | None
    is_repeated: bool


class DynamoDB:
    """One table. All reads are strongly consistent."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    @classmethod
    def from_environment(cls) -> "DynamoDB":
        """Read TABLE_NAME, and for boto3 AWS_REGION, the credentials and, off AWS, AWS_ENDPOINT_URL_DYNAMODB."""
        seconds, retries = limits.TABLE_TIMEOUT_SECONDS, {"mode": "standard", "total_max_attempts": limits.ATTEMPTS}
        config = Config(connect_timeout=seconds, read_timeout=seconds, retries=retries)
        return cls(boto3.client("dynamodb", config=config), os.environ["TABLE_NAME"])

    def get(self, key: Item) -> Item | None:
        """Read a row, None if there is none."""
        row: Item | None = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return row

    def put(self, row: Item) -> None:
        """Write a row, whatever is there."""
        self._client.put_item(TableName=self._table, Item=row)

    def delete(self, key: Item, **options: object) -> Answer:
        """Delete a row. The answer has what was in it."""
        return self._write(self._client.delete_item, Key=key, ReturnValues="ALL_OLD", **options)

    def update(self, key: Item, expression: str, **options: object) -> Answer:
        """Update a row. `options` are DynamoDB's: ConditionExpression, ReturnValues."""
        return self._write(self._client.update_item, Key=key, UpdateExpression=expression, **options)

    def query(
        self, room: str, range_: str, bounds: dict[str, str], limit: Callable[[], int] | None = None, **options: object
    ) -> Iterator[Item]:
        """Read the rows of a room within a range of sort keys, page by page, as far as the caller goes.

        `limit` is asked before each page how many rows that may have.
        """
        start: dict[str, object] = {}
        while True:
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression=f"#pk = :pk AND {range_}",
                ExpressionAttributeNames=rows.names("pk", "sk"),
                ExpressionAttributeValues=rows.strings(**{":pk": rows.room_pk(room)}, **bounds),
                ConsistentRead=True,
                **options,
                **start,
                **({"Limit": limit()} if limit else {}),
            )
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _write(self, request: Callable[..., dict[str, Any]], **arguments: object) -> Answer:
        if "ConditionExpression" in arguments:
            arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            response, holds = request(TableName=self._table, **arguments), True
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            response, holds = error.response, False
        retries = response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        return Answer(holds, response.get("Attributes" if holds else "Item"), is_repeated=retries > 0)
