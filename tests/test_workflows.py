"""GitHub's workflows: sound by two checkers, and holding to what they promise about identities and the account."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from scripts import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
NAMES = [path.name for path in WORKFLOWS]

Workflow = dict[str, Any]


def workflow(name: str) -> Workflow:
    """Read a workflow with every scalar as a text: otherwise `on` would be True."""
    return dict(yaml.load((GITHUB / "workflows" / name).read_text(), yaml.BaseLoader))


def jobs(name: str) -> dict[str, Any]:
    return dict(workflow(name)["jobs"])


def steps(name: str, job: str) -> list[dict[str, Any]]:
    return list(jobs(name)[job]["steps"])


def commands(name: str, job: str) -> str:
    return "\n".join(step.get("run", "") for step in steps(name, job))


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return a checker from beside this Python, whatever PATH says."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert found, f"{name} is not installed: make .venv/test"
    return subprocess.run([found, *arguments], capture_output=True, text=True)


def test_there_are_these_workflows() -> None:
    assert NAMES == ["apply.yml", "check.yml", "plan.yml"]


def test_zizmor_finds_nothing() -> None:
    found = tool("zizmor", "--offline", "--no-progress", "--persona", "auditor", str(GITHUB))
    assert found.returncode == 0, found.stdout
    assert "No findings to report" in found.stdout + found.stderr


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.dependabot", [GITHUB / "dependabot.yml"])],
)
def test_they_fit_githubs_schema(schema: str, paths: list[Path]) -> None:
    checked = tool("check-jsonschema", "--builtin-schema", schema, *map(str, paths))
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(name: str) -> None:
    used = [line.strip() for line in (GITHUB / "workflows" / name).read_text().splitlines() if "uses:" in line]
    for line in used:
        assert re.search(
            r"uses: ([\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\.github/workflows/\w+\.yml)$", line
        ), line


def test_one_action_has_one_pin_everywhere() -> None:
    used = {use for path in WORKFLOWS for use in re.findall(r"uses: (\S+@\S+)", path.read_text())}
    assert len({use.partition("@")[0] for use in used}) == len(used)


@pytest.mark.parametrize("name", NAMES)
def test_no_long_lived_key_and_no_secret_is_used(name: str) -> None:
    text = (GITHUB / "workflows" / name).read_text()
    assert not re.search(r"secrets\.\w|secrets: inherit|aws-access-key-id|aws-secret-access-key|AWS_ACCESS_KEY", text)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_has_a_permission_but_by_name(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    for job in jobs(name).values():
        assert job["permissions"] in ({"contents": "read"}, {"contents": "read", "id-token": "write"})


def test_an_identity_is_for_the_jobs_that_go_to_aws_only() -> None:
    vouched = {(name, job) for name in NAMES for job, what in jobs(name).items() if "id-token" in what["permissions"]}
    assert vouched == {("plan.yml", "plan"), ("apply.yml", "apply")}


@pytest.mark.parametrize("name", NAMES)
def test_checked_out_sources_carry_no_token(name: str) -> None:
    for job in jobs(name).values():
        for step in job.get("steps", []):
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] == "false"


@pytest.mark.parametrize("name", NAMES)
def test_no_text_from_outside_gets_into_a_command(name: str) -> None:
    for job in jobs(name).values():
        assert not [step for step in job.get("steps", []) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("name", NAMES)
def test_every_job_ends_and_every_workflow_has_a_place_in_a_queue(name: str) -> None:
    assert workflow(name)["concurrency"]["group"]
    assert all("timeout-minutes" in job or "uses" in job for job in jobs(name).values())


# --- pull requests -------------------------------------------------------------------------------------------


def test_pull_requests_never_run_with_the_rights_of_the_repository() -> None:
    assert {event for name in NAMES for event in workflow(name)["on"]} == {
        "pull_request",
        "push",
        "workflow_call",
        "workflow_dispatch",
    }
    assert list(workflow("plan.yml")["on"]) == ["pull_request"]


def test_a_fork_is_validated_without_credentials_and_not_planned() -> None:
    assert "if" not in jobs("plan.yml")["validate"]
    assert "aws" not in commands("plan.yml", "validate")
    condition = jobs("plan.yml")["plan"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert "vars.AWS_PLAN_ROLE != ''" in condition


def test_a_plan_changes_nothing_and_is_shown() -> None:
    run = commands("plan.yml", "plan")
    assert "plan -input=false -lock=false -out=" in run
    assert "terraform apply" not in run
    assert "GITHUB_STEP_SUMMARY" in run


# --- main ----------------------------------------------------------------------------------------------------


def test_only_main_is_applied_in_the_protected_environment_after_the_tests() -> None:
    assert workflow("apply.yml")["on"]["push"] == {"branches": ["main"]}
    job = jobs("apply.yml")["apply"]
    assert job["environment"]["name"] == "production"
    assert job["needs"] == "check"
    assert jobs("apply.yml")["check"]["uses"].endswith("/check.yml")
    assert ".ci/run" in commands("check.yml", "test")


def test_just_the_plan_that_was_shown_is_applied_and_then_the_chat_is_tried() -> None:
    run = commands("apply.yml", "apply")
    order = [
        "make preflight package",
        "terraform init",
        "terraform plan",
        "deploy.closed",
        "terraform apply",
        "scripts/smoke",
    ]
    assert [run.index(each) for each in order] == sorted(run.index(each) for each in order)
    assert 'plan -input=false -lock-timeout=5m -out="$RUNNER_TEMP/plan"' in run
    assert 'apply -input=false -lock-timeout=5m "$RUNNER_TEMP/plan"' in run
    assert "-auto-approve" not in run


def test_the_owners_address_is_hidden_before_anything_can_show_it() -> None:
    for name, job in (("plan.yml", "plan"), ("apply.yml", "apply")):
        run = commands(name, job)
        assert run.index("python3 -m scripts.deploy.masked\n") < run.index("terraform plan")
        assert 'python3 -m scripts.deploy.masked "$RUNNER_TEMP/plan"' in run
        assert "terraform show" not in run


def test_an_apply_is_never_cut_off_by_the_next_one() -> None:
    assert workflow("apply.yml")["concurrency"] == {"group": "apply-production", "cancel-in-progress": "false"}


def test_what_the_workflows_are_told_is_what_bootstrap_tells() -> None:
    """Each variable of the repository comes from the bootstrap's outputs, but for the owner's own choices."""
    used = {name for path in WORKFLOWS for name in re.findall(r"vars\.(\w+)", path.read_text())}
    told = set(re.findall(r"^    (AWS_\w+) +=", (ROOT / "terraform/bootstrap/outputs.tf").read_text(), re.MULTILINE))
    assert used == told | {"ALERT_EMAIL", "CHAT_ENV"}


def test_without_a_shared_state_nothing_is_planned_or_applied() -> None:
    for name, job in (("plan.yml", "plan"), ("apply.yml", "apply")):
        assert "test -f terraform/backend.tf || {" in commands(name, job)


def test_every_make_target_that_a_workflow_wants_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for name in NAMES:
        for job in jobs(name):
            if "steps" not in jobs(name)[job]:
                continue
            for targets in re.findall(r"^make ([a-z ]+)$", commands(name, job), re.MULTILINE):
                for target in targets.split():
                    assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target} of {name}"
