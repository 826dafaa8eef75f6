"""What preflight finds in an account, says and writes; and that it has a sentence for whatever is wrong."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import exceptions
from botocore.stub import Stubber
from moto import mock_aws

from scripts import ROOT
from scripts.deploy import aws, preflight
from scripts.deploy.package import functions

NAMES = functions(ROOT)
WANTED = 10 * (len(NAMES) - 1) + 1  # the breaker needs one
ACCOUNT = "123456789012"

Stub = Callable[..., None]

pytestmark = pytest.mark.skipif(
    not shutil.which("terraform"), reason="terraform, which reads the variables, is missing"
)


def run(root: Path, *arguments: str) -> int:
    return preflight.main(arguments, root)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave nothing of this machine's own AWS configuration."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "terraform").mkdir()
    for name in ("variables.tf", "settings.tf"):
        shutil.copy(ROOT / "terraform" / name, tmp_path / "terraform")
    shutil.copytree(ROOT / "lambdas", tmp_path / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stubber]]:
    """Return, by service, what AWS will answer in place of moto."""
    stubs: dict[str, Stubber] = {}
    ordinary = aws.client

    def client(session: boto3.Session, service: str) -> Any:
        return stubs[service].client if service in stubs else ordinary(session, service)

    monkeypatch.setattr(aws, "client", client)
    yield stubs
    for stub in stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def account(stubs: dict[str, Stubber]) -> Iterator[Stub]:
    """Return `account(quota, free)`; `held` is what the deployed functions reserve, if there are any."""
    with mock_aws():

        def settings(quota: int, free: int, held: dict[str, int] | None = None) -> None:
            stub = stubs["lambda"] = Stubber(boto3.client("lambda", region_name="eu-central-1"))
            limit = {"ConcurrentExecutions": quota, "UnreservedConcurrentExecutions": free}
            stub.add_response("get_account_settings", {"AccountLimit": limit}, {})
            operation = "get_function_concurrency"
            for name in NAMES:
                asked_for = {"FunctionName": f"anonchat-prod-{name}"}
                if held is None:
                    stub.add_client_error(operation, "ResourceNotFoundException", expected_params=asked_for)
                else:
                    stub.add_response(operation, {"ReservedConcurrentExecutions": held[name]}, asked_for)
            stub.activate()

        yield settings


def forbid_public_buckets(**block: bool) -> None:
    boto3.client("s3control", region_name="eu-central-1").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=block
    )


def written(root: Path) -> Any:
    path = root / "terraform" / "account.auto.tfvars.json"
    return json.loads(path.read_text()) if path.exists() else None


def test_an_ordinary_account_needs_nothing(root: Path, account: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    account(1000, 1000)
    assert run(root) == 0
    assert written(root) is None
    said = capsys.readouterr().out
    assert f"account {ACCOUNT} in eu-central-1" in said
    assert f"reserves {WANTED} concurrent runs, which leaves {1000 - WANTED}" in said
    assert "allows public buckets" in said
    assert "needs no variables of its own." in said


def test_a_new_account_reserves_nothing(root: Path, account: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    account(10, 10)
    assert run(root) == 0
    assert written(root) == {"reserved_concurrency": -1, "throttle": {"burst": 50, "rate": 50}}
    said = capsys.readouterr().out
    assert "nothing will be reserved, and the chat works without" in said
    assert "50 frames a second are let in" in said
    assert "Service Quotas" in said


@pytest.mark.parametrize(("free", "needed"), [(100 + WANTED, None), (99 + WANTED, {"reserved_concurrency": -1})])
def test_just_enough_is_enough(root: Path, account: Stub, free: int, needed: Any) -> None:
    account(1000, free)
    assert run(root) == 0
    assert written(root) == needed


HELD = {name: 1 if name == "breaker" else 10 for name in NAMES}
NOTHING = dict.fromkeys(NAMES, 0)


def test_what_the_deployed_chat_holds_is_not_counted_twice(root: Path, account: Stub) -> None:
    account(1000, 100, HELD)
    assert run(root, "--again") == 0
    assert written(root) is None


@pytest.mark.parametrize("free", [0, 1000])
@pytest.mark.parametrize(("held", "needed"), [(HELD, None), (NOTHING, {"reserved_concurrency": -1})])
def test_a_deployed_chat_keeps_what_it_has_whatever_else_the_account_runs(
    root: Path, account: Stub, held: dict[str, int], needed: Any, free: int, capsys: pytest.CaptureFixture[str]
) -> None:
    account(1000, free, held)
    assert run(root) == 0
    assert written(root) == needed
    assert "and that stays so" in capsys.readouterr().out


def test_it_decides_anew_when_asked(root: Path, account: Stub) -> None:
    account(1000, 1000, NOTHING)
    assert run(root, "--again") == 0
    assert written(root) is None


# --- the owner's choice ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "price"), [(1000, "$1.00"), (51, "$0.05"), (50, None)])
def test_who_chooses_large_rooms_is_told_their_price(
    root: Path, account: Stub, capsys: pytest.CaptureFixture[str], members: int, price: str | None
) -> None:
    account(quota=1000, free=1000)
    assert run(root, f"-var=room_cap={members}") == 0
    said = capsys.readouterr().out
    assert ("Rooms of up to" in said) == (price is not None)
    assert price is None or f"Rooms of up to {members:,}: 1,000 messages to a full one are {price}," in said


def test_who_reserves_nothing_needs_no_room_but_a_narrower_throttle(root: Path, account: Stub) -> None:
    (root / "terraform" / "terraform.tfvars").write_text("reserved_concurrency = -1 # few\n")
    account(10, 10)
    assert run(root) == 0
    assert written(root) == {"throttle": {"burst": 50, "rate": 50}}


@pytest.mark.parametrize("way", ["file", "json", "automatic", "shell", "argument", "arguments"])
def test_what_the_owner_has_chosen_is_never_overruled(
    root: Path, account: Stub, monkeypatch: pytest.MonkeyPatch, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In every way that Terraform reads, objects too."""
    folder = root / "terraform"
    values = {"throttle": {"rate": 10, "burst": 20}, "reserved_concurrency": 2, "cloudfront": False}
    text = "throttle = {\n  rate = 10\n  burst = 20\n}\nreserved_concurrency = 2\ncloudfront = false\n"
    words = ["-var=throttle={rate=10,burst=20}", "-var", "reserved_concurrency=2", "-var=cloudfront=false"]
    match way:
        case "file" | "automatic":
            (folder / ("terraform.tfvars" if way == "file" else "z.auto.tfvars")).write_text(text)
        case "json":
            (folder / "terraform.tfvars.json").write_text(json.dumps(values))
        case "shell":
            for name, value in values.items():
                monkeypatch.setenv(f"TF_VAR_{name}", json.dumps(value))
        case "arguments":
            monkeypatch.setenv("TF_CLI_ARGS_apply", " ".join(words))
    (folder / preflight.FILE).write_text('{"throttle": {"burst": 50, "rate": 50}}')  # of a run before that choice
    account(10, 10)
    forbid_public_buckets(BlockPublicPolicy=True)
    assert run(root, *(words if way == "argument" else [])) == 0
    assert written(root) is None
    said = capsys.readouterr().out
    assert "with your reserved_concurrency it will refuse" in said
    assert "your variables say cloudfront = false: AWS will refuse" in said


def test_a_throttle_of_the_owners_stays_where_nothing_is_reserved(
    root: Path, account: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "terraform" / "terraform.tfvars").write_text("throttle = { rate = 10 }\n")
    account(10, 10)
    assert run(root) == 0
    assert written(root) == {"reserved_concurrency": -1}
    assert 'Your throttle stays: {"burst": 200, "rate": 10}.' in capsys.readouterr().out


# --- where alarms go ------------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the answers that somebody at a terminal will give; nobody there would be a failure."""
    answers: list[str] = []
    monkeypatch.setattr(preflight, "somebody_is_there", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answers.pop(0))
    return answers


def mail(root: Path) -> Any:
    path = root / "terraform" / preflight.MAIL_FILE
    return json.loads(path.read_text()) if path.exists() else None


@pytest.mark.parametrize("answer", ["me@example.org", ""])
def test_a_first_deploy_asks_once_where_alarms_go(root: Path, account: Stub, asked: list[str], answer: str) -> None:
    asked += ["me", answer] if answer else [answer]
    for _ in range(2):
        account(1000, 1000)
        assert run(root, "--ask") == 0
    assert mail(root) == {"alert_email": answer}
    assert asked == []


def test_nobody_is_asked_who_has_said_it(root: Path, account: Stub, asked: list[str]) -> None:
    (root / "terraform" / preflight.MAIL_FILE).write_text('{"alert_email": "old@example.org"}')
    (root / "terraform" / "terraform.tfvars").write_text('alert_email = "new@example.org"\n')
    account(1000, 1000)
    assert run(root, "--ask") == 0
    assert mail(root) is None


def test_nobody_is_asked_in_ci_or_without_a_terminal(
    root: Path, account: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(1000, 1000)
    assert run(root, "--ask") == 0
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setenv("CI", "1")
    assert not preflight.somebody_is_there()
    assert mail(root) is None


def test_who_leaves_the_question_has_changed_nothing(
    root: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(question: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", leave)
    assert run(root, "--ask") == 130
    assert capsys.readouterr().err == "\nNothing was written.\n"
    assert mail(root) is None


@pytest.mark.parametrize("setting", ["BlockPublicPolicy", "RestrictPublicBuckets"])
def test_an_account_that_forbids_public_buckets_gets_cloudfront(
    root: Path, account: Stub, setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account(1000, 1000)
    forbid_public_buckets(**{setting: True})
    assert run(root) == 0
    assert written(root) == {"cloudfront": True}
    said = capsys.readouterr().out
    assert "forbids public buckets" in said
    assert "cannot be seen beforehand" in said


def test_a_block_of_access_lists_alone_does_not_matter(root: Path, account: Stub) -> None:
    account(1000, 1000)
    forbid_public_buckets(BlockPublicAcls=True, IgnorePublicAcls=True)
    assert run(root) == 0
    assert written(root) is None


def test_the_file_follows_the_account(root: Path, account: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    account(10, 10)
    forbid_public_buckets(BlockPublicPolicy=True)
    run(root)
    few = {"burst": 50, "rate": 50}
    assert written(root) == {"cloudfront": True, "reserved_concurrency": -1, "throttle": few}
    account(1000, 1000)
    run(root)
    assert written(root) == {"cloudfront": True}
    account(1000, 1000)
    forbid_public_buckets(BlockPublicPolicy=False)
    run(root)
    assert written(root) is None
    assert "removed terraform/account.auto.tfvars.json" in capsys.readouterr().out


# --- and if it cannot look -----------------------------------------------------------------------------------


def complaint(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one sentence of a run that fails, and that has written nothing."""
    assert run(root) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert written(root) is None
    return printed.err


def test_without_credentials_it_says_how_to_get_some(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "aws configure" in complaint(root, capsys)


def test_a_profile_that_does_not_exist_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "nobody" in complaint(root, capsys)


def test_without_a_region_it_says_how_to_set_one(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    assert "export AWS_REGION=" in complaint(root, capsys)


def test_a_mistyped_region_is_corrected(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-cental-1")
    assert "Did you mean eu-central-1?" in complaint(root, capsys)


def test_the_variables_region_goes_before_the_environments(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "terraform" / "terraform.tfvars").write_text('region = "eu-nowhere-9"\n')
    assert "eu-nowhere-9" in complaint(root, capsys)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ExpiredToken", "expired: sign in again"),
        ("InvalidClientTokenId", "does not accept these credentials"),
        ("AccessDenied", "may not call sts:GetCallerIdentity"),
        ("Unheard", "AWS refuses"),
    ],
)
def test_a_refusal_gets_a_sentence(
    root: Path, stubs: dict[str, Stubber], code: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stubs["sts"] = Stubber(boto3.client("sts", region_name="eu-central-1"))
    stubs["sts"].add_client_error("get_caller_identity", code, "No.")
    stubs["sts"].activate()
    assert sentence in complaint(root, capsys)


def test_a_missing_permission_is_named(
    root: Path, stubs: dict[str, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    with mock_aws():
        stubs["lambda"] = Stubber(boto3.client("lambda", region_name="eu-central-1"))
        stubs["lambda"].add_client_error("get_account_settings", "AccessDeniedException")
        stubs["lambda"].activate()
        assert "may not call lambda:GetAccountSettings" in complaint(root, capsys)


def test_a_network_that_is_down_gets_a_sentence() -> None:
    with pytest.raises(aws.CannotUseAws, match="cannot be reached"), aws.in_sentences():
        raise exceptions.EndpointConnectionError(endpoint_url="https://sts.eu-central-1.amazonaws.com")


def test_unreadable_variables_get_a_sentence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "terraform" / "terraform.tfvars.json").write_text("{")
    assert run(root) == 1
    assert "Error: " in capsys.readouterr().err
