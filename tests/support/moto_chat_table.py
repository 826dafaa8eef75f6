"""The chat's table in moto, inside the test's own process: no HTTP between a request and its answer."""

import boto3


def create(name: str) -> None:
    """Create the table under `moto.mock_aws`, with the keys that Terraform gives it."""
    boto3.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
    )
