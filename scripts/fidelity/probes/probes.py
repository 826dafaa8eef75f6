"""The six handlers that the questions are asked through. Standard library and boto3 only: one file is the whole zip.

Each writes the event it was given into the table SEEN_TABLE, where whoever asks reads it: under the connection's id,
and under the query string's `probe` for handshakes that are refused. CONNECTIONS_ENDPOINT is where to post to, with
names of the event's requestContext in braces: `https://{domainName}/{stage}`.
"""

import json
import os
import threading
import time
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

Event = dict[str, Any]

LONGEST_BODY = 1000  # characters of a body that are kept; of a longer one its length is
ONE_BY_ONE = threading.Lock()
SESSION = boto3.Session()
SEEN = SESSION.client("dynamodb")
CREDENTIALS = SESSION.get_credentials()
ENDPOINT = os.environ["CONNECTIONS_ENDPOINT"]
TABLE = os.environ["SEEN_TABLE"]
REGION = os.environ["AWS_REGION"]


def connect(event: Event, context: Any) -> Any:
    """Answer a handshake as its query string asks: sleep, post to itself, raise, or return this."""
    asked = event.get("queryStringParameters") or {}
    posted = _post(event, _id(event), b"too early") if "post" in asked else ""
    _record(event, posted)
    if "sleep" in asked:
        time.sleep(float(asked["sleep"]))
    if "raise" in asked:
        raise RuntimeError("asked to raise")
    return json.loads(asked["return"]) if "return" in asked else {"statusCode": 200}


def disconnect(event: Event, context: Any) -> Any:
    """Try to post to the connection that has ended."""
    _record(event, _post(event, _id(event), b"too late"))
    return {"statusCode": 200}


def default(event: Event, context: Any) -> Any:
    """Answer "who" with the connection's id, and write down everything else."""
    if event.get("body") == "who":
        _post(event, _id(event), _id(event).encode())
    else:
        _record(event)
    return {"statusCode": 200}


def echo(event: Event, context: Any) -> Any:
    """Sleep as long as asked, then post back the text, the event, and when it began and ended."""
    began = time.time()
    _record(event)
    asked = json.loads(event["body"])
    time.sleep(asked.get("sleep", 0))
    answer = {"text": asked.get("text", ""), "event": event, "began": began, "ended": time.time()}
    _post(event, _id(event), json.dumps(answer).encode())
    return {"statusCode": 200}


def fail(event: Event, context: Any) -> Any:
    """Fail as asked: raise, sleep, or return something that is for nobody."""
    _record(event)
    asked = json.loads(event["body"])
    if asked["how"] == "raise":
        raise RuntimeError("asked to raise")
    if asked["how"] == "sleep":
        time.sleep(asked["seconds"])
    return {1, 2} if asked["how"] == "unwritable" else asked.get("value", {"statusCode": 200})


def manage(event: Event, context: Any) -> Any:
    """Post to, look at or close any connection, and post back what came of it."""
    _record(event)
    asked = json.loads(event["body"])
    outcome = _call(event, asked["operation"], asked["id"], asked.get("data", "").encode())
    _post(event, _id(event), json.dumps({"outcome": outcome}).encode())
    return {"statusCode": 200}


def _id(event: Event) -> str:
    return str(event["requestContext"]["connectionId"])


def _record(event: Event, posted: str = "") -> None:
    """Keep the event, under both its names."""
    body = event.get("body") or ""
    kept = {**event, "body": f"{len(body)} characters"} if len(body) > LONGEST_BODY else event
    token = (event.get("queryStringParameters") or {}).get("probe")
    for name in filter(None, (_id(event), token)):
        item = {"name": name, "at": f"{time.time_ns():020}", "event": json.dumps(kept), "posted": posted}
        SEEN.put_item(TableName=TABLE, Item={key: {"S": value} for key, value in item.items()})


def _post(event: Event, connection_id: str, data: bytes) -> str:
    return _call(event, "post", connection_id, data)


def _call(event: Event, operation: str, connection_id: str, data: bytes = b"") -> str:
    """Return the status, and what boto3 calls the refusal."""
    with ONE_BY_ONE:  # boto3 makes clients for one thread at a time
        client = _client(ENDPOINT.format(**event["requestContext"]))
    try:
        answer = (
            client.post_to_connection(ConnectionId=connection_id, Data=data)
            if operation == "post"
            else getattr(client, f"{operation}_connection")(ConnectionId=connection_id)
        )
    except client.exceptions.GoneException:
        return "410 GoneException"
    except ClientError as error:
        return f"{error.response['ResponseMetadata']['HTTPStatusCode']} {error.response['Error']['Code']}"
    return str(answer["ResponseMetadata"]["HTTPStatusCode"])


@cache
def _client(endpoint: str) -> Any:
    return SESSION.client(
        "apigatewaymanagementapi",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS.access_key,
        aws_secret_access_key=CREDENTIALS.secret_key,
        aws_session_token=CREDENTIALS.token,
        config=Config(retries={"max_attempts": 0}),
    )
