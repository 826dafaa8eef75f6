"""Which state scripts/terraform takes: each `app` and `env` has its own, and what was there before is still found."""

import json
import shutil
from pathlib import Path

import pytest

from scripts import ROOT
from scripts.deploy import stack_state, variables
from scripts.deploy.stack_state import NoState, Place, place, told

pytestmark = pytest.mark.skipif(
    not shutil.which("terraform"), reason="terraform, which reads the variables, is missing"
)

BACKEND = """terraform {
  backend "s3" {
    bucket = "tfstate-anonchat-123456789012"
    key    = "chats/anonchat.tfstate"
    region = "eu-central-1"
  }
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("variables.tf", "settings.tf", "versions.tf"):
        shutil.copy(ROOT / "terraform" / name, tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_VAR_env", "TF_VAR_app", "TF_VAR_region", "TF_DATA_DIR", "TF_CLI_ARGS", "TF_CLI_ARGS_plan"):
        monkeypatch.delenv(name, raising=False)


def state(path: Path, name: str = "", region: str = "", *, old: bool = False) -> None:
    """Write a state with this stack in it, as this version does or the first one did; with nothing in it by default."""
    outputs = {"table_name": {"value": name}, "region": {"value": region}} if old else {}
    home = {"stack": name, "region": region, "account": "123456789012"}
    instance = {"attributes": {"output": {"value": home}}}
    resources = [
        {"type": "aws_dynamodb_table", "name": "this", "instances": [{}]},
        *([] if old else [{"type": "terraform_data", "name": "home", "instances": [instance]}]),
    ]
    path.write_text(json.dumps({"version": 4, "outputs": outputs, "resources": resources if name else []}))


@pytest.mark.parametrize("old", [True, False])
def test_the_state_of_today_goes_on_being_found(folder: Path, old: bool) -> None:
    state(folder / "terraform.tfstate", "anonchat-prod", "eu-central-1", old=old)
    assert place(folder) == Place()
    assert place(folder, ["-var=region=eu-central-1"]) == Place()


def test_the_first_stack_of_a_folder_has_terraforms_own_file(folder: Path) -> None:
    assert place(folder, ["-var=env=test"]) == Place()
    state(folder / "terraform.tfstate")  # as a destroy leaves it
    assert place(folder, ["-var=env=test"]) == Place()


@pytest.mark.parametrize("old", [True, False])
def test_another_env_gets_a_state_and_a_folder_of_its_own(folder: Path, old: bool) -> None:
    state(folder / "terraform.tfstate", "anonchat-prod", "eu-central-1", old=old)
    test = place(folder, ["-var=env=test"])
    assert (test.file, test.data) == ("anonchat-test.tfstate", ".terraform/stacks/anonchat-test")
    state(folder / "anonchat-test.tfstate", "anonchat-test", "eu-central-1")
    state(folder / "terraform.tfstate")  # the first one is destroyed, and this one stays where it is
    assert place(folder, ["-var=env=test"]) == test


def test_a_second_region_gets_one_too(folder: Path) -> None:
    state(folder / "terraform.tfstate", "anonchat-prod", "eu-central-1")
    state(folder / "anonchat-prod.tfstate", "anonchat-prod", "us-east-1")
    assert place(folder, ["-var=region=eu-central-1"]).file == ""
    assert place(folder, ["-var=region=us-east-1"]).file == "anonchat-prod.tfstate"
    assert place(folder, ["-var=region=ap-south-1"]).file == "anonchat-prod.ap-south-1.tfstate"
    assert place(folder).file == "", "home.tf refuses if the shell is in another region"


def test_whatever_terraform_reads_chooses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state(folder / "terraform.tfstate", "anonchat-prod", "eu-central-1")
    (folder / "more").mkdir()
    (folder / "more/x.tfvars").write_text('env = "file"\n')
    monkeypatch.setenv("TF_VAR_env", "shell")
    assert place(folder).file == "anonchat-shell.tfstate"
    (folder / "terraform.tfvars").write_text('# mine\nenv = ( "test" ) # not prod\n')
    assert place(folder).file == "anonchat-test.tfstate"
    (folder / "z.auto.tfvars.json").write_text('{"env": "auto"}')
    assert place(folder).file == "anonchat-auto.tfstate"
    for arguments in (["-var-file", "more/x.tfvars"], ["--var-file=more/x.tfvars", "-out=plan"]):
        assert place(folder, variables.arguments_of("plan", arguments)).file == "anonchat-file.tfstate"
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-out=x -var 'env=args'")
    assert place(folder, variables.arguments_of("plan", [])).file == "anonchat-args.tfstate"
    assert place(folder, variables.arguments_of("apply", [])).file == "anonchat-auto.tfstate"


def test_a_bucket_has_a_key_for_each(folder: Path) -> None:
    (folder / "backend.tf").write_text(BACKEND)
    assert place(folder) == place(folder, ["-var=region=eu-central-1"]) == Place()
    test = place(folder, ["-var=env=test"])
    assert (test.key, test.data) == ("chats/anonchat-test.tfstate", ".terraform/stacks/anonchat-test")
    assert place(folder, ["-var=region=us-east-1"]).key == "chats/anonchat-prod.us-east-1.tfstate"
    (folder / "backend.tf").write_text("# stack: anonchat-test\n" + BACKEND)
    assert place(folder, ["-var=env=test"]) == Place()
    assert place(folder).key == "chats/anonchat-prod.tfstate"


def test_another_kind_of_backend_is_left_alone(folder: Path) -> None:
    (folder / "backend.tf").write_text('terraform {\n  backend "azurerm" {\n    key = "x"\n  }\n}\n')
    assert place(folder, ["-var=env=test"]) == Place()


def test_commands_are_told_the_state_in_the_way_they_take_it() -> None:
    here = Place(file="anonchat-test.tfstate")
    for command, arguments in (("plan", []), ("output", ["-raw", "x"]), ("state", ["list"])):
        assert told(here, command, arguments)["options"] == "-state=anonchat-test.tfstate"
    assert told(here, "show", ["-json"])["last"] == "anonchat-test.tfstate"
    assert told(here, "show", ["-json", "a-plan"])["last"] == ""
    assert told(here, "init", [])["options"] == ""
    assert told(Place(key="k.tfstate"), "init", [])["options"] == "-backend-config=key=k.tfstate"
    assert told(Place(key="k.tfstate"), "plan", [])["options"] == ""
    assert told(here, "plan", [])["said"] == "The state of this stack is anonchat-test.tfstate."
    assert set(told(Place(), "plan", []).values()) == {""}


@pytest.mark.parametrize("arguments", [("force-unlock", "1"), ("state", "pull"), ("workspace", "list")])
def test_a_command_that_would_take_another_stacks_state_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, str]
) -> None:
    state(folder / "terraform.tfstate", "anonchat-prod", "eu-central-1")
    monkeypatch.setenv("TF_VAR_env", "test")
    assert stack_state.main(str(folder), *arguments) == 1
    assert "this stack's state is anonchat-test.tfstate." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_shell_in_another_region_is_told_so_before_anything_is_looked_for_there(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv(name, "us-east-1")
    state(folder / "terraform.tfstate", "anonchat-prod", "eu-central-1")
    assert stack_state.main(str(folder), "apply") == 1
    assert "This stack was made in eu-central-1, and you are in us-east-1." in capsys.readouterr().err
    assert stack_state.main(str(folder), "output") == 0
    assert stack_state.main(str(folder), "apply", "-var=region=eu-central-1") == 0
    monkeypatch.setenv(name, "eu-central-1")
    assert stack_state.main(str(folder), "apply") == 0


def test_what_is_no_state_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("{", "[]", '{"resources": [{}], "outputs": {}}'):
        (folder / "terraform.tfstate").write_text(text)
        assert stack_state.main(str(folder), "plan") == 1
        assert capsys.readouterr().err.startswith("terraform.tfstate is not a state of Terraform's.")
    for name in ("terraform.tfstate", "anonchat-test.tfstate"):
        state(folder / name, "anonchat-other", "eu-central-1")
    with pytest.raises(NoState, match="each holds another stack"):
        place(folder, ["-var=env=test"])


def test_values_that_cannot_be_read_are_said_by_terraform(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "terraform.tfvars").write_text("env = \n")
    assert stack_state.main(str(folder), "plan") == 1
    assert "Invalid expression" in capsys.readouterr().err
