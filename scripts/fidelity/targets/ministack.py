"""MiniStack, with the probes applied by the real Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3

from scripts import ROOT
from scripts.deploy.ministack import CannotStart, ministack
from scripts.deploy.stack import REGION, neutral_environment
from scripts.fidelity.target import Target
from scripts.fidelity.targets.stack import CannotAsk, ProbeStack, Tell, applied, target_of

ADDRESS = "{endpoint}/_aws/execute-api/{{api}}/{{stage}}"
# One question after the other, since each of its functions runs one message at a time.
PATIENT = {"at_once": 1, "patience": 12.0, "quiet": 1.5}
KEY = "test"  # any will do, as access key id and as secret


@contextmanager
def ministack_target(tell: Tell, watch: Tell) -> Iterator[Target]:
    """Run it inside the block. Raise CannotAsk."""
    try:
        with ministack() as emulator, TemporaryDirectory(prefix="anonchat-fidelity-") as folder:
            environment = environment_for(emulator.endpoint)
            variables = {"name": "fidelity", "address": address_at(emulator.endpoint)}
            with applied(ProbeStack(Path(folder), environment, variables, watch), tell) as outputs:
                session = boto3.Session(KEY, KEY, region_name=REGION)
                release = version("ministack")
                yield target_of("MiniStack", release, outputs, session, endpoint=emulator.endpoint, **PATIENT)
    except CannotStart as failure:
        raise CannotAsk(str(failure)) from None


def address_at(endpoint: str) -> str:
    """Return where a MiniStack serves stages, with {api} and {stage} in it."""
    return ADDRESS.format(endpoint=endpoint.rstrip("/"))


def environment_for(endpoint: str) -> dict[str, str]:
    """Return Terraform's environment for a MiniStack: nothing of this shell's AWS settings."""
    cache = ROOT / "build" / "providers"
    cache.mkdir(parents=True, exist_ok=True)
    return {
        "TF_PLUGIN_CACHE_DIR": str(cache),
        **neutral_environment(),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }
