"""Two environments and two regions in one account: none has a name of another's, and none replaces another."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.terraform import Planned, Terraform, access, copy_tree, initialised

# As they are planned in conftest.py.
STACKS = [("prod", "eu-central-1"), ("test", "eu-central-1"), ("prod", "ap-southeast-1")]
NAMES = ("name", "function_name", "alarm_name", "layer_name", "bucket_prefix", "dashboard_name")
# What is unique in an account and not in a region. (A bucket's name ends in random digits, and so is unique anywhere.)
GLOBAL = {
    "aws_budgets_budget": "name",
    "aws_cloudfront_origin_access_control": "name",
    "aws_cloudfront_response_headers_policy": "name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_iam_role": "name",
}
WITHIN = {
    "aws_apigatewayv2_stage",
    "aws_lambda_alias",
    "aws_lambda_permission",
}  # named inside something that has a name
HOME = {"stack": "anonchat-prod", "account": "123456789012", "region": "eu-central-1"}


@pytest.fixture(scope="module")
def plans(first_applies: dict[str, Planned]) -> dict[tuple[str, str], Planned]:
    return dict(zip(STACKS, map(first_applies.__getitem__, ("everything", "test_beside_it", "elsewhere")), strict=True))


def test_names_that_an_account_has_once_are_each_stacks_own(plans: dict[tuple[str, str], Planned]) -> None:
    for type, attribute in GLOBAL.items():
        names = [each[attribute] for planned in plans.values() for address, each in planned if f"{type}." in address]
        assert len(names) >= len(STACKS), type
        assert len(set(names)) == len(names), (type, names)


def test_stacks_of_one_region_share_no_name_at_all(plans: dict[tuple[str, str], Planned]) -> None:
    def names(env: str) -> set[str]:
        planned = [
            each for address, each in plans[env, "eu-central-1"] if not any(f"{type}." in address for type in WITHIN)
        ]
        return {each[key] for each in planned for key in NAMES if each.get(key)}

    assert len(names("prod")) > 30
    assert not names("prod") & names("test")


# --- one folder, with a stack in it ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("applied"))


@pytest.fixture(scope="module")
def first(folder: Path) -> Terraform:
    return initialised(folder)


@pytest.fixture
def state(folder: Path) -> Path:
    """Write the state of a stack that was applied; of its resources it needs just one here."""
    resource = {
        "mode": "managed",
        "type": "terraform_data",
        "name": "home",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": {"id": "1", "input": typed(HOME), "output": typed(HOME)}}],
    }
    state = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "a", "outputs": {}}
    file = folder / "terraform/terraform.tfstate"
    file.write_text(json.dumps(state | {"resources": [resource]}))
    return file


def typed(value: dict[str, str]) -> dict[str, Any]:
    return {"value": value, "type": ["object", dict.fromkeys(value, "string")]}


def said(terraform: Terraform, *arguments: str, **environ: str) -> tuple[int, str]:
    done = terraform(*arguments, "-input=false", "-no-color", **environ)
    return done.returncode, " ".join((done.stdout + done.stderr).replace("│", " ").split())


@pytest.mark.usefixtures("first", "state")
def test_terraform_by_itself_replaces_no_stack(folder: Path, attached: dict[str, str]) -> None:
    """Without scripts/terraform, which would have given the other one a state of its own."""
    environ = os.environ | attached | {"TF_VAR_env": "test"}
    command = ["terraform", f"-chdir={folder / 'terraform'}", "plan", "-no-color"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert "This state is of the stack anonchat-prod; for anonchat-test it would be" in " ".join(done.stderr.split())


def test_destroy_loses_sight_of_nothing(first: Terraform, state: Path, sts: str) -> None:
    """Terraform checks nothing when it destroys; in another account it would find nothing, and forget what there is."""
    before = state.read_text().replace("123456789012", "210987654321").replace("eu-central-1", "ap-south-1")
    state.write_text(before)
    profile = {
        "AWS_REGION": "",
        "AWS_CONFIG_FILE": str(state.with_name("profile")),
    }  # where no variable tells the region
    state.with_name("profile").write_text("[default]\nregion = eu-central-1\n")
    code, text = said(first, "destroy", "-auto-approve", **access(sts) | profile)
    assert code == 1
    assert "This stack was made in account 210987654321, and your credentials are of account 123456789012." in text
    assert "This stack was made in ap-south-1, and you are in eu-central-1." in text
    assert state.read_text() == before


@pytest.mark.parametrize(("name", "value"), [("env", "test"), ("region", "ap-southeast-1")])
def test_another_stack_of_the_same_folder_replaces_nothing(
    first: Terraform, state: Path, attached: dict[str, str], name: str, value: str
) -> None:
    before, environ = state.read_text(), attached | {f"TF_VAR_{name}": value}
    assert said(first, "init", "-lockfile=readonly", **environ)[0] == 0
    # Of the one resource that the state has: all others are new anyway.
    planned = first("plan", "-input=false", "-no-color", "-out=planned", "-target=terraform_data.home", **environ)
    assert planned.returncode == 0, planned.stderr
    changes = json.loads(first("show", "-json", "planned", **environ).stdout)["resource_changes"]
    actions = {change["address"]: change["change"]["actions"] for change in changes}
    assert actions["terraform_data.home"] == ["create"]
    assert {tuple(each) for each in actions.values()} <= {("create",), ("read",)}
    assert state.read_text() == before
