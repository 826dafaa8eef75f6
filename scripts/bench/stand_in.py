"""What stands for AWS beside the functions: one TLS server that is DynamoDB, with one answer to each kind of request,
and @connections.

The room `red` has MEMBERS members, Ann among them. Nothing that is written changes what is read.
`python -m scripts.bench.stand_in CERTIFICATE` prints its port.
"""

import asyncio
import json
import sys
import zlib
from typing import Any

from scripts.bench.processes import Endpoint, serve

MEMBERS = 10
ANN = "TXzPWdn00000CGjA="
SEEN = b"/seen"  # answers what has been asked since the last time
LATER = "1900000000"

Row = dict[str, dict[str, str]]


def connection() -> Row:
    words = {"salt": "saltsalt", "roomId": "red", "alias": "Ann", "cameFrom": "", "earlier": "", "movedBy": "token000"}
    return row(f"CONNECTION#{ANN}", "CONNECTION", words, {"joinId": "2", "expiresAt": LATER})


def member(number: int) -> Row:
    words = {"memberId": f"member{number:05d}", "alias": f"Person {number}", "accepts": "missed"}
    numbers = {"joinId": "2", "seat": "1", "expiresAt": LATER}
    return row("ROOM#red", f"MEMBER#TXzPWdn{number:05d}CGjA=", words, numbers)


def row(pk: str, sk: str, words: dict[str, str], numbers: dict[str, str]) -> Row:
    strings = {"pk": pk, "sk": sk, **words}
    return {name: {"S": each} for name, each in strings.items()} | {name: {"N": each} for name, each in numbers.items()}


def answer_of(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return what DynamoDB says to a request of the chat's."""
    key = body.get("Key", {}).get("sk", {}).get("S", "")
    found = connection() if key == "CONNECTION" else member(0)
    if operation == "Query":
        is_of_members = body["ExpressionAttributeValues"][":from"]["S"] in ("MEMBER#", "MEMBER")
        items = [member(number) for number in range(MEMBERS)] if is_of_members else []
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    if operation == "GetItem":
        return {"Item": found}
    if operation == "DeleteItem" or (operation == "UpdateItem" and key == "CONNECTION"):
        return {"Attributes": found}
    return {}  # a PutItem, and the row of a new member: there was none before


class Aws(Endpoint):
    """One kept connection to it."""

    seen: list[str] = []  # noqa: RUF012  # by all connections

    def answer(self, head: bytes, body: bytes) -> bytes:
        """Answer by the header that names DynamoDB's operation, or as @connections."""
        operation = head.partition(b"\r\nx-amz-target: dynamodb_20120810.")[2].partition(b"\r\n")[0].decode()
        if head.split(b" ", 2)[1] == SEEN:
            said, self.seen[:] = list(self.seen), []
            return self.json(said)
        if not operation:
            self.seen.append("post")
            return super().answer(head, body)
        name = NAMES[operation]
        self.seen.append(name)
        return self.json(answer_of(name, json.loads(body)))

    @staticmethod
    def json(answer: object) -> bytes:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nx-amz-crc32: {zlib.crc32(body)}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


NAMES = {name.lower(): name for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")}

if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Aws))
