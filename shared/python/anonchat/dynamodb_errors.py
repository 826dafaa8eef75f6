"""What goes wrong with a request to DynamoDB: what it is called, whether it is asked again, and what may be done. Pure.

What is asked again is what botocore asks again; a test compares both for every error of the service's model.
"""

from typing import Any

_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_RETRYABLE_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
# The time of the signature may be what is wrong with these, and the answer's own Date then says the right one.
CLOCK_CODES = frozenset(
    {
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
# There may be newer credentials than those that were signed with.
CREDENTIALS_CODES = frozenset({"ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})


class RequestFailed(Exception):
    """An attempt at a request has failed.

    `is_retryable` says that another one may do better, `at_once` that it need not wait, `may_be_applied` that this one
    may have been done all the same. `is_repeated` says that of the attempts before it.
    """

    response: dict[str, Any] | None = None

    def __init__(
        self, words: str, operation: str, *, is_retryable: bool, may_be_applied: bool, at_once: bool = False
    ) -> None:
        super().__init__(words)
        self.operation_name = operation
        self.is_retryable = is_retryable
        self.may_be_applied = may_be_applied
        self.at_once = at_once
        self.is_repeated = False


class NoAnswer(RequestFailed):
    """There is no answer, or none that can be trusted."""

    def __init__(self, operation: str, *, may_be_applied: bool, at_once: bool = False) -> None:
        super().__init__(
            f"DynamoDB has not answered {operation}",
            operation,
            is_retryable=True,
            may_be_applied=may_be_applied,
            at_once=at_once,
        )


class DynamoDBError(RequestFailed):
    """DynamoDB refuses. `response` is its answer as boto3 gives it: `Error` with Code and Message beside the rest.

    A refusal has changed nothing, unless it is DynamoDB's own failure.
    """

    response: dict[str, Any]

    def __init__(self, operation: str, status: int, answer: dict[str, Any]) -> None:
        self.code = error_code(status, answer)
        message = str(answer.get("message", answer.get("Message", "")))
        super().__init__(
            f"An error occurred ({self.code}) when calling the {operation} operation: {message}",
            operation,
            is_retryable=is_retryable(status, self.code),
            may_be_applied=status >= 500,
        )
        error = {"Code": self.code, "Message": message}
        self.response = {**answer, "Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}


def error_code(status: int, answer: dict[str, Any]) -> str:
    """Return the code of a refusal, such as `ThrottlingException`; its status where it names none."""
    kind = answer.get("__type")
    return kind.partition(":")[0].rpartition("#")[2] if isinstance(kind, str) else str(status)


def is_retryable(status: int, code: str) -> bool:
    """Tell whether a refused request is worth another attempt."""
    return status in _TRANSIENT_STATUSES or code in _RETRYABLE_CODES
