"""Who may ask @connections at all."""

from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from scripts.fidelity.asking import Asking, question, words
from scripts.fidelity.management import Management
from scripts.fidelity.questions.posts import UNKNOWN


@question()
async def unsigned(asking: Asking) -> str:
    return str((await asking.management().ask("POST", UNKNOWN, b"hello", signed=False)).status)


@question()
async def wrong_secret(asking: Asking) -> str:
    target = asking.target
    wrong = Credentials(target.credentials.access_key, "wrong" * 8, target.credentials.token)
    management = Management(target.stages["open"].endpoint, wrong, target.region)
    return str((await management.post(UNKNOWN)).status)


@question()
async def changed_after_signing(asking: Asking) -> str:
    def change_data(request: AWSRequest) -> None:
        request.data = b"HELLO"

    def change_address(request: AWSRequest) -> None:
        request.url = request.url.replace("GjA", "GjB")

    management = asking.management()
    changed = (change_data, change_address)
    return words(*[(await management.ask("POST", UNKNOWN, b"hello", change=each)).status for each in changed])


@question()
async def other_service(asking: Asking) -> str:
    """Ask about a signature for another service."""
    management = asking.management()
    management.service = "lambda"
    return str((await management.post(UNKNOWN)).status)


@question()
async def unsigned_token(asking: Asking) -> str:
    """Ask about a session token that was added after signing."""

    def add_token(request: AWSRequest) -> None:
        del request.headers["X-Amz-Security-Token"]
        request.headers["X-Amz-Security-Token"] = "another"

    return str((await asking.management().ask("POST", UNKNOWN, b"hello", change=add_token)).status)
