"""What can be proven about the stack without an account: by Terraform, by its own tests, by checkov and by the plan."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.deployed import deployed, throttles
from local.functions.contract import FunctionLimits
from local.functions.route_map import function_names, read_routes
from local.gateway import GatewayOptions, Throttle
from scripts import ROOT
from scripts.deploy.package import functions
from tests.support.terraform import Planned, Terraform, copy_tree, first_plan, initialised

SOURCES = sorted(
    path for path in (ROOT / "terraform").rglob("*.tf") if not {".terraform", "bootstrap"} & set(path.parts)
)
TESTS = sorted(path.name for path in (ROOT / "terraform/tests").glob("*.tftest.hcl"))
FUNCTIONS = functions(ROOT)
VARIABLE_ENDS = re.compile(r'error_message = ".*[.]"')

# One value that each variable refuses, and a part of the sentence it says.
REFUSED = {
    "app": [
        ("Chat", "lower-case letters"),
        ("a" * 19, "at most 18"),
        ("1chat", "begins with a letter"),
        ("xn--chat", "which S3 keeps for itself"),
        ("sthree", "choose another app"),
        ("amzn-s3-demo", "choose another app"),
    ],
    "env": [("Prod", "lower-case letters"), ("a" * 13, "at most 12"), ("$default", "begins with a letter")],
    "region": [("Frankfurt", "A region looks like eu-central-1"), ("eu-central", "A region looks like eu-central-1")],
    "reserved_concurrency": [("0", "or -1 to reserve nothing"), ("1.5", "whole number"), ("-2", "from 1 to 1000")],
    "cloudfront": [("perhaps", "a bool is required")],
    "allowed_origins": [('["*"]', "without a path or a wildcard"), ('["https://a.example/"]', "without a path")],
    "history_seconds": [("-1", "from 0 to 86400"), ("86401", "which is a day"), ("0.5", "whole number")],
    "room_cap": [("1", "from 2 to 1000"), ("1001", "from 2 to 1000")],
    "per_minute": [("0", "from 1 to 600"), ("601", "from 1 to 600")],
    "permissions_boundary": [("boundary", "the ARN of an IAM policy")],
    "throttle": [("{rate=0}", "0 would let nobody in"), ("{burst=5001}", "from 1 to 5000"), ("{burst=1.5}", "whole")],
    "limits": [
        ("{messages_per_day=0,messages_per_hour=0}", "at least 1"),
        ("{connects_per_hour=11,connects_per_day=10}", "cannot be above those of a day"),
    ],
    "alert_email": [("me", "leave it empty for no mail")],
    "monthly_budget": [("0", "more than 0 dollars")],
    "tags": [('{Project="mine"}', "choose other keys"), ('{"AWS:x"="y"}', "aws: is AWS's")],
    "log_retention_days": [("8", "CloudWatch keeps logs for 1, 3, 5, 7"), ("0", "or 5 to 10 years")],
    "memory": [("127", "from 128 to 10240"), ("10241", "from 128 to 10240"), ("512.5", "whole number")],
    "site_domain": [
        (
            '{name="https://a.example",certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/a"}',
            "without scheme",
        ),
        ('{name="a.example",zone_id="Z"}', "with it a certificate_arn"),
        (
            '{name="a.example",certificate_arn="arn:aws:acm:eu-west-1:123456789012:certificate/a"}',
            "from us-east-1 only",
        ),
    ],
    "socket_domain": [
        ('{name="a",zone_id="Z"}', "without scheme and path"),
        ('{zone_id="Z"}', "takes a name, and with it"),
        ('{name="a.example",certificate_arn="a"}', "is the ARN of a certificate"),
    ],
    "dashboard": [("perhaps", "a bool is required")],
    "addresses": [('{api="https://a.example"}', "contains {api}"), ('{site="https://a.example"}', "contains {bucket}")],
}


def blocks(kind: str, path: Path) -> dict[str, str]:
    """Return the variables or outputs of a file, name to text."""
    return dict(re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', path.read_text(), re.MULTILINE | re.DOTALL))


def words(text: str) -> str:
    """Return what Terraform said, without its frame, colours and line breaks."""
    return " ".join(re.sub(r"\x1b\[\d*m|[│╷╵]", " ", text).split())


# --- the source ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "terraform")))
def test_every_variable_and_output_explains_itself(path: Path) -> None:
    for name, text in blocks("variable", path).items():
        said = [line.split("=")[0].strip() for line in text.splitlines() if re.match(r"  \w+ +=", line)]
        assert {"description", "type", "nullable"} <= set(said), name
        assert re.search("^  nullable +[=] false$", text, re.MULTILINE), name
        assert "  validation {" in text, name
        sentences = [line.strip() for line in text.splitlines() if "error_message" in line]
        assert all(VARIABLE_ENDS.fullmatch(sentence) for sentence in sentences), sentences
    for name, text in blocks("output", path).items():
        assert re.search(r'  description = ".*[.]"', text), name


def test_no_policy_has_a_wildcard_among_its_actions_or_names_every_resource() -> None:
    for path in SOURCES:
        assert not re.search(r'Action\w*\s*=\s*\[?[^\n]*"[^"\n]*\*', path.read_text()), path
        assert not re.search(r'[Rr]esources?\s*=\s*\[?\s*"\*"', path.read_text()), path


def test_only_the_alias_of_a_function_may_be_called() -> None:
    """A call of the function itself could meet code and layer of two versions."""
    permissions = [
        block
        for path in SOURCES
        for block in re.findall(r'^resource "aws_lambda_permission" .*?^}', path.read_text(), re.MULTILINE | re.DOTALL)
    ]
    assert permissions
    assert [block for block in permissions if not re.search(r"^  qualifier += \S+\.alias$", block, re.MULTILINE)] == []


def test_the_lock_file_serves_every_platform() -> None:
    lock = (ROOT / "terraform/.terraform.lock.hcl").read_text()
    assert (lock.count('"h1:'), lock.count('"zh:')) == (14, 15), "one hash for each platform's package"


def test_every_variable_has_a_value_that_it_refuses() -> None:
    files = [ROOT / "terraform" / name for name in ("variables.tf", "settings.tf")]
    assert set(REFUSED) == {variable for file in files for variable in blocks("variable", file)}


# --- Terraform -----------------------------------------------------------------------------------------------


def test_the_source_is_formatted(terraform: Terraform) -> None:
    formatted = terraform("fmt", "-check", "-recursive", "-diff", "-no-color")
    assert formatted.returncode == 0, formatted.stdout


def test_the_source_is_valid(terraform: Terraform) -> None:
    valid = terraform("validate", "-json")
    assert json.loads(valid.stdout)["diagnostics"] == []


@pytest.fixture(scope="module")
def tested(terraform: Terraform) -> list[dict[str, Any]]:
    """Return what Terraform's own tests said, all files in one run: starting the provider is what takes the time."""
    return [json.loads(line) for line in terraform("test", "-json").stdout.splitlines()]


@pytest.mark.parametrize("file", TESTS)
def test_its_own_tests_pass(tested: list[dict[str, Any]], file: str) -> None:
    said = [event for event in tested if event.get("@testfile") in (f"tests/{file}", None)]
    status = [event["test_file"]["status"] for event in said if "status" in event.get("test_file", {})]
    assert status == ["pass"], "\n".join(str(event.get("diagnostic", event["@message"])) for event in said)


@pytest.mark.parametrize("round", range(max(map(len, REFUSED.values()))))
def test_variables_refuse_nonsense_each_with_its_sentence(terraform: Terraform, round: int) -> None:
    """The first wrong value of each variable in one run, then the second ones: Terraform tells all at once."""
    wrong = {name: values[round] for name, values in REFUSED.items() if len(values) > round}
    arguments = [word for name, (value, _) in wrong.items() for word in ("-var", f"{name}={value}")]
    refused = terraform("console", *arguments, stdin="var.app\n")
    said = words(refused.stdout + refused.stderr)
    assert [sentence for _, sentence in wrong.values() if sentence not in said] == []
    assert said.count("Error: Invalid value for") == len(wrong)


def test_without_packages_it_says_what_to_do(tmp_path: Path, attached: dict[str, str]) -> None:
    tree = copy_tree(tmp_path)
    terraform = initialised(tree, **attached)
    shutil.rmtree(tree / "build", ignore_errors=True)
    tested = terraform("test", "-no-color", "-filter=tests/stack.tftest.hcl")
    assert tested.returncode != 0
    assert ".zip in build/. Run `make package` first." in words(tested.stdout + tested.stderr)


def test_a_page_that_names_a_missing_file_is_not_uploaded(tmp_path: Path, attached: dict[str, str]) -> None:
    tree = copy_tree(tmp_path)
    page = tree / "frontend/index.html"
    page.write_text(page.read_text().replace('href="view/log.js"', 'href="view/fog.js"'))
    tested = initialised(tree, **attached)("test", "-no-color", "-filter=tests/site.tftest.hcl")
    assert tested.returncode != 0
    assert "what is not among the uploaded files: view/fog.js." in words(tested.stdout + tested.stderr)


# --- the plan, by the real provider --------------------------------------------------------------------------


def test_every_taggable_resource_carries_the_tags(everything: Planned) -> None:
    tagged = [after["tags_all"] for _, after in everything if "tags_all" in after]
    assert len(tagged) > 30
    assert all(tags == {"Project": "anonchat", "Stack": "anonchat-prod", "ManagedBy": "terraform"} for tags in tagged)


def test_every_name_begins_with_app_and_env(everything: Planned) -> None:
    named_within = {
        "aws_apigatewayv2_stage",
        "aws_lambda_alias",
        "aws_lambda_permission",
    }  # something that is named after us
    keys = ("name", "function_name", "alarm_name", "layer_name", "bucket_prefix", "dashboard_name")
    for address, after in everything:
        if named_within & set(address.split(".")):
            continue
        for name in filter(None, (after.get(key) for key in keys)):
            assert re.match(r"(/aws/lambda/)?anonchat-prod(-|$)", name), address


def test_every_log_group_forgets_after_a_week(everything: Planned) -> None:
    kept = [after["retention_in_days"] for address, after in everything if "aws_cloudwatch_log_group" in address]
    assert kept == [7] * len(FUNCTIONS)


def test_ten_alarms_and_three_dashboards_are_free_and_it_takes_fewer(everything: Planned) -> None:
    kinds = [address.split("[")[0].split(".")[-2] for address, _ in everything]
    assert kinds.count("aws_cloudwatch_metric_alarm") <= 10
    assert kinds.count("aws_cloudwatch_dashboard") <= 1
    assert kinds.count("aws_budgets_budget") <= 2


def test_nothing_that_is_paid_by_the_hour_or_the_month_is_planned(everything: Planned) -> None:
    costly = {"aws_kms_key", "aws_wafv2_web_acl", "aws_nat_gateway", "aws_vpc", "aws_secretsmanager_secret"}
    costly |= {"aws_lambda_provisioned_concurrency_config", "aws_route53_zone", "aws_appautoscaling_target"}
    assert not [address for address, _ in everything if costly & set(re.split(r"[.\[]", address))]


def test_the_chat_on_a_laptop_runs_under_the_numbers_that_are_planned(everything: Planned) -> None:
    numbers, routes = deployed(), read_routes(ROOT / "lambdas/routes.json")
    functions = [
        after for address, after in everything if address.startswith("module.function") and "memory_size" in after
    ]
    assert len(functions) == len(function_names(routes))
    for function in functions:
        assert numbers.function == FunctionLimits(
            concurrency=function["reserved_concurrent_executions"],
            timeout=function["timeout"],
            memory_mb=function["memory_size"],
        )
    [stage] = [after for address, after in everything if address.endswith("aws_apigatewayv2_stage.this")]
    throttles = {row["route_key"]: throttle(row) for row in stage["route_settings"]}
    assert numbers.throttles(routes) == throttles
    assert [throttle(row) for row in stage["default_route_settings"]] == [GatewayOptions().throttle]


def test_an_owner_s_throttle_gives_a_laptop_what_it_gives_the_stage(terraform: Terraform) -> None:
    chosen, routes = {"rate": 33, "burst": 70}, read_routes(ROOT / "lambdas/routes.json")
    command = "jsonencode({ for key, throttle in local.throttles : key => throttle if throttle != null })"
    said = terraform("console", "-var", f"throttle={json.dumps(chosen)}", stdin=f"{command}\n")
    planned = json.loads(json.loads(said.stdout.splitlines()[-1]))
    ours = {key: vars(each) for key, each in throttles(routes, chosen).items()}
    assert ours == {key: pytest.approx(each) for key, each in planned.items()}


def throttle(row: dict[str, Any]) -> Throttle:
    return Throttle(row["throttling_rate_limit"], row["throttling_burst_limit"])


def test_an_account_that_can_reserve_nothing_reserves_nothing(first_applies: dict[str, Planned]) -> None:
    planned = first_applies["nothing_reserved"]
    found = [after for address, after in planned if "aws_lambda_function" in address]
    assert [function["reserved_concurrent_executions"] for function in found] == [-1] * len(FUNCTIONS)


def test_a_route_is_one_file_and_one_row(tmp_path: Path, attached: dict[str, str]) -> None:
    tree = copy_tree(tmp_path)
    routes = json.loads((tree / "lambdas/routes.json").read_text())
    row = {"function": "wave", "table": ["GetItem"], "connections": ["POST"], "throttle": {"rate": 1, "burst": 2}}
    (tree / "lambdas/routes.json").write_text(json.dumps(routes | {"wave": row}))
    (tree / "lambdas/wave.py").write_text("def handler(event, context):\n    return {'statusCode': 200}\n")
    subprocess.run(["python3", "-m", "scripts.deploy.package"], cwd=tree, check=True, capture_output=True)

    planned = {address for address, _ in first_plan(initialised(tree, **attached), tree)}

    assert {
        'module.function["wave"].aws_lambda_function.this',
        'module.function["wave"].aws_iam_role_policy.this',
        'module.function["wave"].aws_cloudwatch_log_group.this',
        'module.websocket_api.aws_apigatewayv2_route.this["wave"]',
        'module.websocket_api.aws_apigatewayv2_integration.this["wave"]',
        'module.websocket_api.aws_lambda_permission.this["wave"]',
        'module.guardrails.aws_cloudwatch_log_metric_filter.errors["wave"]',
    } <= planned


# --- checkov -------------------------------------------------------------------------------------------------

SKIP = re.compile(r"#checkov:skip=(\w+):(.+)")


# The two shapes of the site: CloudFront, and a public bucket. Checkov looks at all resources, whatever is switched on.
# The examples are these modules three times more.
SHAPES = [
    ('cloudfront = true\ndashboard = true\nalert_email = "me@example.org"\n', ["--skip-path", "examples"]),
    pytest.param(("", []), marks=pytest.mark.long),
]


@pytest.fixture(scope="module", params=SHAPES, ids=["everything", "the least"])
def findings(
    request: pytest.FixtureRequest, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """Return checkov's results."""
    checkov = os.environ.get("CHECKOV") or shutil.which("checkov")
    if not checkov:
        pytest.skip("checkov is neither named by CHECKOV nor on PATH; scripts/setup/checkov installs it")
    settings = tmp_path_factory.mktemp("checkov") / "everything.tfvars"
    written, more = request.param
    settings.write_text(written)
    command = [checkov, "--directory", str(tree / "terraform"), "--framework", "terraform", "--output", "json"]
    command += ["--skip-download"]  # of what its makers would like to know
    command += ["--var-file", str(settings), *more]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=600)
    results: dict[str, list[dict[str, Any]]] = json.loads(checked.stdout)["results"]
    return results


def test_checkov_finds_nothing_that_is_not_explained(findings: dict[str, list[dict[str, Any]]]) -> None:
    assert len(findings["passed_checks"]) > 30
    assert [(failed["check_id"], failed["resource"]) for failed in findings["failed_checks"]] == []


def test_every_explanation_explains_something_and_says_why(findings: dict[str, list[dict[str, Any]]]) -> None:
    used = {(row["check_id"], row["file_path"]) for row in findings["skipped_checks"]}
    for path in SOURCES:
        for check, reason in SKIP.findall(path.read_text()):
            assert (check, "/" + str(path.relative_to(ROOT / "terraform"))) in used, (check, path)
            assert len(reason.split()) >= 5, reason
