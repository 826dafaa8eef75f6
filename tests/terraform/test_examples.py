"""The compositions in terraform/examples: each is valid, and each plan is a first apply without a clash."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from scripts import ROOT
from tests.support.terraform import Planned, Terraform, access, initialised

EXAMPLES = {"minimal": {}, "two-environments": {"zone_id": "Z0123456789ABCDEFGHIJ"}}
NAMES = ("name", "function_name", "alarm_name", "layer_name", "dashboard_name")


def opened(tree: Path, environ: dict[str, str], example: str) -> tuple[Terraform, str]:
    """Return Terraform, and the option with which it works in an example."""
    folder = tree / "terraform/examples" / example
    shutil.copy(tree / "terraform/.terraform.lock.hcl", folder)
    where = f"-chdir={folder}"
    return initialised(tree, where, **environ), where


def planned(tree: Path, environ: dict[str, str], example: str) -> Planned:
    terraform, where = opened(tree, environ, example)
    settings = [word for name, value in EXAMPLES[example].items() for word in ("-var", f"{name}={value}")]
    done = terraform(where, "plan", "-input=false", "-no-color", "-out=plan", *settings)
    assert done.returncode == 0, done.stderr
    changes = json.loads(terraform(where, "show", "-json", "plan").stdout)["resource_changes"]
    assert {tuple(change["change"]["actions"]) for change in changes} <= {("create",), ("read",)}
    return [(change["address"], change["change"]["after"]) for change in changes if change["mode"] == "managed"]


def test_every_example_is_tried() -> None:
    assert {path.name for path in (ROOT / "terraform/examples").iterdir() if path.is_dir()} == set(EXAMPLES)


def test_the_least_makes_a_whole_chat(tree: Path, attached: dict[str, str]) -> None:
    kinds = Counter(address.split("[")[0].split(".")[-2] for address, _ in planned(tree, attached, "minimal"))
    assert kinds["aws_apigatewayv2_api"] == kinds["aws_dynamodb_table"] == kinds["aws_budgets_budget"] == 1
    assert kinds["aws_cloudfront_distribution"] == 0


def test_two_environments_are_valid(tree: Path, attached: dict[str, str]) -> None:
    """That no name of one is another's is shown of the root, which both are, by the tests of two stacks."""
    terraform, where = opened(tree, attached, "two-environments")
    valid = terraform(where, "validate", "-json")
    assert json.loads(valid.stdout)["diagnostics"] == []


@pytest.mark.long
def test_two_environments_share_no_name(tree: Path, sts: str) -> None:
    """Its modules configure the provider each in their own way, which one that runs already cannot keep apart."""
    both = planned(tree, access(sts), "two-environments")
    within = ("aws_apigatewayv2_stage.", "aws_lambda_permission.", "aws_lambda_alias.", "aws_route53_record.")

    def names(env: str) -> set[str]:
        ours = [(address, each) for address, each in both if address.startswith(f"module.{env}.")]
        named = [each for address, each in ours if not any(kind in address for kind in within)]
        return {each[key] for each in named for key in NAMES if each.get(key)}

    assert len(names("prod")) > 30
    assert not names("prod") & names("test")
    addresses = [address for address, _ in both]
    assert [address for address in addresses if "aws_cloudfront_distribution" in address] == [
        "module.prod.module.site.aws_cloudfront_distribution.this[0]"
    ]
    assert sum("aws_acm_certificate.this" in address for address in addresses) == 2
    tags = {
        each["tags_all"].get("CostCenter")
        for address, each in both
        if each.get("tags_all") and address.startswith("module.prod.")
    }
    assert tags == {"community"}
