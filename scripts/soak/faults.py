"""What can happen to one request to the table, or to @connections: each a Fault of the proxy before it."""

import json
from collections.abc import Mapping
from dataclasses import replace

from scripts.soak.fault_proxy import Answer, Applied, End, Fault


def _refusal(kind: str, status: int = 400) -> Fault:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": "in trouble"}).encode()
    return Fault(Applied.NO, End.ANSWER, lambda answer: Answer(status, body))


def _status(status: int, applied: Applied = Applied.NO) -> Fault:
    return Fault(applied, End.ANSWER, lambda answer: Answer(status, b'{"message": "in trouble"}'))


def _wrong_checksum(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, "x-amz-crc32": "1"})


THROTTLED = _refusal("ProvisionedThroughputExceededException")
BROKEN = _refusal("InternalServerError", 500)
EXPIRED = _refusal("ExpiredTokenException")
RESET = Fault(Applied.NO, End.RESET)
SILENT = Fault(Applied.NO, End.SILENCE)
LATE = Fault(Applied.LATE, End.SILENCE)
DONE_AND_RESET = Fault(Applied.YES, End.RESET)
DONE_AND_SILENT = Fault(Applied.YES, End.SILENCE)
HALF = Fault(Applied.YES, End.HALF)
NO_JSON = Fault(Applied.YES, End.ANSWER, lambda answer: Answer(200, b"<html>a proxy says hello</html>"))
WRONG_CHECKSUM = Fault(Applied.YES, End.ANSWER, _wrong_checksum)
NO_HTTP = Fault(Applied.YES, End.ANSWER, lambda answer: Answer(0, b"SSH-2.0-OpenSSH\r\n\r\n"))

REFUSED_429, REFUSED_500, REFUSED_403, FALSE_GONE = (_status(status) for status in (429, 500, 403, 410))
DONE_AND_500 = _status(500, Applied.YES)

OF_TABLE: Mapping[str, Fault] = {
    "throttled": THROTTLED,
    "500": BROKEN,
    "credentials expired": EXPIRED,
    "connection reset": RESET,
    "no answer in time": SILENT,
    "done too late, after another": LATE,
    "done, connection reset": DONE_AND_RESET,
    "done, no answer in time": DONE_AND_SILENT,
    "done, half an answer": HALF,
    "done, answer is no JSON": NO_JSON,
    "done, checksum is wrong": WRONG_CHECKSUM,
}
OF_POSTS: Mapping[str, Fault] = {
    "429": REFUSED_429,
    "500": REFUSED_500,
    "credentials expired: 403": REFUSED_403,
    "410, though the socket is open": FALSE_GONE,
    "connection reset": RESET,
    "no answer in time": SILENT,
    "done, connection reset": DONE_AND_RESET,
    "done, no answer in time": DONE_AND_SILENT,
    "done, 500": DONE_AND_500,
    "done, answer is no HTTP": NO_HTTP,
    "done, half an answer": HALF,
}
