"""Write JSON lines with a level; a healthy function writes none at WARN.

Facts are counts, durations and names of our own: never an event, a text, an alias or an IP.
"""

import json
import os
import sys
from datetime import UTC, datetime

_LEVELS = {"TRACE": 0, "DEBUG": 1, "INFO": 2, "WARN": 3, "ERROR": 4, "FATAL": 5}  # Lambda's
_threshold = _LEVELS.get(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper(), _LEVELS["WARN"])


def debug(message: str, **facts: object) -> None:
    """Write a line that is there only when AWS_LAMBDA_LOG_LEVEL asks for it."""
    _write("DEBUG", message, facts)


def warn(message: str, **facts: object) -> None:
    """Write a line about something that is not as it should be, and was dealt with."""
    _write("WARN", message, facts)


def error(message: str, failure: BaseException) -> None:
    """Write where a failure happened and of what class, not its own text: that may quote what somebody wrote."""
    _write("ERROR", message, {"failure": type(failure).__name__, **_code(failure), "where": _where(failure)})


def _write(level: str, message: str, facts: dict[str, object]) -> None:
    if _LEVELS[level] < _threshold:
        return
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stdout.write(json.dumps({"timestamp": stamp, "level": level, "message": message, **facts}) + "\n")


def _code(failure: BaseException) -> dict[str, object]:
    """Return the AWS error code and the operation, where the failure carries them (DynamoDBError, ClientError)."""
    response = getattr(failure, "response", None)  # None too where the transport failed, before any response
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return {"code": code, "operation": getattr(failure, "operation_name", None)} if code else {}


def _where(failure: BaseException) -> list[str]:
    frames = []
    trace = failure.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{os.path.basename(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-8:]
