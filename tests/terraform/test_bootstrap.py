"""What GitHub Actions is allowed: neither more nor less than the stack's resources need, and nothing of its own role.

`NEEDS` was read from the provider's own log while it applied, changed and destroyed the whole stack on an emulator,
and completed by what an emulator does not ask for (tags, waiting, the steps back). A new type of resource in the
stack fails a test here until its needs are written down, which is when people would otherwise meet them: on deploying.
"""

import json
import os
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from scripts import ROOT
from tests.support.terraform import initialised

BOOTSTRAP = ROOT / "terraform" / "bootstrap"
ROLE_POLICY_CHARACTERS = 10_240  # IAM's limit for all the policies written into one role, blanks not counted
POLICY_CHARACTERS = 6_144  # and for one policy of its own

# Type of resource: what a plan reads, and what an apply or a destroy does besides.
NEEDS: dict[str, tuple[str, str]] = {
    "aws_acm_certificate": (
        "acm:DescribeCertificate acm:ListTagsForCertificate",
        "acm:RequestCertificate acm:DeleteCertificate acm:AddTagsToCertificate acm:RemoveTagsFromCertificate",
    ),
    "aws_acm_certificate_validation": ("acm:DescribeCertificate", ""),
    "aws_apigatewayv2_api_mapping": ("apigateway:GET", "apigateway:POST apigateway:PATCH apigateway:DELETE"),
    "aws_apigatewayv2_domain_name": ("apigateway:GET", "apigateway:POST apigateway:PATCH apigateway:DELETE"),
    "aws_route53_record": (
        "route53:GetHostedZone route53:ListResourceRecordSets",
        "route53:ChangeResourceRecordSets route53:GetChange",
    ),
    "aws_apigatewayv2_api": ("apigateway:GET", "apigateway:POST apigateway:PATCH apigateway:PUT apigateway:DELETE"),
    "aws_apigatewayv2_integration": ("apigateway:GET", "apigateway:POST apigateway:PATCH apigateway:DELETE"),
    "aws_apigatewayv2_route": ("apigateway:GET", "apigateway:POST apigateway:PATCH apigateway:DELETE"),
    "aws_apigatewayv2_stage": ("apigateway:GET", "apigateway:POST apigateway:PATCH apigateway:DELETE"),
    "aws_budgets_budget": (
        "budgets:ViewBudget budgets:ListTagsForResource billing:GetBillingViewData",
        "budgets:ModifyBudget budgets:TagResource budgets:UntagResource",
    ),
    "aws_cloudfront_distribution": (
        "cloudfront:GetDistribution cloudfront:ListTagsForResource",
        "cloudfront:CreateDistribution cloudfront:UpdateDistribution cloudfront:DeleteDistribution "
        "cloudfront:TagResource cloudfront:UntagResource",
    ),
    "aws_cloudfront_origin_access_control": (
        "cloudfront:GetOriginAccessControl",
        "cloudfront:CreateOriginAccessControl cloudfront:UpdateOriginAccessControl "
        "cloudfront:DeleteOriginAccessControl",
    ),
    "aws_cloudfront_response_headers_policy": (
        "cloudfront:GetResponseHeadersPolicy",
        "cloudfront:CreateResponseHeadersPolicy cloudfront:UpdateResponseHeadersPolicy "
        "cloudfront:DeleteResponseHeadersPolicy",
    ),
    "aws_cloudwatch_dashboard": ("cloudwatch:GetDashboard", "cloudwatch:PutDashboard cloudwatch:DeleteDashboards"),
    "aws_cloudwatch_event_rule": (
        "events:DescribeRule events:ListTagsForResource",
        "events:PutRule events:DeleteRule events:TagResource events:UntagResource",
    ),
    "aws_cloudwatch_event_target": ("events:ListTargetsByRule", "events:PutTargets events:RemoveTargets"),
    "aws_cloudwatch_log_group": (
        "logs:DescribeLogGroups logs:ListTagsForResource",
        "logs:CreateLogGroup logs:DeleteLogGroup logs:PutRetentionPolicy logs:DeleteRetentionPolicy "
        "logs:TagResource logs:UntagResource",
    ),
    "aws_cloudwatch_log_metric_filter": ("logs:DescribeMetricFilters", "logs:PutMetricFilter logs:DeleteMetricFilter"),
    "aws_cloudwatch_metric_alarm": (
        "cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms cloudwatch:TagResource cloudwatch:UntagResource",
    ),
    "aws_dynamodb_table": (
        "dynamodb:DescribeTable dynamodb:DescribeContinuousBackups dynamodb:DescribeTimeToLive "
        "dynamodb:ListTagsOfResource",
        "dynamodb:CreateTable dynamodb:UpdateTable dynamodb:UpdateTimeToLive dynamodb:DeleteTable "
        "dynamodb:TagResource dynamodb:UntagResource",
    ),
    "aws_iam_role": (
        "iam:GetRole iam:ListRolePolicies iam:ListAttachedRolePolicies iam:ListRoleTags",
        "iam:CreateRole iam:UpdateRole iam:PutRolePermissionsBoundary iam:DeleteRole "
        "iam:ListInstanceProfilesForRole iam:TagRole iam:UntagRole",
    ),
    "aws_iam_role_policy": ("iam:GetRolePolicy", "iam:PutRolePolicy iam:DeleteRolePolicy"),
    "aws_lambda_alias": ("lambda:GetAlias", "lambda:CreateAlias lambda:UpdateAlias lambda:DeleteAlias"),
    "aws_lambda_function": (
        "lambda:GetFunction lambda:GetFunctionConfiguration lambda:GetFunctionCodeSigningConfig "
        "lambda:GetFunctionConcurrency lambda:ListVersionsByFunction lambda:ListTags lambda:GetLayerVersion",
        "lambda:CreateFunction lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:DeleteFunction "
        "lambda:PublishVersion "
        "lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency lambda:TagResource lambda:UntagResource "
        "iam:PassRole",
    ),
    "aws_lambda_layer_version": ("lambda:GetLayerVersion", "lambda:PublishLayerVersion lambda:DeleteLayerVersion"),
    "aws_lambda_permission": ("lambda:GetPolicy", "lambda:AddPermission lambda:RemovePermission"),
    "aws_s3_bucket": (
        "s3:ListBucket s3:GetAccelerateConfiguration s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketLocation "
        "s3:GetBucketLogging s3:GetBucketObjectLockConfiguration s3:GetBucketRequestPayment s3:GetBucketTagging "
        "s3:GetBucketVersioning s3:GetEncryptionConfiguration s3:GetLifecycleConfiguration "
        "s3:GetReplicationConfiguration",
        "s3:CreateBucket s3:DeleteBucket s3:PutBucketTagging s3:ListBucketVersions s3:DeleteObjectVersion",
    ),
    "aws_s3_bucket_policy": ("s3:GetBucketPolicy", "s3:PutBucketPolicy s3:DeleteBucketPolicy"),
    "aws_s3_bucket_public_access_block": ("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    "aws_s3_bucket_website_configuration": ("s3:GetBucketWebsite", "s3:PutBucketWebsite s3:DeleteBucketWebsite"),
    "aws_s3_object": (
        "s3:GetObject s3:GetObjectTagging",
        "s3:PutObject s3:PutObjectTagging s3:DeleteObject s3:DeleteObjectVersion",
    ),
    "aws_sns_topic": (
        "sns:GetTopicAttributes sns:ListTagsForResource",
        "sns:CreateTopic sns:SetTopicAttributes sns:DeleteTopic sns:TagResource sns:UntagResource",
    ),
    "aws_sns_topic_subscription": (
        "sns:GetSubscriptionAttributes sns:ListSubscriptionsByTopic",
        "sns:Subscribe sns:Unsubscribe",
    ),
}
PREFLIGHT = {"lambda:GetAccountSettings", "lambda:GetFunctionConcurrency", "s3:GetAccountPublicAccessBlock"}
FIRST_API = {"iam:CreateServiceLinkedRole"}  # API Gateway's own, made with an account's first API

# These take no resource (or, for alarms, are asked of all of them), so that "*" is as narrow as it gets.
RESOURCELESS = {
    "cloudfront:CreateDistribution",
    "cloudfront:CreateOriginAccessControl",
    "cloudfront:CreateResponseHeadersPolicy",
    "lambda:GetAccountSettings",
    "logs:DescribeLogGroups",
    "s3:GetAccountPublicAccessBlock",
    "sns:GetSubscriptionAttributes",
    "sns:Unsubscribe",
}
NAMELESS = {"acm", "apigateway", "billing", "cloudfront", "route53"}  # services that give ids instead of names

Plan = dict[str, dict[str, Any]]  # address to attributes
Statement = dict[str, Any]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory, attached: dict[str, str]) -> dict[str, Plan]:
    """Return what each run of the root's own tests planned, after all of them have passed."""
    tree = tmp_path_factory.mktemp("bootstrap")
    (tree / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/terraform", tree / "scripts")
    own = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfvars*", "backend.tf")
    shutil.copytree(BOOTSTRAP, tree / "root", ignore=own)
    root = f"-chdir={tree / 'root'}"
    terraform = initialised(tree, root, **attached)
    formatted = terraform(root, "fmt", "-check", "-recursive", "-diff")
    assert formatted.returncode == 0, formatted.stdout
    tested = terraform(root, "test", "-json", "-verbose")
    events = [json.loads(line) for line in tested.stdout.splitlines()]
    assert tested.returncode == 0, "\n".join(event["@message"] for event in events)
    return {event["@testrun"]: planned(event["test_plan"]) for event in events if event["type"] == "test_plan"}


def planned(plan: dict[str, Any]) -> Plan:
    changes = {change["address"]: change["change"]["after"] for change in plan.get("resource_changes", [])}
    outputs = {f"output.{name}": {"value": change["after"]} for name, change in plan.get("output_changes", {}).items()}
    return changes | outputs


@pytest.fixture
def plan(plans: dict[str, Plan]) -> Plan:
    return plans["as_it_is"]


def statements(plan: Plan, address: str) -> list[Statement]:
    return list(json.loads(plan[address]["policy"])["Statement"])


def granted(plan: Plan, role: str) -> list[tuple[str, str, Statement]]:
    """Return every pair of action and resource that a role is allowed, with the statement that says so."""
    return [
        (action, resource, statement)
        for statement in statements(plan, f'aws_iam_role_policy.github["{role}"]')
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]


def on_the_state(resource: str) -> bool:
    return ":s3:::tfstate-" in resource


def actions(plan: Plan, role: str) -> set[str]:
    """Return what a role may do to the stack; the state is looked at apart."""
    return {action for action, resource, _ in granted(plan, role) if not on_the_state(resource)}


def needed(column: int) -> set[str]:
    return {action for needs in NEEDS.values() for action in needs[column].split()}


# --- the roles and the stack ---------------------------------------------------------------------------------


def test_the_needs_of_every_type_of_resource_are_known() -> None:
    sources = [path for path in (ROOT / "terraform").rglob("*.tf") if not {"bootstrap", ".terraform"} & {*path.parts}]
    used = {kind for path in sources for kind in re.findall(r'^resource "(aws_\w+)"', path.read_text(), re.MULTILINE)}
    assert used == set(NEEDS)


def test_plan_may_look_at_what_it_needs_and_no_more(plan: Plan) -> None:
    assert actions(plan, "plan") == needed(0) | PREFLIGHT


def test_apply_may_do_what_it_needs_and_no_more(plan: Plan) -> None:
    assert actions(plan, "apply") == needed(0) | needed(1) | PREFLIGHT | FIRST_API


def test_plan_changes_nothing(plan: Plan) -> None:
    for action, _, _ in granted(plan, "plan"):
        assert re.match("(Get|List|Describe|View)", action.partition(":")[2], re.IGNORECASE), action


def test_no_action_has_a_wildcard(plan: Plan) -> None:
    for role in ("plan", "apply"):
        assert [action for action, _, _ in granted(plan, role) if "*" in action] == []


def test_everything_that_has_a_name_is_held_to_the_chats_own(plan: Plan) -> None:
    for role in ("plan", "apply"):
        for action, resource, _ in granted(plan, role):
            named = re.search(r"[:/]anonchat-\*", resource) or on_the_state(resource)
            excused = action in RESOURCELESS | {"cloudwatch:DescribeAlarms"} | FIRST_API
            assert named or excused or action.partition(":")[0] in NAMELESS, (action, resource)
            assert (resource == "*") == (action in RESOURCELESS), (action, resource)


def test_apply_reaches_nothing_that_it_stands_on(plan: Plan) -> None:
    own = [
        *(f"arn:aws:iam::123456789012:role/github-anonchat-{role}" for role in ("plan", "apply")),
        "arn:aws:iam::123456789012:policy/github-anonchat-boundary",
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:s3:::tfstate-anonchat-123456789012/bootstrap.tfstate",
    ]
    for action, resource, _ in granted(plan, "apply"):
        reached = [arn for arn in own if fnmatchcase(arn, resource)]
        assert not reached or action in RESOURCELESS, (action, reached)


def test_apply_changes_no_api_and_no_distribution_of_somebody_elses(plan: Plan) -> None:
    """Where AWS gives ids and no names, it looks at the tag: with a condition, or a refusal for what lacks it."""
    conditions = {action: statement.get("Condition") for action, _, statement in granted(plan, "apply")}
    tagged = {"StringEquals": {"aws:ResourceTag/Project": "anonchat"}}
    for action in ("DeleteDistribution", "UpdateDistribution", "UntagResource"):
        assert conditions[f"cloudfront:{action}"] == tagged
    [refused] = [each for each in statements(plan, 'aws_iam_role_policy.github["apply"]') if each["Effect"] == "Deny"]
    assert refused["Action"] == ["apigateway:DELETE", "apigateway:PATCH"]
    assert refused["Condition"] == {"StringNotEquals": tagged["StringEquals"]}
    api = "arn:aws:apigateway:ap-southeast-1::/apis/a1b2c3d4e5"
    for arn, held in ((api, True), (f"{api}/stages/prod", True), (f"{api}/routes/r1", False), (f"{api}/stages", False)):
        assert any(fnmatchcase(arn, pattern) for pattern in refused["Resource"]) == held, arn
    assert conditions["sns:Unsubscribe"] == {"StringEquals": {"aws:RequestedRegion": "ap-southeast-1"}}


def test_roles_are_made_within_the_boundary_only_and_passed_to_functions_only(plan: Plan) -> None:
    boundary = {
        "StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/github-anonchat-boundary"}
    }
    conditions = {action: statement.get("Condition") for action, _, statement in granted(plan, "apply")}
    for action in ("CreateRole", "PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary"):
        assert conditions[f"iam:{action}"] == boundary
    assert conditions["iam:PassRole"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    assert not {"iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"} & set(
        conditions
    )


def test_the_boundary_leaves_room_for_the_functions_and_for_little_else(plan: Plan) -> None:
    allowed = {action for each in statements(plan, "aws_iam_policy.boundary") for action in each["Action"]}
    routes = json.loads((ROOT / "lambdas/routes.json").read_text()).values()
    table = {f"dynamodb:{operation}" for route in routes for operation in route.get("table", [])}
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    breaker = {"apigateway:GET", "apigateway:PATCH", "cloudwatch:DescribeAlarms"}
    assert allowed >= table | logs | breaker | {"execute-api:ManageConnections"}
    assert {action.partition(":")[0] for action in allowed} == {
        "apigateway",
        "cloudwatch",
        "dynamodb",
        "execute-api",
        "logs",
    }
    assert "dynamodb:Scan" not in allowed


def test_policies_fit_into_iam_also_with_long_names(plans: dict[str, Plan]) -> None:
    plan = plans["with_the_longest_names"]
    for role in ("plan", "apply"):
        assert len(plan[f'aws_iam_role_policy.github["{role}"]']["policy"]) <= ROLE_POLICY_CHARACTERS
        assert len(plan[f'aws_iam_role.github["{role}"]']["name"]) <= 64
    assert len(plan["aws_iam_policy.boundary"]["policy"]) <= POLICY_CHARACTERS
    assert len(plan["aws_s3_bucket.state"]["bucket"]) <= 63


# --- who may come --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "prefix"), [("as_it_is", "repo:ada@1815/chat@1843"), ("with_an_old_repository", "repo:ada/chat")]
)
@pytest.mark.parametrize(("role", "rest"), [("plan", "pull_request"), ("apply", "environment:production")])
def test_a_role_is_for_one_subject_of_one_repository(
    plans: dict[str, Plan], run: str, prefix: str, role: str, rest: str
) -> None:
    (trust,) = json.loads(plans[run][f'aws_iam_role.github["{role}"]']["assume_role_policy"])["Statement"]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"{prefix}:{rest}",
        }
    }
    assert list(trust["Principal"]) == ["Federated"]


# --- the state -----------------------------------------------------------------------------------------------


def test_plan_reads_the_state_and_apply_keeps_and_locks_it(plan: Plan) -> None:
    bucket = "arn:aws:s3:::tfstate-anonchat-123456789012"
    keys = [f"{bucket}/anonchat.tfstate", f"{bucket}/anonchat-*.tfstate"]  # of env prod, and of any other
    reading = {("s3:ListBucket", bucket), *(("s3:GetObject", key) for key in keys)}
    keeping = {("s3:PutObject", key) for key in keys}
    locking = {(f"s3:{verb}Object", f"{key}.tflock") for key in keys for verb in ("Get", "Put", "Delete")}

    def state(role: str) -> set[tuple[str, str]]:
        return {(action, resource) for action, resource, _ in granted(plan, role) if on_the_state(resource)}

    assert state("plan") == reading
    assert state("apply") == reading | keeping | locking


def test_the_states_bucket_is_private_versioned_encrypted_and_stays(plan: Plan) -> None:
    block = plan["aws_s3_bucket_public_access_block.state"]
    assert all(
        block[f"{how}_public_{what}"] for how, what in (("block", "acls"), ("block", "policy"), ("ignore", "acls"))
    )
    assert block["restrict_public_buckets"]
    assert plan["aws_s3_bucket_versioning.state"]["versioning_configuration"][0]["status"] == "Enabled"
    rule = plan["aws_s3_bucket_server_side_encryption_configuration.state"]["rule"][0]
    assert rule["apply_server_side_encryption_by_default"][0]["sse_algorithm"] == "AES256"
    (expiry,) = plan["aws_s3_bucket_lifecycle_configuration.state"]["rule"]
    assert expiry["noncurrent_version_expiration"][0]["noncurrent_days"] == 90
    (clear,) = statements(plan, "aws_s3_bucket_policy.state")
    assert (clear["Effect"], clear["Principal"], clear["Action"]) == ("Deny", "*", "s3:*")
    assert clear["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert "prevent_destroy = true" in (BOOTSTRAP / "state.tf").read_text()
    assert not (BOOTSTRAP / "state.tf").read_text().count("dynamodb")


def test_the_backends_file_is_ready_to_be_used(plan: Plan) -> None:
    file = plan["output.backend_file"]["value"]
    for setting in ('bucket       = "tfstate-anonchat-123456789012"', 'key          = "anonchat.tfstate"'):
        assert setting in file
    assert 'region       = "ap-southeast-1"' in file
    assert "use_lockfile = true" in file
    assert "# stack: anonchat-prod\n" in file
    assert 'key          = "bootstrap.tfstate"' in plan["output.bootstrap_backend_file"]["value"]


def test_what_is_committed_cannot_hold_the_owners_address(plan: Plan) -> None:
    steps = plan["output.next_steps"]["value"]
    [committed] = [line for line in steps.splitlines() if line.startswith("git add ")]
    assert committed.split()[2:] == [
        "terraform/backend.tf",
        "terraform/bootstrap/backend.tf",
        "terraform/bootstrap.auto.tfvars",
    ]
    assert "terraform.tfvars" not in committed.replace("bootstrap.auto.tfvars", "")
    assert "> terraform/bootstrap.auto.tfvars" in steps


def test_the_lock_file_is_the_stacks_own() -> None:
    ours, stacks = (folder / ".terraform.lock.hcl" for folder in (BOOTSTRAP, BOOTSTRAP.parent))
    assert ours.read_text() == stacks.read_text()


# --- make bootstrap ------------------------------------------------------------------------------------------


def bootstrap(folder: Path, answer: str, github: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/deploy/bootstrap where `terraform` only writes down what it is asked and `gh` says `github`."""
    tools = folder / "tools"
    tools.mkdir()
    for name, script in (("terraform", f'echo "$*" >>{folder}/asked'), ("gh", github)):
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    (folder / "scripts/deploy").mkdir(parents=True)
    for name in ("deploy/bootstrap", "terraform"):
        shutil.copy(ROOT / "scripts" / name, folder / "scripts" / name)
    (folder / "terraform/bootstrap").mkdir(parents=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    return subprocess.run(
        [folder / "scripts/deploy/bootstrap"],
        input=answer,
        env=inherited | {"PATH": f"{tools}:{os.environ['PATH']}"} | environ,
        capture_output=True,
        text=True,
    )


def test_bootstrap_says_what_it_will_do_and_does_nothing_unasked(tmp_path: Path) -> None:
    said = bootstrap(tmp_path, "no\n", "echo repo:ada@1815/chat@1843")
    assert said.returncode == 1
    for promise in ("repo:ada@1815/chat@1843", "bucket", "role", "Nothing is deployed", "Go on?"):
        assert promise in said.stdout
    assert not (tmp_path / "asked").exists()
    assert list((tmp_path / "terraform/bootstrap").iterdir()) == []


def test_bootstrap_goes_on_when_told_to_and_terraform_asks_again(tmp_path: Path) -> None:
    said = bootstrap(tmp_path, "yes\n", "echo repo:ada@1815/chat@1843")
    assert said.returncode == 0, said.stderr
    root = f"-chdir={tmp_path}/terraform/bootstrap"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == [f"{root} init", f"{root} apply", f"{root} output -raw next_steps"]
    remembered = json.loads((tmp_path / "terraform/bootstrap/github.auto.tfvars.json").read_text())
    assert remembered == {"github_subject_prefix": "repo:ada@1815/chat@1843"}


def test_bootstrap_without_github_says_how_to_tell_it_the_repository(tmp_path: Path) -> None:
    said = bootstrap(tmp_path, "yes\n", "exit 1")
    assert said.returncode == 1
    assert "TF_VAR_github_subject_prefix=repo:OWNER@ID/REPO@ID" in said.stderr
    assert not (tmp_path / "asked").exists()


def test_bootstrap_believes_what_it_is_told(tmp_path: Path) -> None:
    said = bootstrap(tmp_path, "no\n", "exit 1", TF_VAR_github_subject_prefix="repo:ada/chat")
    assert "repo:ada/chat" in said.stdout
