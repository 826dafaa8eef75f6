"""`make preflight`: looks at the AWS account before the first apply, and changes nothing in it.

Two things keep a first apply from working, and no plan shows them: a new account can reserve no concurrency, and an
account can forbid public buckets. What this account needs is written to terraform/account.auto.tfvars.json, which
Terraform reads by itself; an account that needs nothing has no such file.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from scripts import ROOT
from scripts.deploy import aws
from scripts.deploy.package import WITHOUT_ROUTE, functions

FILE = "account.auto.tfvars.json"
MUST_STAY_FREE = 100  # concurrent runs that AWS keeps unreserved; new accounts have 10 in all
USUAL_QUOTA = 1000
NONE = -1  # reserves nothing
FEW = 50  # frames a second and at once, where all functions share 10 runs of 100 ms: a flood leaves the breaker a run

DEFAULT = r'variable "(\w+)" \{[^}]*?\n  default +=[ ]*("[^"]*"|-?[\d.]+|true|false)\n'
CHOICE = r'^[ \t]*(\w+)[ \t]*=[ \t]*("[^"]*"|-?[\d.]+|true|false)[ \t]*(?:#.*)?$'


@dataclass
class Findings:
    """What was found, as sentences, and the variables this account needs."""

    sentences: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


def preflight(root: Path = ROOT) -> Findings:
    """Look at everything. Raises aws.CannotUseAws."""
    chosen = read_variables(root / "terraform")
    session = aws.session_in(chosen["region"])
    findings = Findings()
    account = look_at_credentials(session, findings)
    look_at_concurrency(session, findings, chosen, functions(root))
    look_at_public_access(session, findings, chosen, account)
    return findings


def look_at_credentials(session: boto3.Session, findings: Findings) -> str:
    with aws.in_sentences("sts:GetCallerIdentity"):
        identity = aws.client(session, "sts").get_caller_identity()
    findings.say(f"This is account {identity['Account']} in {session.region_name}, and you are {identity['Arn']}.")
    return str(identity["Account"])


def look_at_concurrency(
    session: boto3.Session, findings: Findings, chosen: Mapping[str, Any], names: list[str]
) -> None:
    lambdas = aws.client(session, "lambda")
    with aws.in_sentences("lambda:GetAccountSettings"):
        limit = lambdas.get_account_settings()["AccountLimit"]
    quota, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    each = chosen["reserved_concurrency"]
    if each == NONE:
        findings.say(f"Your variables reserve no concurrency; the account has {quota} concurrent runs.")
        return
    wanted = sum(1 if name in WITHOUT_ROUTE else each for name in names)
    stack = f"{chosen['app']}-{chosen['env']}"
    left = free - wanted + sum(held_by(lambdas, f"{stack}-{name}") for name in names)
    found = f"Of the account's {quota} concurrent runs the chat reserves {wanted}, which leaves {left} for all else"
    if left >= MUST_STAY_FREE:
        findings.say(f"{found}: AWS asks for {MUST_STAY_FREE}, so this will do.")
        return
    findings.variables["reserved_concurrency"] = NONE
    findings.say(f"{found} where AWS asks for {MUST_STAY_FREE}: nothing will be reserved, and the chat works without.")
    if quota < MUST_STAY_FREE:
        findings.variables["throttle"] = {"rate": FEW, "burst": FEW}
        findings.say(
            f"All functions share those {quota}, so {FEW} frames a second are let in: the breaker needs a run too."
        )
    if quota < USUAL_QUOTA:
        findings.say(
            f"A busy chat needs more than {quota} runs: ask for {USUAL_QUOTA} for nothing in the console, under "
            "Service Quotas, AWS Lambda, Concurrent executions; then run this again."
        )


def held_by(lambdas: Any, name: str) -> int:
    """Return what a function reserves already: an apply takes nothing for it a second time."""
    with aws.in_sentences("lambda:GetFunctionConcurrency"):
        try:
            return int(lambdas.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0))
        except lambdas.exceptions.ResourceNotFoundException:
            return 0


def look_at_public_access(session: boto3.Session, findings: Findings, chosen: Mapping[str, Any], account: str) -> None:
    block = public_access_block(session, account)
    forbidden = block.get("BlockPublicPolicy", False) or block.get("RestrictPublicBuckets", False)
    if not forbidden and not chosen["cloudfront"]:
        findings.say("The account allows public buckets: S3 serves the page, and CloudFront is not needed.")
        return
    why = "Your variables ask for CloudFront"
    if forbidden:
        findings.variables["cloudfront"] = True
        why = "The account forbids public buckets"
    findings.say(f"{why}: CloudFront will serve the page from a private one.")
    findings.say(
        "Whether a new account may use CloudFront cannot be seen beforehand. If the apply says that the account must "
        "be verified, ask AWS Support (a free case, under Account) and apply again when they have answered."
    )


def public_access_block(session: boto3.Session, account: str) -> dict[str, bool]:
    control = aws.client(session, "s3control")
    with aws.in_sentences("s3:GetAccountPublicAccessBlock"):
        try:
            return dict(control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"])
        except control.exceptions.NoSuchPublicAccessBlockConfiguration:
            return {}


# --- the variables as Terraform will see them ----------------------------------------------------------------


def read_variables(folder: Path) -> dict[str, Any]:
    """Read plain values from where Terraform looks by itself, the last one winning. Our own file is left out."""
    values = scalars(DEFAULT, (folder / "variables.tf").read_text())
    values |= {name: literal(os.environ[f"TF_VAR_{name}"], values[name]) for name in values if given(name)}
    automatic = sorted(path for path in folder.glob("*.auto.tfvars*") if path.name != FILE)
    for path in [folder / "terraform.tfvars", folder / "terraform.tfvars.json", *automatic]:
        if path.suffix == ".json" and path.exists():
            values |= json.loads(path.read_text())
        elif path.exists():
            values |= scalars(CHOICE, path.read_text())
    return values


def given(name: str) -> bool:
    return f"TF_VAR_{name}" in os.environ


def literal(text: str, default: Any) -> Any:
    """Return what Terraform makes of an environment variable: a text stays one, everything else is read."""
    return text if isinstance(default, str) else json.loads(text)


def scalars(pattern: str, text: str) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in re.findall(pattern, text, re.MULTILINE)}


def write_variables(folder: Path, variables: Mapping[str, Any]) -> str:
    """Make the file say just this; return what was done, as a sentence."""
    path = folder / FILE
    if not variables:
        existed = path.exists()
        path.unlink(missing_ok=True)
        return f"This account needs no variables of its own{f': removed terraform/{FILE}' if existed else ''}."
    path.write_text(json.dumps(dict(sorted(variables.items())), indent=2) + "\n")
    listed = " and ".join(f"{name} = {json.dumps(value)}" for name, value in sorted(variables.items()))
    return f"Wrote {listed} to terraform/{FILE}, which Terraform reads by itself."


def main(root: Path = ROOT) -> int:
    try:
        findings = preflight(root)
    except aws.CannotUseAws as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (OSError, json.JSONDecodeError) as failure:
        print(f"The variables cannot be read: {failure}", file=sys.stderr)
        return 1
    print("\n".join(findings.sentences))
    print(write_variables(root / "terraform", findings.variables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
