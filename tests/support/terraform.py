"""Terraform on a copy of what is deployed: packaged and initialised, and nothing written into the working tree."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import starmap
from pathlib import Path
from typing import Any

import pytest

from scripts import ROOT
from scripts.deploy import package, stack

ALARMS = ROOT / "terraform/modules/guardrails/alarms.tf"
SECONDS = 600  # for one command; the provider is a program of 600 MB that starts anew each time
# So that Terraform and its provider collect garbage: with Go's own 100 (% of what they use) it takes a quarter of their
# time.
RARELY = {"GOGC": "400"}
PROVIDER = ".terraform/providers/registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws_*"
EVERYTHING = {"cloudfront": "true", "dashboard": "true", "alert_email": "me@example.org"}
ATTACH = "TF_REATTACH_PROVIDERS"
PLANS = "plans"  # a folder of tests that are there for their plans

Ran = subprocess.CompletedProcess[str]
Terraform = Callable[..., Ran]
Planned = list[tuple[str, dict[str, Any]]]  # address, attributes


def copy_tree(to: Path) -> Path:
    """Copy what packaging and Terraform read, without what they have written and what an owner has added."""
    stack.copy_tree(ROOT, to, unused=("bootstrap", "__pycache__"))
    package.package(to)
    return to


def alarm_names(kind: str) -> list[str]:
    """Return how the source names its alarms on `spending` or on `trouble`, in order of name."""
    [rows] = re.findall(rf"^  {kind} = {{\n(.*?)^  }}", ALARMS.read_text(), re.MULTILINE | re.DOTALL)
    return sorted(re.findall(r'^    "([\w-]+)" += {', rows, re.MULTILINE))


def neutral_environment() -> dict[str, str]:
    """Return this shell's, without its AWS and TF settings."""
    more = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    return stack.neutral_environment() | RARELY | more


def terraform_in(tree: Path, **more: str) -> Terraform:
    """Return `terraform("plan", ...)`, to run scripts/terraform there without this shell's AWS and TF settings."""
    environ = neutral_environment() | more

    def run(*arguments: str, stdin: str = "", **more: str) -> Ran:
        command = [str(tree / "scripts/terraform"), *arguments]
        return subprocess.run(command, input=stdin, env=environ | more, capture_output=True, text=True, timeout=SECONDS)

    return run


def initialised(tree: Path, *where: str, **more: str) -> Terraform:
    """Run init there, in its terraform/ or `where` -chdir says; skip where scripts/terraform says what is missing."""
    terraform = terraform_in(tree, **more)
    started = terraform(*where, "init", "-input=false", "-backend=false", "-lockfile=readonly", "-no-color")
    if started.returncode == stack.UNAVAILABLE:
        pytest.skip(started.stderr.splitlines()[-1])
    assert started.returncode == 0, started.stderr
    return terraform


@contextmanager
def provider_of(folder: Path, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start the provider of an initialised folder, in that; what Terraform needs in its environment to use that one.

    By itself, Terraform starts it anew for each step of each run of a test, which is most of what it takes. It cannot
    keep two configurations of a provider apart in one that runs already, and no module here has two.
    """
    [program] = folder.glob(PROVIDER)
    quiet, told = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(
        [program.resolve(), "-debug"], cwd=folder, env={**environ}, stdout=told, stderr=quiet, text=True
    ) as process:
        try:
            assert process.stdout is not None, "it is a pipe"
            address = next(line.partition(f"{ATTACH}=")[2] for line in process.stdout if f"{ATTACH}='" in line)
            yield {ATTACH: address.strip().strip("'")}
        finally:
            process.kill()


def first_plans(terraform: Terraform, tree: Path, chosen: Mapping[str, Mapping[str, str]]) -> dict[str, Planned]:
    """Return, for each name, every resource that a first apply with these variables would make in an empty account.

    One run of `terraform test`, with the real provider, makes them all: to read what the provider's resources are like,
    600 kinds of them, takes as long as such a plan, and `terraform plan` and `terraform show` do so each time.
    """
    folder = tree / "terraform" / PLANS
    folder.mkdir(exist_ok=True)
    (folder / "all.tftest.hcl").write_text("\n".join(starmap(_run, chosen.items())))
    said = terraform("test", f"-test-directory={PLANS}", "-json", "-verbose")
    events = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.returncode == 0, "\n".join(event["@message"] for event in events) + said.stderr
    plans = {event["@testrun"]: event["test_plan"] for event in events if event["type"] == "test_plan"}
    return {name: _managed(plan["resource_changes"]) for name, plan in plans.items()}


def _run(name: str, variables: Mapping[str, str]) -> str:
    settings = "".join(f"    {variable} = {json.dumps(value)}\n" for variable, value in variables.items())
    return f'run "{name}" {{\n  command = plan\n  variables {{\n{settings}  }}\n}}\n'


def first_plan(terraform: Terraform, tree: Path) -> Planned:
    """Return every resource that a first apply would make, in an account with nothing in it."""
    file = str(tree / "build/plan")
    planned = terraform("plan", "-input=false", "-no-color", "-out", file)
    assert planned.returncode == 0, planned.stderr
    return _managed(json.loads(terraform("show", "-json", file).stdout)["resource_changes"])


def _managed(changes: list[dict[str, Any]]) -> Planned:
    return [(change["address"], change["change"]["after"]) for change in changes if change["mode"] == "managed"]


def access(sts: str) -> dict[str, str]:
    """Return an environment with which the provider learns from `sts` who it is, and reaches nothing else."""
    return {
        "AWS_ENDPOINT_URL_STS": sts,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
    }
