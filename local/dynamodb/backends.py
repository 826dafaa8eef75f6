"""The databases behind the local table: what they have in common, and any DynamoDB over HTTP."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

TARGET = "DynamoDB_20120810."
CONTENT_TYPE = "application/x-amz-json-1.0"
REGION = "us-east-1"
LOCAL_KEY = "local"  # emulators take any key; they do not check signatures
CONNECT_SECONDS = 2.0  # a database that is there accepts at once
ANSWER_SECONDS = 10.0  # shorter than a handler's own timeout, so that it hears the reason
REMOTE_WORKERS = 32  # requests under way to another database at once

Answer = tuple[int, dict[str, Any]]
Call = Callable[[str, dict[str, Any]], Answer]
T = TypeVar("T")


class BackendUnreachable(Exception):
    """The database does not answer; the message says which and why, for people."""


class Backend(Protocol):
    """A database that speaks DynamoDB. `call("GetItem", {...})` gives HTTP status and JSON answer, errors included."""

    def call(self, operation: str, body: dict[str, Any]) -> Answer:
        """Do one operation and wait for it, from any thread. Raise BackendUnreachable."""

    async def run(self, work: Callable[[Call], T]) -> T:
        """Run `work(call)` off the event loop, or so quickly on it that nobody notices.

        Some backends let no other request in between its calls.
        """

    def close(self) -> None:
        """Let go of threads, sockets and, if they are in memory, the tables."""


class RemoteBackend:
    """Another DynamoDB over HTTP: DynamoDB Local, MiniStack, the real one.

    Requests are signed anew with one pair of keys: the callers' access keys are function names, some
    databases keep a separate set of tables for each access key, and the host they signed is not this one.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str = LOCAL_KEY,
        secret_key: str = LOCAL_KEY,
        *,
        region: str = REGION,
        timeout: float = ANSWER_SECONDS,
    ) -> None:
        """Open no connection yet. `timeout`: seconds until a database that accepts but never answers is unreachable."""
        # Imported here, because who has a table in memory need not wait for them.
        import botocore.auth
        import botocore.credentials
        import urllib3

        self.endpoint = endpoint.rstrip("/")
        credentials = botocore.credentials.Credentials(access_key, secret_key)
        self._signer = botocore.auth.SigV4Auth(credentials, "dynamodb", region)
        limits = urllib3.Timeout(connect=CONNECT_SECONDS, read=timeout)
        self._pool = urllib3.PoolManager(maxsize=REMOTE_WORKERS, timeout=limits, retries=False)
        self._workers = ThreadPoolExecutor(REMOTE_WORKERS, thread_name_prefix="dynamodb")

    def call(self, operation: str, body: dict[str, Any]) -> Answer:
        import botocore.awsrequest
        import urllib3

        headers = {"Content-Type": CONTENT_TYPE, "X-Amz-Target": TARGET + operation}
        data = json.dumps(body).encode()
        request = botocore.awsrequest.AWSRequest("POST", self.endpoint + "/", headers, data)
        self._signer.add_auth(request)
        try:
            response = self._pool.request("POST", request.url, body=data, headers=dict(request.headers))
            answer = json.loads(response.data or b"{}")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise BackendUnreachable(
                f"the DynamoDB at {self.endpoint} does not answer ({type(error).__name__})"
            ) from error
        except ValueError as error:
            raise BackendUnreachable(f"what answers at {self.endpoint} is no DynamoDB") from error
        return response.status, answer

    async def run(self, work: Callable[[Call], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, self.call)

    def close(self) -> None:
        self._workers.shutdown(wait=True)
        self._pool.clear()


def error_answer(status: int, kind: str, message: str) -> Answer:
    """Return an error in DynamoDB's shape."""
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": message}


def request_error(operation: str, body: dict[str, Any]) -> Answer | None:
    """Return what DynamoDB would object to in a request's form, by the SDK's own model of it; None if nothing."""
    import botocore.session
    import botocore.validate

    model = botocore.session.get_session().get_service_model("dynamodb")
    if operation not in model.operation_names:
        return error_answer(400, "UnknownOperationException", f"there is no operation {operation}")
    report = botocore.validate.ParamValidator().validate(body, model.operation_model(operation).input_shape)
    if report.has_errors():
        return error_answer(400, "ValidationException", report.generate_report())
    return None
