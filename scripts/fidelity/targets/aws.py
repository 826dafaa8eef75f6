"""A real AWS account. With AWS_ENDPOINT_URL set it is an emulator that takes the account's place, to try the way there.

State and sources are in build/fidelity/: if this is killed, the next run there destroys what was left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scripts import ROOT
from scripts.deploy.aws import CannotUseAws, client, in_sentences, session_in
from scripts.deploy.stack import neutral_environment
from scripts.fidelity.target import Target
from scripts.fidelity.targets.ministack import address_at
from scripts.fidelity.targets.stack import CannotAsk, ProbeStack, Tell, applied, target_of

PRICE = "less than 5 cents"
FOLDER = ROOT / "build" / "fidelity"
NAME = "anonchat-fidelity"


@contextmanager
def aws_target(tell: Tell, watch: Tell, agrees: Callable[[str], bool]) -> Iterator[Target]:
    """Apply inside the block. `agrees` is asked before anything is made. Raise CannotAsk."""
    emulator = os.environ.get("AWS_ENDPOINT_URL")
    try:
        session = session_in(None)
        with in_sentences("sts:GetCallerIdentity"):
            account = client(session, "sts").get_caller_identity()["Account"]
    except CannotUseAws as refusal:
        raise CannotAsk(str(refusal)) from None
    region = str(session.region_name)
    where = f"the emulator at {emulator}" if emulator else f"the AWS account {account} in {region}"
    if not agrees(f"The probes go to {where}, cost {PRICE}, and are destroyed at the end. Go on?"):
        raise CannotAsk("Nothing was made.")
    signing = {name: value for name, value in os.environ.items() if name.startswith("AWS")}
    quiet = {"AWS_REGION": region, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    environment = neutral_environment() | signing | quiet
    variables = {"name": NAME, "address": address_at(emulator) if emulator else ""}
    folder = FOLDER / f"{'emulator' if emulator else account}-{region}"
    folder.mkdir(parents=True, exist_ok=True)
    with applied(ProbeStack(folder, environment, variables, watch), tell) as outputs:
        name = "AWS on an emulator" if emulator else "AWS"
        yield target_of(name, region, outputs, session, endpoint=emulator, patience=15.0, quiet=2.0)
