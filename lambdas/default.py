"""$default: whatever no other route took. It answers, touches no table, and leaves the socket open."""

import json
import pkgutil
from typing import NamedTuple

from anonchat import protocol
from anonchat.connections import Connections
from anonchat.protocol import Refused
from anonchat.route import message_route

# The route map is packaged beside this function alone. The sentence names the actions in its order.
*MOST, LAST = [key for key in json.loads(pkgutil.get_data(__name__, "routes.json") or "") if not key.startswith("$")]


class Answers(NamedTuple):
    """The chat without a table: this function answers, and that is all."""

    connections: Connections


def default(answers: Answers, connection_id: str, action: str) -> None:
    raise Refused(protocol.UNKNOWN_ACTION, f"Please use one of the actions {', '.join(MOST)} or {LAST}.")


handler = message_route(protocol.parse_action, default, Answers(Connections.from_environment()))
