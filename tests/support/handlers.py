"""The handlers' handlers, imported once with an environment in which their clients can be made."""

import os

os.environ.setdefault("TABLE_NAME", "unused")
os.environ.setdefault("CONNECTIONS_ENDPOINT", "http://127.0.0.1:9/unused")
os.environ.setdefault("AWS_REGION", "us-east-1")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from lambdas.join import join
from lambdas.leave import leave
from lambdas.send import send

__all__ = ["join", "leave", "send"]
