"""Which call a request is: calls are counted as the function makes them, and named for readers.

What is asked again of the same place with the same words is another attempt at the same call.
"""

import json
import re
from dataclasses import dataclass, field

from scripts.soak.fault_proxy import Fault, Request
from tests.matrix.troubles import POSTS, TABLE, Call, Trouble

ATTEMPT = re.compile(r"attempt=(\d+)")
CONNECTION = re.compile(r"(?:CONNECTION#|MEMBER#|@connections/)(\w+?)\d*(?:=|%3D)")


@dataclass
class Calls:
    """The calls of one invocation, in their order. The one at `target` (from 0) is in `trouble`."""

    target: int = -1
    trouble: Trouble | None = None
    made: list[Call] = field(default_factory=list)
    hurried: bool = False  # the client has asked again where no answer had failed: its time was too short
    _posts: dict[tuple[str, str, bytes], tuple[int, int]] = field(default_factory=dict)  # its number, its attempts

    def of_table(self, request: Request) -> Fault | None:
        """Note a request to the table. A header says which attempt it is."""
        found = ATTEMPT.search(request.headers.get("amz-sdk-request", ""))
        assert found, "the client numbers its attempts"
        if found[1] == "1":
            self.made.append(Call(TABLE, table_name(request)))
        elif self._fault(len(self.made) - 1, int(found[1]) - 1) is None:
            self.hurried = True
        return self._fault(len(self.made) - 1, int(found[1]))

    def of_posts(self, request: Request) -> Fault | None:
        """Note a request to @connections."""
        what = request.method, request.path, request.body
        number, attempts = self._posts.get(what, (len(self.made), 0))
        if number == len(self.made):
            self.made.append(Call(POSTS, post_name(request)))
        self._posts[what] = number, attempts + 1
        return self._fault(number, attempts + 1)

    def _fault(self, number: int, attempt: int) -> Fault | None:
        return self.trouble.of(attempt) if self.trouble and number == self.target else None


def connection_of(request: Request) -> str:
    return request.path.rpartition("/")[2].replace("%3D", "=")


def table_name(request: Request) -> str:
    """Name a request to the table: the operation, and whose row it is about."""
    operation = request.headers["x-amz-target"].rpartition(".")[2]
    body = json.loads(request.body)
    if operation == "Query":
        values = body["ExpressionAttributeValues"]
        what = "members" if values[":from"]["S"] == "MEMBER#" else "messages"
        return f"Query {what} of {values[':pk']['S'].removeprefix('ROOM#')}"
    key = body.get("Key") or body["Item"]
    return f"{operation} {row_name(key['pk']['S'], key['sk']['S'])}"


def row_name(pk: str, sk: str) -> str:
    kind = sk.partition("#")[0].lower()
    person = CONNECTION.search(f"{pk} {sk}")
    room = f" of {pk.removeprefix('ROOM#')}" if pk.startswith("ROOM#") else ""
    return f"{kind} {person[1].title()}{room}" if person else f"{kind}{room}"


def post_name(request: Request) -> str:
    """Name a request to @connections: the method, the frame's type, and whose socket it goes to."""
    found = CONNECTION.search(request.path)
    person = found[1].title() if found else "?"
    if request.method != "POST":
        return f"{request.method} {person}"
    return f"POST {json.loads(request.body).get('type')} to {person}"
