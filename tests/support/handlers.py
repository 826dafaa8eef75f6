"""The handlers' use cases, imported once with an environment in which their clients can be made."""

import os

os.environ.setdefault("TABLE_NAME", "unused")
os.environ.setdefault("CONNECTIONS_ENDPOINT", "http://127.0.0.1:9/unused")
os.environ.setdefault("AWS_REGION", "us-east-1")
os.environ.setdefault("AWS_ACCESS_KEY_ID", "unused")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "unused")

from anonchat import protocol
from anonchat.connections import Connections
from anonchat.protocol import Frame
from lambdas import disconnect as disconnect_module
from lambdas.default import Answers, default
from lambdas.join import join
from lambdas.leave import leave
from lambdas.send import send

__all__ = ["answer_unknown", "disconnect_module", "join", "leave", "send"]


def answer_unknown(frame: Frame) -> None:
    """Do what the $default route does with a frame: raise Refused, always."""
    default(Answers(Connections.from_environment()), "TXzPWdnOjoECGj-=", protocol.parse_action(frame))
