"""`make preflight`: looks at the AWS account before an apply, and changes nothing in it.

Two things keep a first apply from working, and no plan shows them: a new account can reserve no concurrency, and an
account can forbid public buckets. What this account needs is written to terraform/account.auto.tfvars.json, which
Terraform reads by itself; an account that needs nothing has no such file. What the owner has chosen, in any way that
Terraform knows, stays as it is: only what is left open is filled in. Once there is a stack, what it reserves is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local.billing.meter import dollars
from scripts import ROOT
from scripts.deploy import aws, variables
from scripts.deploy.package import WITHOUT_ROUTE, functions

FILE = "account.auto.tfvars.json"
MAIL_FILE = "mail.auto.tfvars.json"
MUST_STAY_FREE = 100  # concurrent runs that AWS keeps unreserved; new accounts have 10 in all
USUAL_QUOTA = 1000
USUAL_ROOM = 50  # people; larger ones have a price of their own
NONE = -1  # reserves nothing
FEW = 50  # frames a second and at once, where all functions share 10 runs of 100 ms: a flood leaves the breaker a run

ADDRESS = r"[^@ ]+@[^@ ]+\.[^@ ]+"  # what the variable alert_email takes


@dataclass
class Findings:
    """What was found, as sentences, and the variables this account needs."""

    sentences: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


@dataclass(frozen=True)
class Choice:
    """The variables without what was written here: their values, and which of them the owner has given."""

    values: Mapping[str, Any]
    given: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, arguments: Sequence[str] = ()) -> Choice:
        """Raise variables.CannotRead."""
        return cls(
            variables.read(folder, arguments, without=[FILE]), variables.given(folder, arguments, without=[FILE])
        )


def preflight(choice: Choice, names: list[str], again: bool = False) -> Findings:
    """Look at everything. `names` are the functions'; `again` decides anew. Raise aws.CannotUseAws."""
    session = aws.session_in(choice.values["region"])
    findings = Findings()
    account = look_at_credentials(session, findings)
    look_at_concurrency(session, findings, choice, names, again)
    look_at_public_access(session, findings, choice, account)
    look_at_rooms(findings, choice)
    return findings


def look_at_credentials(session: boto3.Session, findings: Findings) -> str:
    with aws.in_sentences("sts:GetCallerIdentity"):
        identity = aws.client(session, "sts").get_caller_identity()
    findings.say(f"This is account {identity['Account']} in {session.region_name}, and you are {identity['Arn']}.")
    return str(identity["Account"])


def look_at_concurrency(
    session: boto3.Session, findings: Findings, choice: Choice, names: list[str], again: bool
) -> None:
    lambdas = aws.client(session, "lambda")
    with aws.in_sentences("lambda:GetAccountSettings"):
        limit = lambdas.get_account_settings()["AccountLimit"]
    quota, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    reserved = decide_reservation(findings, choice, held_by(lambdas, choice, names), free, again)
    if reserved != choice.values["reserved_concurrency"]:
        findings.variables["reserved_concurrency"] = reserved
    if reserved != NONE or quota >= USUAL_QUOTA:
        return
    if quota < MUST_STAY_FREE:
        decide_throttle(findings, choice, quota)
    findings.say(
        f"A busy chat needs more than {quota} runs: ask for {USUAL_QUOTA} for nothing in the console, under Service "
        "Quotas, AWS Lambda, Concurrent executions. When you have them, decide anew: make preflight AGAIN=1"
    )


def decide_reservation(
    findings: Findings, choice: Choice, held: Mapping[str, int | None], free: int, again: bool
) -> int:
    """Return what each function is to reserve: the owner's choice, or what the stack has, or what there is room for.

    A stack's own is kept, as room comes and goes with what else the account runs: no two applies would agree.
    """
    each = int(choice.values["reserved_concurrency"])
    chosen, deployed = "reserved_concurrency" in choice.given, any(runs is not None for runs in held.values())
    if each == NONE:
        findings.say("Your variables reserve no concurrency.")
        return NONE
    if deployed and not chosen and not again:
        kept = each if any(held.values()) else NONE
        findings.say(f"The deployed chat reserves {'runs' if kept == each else 'nothing'}, and that stays so.")
        return kept
    wanted = sum(1 if name in WITHOUT_ROUTE else each for name in held)
    left = free - wanted + sum(runs or 0 for runs in held.values())
    found = f"The chat reserves {wanted} concurrent runs, which leaves {left} for all else in the account"
    if left >= MUST_STAY_FREE:
        findings.say(f"{found}: AWS asks for {MUST_STAY_FREE}, so this will do.")
        return each
    if chosen:
        findings.say(f"{found} where AWS asks for {MUST_STAY_FREE}: with your reserved_concurrency it will refuse.")
        return each
    findings.say(f"{found} where AWS asks for {MUST_STAY_FREE}: nothing will be reserved, and the chat works without.")
    return NONE


def decide_throttle(findings: Findings, choice: Choice, quota: int) -> None:
    if "throttle" in choice.given:
        findings.say(f"All functions share {quota} runs. Your throttle stays: {json.dumps(choice.given['throttle'])}.")
        return
    findings.variables["throttle"] = {"rate": FEW, "burst": FEW}
    findings.say(f"All functions share {quota} runs, so {FEW} frames a second are let in: the breaker needs a run too.")


def held_by(lambdas: Any, choice: Choice, names: list[str]) -> dict[str, int | None]:
    """Return what each function reserves already, which an apply does not take a second time; None: not deployed."""
    held: dict[str, int | None] = {}
    stack = f"{choice.values['app']}-{choice.values['env']}"
    with aws.in_sentences("lambda:GetFunctionConcurrency"):
        for name in names:
            try:
                found = lambdas.get_function_concurrency(FunctionName=f"{stack}-{name}")
                held[name] = int(found.get("ReservedConcurrentExecutions", 0))
            except lambdas.exceptions.ResourceNotFoundException:
                held[name] = None
    return held


def look_at_public_access(session: boto3.Session, findings: Findings, choice: Choice, account: str) -> None:
    block = public_access_block(session, account)
    forbidden = block.get("BlockPublicPolicy", False) or block.get("RestrictPublicBuckets", False)
    asked = choice.values["cloudfront"]
    if not forbidden and not asked:
        findings.say("The account allows public buckets: S3 serves the page, and CloudFront is not needed.")
        return
    if not asked and "cloudfront" in choice.given:
        findings.say("The account forbids public buckets, and your variables say cloudfront = false: AWS will refuse.")
        return
    why = "Your variables ask for CloudFront"
    if not asked:
        findings.variables["cloudfront"] = True
        why = "The account forbids public buckets"
    findings.say(f"{why}: CloudFront will serve the page from a private one.")
    findings.say(
        "Whether a new account may use CloudFront cannot be seen beforehand. If the apply says that the account must "
        "be verified, ask AWS Support (a free case, under Account) and apply again when they have answered."
    )


def look_at_rooms(findings: Findings, choice: Choice) -> None:
    """Say what large rooms cost, to who has chosen them."""
    members = choice.given.get("room_cap", 0)
    if members <= USUAL_ROOM:
        return
    price = dollars({"messagesIn": 1000, "messagesOut": 1000 * members})["total"]
    findings.say(
        f"Rooms of up to {members:,.0f}: 1,000 messages to a full one are ${price:.2f}, less where many speak."
        " The breaker's limits grow with it, unless you set limits."
    )


def public_access_block(session: boto3.Session, account: str) -> dict[str, bool]:
    control = aws.client(session, "s3control")
    with aws.in_sentences("s3:GetAccountPublicAccessBlock"):
        try:
            return dict(control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"])
        except control.exceptions.NoSuchPublicAccessBlockConfiguration:
            return {}


# --- what is written ------------------------------------------------------------------------------------------


def write_variables(folder: Path, values: Mapping[str, Any]) -> str:
    """Make the file say just this; return what was done, as a sentence."""
    path = folder / FILE
    if not values:
        existed = path.exists()
        path.unlink(missing_ok=True)
        return f"This account needs no variables of its own{f': removed terraform/{FILE}' if existed else ''}."
    path.write_text(json.dumps(dict(sorted(values.items())), indent=2) + "\n")
    listed = " and ".join(f"{name} = {json.dumps(value)}" for name, value in sorted(values.items()))
    return f"Wrote {listed} to terraform/{FILE}, which Terraform reads by itself."


def ask_for_mail(folder: Path, arguments: Sequence[str], ask: Callable[[str], str]) -> str | None:
    """Ask where alarms go, unless the owner has said so or was asked before; return what was done, as a sentence."""
    path = folder / MAIL_FILE
    if "alert_email" in variables.given(folder, arguments, without=[FILE, MAIL_FILE]):
        path.unlink(missing_ok=True)  # or this file would outrank what the owner says elsewhere
        return None
    if path.exists():
        return None
    answer = ask("Where may alarms and the monthly budget send mail? An address, or Enter for no mail: ").strip()
    while answer and not re.fullmatch(ADDRESS, answer):
        answer = ask(f"{answer} is no address such as name@example.org. Once more, or Enter for no mail: ").strip()
    path.write_text(json.dumps({"alert_email": answer}) + "\n")
    what = "AWS asks that address to confirm, twice" if answer else "nobody will hear when the breaker closes the chat"
    return f"Wrote this to terraform/{MAIL_FILE}: {what}."


def somebody_is_there() -> bool:
    return sys.stdin.isatty() and not os.environ.get("CI")


def main(arguments: Sequence[str] = (), root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="preflight", description="Looks at the AWS account before an apply.")
    parser.add_argument("--again", action="store_true", help="decide anew what a deployed chat reserves")
    parser.add_argument("--ask", action="store_true", help="ask where alarms may send mail, once, if somebody is there")
    options, others = parser.parse_known_args(arguments)
    folder, given = root / "terraform", variables.arguments_of("apply", others)
    try:
        if options.ask and somebody_is_there() and (said := ask_for_mail(folder, given, input)):
            print(said)
        findings = preflight(Choice.read(folder, given), functions(root), options.again)
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was written.", file=sys.stderr)
        return 130
    except (aws.CannotUseAws, variables.CannotRead) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"The variables cannot be read: {failure}", file=sys.stderr)
        return 1
    print("\n".join(findings.sentences))
    print(write_variables(folder, findings.variables))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
