"""What can happen to one request to the table or to @connections, by name: each attempt at it has a Fault, or none."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.support.fault_proxy import Answer, Applied, End, Fault

TABLE, POSTS = "table", "posts"
FALSE_GONE = "410, though the socket is open"


@dataclass(frozen=True)
class Call:
    """One call of a recording: its service, and what it is in words."""

    service: str
    name: str


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble. `attempts` says how many of them at a call it meets."""

    name: str
    service: str
    fault: Fault
    attempts: int = 99
    patient: bool = True  # whether nobody has to wait until a time is over

    def of(self, attempt: int) -> Fault | None:
        """Return what becomes of this attempt, counted from 1."""
        return self.fault if attempt <= self.attempts else None


def _refusal(status: int, kind: str) -> Fault:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": "in trouble"}).encode()
    return Fault(Applied.NO, End.ANSWER, lambda answer: Answer(status, body))


def _status(status: int, applied: Applied = Applied.NO) -> Fault:
    return Fault(applied, End.ANSWER, lambda answer: Answer(status, b'{"message": "in trouble"}'))


def _wrong_checksum(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, "x-amz-crc32": "1"})


def _no_json(answer: Answer) -> Answer:
    return Answer(200, b"<html>a proxy says hello</html>")


def _no_http(answer: Answer) -> Answer:
    return Answer(0, b"SSH-2.0-OpenSSH\r\n\r\n")


def _once_and_always(name: str, service: str, fault: Fault) -> list[Trouble]:
    patient = fault.end is not End.SILENCE
    return [
        Trouble(f"{name}, once", service, fault, 1, patient),
        Trouble(f"{name}, each time", service, fault, patient=patient),
    ]


def _lost(end: End, spoil: Callable[[Answer], Answer] = lambda answer: answer) -> Fault:
    return Fault(Applied.YES, end, spoil)


TROUBLES: tuple[Trouble, ...] = (
    *_once_and_always("throttled", TABLE, _refusal(400, "ProvisionedThroughputExceededException")),
    *_once_and_always("500", TABLE, _refusal(500, "InternalServerError")),
    Trouble("credentials expired", TABLE, _refusal(400, "ExpiredTokenException")),
    *_once_and_always("connection reset", TABLE, Fault(Applied.NO, End.RESET)),
    *_once_and_always("no answer in time", TABLE, Fault(Applied.NO, End.SILENCE)),
    Trouble("done too late, after the next try", TABLE, Fault(Applied.LATE, End.SILENCE), 1, patient=False),
    *_once_and_always("done, connection reset", TABLE, _lost(End.RESET)),
    *_once_and_always("done, no answer in time", TABLE, _lost(End.SILENCE)),
    *_once_and_always("done, half an answer", TABLE, _lost(End.HALF)),
    *_once_and_always("done, answer is no JSON", TABLE, _lost(End.ANSWER, _no_json)),
    *_once_and_always("done, checksum is wrong", TABLE, _lost(End.ANSWER, _wrong_checksum)),
    *_once_and_always("429", POSTS, _status(429)),
    *_once_and_always("500", POSTS, _status(500)),
    Trouble("credentials expired: 403", POSTS, _status(403)),
    Trouble(FALSE_GONE, POSTS, _status(410)),
    *_once_and_always("connection reset", POSTS, Fault(Applied.NO, End.RESET)),
    Trouble("no answer in time", POSTS, Fault(Applied.NO, End.SILENCE), patient=False),
    *_once_and_always("done, connection reset", POSTS, _lost(End.RESET)),
    Trouble("done, no answer in time", POSTS, _lost(End.SILENCE), patient=False),
    *_once_and_always("done, 500", POSTS, _status(500, Applied.YES)),
    *_once_and_always("done, answer is no HTTP", POSTS, _lost(End.ANSWER, _no_http)),
    Trouble("done, half an answer", POSTS, _lost(End.HALF)),
)


def every_one(call: Call, number: int) -> tuple[Trouble, ...]:
    """Return all troubles that a call can be in. That a socket is gone is a lie of posts alone."""
    of_service = (each for each in TROUBLES if each.service == call.service)
    return tuple(each for each in of_service if each.name != FALSE_GONE or call.name.startswith("POST"))


def one_done_and_one_not(call: Call, number: int) -> tuple[Trouble, ...]:
    """Return two; which ones `number` decides, so that in all calls together all have their turn."""
    both = [
        [each for each in every_one(call, number) if (each.fault.applied is Applied.NO) is is_not]
        for is_not in (True, False)
    ]
    return tuple(each[number % len(each)] for each in both)
